#include "services/scheduling/optimizer/whole/visit_mover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/testing/whole_check.h"

namespace kat::optimizer {
namespace {

// A random clinic in which every course stands that found a place in the order of the instance.
struct Stand {
  explicit Stand(const Instance& instance)
      : schedule(instance),
        planner(schedule.picture()),
        starts(schedule, planner.starts()),
        journal(schedule),
        mover(schedule, starts, journal) {
    PlaceOthers();
  }

  void PlaceOthers() {
    for (int i = 0; i < schedule.size(); ++i) {
      if (schedule.Scheduled(i)) continue;
      CoursePlans plans = planner.Plan(schedule.course(i), {.cost_limit = schedule.DropCost(i) + 1});
      if (!plans.plans.empty()) schedule.Place(i, plans.plans[0].visits);
    }
  }

  // The scheduled course that costs most, of those that could be left out; -1: none.
  int Dearest() const {
    int dearest = -1;
    for (int i = 0; i < schedule.size(); ++i) {
      const std::vector<Visit>& visits = schedule.course(i).visits;
      const bool free = std::any_of(visits.begin(), visits.end(), [](const Visit& visit) { return !visit.fixed; });
      if (!schedule.Scheduled(i) || !free) continue;
      if (dearest < 0 || schedule.OwnCost(i) > schedule.OwnCost(dearest)) dearest = i;
    }
    return dearest;
  }

  std::vector<std::pair<int, int>> Movable() const {
    std::vector<std::pair<int, int>> movable;
    for (int i = 0; i < schedule.size(); ++i) {
      for (size_t v = 0; v < schedule.course(i).visits.size(); ++v) {
        if (starts.Movable(i, static_cast<int>(v))) movable.emplace_back(i, static_cast<int>(v));
      }
    }
    return movable;
  }

  void ExpectTrue() const {
    ASSERT_TRUE(IsFeasibleWhole(schedule.instance(), schedule.plans()));
    ASSERT_EQ(CostOfWhole(schedule.instance(), schedule.plans()), schedule.objective());
  }

  Schedule schedule;
  CoursePlanner planner;
  VisitStarts starts;
  VisitJournal journal;
  VisitMover mover;
  Chance chance{5};
};

template <class F>
void ForRandomClinics(int clinics, F&& f) {
  std::mt19937 random(31);
  for (int i = 0; i < clinics; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    Stand stand(instance);
    f(stand);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// The least cost of the schedule with this one visit anywhere, by trying every start and all hands.
Cost LeastByTrying(const Stand& stand, int course, int visit) {
  const Instance& instance = stand.schedule.instance();
  Plans plans = stand.schedule.plans();
  Placement& placement = (*plans[course])[visit];
  const int resources = static_cast<int>(instance.clinic.resources.size());
  Cost least = kInfiniteCost;
  for (Minute start = 0; start < instance.clinic.days * kMinutesPerDay; start += instance.clinic.slot_minutes) {
    placement.start = start;
    std::fill(placement.resources.begin(), placement.resources.end(), 0);
    for (bool more = true; more;) {
      if (IsFeasibleWhole(instance, plans)) least = std::min(least, CostOfWhole(instance, plans));
      more = false;
      for (int& resource : placement.resources) {
        if (++resource < resources) {
          more = true;
          break;
        }
        resource = 0;
      }
    }
  }
  return least;
}

TEST(VisitMover, PutsOneVisitAlmostAlwaysWhereItCostsLeast) {
  int tried = 0, missed = 0;
  ForRandomClinics(500, [&](Stand& stand) {
    for (const auto& [course, visit] : stand.Movable()) {
      const Cost least = LeastByTrying(stand, course, visit);
      stand.mover.Begin();
      stand.mover.Lift(course, visit);
      ASSERT_TRUE(stand.mover.Move(/*blink=*/0, stand.chance).empty());
      stand.ExpectTrue();
      ASSERT_GE(stand.schedule.objective(), least);
      ++tried;
      missed += stand.schedule.objective() > least ? 1 : 0;
    }
  });
  EXPECT_GT(tried, 200);
  EXPECT_LE(missed, tried / 20);
}

TEST(VisitMover, ReturnsEveryVisitInWhoseWayNothingHasCome) {
  ForRandomClinics(300, [](Stand& stand) {
    const Plans before = stand.schedule.plans();
    const Cost cost = stand.schedule.objective();
    stand.mover.Begin();
    for (const auto& [course, visit] : stand.Movable()) stand.mover.Lift(course, visit);
    stand.mover.Return(stand.chance);
    ASSERT_TRUE(stand.mover.Move(0, stand.chance).empty());
    ASSERT_EQ(stand.schedule.plans(), before);
    ASSERT_EQ(stand.schedule.objective(), cost);
  });
}

TEST(VisitMover, FindsPlacesAroundWhatHasComeInAndAllGoesBackAsItStood) {
  int moved = 0, lost = 0;
  ForRandomClinics(2000, [&](Stand& stand) {
    const Picture picture = stand.schedule.picture();
    const Plans before = stand.schedule.plans();
    const Cost cost = stand.schedule.objective();
    stand.journal.Begin();
    stand.mover.Begin();
    std::vector<std::pair<int, std::vector<Placement>>> gone;
    const int dearest = stand.Dearest();
    if (dearest < 0) return;
    gone.emplace_back(dearest, stand.schedule.Remove(dearest));
    for (const auto& [course, visit] : stand.Movable()) stand.mover.Lift(course, visit);
    stand.PlaceOthers();
    stand.mover.Return(stand.chance);
    for (int course : stand.mover.Move(/*blink=*/20, stand.chance)) {
      gone.emplace_back(course, stand.journal.Remove(course));
    }
    stand.ExpectTrue();
    moved += static_cast<int>(stand.journal.moved().size());
    lost += static_cast<int>(gone.size()) - 1;

    for (int i = 0; i < stand.schedule.size(); ++i) {
      if ((i == dearest || !before[i]) && stand.schedule.Scheduled(i)) stand.schedule.Remove(i);
    }
    stand.journal.Undo();
    for (auto& [course, visits] : gone) stand.schedule.Place(course, std::move(visits));
    ASSERT_EQ(stand.schedule.plans(), before);
    ASSERT_EQ(stand.schedule.objective(), cost);
    ASSERT_TRUE(stand.schedule.picture().SameAs(picture));
  });
  EXPECT_GT(moved, 30);
  EXPECT_GT(lost, 0);
}

TEST(VisitMover, PutsDownWhatItLiftedWhereAllIsTakenBack) {
  ForRandomClinics(300, [](Stand& stand) {
    const Picture picture = stand.schedule.picture();
    const Cost cost = stand.schedule.objective();
    stand.mover.Begin();
    for (const auto& [course, visit] : stand.Movable()) stand.mover.Lift(course, visit);
    stand.mover.PutDown();
    ASSERT_EQ(stand.schedule.objective(), cost);
    ASSERT_TRUE(stand.schedule.picture().SameAs(picture));
  });
}

}  // namespace
}  // namespace kat::optimizer
