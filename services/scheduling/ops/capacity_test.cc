#include "services/scheduling/ops/capacity.h"

#include <atomic>
#include <thread>

#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kMonday(2026, 11, 30);

class CapacityTest : public StoreTest {
 protected:
  static CapacityChange::Want Infusion() {
    const VisitType type = sample::MakeVisitTypes()[0];
    const absl::Time nine = sample::At(kMonday, 9);
    return {.owner = "appointments/a",
            .type = type.id,
            .start = nine,
            .assignments = sample::FirstFit(type, sample::MakeResources()),
            .patient = PatientId("ann"),
            .time = {nine, nine + absl::Minutes(110)}};
  }

  // Books the infusion against a setup that `change`, in a transaction of its own, has changed after it was read.
  absl::Status BookAfter(absl::FunctionRef<absl::Status(Tx&)> change) {
    return Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
      EXPECT_OK(Run(change));
      return Apply(tx, facts, {.take = {Infusion()}});
    });
  }

  static absl::Status ChangeResource(Tx& tx, const char* key) {
    ASSIGN_OR_RETURN(Resource resource, tx.resources().Get(ResourceKey(key)));
    ++resource.version;
    return tx.resources().Update(resource);
  }
};

TEST_F(CapacityTest, ABookingThatWasCheckedBeforeASickDayIsNotMadeAfterIt) {
  EXPECT_ERROR(BookAfter([](Tx& tx) { return ChangeResource(tx, "staff/nora"); }), Code::kAborted, "SETUP_CHANGED");
  EXPECT_OK(BookAfter([](Tx& tx) { return ChangeResource(tx, "staff/theo"); }));  // who has no part in it
}

TEST_F(CapacityTest, ABookingThatWasCheckedBeforeAHolidayIsNotMadeAfterIt) {
  EXPECT_ERROR(BookAfter([](Tx& tx) -> absl::Status {
                 ASSIGN_OR_RETURN(Clinic clinic, tx.clinics().Get());
                 ++clinic.version;
                 return tx.clinics().Update(clinic);
               }),
               Code::kAborted, "SETUP_CHANGED");
}

// The database would end a deadlock by running one of the two again.
TEST_F(CapacityTest, GivingBackTakesItsLocksInTheOrderOfBookingAndDeadlocksWithNone) {
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
    return Apply(tx, facts, {.take = {Infusion()}});
  }));
  const auto someone_waits = [&] {
    bool waits = false;
    EXPECT_OK(database_.owner().Run({}, [&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const pg::Row row,
                       tx.QueryOne("select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid "
                                   "where not l.granted and a.datname = current_database()) as waits"));
      waits = row.Get<bool>("waits");
      return absl::OkStatus();
    }));
    return waits;
  };
  std::atomic<int> bookings = 0, returns = 0;
  std::thread other;
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    if (++bookings > 1) return absl::OkStatus();
    RETURN_IF_ERROR(tx.occupancy().LockDays({{ResourceKey("equipmentPools/pumps"), kMonday}}));
    other = std::thread([&] {
      EXPECT_OK(Run([&](Tx& inner) {
        ++returns;
        return GiveBack(inner, {"appointments/a"});
      }));
    });
    while (!someone_waits()) std::this_thread::yield();
    return tx.occupancy().LockDays({{ResourceKey("rooms/infusion-1"), kMonday}});
  }));
  other.join();
  EXPECT_EQ(bookings, 1);
  EXPECT_EQ(returns, 1);
}

}  // namespace
}  // namespace kat::scheduling
