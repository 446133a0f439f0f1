#include "services/scheduling/planning/optimizer_repairer.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/scheduling/domain/absence.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

class OptimizerRepairerTest : public ::testing::Test {
 protected:
  PlanningPicture Picture() {
    return {.clinic = clinic_,
            .resources = resources_,
            .visit_types = types_,
            .now = now_,
            .first_day = kMonday - 7,
            .days = 70};
  }

  void Close(const char* resource, absl::CivilDay day, int days = 1) {
    const ResourceKey key(resource);
    resources_[key] = WithAbsence(resources_[key], clinic_, {key, {sample::At(day, 0), sample::At(day + days, 0)}, ""});
  }

  // A visit by itself that stands at `start` with `assignments`; `wanted` where it has to go elsewhere.
  CourseToRepair Single(const char* patient, const char* type, absl::Time start, std::vector<Assignment> assignments,
                        bool wanted = true) {
    CourseToRepair course{.patient = PatientId(patient)};
    course.question.earliest_day = kMonday - 7;
    course.question.visits = {
        {.visit_id = "", .type = VisitTypeId(type), .current = VisitToPlan::Standing{start, std::move(assignments)}}};
    if (wanted) course.question.visits[0].near_day = DayAt(start, clinic_.Zone());
    return course;
  }

  // MakeIvPlan's block from `monday` on; the visits of `wanted` have to go elsewhere.
  CourseToRepair Series(const char* patient, absl::CivilDay monday, const std::vector<std::string>& wanted) {
    CourseToRepair course{.patient = PatientId(patient)};
    course.question.lags = ExpandPhases(protocol_, {0}, {}).lags;
    course.question.earliest_day = kMonday - 7;
    for (const PlannedVisit& visit : sample::MakeIvPlan(course_, monday).visits) {
      const bool dosing = absl::StartsWith(visit.visit_id, "infusion");
      course.question.visits.push_back({.visit_id = visit.visit_id,
                                        .type = VisitTypeId(dosing ? "iv-infusion" : "integration"),
                                        .current = VisitToPlan::Standing{visit.start, visit.assignments}});
      if (std::count(wanted.begin(), wanted.end(), visit.visit_id) > 0) {
        course.question.visits.back().near_day = DayAt(visit.start, clinic_.Zone());
      }
    }
    return course;
  }

