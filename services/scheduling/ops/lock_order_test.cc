// A change of the setup meets a change of the appointments that it concerns: each waits for the other, and neither is
// run again to end a deadlock.
#include <atomic>
#include <thread>

#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/resource_change.h"
#include "services/scheduling/ops/setup_lock.h"
#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

class LockOrderTest : public StoreTest {
 protected:
  static Appointment Visit(const ResourceKey& nurse) {
    const VisitType type = sample::MakeVisitTypes()[0];
    Appointment visit{.id = AppointmentId("a"),
                      .patient = PatientId("ann"),
                      .visit_type = type.id,
                      .time = {sample::At(kMonday, 9), sample::At(kMonday, 9) + absl::Minutes(110)},
                      .assignments = sample::FirstFit(type, sample::MakeResources())};
    for (Assignment& assignment : visit.assignments) {
      if (assignment.role == "nurse") assignment.resource = nurse;
    }
    return visit;
  }

  // Nora is away on that Monday, which strands the visit.
  static absl::Status NoraIsAway(Tx& tx) {
    ASSIGN_OR_RETURN(const Resource before, tx.resources().Get(ResourceKey("staff/nora")));
    Resource after = before;
    after.availability.exceptions.push_back({.from = kMonday, .until = kMonday + 1});
    return ChangeResource(tx, before, after);
  }

  // The visit gets another nurse, as a move or a repair gives it one: what it is about, the setup, the appointment, the
  // capacity. `meanwhile` runs once the appointment is locked.
  static absl::Status GiveToNed(Tx& tx, absl::FunctionRef<void()> meanwhile) {
    RETURN_IF_ERROR(HoldSetup(tx));
    ASSIGN_OR_RETURN(const Appointment visit, tx.appointments().Get(AppointmentId("a"), Lock::kForUpdate));
    meanwhile();
    ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
    Appointment moved = Visit(ResourceKey("staff/ned"));
    moved.version = visit.version + 1;
    RETURN_IF_ERROR(Apply(tx, facts, {.give_back = {"appointments/a"}, .take = {WantOf(moved)}}));
    return tx.appointments().Update(moved);
  }

  bool SomeoneWaits() {
    bool waits = false;
    EXPECT_OK(database_.owner().Run({}, [&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const pg::Row row,
                       tx.QueryOne("select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid "
                                   "where not l.granted and a.datname = current_database()) as waits"));
      waits = row.Get<bool>("waits");
      return absl::OkStatus();
    }));
    return waits;
  }
};

TEST_F(LockOrderTest, ASickDayAndAMoveOfTheVisitThatItStrandsWaitForEachOther) {
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
    const Appointment visit = Visit(ResourceKey("staff/nora"));
    RETURN_IF_ERROR(Apply(tx, facts, {.take = {WantOf(visit)}}));
    return tx.appointments().Insert(visit, 0);
  }));
  std::atomic<int> moves = 0, absences = 0;
  std::thread other;
  EXPECT_OK(Run([&](Tx& tx) {
    ++moves;
    return GiveToNed(tx, [&] {
      if (other.joinable()) return;
      other = std::thread([&] {
        EXPECT_OK(Run([&](Tx& inner) {
          ++absences;
          return NoraIsAway(inner);
        }));
      });
      while (!SomeoneWaits()) std::this_thread::yield();
    });
  }));
  other.join();
  EXPECT_EQ(moves, 1);
  EXPECT_EQ(absences, 1);
  // The move came first, and the sick day found nothing of hers to strand.
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Appointment visit, tx.appointments().Get(AppointmentId("a"), Lock::kNo));
    EXPECT_EQ(visit.version, 2);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::scheduling
