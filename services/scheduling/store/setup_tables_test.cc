#include "services/scheduling/store/json.h"
#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kMonday(2026, 11, 30);

class SetupTablesTest : public StoreTest {};

TEST_F(SetupTablesTest, AClinicIsReadAsItWasWritten) {
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Clinic clinic, tx.clinics().Get());
    EXPECT_EQ(clinic.holidays, sample::MakeClinic().holidays);
    EXPECT_EQ(ToJson(clinic.opening_hours), ToJson(sample::MakeClinic().opening_hours));
    ++clinic.version;
    clinic.state = ClinicState::kDisabled;
    clinic.late_cancel_hours = 24;
    RETURN_IF_ERROR(tx.clinics().Update(clinic));
    EXPECT_ERROR(tx.clinics().Update(clinic), Code::kAborted, "ETAG_MISMATCH");
    ASSIGN_OR_RETURN(clinic, tx.clinics().Get());
    EXPECT_EQ(clinic.late_cancel_hours, 24);
    return absl::OkStatus();
  }));
  EXPECT_ERROR(Run([](Tx& tx) { return tx.clinics().Insert(sample::MakeClinic()); }), Code::kAlreadyExists,
               "NAME_TAKEN");
}

TEST_F(SetupTablesTest, AResourceIsReadAsItWasWrittenWithItsIdsAndCalendar) {
  Resource ada{.key = ResourceKey("staff/ada"), .kind = ResourceKind::kStaff, .display_name = "Ada", .capacity = 12};
  ada.tags = {{.tag = "rn", .valid_from = kMonday, .valid_until = kMonday + 365, .reference = "RN-1"}};
  ada.availability.weekly = {{.weekday = absl::Weekday::sunday, .minutes = {0, 1440}, .effective_until = kMonday}};
  ada.availability.exceptions = {{kMonday, kMonday + 2, {0, 720}, false, "off"}};
  ada.roles = {6, 2};
  ada.login_subject = "ada@lakeside";
  ada.external_ids = {{"ehr", "17"}, {"hr", "x"}};
  ASSERT_OK(Run([&](Tx& tx) { return tx.resources().Insert(ada); }));
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Resource read, tx.resources().Get(ada.key));
    EXPECT_EQ(read.kind, ResourceKind::kStaff);
    EXPECT_EQ(ToJson(read.tags), ToJson(ada.tags));
    EXPECT_EQ(ToJson(read.availability), ToJson(ada.availability));
    EXPECT_EQ(read.roles, ada.roles);
    EXPECT_EQ(read.external_ids, ada.external_ids);
    return absl::OkStatus();
  }));
  Resource bea = ada;
  bea.key = ResourceKey("staff/bea");
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.resources().Insert(bea); }), Code::kAlreadyExists, "LOGIN_SUBJECT_TAKEN");
  bea.login_subject = "";
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.resources().Insert(bea); }), Code::kAlreadyExists, "EXTERNAL_ID_TAKEN");
}

TEST_F(SetupTablesTest, ResourcesAreListedByKindTagAndPage) {
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<Resource> found,
                     tx.resources().List({.kind = ResourceKind::kRoom, .tag = "infusion-room"}, {}));
    EXPECT_EQ(found.size(), 2u);
    ASSIGN_OR_RETURN(found, tx.resources().List({.kind = ResourceKind::kStaff}, {.limit = 2}));
    EXPECT_EQ(found.back().key.str(), "staff/ned");
    ASSIGN_OR_RETURN(found, tx.resources().List({.kind = ResourceKind::kStaff}, {.after = {"staff/ned"}, .limit = 2}));
    EXPECT_EQ(found.front().key.str(), "staff/nora");
    ASSIGN_OR_RETURN(found,
                     tx.resources().List({.kind = ResourceKind::kStaff, .external_id = ExternalId{"ehr", "none"}}, {}));
    EXPECT_TRUE(found.empty());
    return absl::OkStatus();
  }));
}

TEST_F(SetupTablesTest, ProtocolsAreVersionedAndChosenByDay) {
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ProtocolVersion next = sample::MakeIvProtocol();
    next.override_roles = {5};
    next.effective_from = kMonday;
    ASSIGN_OR_RETURN(next, tx.protocols().Insert(next));
    EXPECT_EQ(next.version, 2);
    ASSIGN_OR_RETURN(ProtocolVersion chosen, tx.protocols().InEffect("iv-ketamine", kMonday - 1));
    EXPECT_EQ(chosen.version, 1);
    ASSIGN_OR_RETURN(chosen, tx.protocols().InEffect("iv-ketamine", kMonday));
    EXPECT_EQ(chosen.version, 2);
    EXPECT_EQ(ToJson(chosen), ToJson(next));
    EXPECT_ERROR(tx.protocols().InEffect("unknown", kMonday), Code::kNotFound, "NO_PROTOCOL_IN_EFFECT");
    ASSIGN_OR_RETURN(const std::vector<ProtocolVersion> page, tx.protocols().List("", {.after = {"iv-ketamine", "1"}}));
    EXPECT_EQ(page.size(), 2u);
    return absl::OkStatus();
  }));
}

TEST_F(SetupTablesTest, VisitTypesKeepTheirSegments) {
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const VisitType type, tx.visit_types().Get(VisitTypeId("iv-infusion")));
    EXPECT_EQ(ToJson(type), ToJson(sample::MakeVisitTypes().front()));
    ASSIGN_OR_RETURN(const std::vector<VisitType> page, tx.visit_types().List({.after = {"consult"}, .limit = 1}));
    EXPECT_EQ(page.front().id.str(), "integration");
    return absl::OkStatus();
  }));
}

TEST_F(SetupTablesTest, AnotherClinicSeesNothing) {
  const ClinicId other = database_.NewClinic();
  EXPECT_OK(store_->Run({.clinic = other}, [](Tx& tx) -> absl::Status {
    EXPECT_ERROR(tx.clinics().Get(), Code::kNotFound);
    EXPECT_ERROR(tx.resources().Get(ResourceKey("staff/nora")), Code::kNotFound);
    ASSIGN_OR_RETURN(const std::vector<VisitType> types, tx.visit_types().All());
    EXPECT_TRUE(types.empty());
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::scheduling
