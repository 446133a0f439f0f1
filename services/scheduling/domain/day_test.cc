#include "services/scheduling/domain/day.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

class DayTest : public ::testing::Test {
 protected:
  DayTest() {
    VisitType& spravato = types_[VisitTypeId("spravato")];
    spravato.monitoring = {.observation_minutes = 120, .observation_from_last_dose = true};
  }

  Appointment& Add(const char* type, absl::Time start, std::vector<Assignment> assignments = {}) {
    const VisitType& visit_type = types_.at(VisitTypeId(type));
    if (assignments.empty()) assignments = sample::FirstFit(visit_type, sample::MakeResources());
    const std::string id = absl::StrCat("a", visits_.size());
    visits_.push_back({.appointment = {.id = AppointmentId(id),
                                       .patient = PatientId(absl::StrCat("patient-", id)),
                                       .visit_type = VisitTypeId(type),
                                       .time = {start, start + absl::Minutes(visit_type.duration_minutes)},
                                       .assignments = std::move(assignments)}});
    return visits_.back().appointment;
  }
  TreatmentRecord& CheckIn(size_t i, absl::Time at) {
    visits_[i].appointment.state = AppointmentState::kCheckedIn;
    visits_[i].record = TreatmentRecord{.appointment = visits_[i].appointment.id, .checked_in_at = at};
    return *visits_[i].record;
  }
  DayProjection Project(absl::Time now) { return ProjectDay({clinic_, resources_, types_, visits_, kMonday, now}); }
  const ProjectedVisit& Of(const DayProjection& day, size_t i) {
    return *std::find_if(day.visits.begin(), day.visits.end(),
                         [&](const ProjectedVisit& visit) { return visit.appointment == visits_[i].appointment.id; });
  }
  bool Warns(const DayProjection& day, DayWarningKind kind, size_t i) {
    return std::any_of(day.warnings.begin(), day.warnings.end(), [&](const DayWarning& warning) {
      return warning.kind == kind && warning.appointment == visits_[i].appointment.id;
    });
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_ = sample::AsMap(sample::MakeResources());
  VisitTypeMap types_ = sample::AsMap(sample::MakeVisitTypes());
  std::vector<DayVisit> visits_;
};

TEST_F(DayTest, BeforeItBeginsTheDayIsAsPlanned) {
  Add("iv-infusion", sample::At(kMonday, 9));
  Add("iv-infusion", sample::At(kMonday, 11, 30));
  const DayProjection day = Project(sample::At(kMonday, 7));
  ASSERT_EQ(day.visits.size(), 2u);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(Of(day, i).expected, visits_[i].appointment.time);
  EXPECT_TRUE(day.warnings.empty());
  EXPECT_TRUE(day.conflicts.empty());
  EXPECT_EQ(day.closes_at, sample::At(kMonday, 18));
}

TEST_F(DayTest, ALateStartPushesTheNextVisitInTheRoomAndNobodyElse) {
  Add("iv-infusion", sample::At(kMonday, 9));
  Add("iv-infusion", sample::At(kMonday, 11, 10));  // the room's turnover ends at 11:05
  Add("integration", sample::At(kMonday, 11));
  CheckIn(0, sample::At(kMonday, 9, 30));
  const DayProjection day = Project(sample::At(kMonday, 9, 40));
  EXPECT_EQ(Of(day, 0).expected.end, sample::At(kMonday, 11, 20));
  EXPECT_EQ(Of(day, 1).expected.start, sample::At(kMonday, 11, 35));
  EXPECT_EQ(Of(day, 1).waits_for.at(0), ResourceKey("rooms/infusion-1"));
  EXPECT_TRUE(Warns(day, DayWarningKind::kStartsLate, 1));
  EXPECT_TRUE(Warns(day, DayWarningKind::kRunsOver, 0));
  EXPECT_EQ(Of(day, 2).expected, visits_[2].appointment.time);
}

TEST_F(DayTest, ObservationCountsFromTheDoseAndNotFromThePlan) {
  Add("spravato", sample::At(kMonday, 9));
  TreatmentRecord& record = CheckIn(0, sample::At(kMonday, 9));
  // A second pressure had to be taken: the dose came at 9:50 instead of 9:30.
  record.doses = {{.drug = "esketamine", .given_at = sample::At(kMonday, 9, 50)}};
  record.state = TreatmentState::kObserving;
  DayProjection day = Project(sample::At(kMonday, 10));
  EXPECT_EQ(Of(day, 0).expected.end, sample::At(kMonday, 11, 50));
  ASSERT_EQ(Of(day, 0).phases.size(), 3u);
  EXPECT_EQ(Of(day, 0).phases[0].end, sample::At(kMonday, 9, 50));
  EXPECT_FALSE(Of(day, 0).phases[2].end.has_value());
  record.extensions = {{.until = sample::At(kMonday, 12, 30)}};
  day = Project(sample::At(kMonday, 10));
  EXPECT_EQ(Of(day, 0).expected.end, sample::At(kMonday, 12, 30));
}

TEST_F(DayTest, MonitoringThatWouldPassClosingOrSomebodysEndIsToldBeforeItDoes) {
  Add("spravato", sample::At(kMonday, 15, 20));
  TreatmentRecord& record = CheckIn(0, sample::At(kMonday, 15, 20));
  DayProjection day = Project(sample::At(kMonday, 15, 40));
  EXPECT_FALSE(Warns(day, DayWarningKind::kPastClosing, 0));
  day = Project(sample::At(kMonday, 16, 10));  // no dose yet: two hours from now are past six
  EXPECT_TRUE(Warns(day, DayWarningKind::kPastClosing, 0));
  record.doses = {{.drug = "esketamine", .given_at = sample::At(kMonday, 16, 5)}};
  record.state = TreatmentState::kObserving;
  day = Project(sample::At(kMonday, 16, 10));
  EXPECT_TRUE(Warns(day, DayWarningKind::kPastClosing, 0));
  const auto nurse = std::find_if(day.warnings.begin(), day.warnings.end(), [](const DayWarning& warning) {
    return warning.kind == DayWarningKind::kPastWorkingHours && warning.resource == ResourceKey("staff/nora");
  });
  ASSERT_NE(nurse, day.warnings.end());
  EXPECT_EQ(nurse->limit, sample::At(kMonday, 18));
}

TEST_F(DayTest, APatientWhoIsNotHereStartsNowAtTheEarliest) {
  Add("integration", sample::At(kMonday, 9));
  const DayProjection day = Project(sample::At(kMonday, 9, 10));
  EXPECT_EQ(Of(day, 0).expected.start, sample::At(kMonday, 9, 10));
  EXPECT_TRUE(Warns(day, DayWarningKind::kNotHere, 0));
}

TEST_F(DayTest, WhoLeavesEarlyFreesTheRoomAndPullsNobodyForward) {
  Add("iv-infusion", sample::At(kMonday, 9));
  Add("iv-infusion", sample::At(kMonday, 11, 10));
  TreatmentRecord& record = CheckIn(0, sample::At(kMonday, 9));
  record.discharge = Discharge{.monitoring_end_at = sample::At(kMonday, 10), .discharged_at = sample::At(kMonday, 10)};
  record.doses = {{.drug = "ketamine", .given_at = sample::At(kMonday, 9, 15)}};
  record.state = TreatmentState::kCompleted;
  visits_[0].appointment.state = AppointmentState::kCompleted;
  const DayProjection day = Project(sample::At(kMonday, 10, 5));
  EXPECT_EQ(Of(day, 0).expected.end, sample::At(kMonday, 10));
  EXPECT_EQ(Of(day, 1).expected, visits_[1].appointment.time);
}

TEST_F(DayTest, TwoUnderWayThatNeedOneNurseAtOnceAreAConflict) {
  Add("iv-infusion", sample::At(kMonday, 9));
  auto second_room = sample::FirstFit(types_.at(VisitTypeId("iv-infusion")), sample::MakeResources());
  second_room[0].resource = ResourceKey("rooms/infusion-2");
  Add("iv-infusion", sample::At(kMonday, 9, 30), second_room);
  CheckIn(0, sample::At(kMonday, 9, 30));
  CheckIn(1, sample::At(kMonday, 9, 30));
  const DayProjection day = Project(sample::At(kMonday, 9, 31));
  ASSERT_FALSE(day.conflicts.empty());
  const auto nora = std::find_if(day.conflicts.begin(), day.conflicts.end(), [](const DayConflict& conflict) {
    return conflict.resource == ResourceKey("staff/nora");
  });
  ASSERT_NE(nora, day.conflicts.end());
  EXPECT_EQ(nora->appointments.size(), 2u);
}

// Random days, with the clock running through them.
class RandomDayTest : public DayTest {
 protected:
  // A day's plan without a double booking: visits of random types where they first fit.
  void Plan(std::mt19937& random) {
    visits_.clear();
    const char* kinds[] = {"iv-infusion", "spravato", "integration", "consult"};
    for (int i = 0; i < 14; ++i) {
      const char* kind = kinds[random() % 4];
      Add(kind, sample::At(kMonday, 8, 5 * static_cast<int>(random() % 90)));
      const DayProjection day = Project(sample::At(kMonday, 0));
      const Appointment& last = visits_.back().appointment;
      const ProjectedVisit& projected = Of(day, visits_.size() - 1);
      if (projected.expected != last.time || !day.warnings.empty() ||
          projected.expected.end > sample::At(kMonday, 17)) {
        visits_.pop_back();
      }
    }
  }
};

TEST_F(RandomDayTest, NobodyIsCalledEarlierAndWhatIsToComeNeverConflicts) {
  int pushed = 0;
  for (int round = 0; round < 200; ++round) {
    std::mt19937 random(round);
    Plan(random);
    const DayProjection plan = Project(sample::At(kMonday, 0));
    for (size_t i = 0; i < visits_.size(); ++i) EXPECT_EQ(Of(plan, i).expected, visits_[i].appointment.time);
    EXPECT_TRUE(plan.conflicts.empty());
    // One patient is checked in late; the rest of the day follows.
    if (visits_.empty()) continue;
    const size_t late = random() % visits_.size();
    const absl::Time arrived = visits_[late].appointment.time.start + absl::Minutes(random() % 60);
    CheckIn(late, arrived);
    absl::Time end_before = absl::InfinitePast();
    for (int minute = 0; minute <= 120; minute += 15) {
      const absl::Time now = arrived + absl::Minutes(minute);
      const DayProjection day = Project(now);
      ASSERT_EQ(day.visits.size(), visits_.size());
      EXPECT_TRUE(day.conflicts.empty()) << round;
      // As time passes and nothing happens, the one who is here is not expected to leave sooner.
      EXPECT_LE(end_before, Of(day, late).expected.end);
      end_before = Of(day, late).expected.end;
      for (const ProjectedVisit& visit : day.visits) {
        EXPECT_LE(visit.planned.start, visit.expected.start);
        EXPECT_LE(visit.planned.end, visit.expected.end);
        EXPECT_LE(now, visit.expected.end);
        pushed += visit.expected.start > visit.planned.start && visit.planned.start > now;
      }
    }
    visits_[late].appointment.state = AppointmentState::kBooked;
  }
  EXPECT_GT(pushed, 100);
}

}  // namespace
}  // namespace kat::scheduling