  RepairAnswer Ask(const RepairQuestion& question) {
    const auto answer = repairer_.Repair(Picture(), question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(RepairAnswer());
  }

  // Plans the course near a day, beside those that stand, and adds it to them where it fits.
  void Stand(CourseToRepair course, absl::CivilDay near_day, std::vector<CourseToRepair>& standing) {
    for (VisitToPlan& visit : course.question.visits) visit.current.reset();
    course.question.visits[0].near_day = near_day;
    RepairQuestion question{.courses = standing};
    for (CourseToRepair& other : question.courses) {
      for (VisitToPlan& visit : other.question.visits) visit.fixed = true;
    }
    question.courses.push_back(course);
    const RepairAnswer answer = Ask(question);
    if (answer.courses.back().options.empty()) return;
    const CoursePlan& plan = answer.courses.back().options[0];
    for (size_t v = 0; v < plan.visits.size(); ++v) {
      course.question.visits[v].current = VisitToPlan::Standing{plan.visits[v].start, plan.visits[v].assignments};
    }
    course.question.visits[0].near_day.reset();
    standing.push_back(std::move(course));
  }

  const Assignment* In(const PlannedVisit& visit, const char* role) {
    for (const Assignment& assignment : visit.assignments) {
      if (assignment.role == role) return &assignment;
    }
    return nullptr;
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_ = sample::AsMap(sample::MakeResources());
  VisitTypeMap types_ = sample::AsMap(sample::MakeVisitTypes());
  ProtocolVersion protocol_ = sample::MakeIvProtocol();
  Course course_ = sample::MakeCourse(protocol_, kMonday);
  absl::Time now_ = sample::At(absl::CivilDay(2026, 11, 23), 12);
  OptimizerRepairer repairer_;
};

TEST_F(OptimizerRepairerTest, AVisitWhoseNurseIsIllKeepsItsHourWithTheOtherNurse) {
  Close("staff/nora", kMonday + 3);
  const RepairAnswer answer = Ask({.courses = {Series("ann", kMonday, {"infusion-2"})}});
  ASSERT_EQ(answer.courses.size(), 1u);
  ASSERT_FALSE(answer.courses[0].options.empty());
  const CoursePlan& plan = answer.courses[0].options[0];
  EXPECT_EQ(plan.visits[1].start, sample::At(kMonday + 3, 9));
  EXPECT_EQ(In(plan.visits[1], "nurse")->resource, ResourceKey("staff/ned"));
  EXPECT_TRUE(answer.proved);
  const bool moves = std::any_of(plan.terms.begin(), plan.terms.end(),
                                 [](const CostTerm& term) { return term.kind == CostKind::kMove; });
  EXPECT_FALSE(moves);
}

TEST_F(OptimizerRepairerTest, AVisitThatMustMoveStaysNearItsDay) {
  Close("staff/theo", kMonday + 21);
  const RepairAnswer answer =
      Ask({.courses = {Single("ann", "integration", sample::At(kMonday + 21, 10),
                              sample::FirstFit(types_.at(VisitTypeId("integration")), sample::MakeResources()))}});
  ASSERT_EQ(answer.courses[0].options.size(), 3u);
  for (const CoursePlan& plan : answer.courses[0].options) {
    EXPECT_LE(std::abs(DayAt(plan.visits[0].start, clinic_.Zone()) - (kMonday + 21)), 3);
    const bool shift = std::any_of(plan.terms.begin(), plan.terms.end(),
                                   [](const CostTerm& term) { return term.kind == CostKind::kShift; });
    EXPECT_TRUE(shift);
  }
}

TEST_F(OptimizerRepairerTest, PatientsOfAClosedRoomDoNotGetEachOthersPlace) {
  Close("rooms/therapy", kMonday + 1);
  RepairQuestion question;
  const auto assignments = sample::FirstFit(types_.at(VisitTypeId("integration")), sample::MakeResources());
  const char* patients[] = {"ann", "bob", "cat", "dan"};
  for (int i = 0; i < 4; ++i) {
    question.courses.push_back(Single(patients[i], "integration", sample::At(kMonday + 1, 9 + 2 * i), assignments));
  }
  const RepairAnswer answer = Ask(question);
  std::vector<absl::Time> starts;
  for (const RepairedCourse& course : answer.courses) {
    ASSERT_FALSE(course.options.empty());
    starts.push_back(course.options[0].visits[0].start);
  }
  std::sort(starts.begin(), starts.end());
  for (size_t i = 1; i < starts.size(); ++i) EXPECT_GE(starts[i] - starts[i - 1], absl::Minutes(60));
}

TEST_F(OptimizerRepairerTest, WhatFitsNowhereSaysWhyAndLeavesTheOthersTheirRepair) {
  Close("staff/theo", kMonday - 7, 72);
  Close("staff/nora", kMonday + 3);
  const auto assignments = sample::FirstFit(types_.at(VisitTypeId("integration")), sample::MakeResources());
  const RepairAnswer answer =
      Ask({.courses = {Single("bob", "integration", sample::At(kMonday + 1, 9), assignments),
                       Single("ann", "iv-infusion", sample::At(kMonday + 3, 9),
                              sample::FirstFit(types_.at(VisitTypeId("iv-infusion")), sample::MakeResources()))}});
  EXPECT_TRUE(answer.courses[0].options.empty());
  EXPECT_TRUE(std::any_of(answer.courses[0].reasons.begin(), answer.courses[0].reasons.end(),
                          [](const Reason& reason) { return reason.resource_tag == "therapist"; }));
  ASSERT_FALSE(answer.courses[1].options.empty());
  EXPECT_EQ(answer.courses[1].options[0].visits[0].start, sample::At(kMonday + 3, 9));
}

TEST_F(OptimizerRepairerTest, TheProtocolIsDepartedFromOnlyWhereAllowedAndAsLittleAsWillDo) {
  // Infusion 2 stands on Thursday, 1 on Monday before and 3 on Monday after; all three days from Wednesday on are
  // closed to infusions, and the others of the series stay.
  for (const char* room : {"rooms/infusion-1", "rooms/infusion-2"}) Close(room, kMonday + 2, 3);
  CourseToRepair course = Series("ann", kMonday, {"infusion-2"});
  for (VisitToPlan& visit : course.question.visits) visit.fixed = visit.visit_id != "infusion-2";
  RepairQuestion question{.courses = {course}};
  EXPECT_TRUE(Ask(question).courses[0].options.empty());
  EXPECT_FALSE(Ask(question).courses[0].reasons.empty());
  question.allow_deviations = true;
  const RepairAnswer answer = Ask(question);
  ASSERT_FALSE(answer.courses[0].options.empty());
  // Tuesday is a day after the first: the only day on which one rule alone gives way by one day.
  EXPECT_EQ(DayAt(answer.courses[0].options[0].visits[0].start, clinic_.Zone()), kMonday + 1);
}

TEST_F(OptimizerRepairerTest, ALostVisitIsPlacedAmongThoseThatStand) {
  CourseToRepair course = Series("ann", kMonday, {"infusion-3"});
  course.question.visits[2].current.reset();
  for (size_t i = 0; i < course.question.visits.size(); ++i) course.question.visits[i].fixed = i != 2;
  const RepairAnswer answer = Ask({.courses = {course}});
  ASSERT_FALSE(answer.courses[0].options.empty());
  ASSERT_EQ(answer.courses[0].options[0].visits.size(), 1u);
  EXPECT_EQ(answer.courses[0].options[0].visits[0].visit_id, "infusion-3");
  EXPECT_LE(std::abs(DayAt(answer.courses[0].options[0].visits[0].start, clinic_.Zone()) - (kMonday + 7)), 1);
}

TEST_F(OptimizerRepairerTest, APatientIsNotSentWhereTheyAreBusy) {
  Close("staff/theo", kMonday + 1);
  CourseToRepair course = Single("ann", "integration", sample::At(kMonday + 1, 9),
                                 sample::FirstFit(types_.at(VisitTypeId("integration")), sample::MakeResources()));
  for (int day = 0; day < 4; ++day) {
    if (day != 1) course.busy.push_back({sample::At(kMonday + day, 6), sample::At(kMonday + day, 20)});
  }
  const RepairAnswer answer = Ask({.courses = {course}});
  ASSERT_FALSE(answer.courses[0].options.empty());
  EXPECT_GE(DayAt(answer.courses[0].options[0].visits[0].start, clinic_.Zone()), kMonday + 4);
}

TEST_F(OptimizerRepairerTest, AnotherPatientMakesWayWhereTheyMay) {
  const auto assignments = sample::FirstFit(types_.at(VisitTypeId("integration")), sample::MakeResources());
  CourseToRepair ann = Single("ann", "integration", sample::At(kMonday, 10), assignments);
  Close("staff/theo", kMonday);
  // Ann can come on Tuesdays from one to two alone, and there Bob is, who can come whenever the clinic is open.
  ann.question.preferences.available = {{.weekday = absl::Weekday::tuesday, .minutes = {13 * 60, 14 * 60}}};
  ann.question.visits[0].current.reset();
  RepairQuestion question{.courses = {ann}};
  for (int week = -1; week < 10; ++week) {
    question.courses.push_back(Single(absl::StrCat("bob", week).c_str(), "integration",
                                      sample::At(kMonday + 1 + 7 * week, 13), assignments, /*wanted=*/false));
  }
  for (size_t i = 1; i < question.courses.size(); ++i) question.courses[i].question.visits[0].fixed = true;
  EXPECT_TRUE(Ask(question).courses[0].options.empty());
  question.courses[2].question.visits[0].fixed = false;  // the one of the week in question
  const RepairAnswer answer = Ask(question);
  ASSERT_FALSE(answer.courses[0].options.empty());
  EXPECT_EQ(DayAt(answer.courses[0].options[0].visits[0].start, clinic_.Zone()), kMonday + 1);
  ASSERT_EQ(answer.courses[2].options.size(), 1u);
  EXPECT_NE(answer.courses[2].options[0].visits[0].start, sample::At(kMonday + 1, 13));
}

// What stands after a repair, summed minute by minute, apart from the optimizer.
class RandomRepairTest : public OptimizerRepairerTest {
 protected:
  struct Stands {
    PatientId patient;
    VisitTypeId type;
    absl::Time start;
    std::vector<Assignment> assignments;
  };

  // Every load and every patient at most once, at each five minutes.
  void ExpectNoConflict(const std::vector<Stands>& all) {
    std::map<std::pair<ResourceKey, absl::Time>, int> load;
    std::map<std::pair<PatientId, absl::Time>, int> patients;
    for (const Stands& visit : all) {
      const VisitType& type = types_.at(visit.type);
      for (const Usage& usage : UsageOf(type, visit.start, visit.assignments)) {
        for (absl::Time t = usage.time.start; t < usage.time.end; t += absl::Minutes(5)) {
          int& total = load[std::make_pair(usage.resource, t)];
          total += usage.load;
          EXPECT_LE(total, resources_.at(usage.resource).capacity)
              << usage.resource.str() << " " << absl::FormatTime(t);
        }
      }
      for (absl::Time t = visit.start; t < visit.start + absl::Minutes(type.duration_minutes); t += absl::Minutes(5)) {
        EXPECT_EQ(++patients[std::make_pair(visit.patient, t)], 1);
      }
    }
  }
};

TEST_F(RandomRepairTest, EveryRepairOfARandomSickDayIsSound) {
  int placed = 0;
  for (int round = 0; round < 40; ++round) {
    std::mt19937 random(round);
    resources_ = sample::AsMap(sample::MakeResources());
    // A clinic that fills up: series and single visits that the planner places one after another.
    std::vector<CourseToRepair> standing;
    for (int i = 0; i < 8; ++i) {
      Stand(Series(absl::StrCat("p", i).c_str(), kMonday + 7 * (i % 2), {}), kMonday + static_cast<int>(random() % 9),
            standing);
    }
    const char* ill[] = {"staff/nora", "staff/carla", "staff/theo", "rooms/infusion-1", "staff/ned"};
    const absl::CivilDay day = kMonday + 2 + static_cast<int>(random() % 12);
    Close(ill[round % 5], day, 1 + static_cast<int>(random() % 2));
    RepairQuestion question{.courses = standing, .allow_deviations = round % 3 == 0};
    int hits = 0;
    for (CourseToRepair& course : question.courses) {
      for (VisitToPlan& visit : course.question.visits) {
        if (CheckPlacement(clinic_, resources_, types_.at(visit.type), visit.visit_id, visit.current->start,
                           visit.current->assignments)
                .empty()) {
          continue;
        }
        visit.near_day = DayAt(visit.current->start, clinic_.Zone());
        ++hits;
      }
    }
    const RepairAnswer answer = Ask(question);
    std::vector<Stands> after;
    for (size_t i = 0; i < question.courses.size(); ++i) {
      const CourseToRepair& course = question.courses[i];
      const bool changed = !answer.courses[i].options.empty();
      std::vector<TimedVisit> timed;
      for (size_t v = 0; v < course.question.visits.size(); ++v) {
        const VisitToPlan& visit = course.question.visits[v];
        Stands stands{course.patient, visit.type, visit.current->start, visit.current->assignments};
        if (changed) {
          stands.start = answer.courses[i].options[0].visits[v].start;
          stands.assignments = answer.courses[i].options[0].visits[v].assignments;
          EXPECT_TRUE(CheckPlacement(clinic_, resources_, types_.at(visit.type), visit.visit_id, stands.start,
                                     stands.assignments)
                          .empty());
        }
        timed.push_back(
            {visit.visit_id, stands.start, stands.start + absl::Minutes(types_.at(visit.type).duration_minutes)});
        after.push_back(std::move(stands));
      }
      if (!question.allow_deviations) {
        EXPECT_TRUE(CheckLags(course.question.lags, timed, clinic_.Zone()).empty());
      }
      placed += changed;
      EXPECT_TRUE(changed || answer.courses[i].reasons.empty() || hits > 0);
    }
    ExpectNoConflict(after);
  }
  EXPECT_GT(placed, 20);
}

TEST_F(RandomRepairTest, ASickDayInAFullClinicTakesABoundedNumberOfSteps) {
  // Ten rooms, eight people, and courses as long as there is room.
  std::vector<Resource> resources = sample::MakeResources();
  for (int i = 3; i <= 8; ++i) {
    Resource room = resources[0];
    room.key = ResourceKey(absl::StrCat("rooms/infusion-", i));
    resources.push_back(room);
  }
  for (int i = 4; i <= 7; ++i) {
    Resource copy = resources[i];
    copy.key = ResourceKey(absl::StrCat(copy.key.str(), "-2"));
    resources.push_back(copy);
  }
  for (Resource& resource : resources) {
    if (resource.key.str() == "equipmentPools/pumps") resource.capacity = 10;
  }
  resources_ = sample::AsMap(resources);
  std::vector<CourseToRepair> standing;
  for (int i = 0; i < 40; ++i) {
    Stand(Series(absl::StrCat("p", i).c_str(), kMonday, {}), kMonday + i % 12, standing);
  }
  Close("staff/carla", kMonday + 8);
  RepairQuestion question;
  int hits = 0;
  for (CourseToRepair& course : standing) {
    bool hit = false;
    for (VisitToPlan& visit : course.question.visits) {
      if (CheckPlacement(clinic_, resources_, types_.at(visit.type), visit.visit_id, visit.current->start,
                         visit.current->assignments)
              .empty()) {
        continue;
      }
      visit.near_day = DayAt(visit.current->start, clinic_.Zone());
      hit = true;
    }
    for (VisitToPlan& visit : course.question.visits) visit.fixed = !hit;
    hits += hit;
    question.courses.push_back(course);
  }
  ASSERT_GE(hits, 3);
  const std::clock_t before = std::clock();
  const RepairAnswer answer = Ask(question);
  std::printf("%d of %d patients: %d ms of processor time, %d steps\n", hits, static_cast<int>(question.courses.size()),
              static_cast<int>(1000 * (std::clock() - before) / CLOCKS_PER_SEC), static_cast<int>(answer.steps));
  for (size_t i = 0; i < question.courses.size(); ++i) {
    const bool kept = question.courses[i].question.visits[0].fixed;
    EXPECT_EQ(answer.courses[i].options.empty(), kept);
  }
  EXPECT_LT(answer.steps, 3'000'000);  // a million steps are about 30 ms
}

}  // namespace
}  // namespace kat::scheduling
