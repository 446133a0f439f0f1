// Every US zone around its clock changes: what was planned by the clinic's clock is what the database keeps, and both
// cut days at the same midnight.
#include <algorithm>
#include <set>

#include "libs/base/business_time.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/planning/optimizer_planner.h"
#include "services/scheduling/store/store_fixture.h"
#include "services/scheduling/testing/us_zones.h"

namespace kat::scheduling {
namespace {

using sample::ZoneChange;

const ResourceKey kRoom("rooms/quiet");

class ClockChangeStoreTest : public StoreTest {
 protected:
  static VisitType Session() {
    VisitType session{.id = VisitTypeId("session"), .display_name = "Session", .duration_minutes = 90};
    session.roles = {{"room", "quiet-room", {{0, 90, 2}, {90, 105, 1}}}};
    return session;
  }

  // A clinic of that zone, always open, with a room for two.
  void MakeClinicOf(const ZoneChange& change) {
    tx::ClinicInfo info = testing::TestDatabase::DefaultClinic();
    info.time_zone = change.zone.name;
    info.zone = change.zone.zone;
    zone_clinic_ = database_.NewClinic(info);
    clock_.Set(absl::FromCivil(change.day - 30, change.zone.zone));
    ASSERT_OK(RunThere([&](Tx& tx) -> absl::Status {
      Clinic clinic = sample::MakeClinic(tx.clinic().str());
      clinic.time_zone = change.zone.name;
      clinic.opening_hours.clear();
      for (int day = 0; day < 7; ++day) {
        clinic.opening_hours.push_back({.weekday = static_cast<absl::Weekday>(day), .minutes = {0, 1440}});
      }
      RETURN_IF_ERROR(tx.clinics().Insert(clinic));
      RETURN_IF_ERROR(tx.resources().Insert({.key = kRoom,
                                             .kind = ResourceKind::kRoom,
                                             .display_name = "Quiet",
                                             .tags = {{.tag = "quiet-room"}},
                                             .capacity = 2}));
      return tx.visit_types().Insert(Session());
    }));
  }
  absl::Status RunThere(absl::FunctionRef<absl::Status(Tx&)> body) {
    return store_->Run({.clinic = zone_clinic_}, body);
  }
  // The local days of the room that the database has counted a change on.
  std::set<absl::CivilDay> TouchedDays() {
    std::set<absl::CivilDay> days;
    EXPECT_OK(database_.service().Run({.clinic = zone_clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const pg::Rows rows,
                       tx.Query("select day from resource_days where clinic = $1 order by day", {zone_clinic_}));
      for (const pg::Row& row : rows) days.insert(row.Get<absl::CivilDay>("day"));
      return absl::OkStatus();
    }));
    return days;
  }

  ClinicId zone_clinic_;
};

TEST_F(ClockChangeStoreTest, WhatIsPlannedByTheClinicsClockIsWhatTheDatabaseKeeps) {
  OptimizerPlanner planner;
  std::set<std::string> seen;  // one change forward and one back of every zone
  for (const ZoneChange& change : sample::ZoneChanges()) {
    if (!seen.insert(absl::StrCat(change.zone.name, change.set.by > absl::ZeroDuration())).second) continue;
    SCOPED_TRACE(absl::StrCat(change.zone.name, " ", FormatDay(change.day)));
    ASSERT_NO_FATAL_FAILURE(MakeClinicOf(change));
    const absl::TimeZone zone = change.zone.zone;
    // Sessions around the change: over midnight to its day, before it, just after it, at nine, and over the next one.
    std::vector<absl::Time> starts;
    for (const auto& [day, minute] : std::vector<std::pair<int, int>>{
             {-1, 9 * 60}, {-1, 22 * 60 + 45}, {0, 3 * 60}, {0, 9 * 60}, {0, 23 * 60}, {1, 9 * 60}}) {
      starts.push_back(InstantOf(change.day + day, minute, zone));
    }
    ASSERT_OK(RunThere([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
      CapacityChange book;
      std::vector<Usage> planned;
      for (size_t i = 0; i < starts.size(); ++i) {
        // Planned: the room at that minute of the clock.
        ASSIGN_OR_RETURN(const std::vector<Assignment> room,
                         ChooseResources(tx, planner, facts, PatientId("ann"),
                                         {.visit_id = "visit", .type = Session().id, .start = starts[i]}, {}));
        book.take.push_back({.owner = absl::StrCat("appointments/", i),
                             .type = Session().id,
                             .start = starts[i],
                             .assignments = room,
                             .patient = PatientId("ann"),
                             .time = {starts[i], starts[i] + absl::Minutes(90)}});
        for (const Usage& usage : UsageOf(Session(), starts[i], room)) planned.push_back(usage);
      }
      RETURN_IF_ERROR(Apply(tx, facts, book));
      ASSIGN_OR_RETURN(const std::vector<Commitment> kept,
                       tx.occupancy().Commitments({starts[0], starts.back() + absl::Hours(24)}, kRoom));
      EXPECT_EQ(kept.size(), planned.size());
      for (size_t i = 0; i < std::min(kept.size(), planned.size()); ++i) {
        EXPECT_EQ(kept[i].usage.time, planned[i].time);
        EXPECT_EQ(kept[i].usage.load, planned[i].load);
      }
      std::set<absl::CivilDay> days;
      for (const auto& [resource, day] : DaysOf(planned, zone)) days.insert(day);
      EXPECT_EQ(days, (std::set<absl::CivilDay>{change.day - 1, change.day, change.day + 1}));
      return absl::OkStatus();
    }));
    EXPECT_EQ(TouchedDays(), (std::set<absl::CivilDay>{change.day - 1, change.day, change.day + 1}));
    // Read back for planning, the same minutes are taken: another patient finds the room neither earlier nor later.
    ASSERT_OK(RunThere([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
      const auto free_at = [&](int day, int minute) {
        return ChooseResources(
                   tx, planner, facts, PatientId("bob"),
                   {.visit_id = "visit", .type = Session().id, .start = InstantOf(change.day + day, minute, zone)}, {})
            .ok();
      };
      for (int day : {-1, 0, 1}) {
        EXPECT_FALSE(free_at(day, 9 * 60));
        EXPECT_FALSE(free_at(day, 10 * 60 + 40));  // turnover
        EXPECT_TRUE(free_at(day, 10 * 60 + 45));
        EXPECT_TRUE(free_at(day, 7 * 60 + 15));
        EXPECT_FALSE(free_at(day, 7 * 60 + 20));
      }
      EXPECT_FALSE(free_at(0, 3 * 60));
      EXPECT_TRUE(free_at(0, 4 * 60 + 45));
      return absl::OkStatus();
    }));
    if (HasFailure()) return;
  }
  EXPECT_GE(seen.size(), 40u);
}

}  // namespace
}  // namespace kat::scheduling
