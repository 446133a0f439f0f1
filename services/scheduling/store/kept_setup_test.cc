#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

// Two replicas, each of which keeps what it reads.
class KeptSetupTest : public StoreTest {
 protected:
  std::shared_ptr<const ClinicSetup> Read(Store& store) {
    std::shared_ptr<const ClinicSetup> setup;
    EXPECT_OK(store.Run({.clinic = clinic_}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(setup, tx.setups().Get());
      return absl::OkStatus();
    }));
    return setup;
  }
  static absl::Status Rename(Tx& tx, const std::string& key, const std::string& name) {
    ASSIGN_OR_RETURN(Resource resource, tx.resources().Get(ResourceKey(key)));
    resource.display_name = name;
    ++resource.version;
    return tx.resources().Update(resource);
  }
  static std::string NameOf(const ClinicSetup& setup, const std::string& key) {
    return setup.resources.at(ResourceKey(key)).display_name;
  }

  std::unique_ptr<Store> other_ = MakePgStore(database_.service(), clock_);
};

TEST_F(KeptSetupTest, WhatHasNotChangedIsNotReadAgain) {
  const auto first = Read(*store_);
  EXPECT_EQ(first->resources.size(), sample::MakeResources().size());
  EXPECT_EQ(first->visit_types.size(), sample::MakeVisitTypes().size());
  EXPECT_EQ(Read(*store_), first);
  EXPECT_NE(Read(*other_), first);
}

TEST_F(KeptSetupTest, EveryReplicaSeesWhatAnyOfThemHasChanged) {
  Read(*other_);
  ASSERT_OK(Run([](Tx& tx) { return Rename(tx, "staff/nora", "Nora B."); }));
  EXPECT_EQ(NameOf(*Read(*other_), "staff/nora"), "Nora B.");
  ASSERT_OK(other_->Run({.clinic = clinic_}, [](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Clinic clinic, tx.clinics().Get());
    clinic.late_cancel_hours = 5;
    ++clinic.version;
    return tx.clinics().Update(clinic);
  }));
  EXPECT_EQ(Read(*store_)->clinic.late_cancel_hours, 5);
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(VisitType type, tx.visit_types().Get(VisitTypeId("consult")));
    type.display_name = "First consultation";
    ++type.version;
    return tx.visit_types().Update(type);
  }));
  EXPECT_EQ(Read(*other_)->visit_types.at(VisitTypeId("consult")).display_name, "First consultation");
}

TEST_F(KeptSetupTest, WhatATransactionHasChangedItSeesAloneUntilItCommits) {
  Read(*store_);
  EXPECT_ERROR(Run([&](Tx& tx) -> absl::Status {
                 RETURN_IF_ERROR(Rename(tx, "staff/nora", "never"));
                 ASSIGN_OR_RETURN(const auto seen, tx.setups().Get());
                 EXPECT_EQ(NameOf(*seen, "staff/nora"), "never");
                 EXPECT_NE(NameOf(*Read(*store_), "staff/nora"), "never");
                 return EtagMismatch("resource");
               }),
               Code::kAborted, "ETAG_MISMATCH");
  // Another change brings the numbers to where the one that never was had them.
  ASSERT_OK(Run([](Tx& tx) { return Rename(tx, "rooms/infusion-1", "Blue room"); }));
  EXPECT_NE(NameOf(*Read(*store_), "staff/nora"), "never");
  EXPECT_EQ(NameOf(*Read(*store_), "rooms/infusion-1"), "Blue room");
}

TEST_F(KeptSetupTest, AProtocolVersionThatWasNeverCommittedIsNotKept) {
  ProtocolVersion protocol = sample::MakeIvProtocol();
  const auto add = [&](Tx& tx, const std::string& name) -> absl::StatusOr<ProtocolVersion> {
    protocol.display_name = name;
    ASSIGN_OR_RETURN(const ProtocolVersion added, tx.protocols().Insert(protocol));
    return tx.protocols().Get(added.protocol, added.version);
  };
  EXPECT_ERROR(Run([&](Tx& tx) -> absl::Status {
                 RETURN_IF_ERROR(add(tx, "never").status());
                 return EtagMismatch("protocol");
               }),
               Code::kAborted, "ETAG_MISMATCH");
  int version = 0;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const ProtocolVersion added, add(tx, "second"));
    version = added.version;
    return absl::OkStatus();
  }));
  for (Store* store : {store_.get(), other_.get(), store_.get()}) {
    EXPECT_OK(store->Run({.clinic = clinic_}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const ProtocolVersion read, tx.protocols().Get(protocol.protocol, version));
      EXPECT_EQ(read.display_name, "second");
      return absl::OkStatus();
    }));
  }
}

TEST_F(KeptSetupTest, AnotherClinicsSetupIsItsOwn) {
  Read(*store_);
  EXPECT_ERROR(store_->Run({.clinic = database_.NewClinic()}, [](Tx& tx) { return tx.setups().Get().status(); }),
               Code::kNotFound);
}

}  // namespace
}  // namespace kat::scheduling
