#include "services/scheduling/optimizer/explain.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/optimizer/relaxed.h"

namespace kat::optimizer {
namespace {

constexpr int kMostDays = 28;         // that a lag, a window or an earlier start is relaxed by
constexpr Minute kMostMinutes = 480;  // that a lag in minutes or the patient's hours are relaxed by
constexpr Minute kStepMinutes = 30;
constexpr Cost kCallIn = 1'000'000'000;  // above all else that a plan costs, so that few days are asked for

std::vector<Interval> Wider(std::vector<Interval> windows, Minute by) {
  for (Interval& window : windows) window = {window.from - by, window.to + by};
  return windows;
}

class Explainer {
 public:
  Explainer(const Picture& picture, const Course& course, const ExplainOptions& options)
      : clinic_(picture.clinic()), course_(course), relaxed_(picture, course, options.budget_ops) {}

  Explanation Run() {
    if (relaxed_.Fits(settled_)) {
      result_.fits = true;
      return Done();
    }
    if (!settled_) return Done();  // nothing is known: no causes are named
    ListFamilies();
    FindCauses();
    for (Cause& cause : result_.causes) {
      if (cause.kind == CauseKind::kCapacity) NarrowDays(cause);
    }
    for (const Cause& family : families_) Lift(family, false);
    for (const Cause& cause : result_.causes) Relax(cause);
    std::stable_sort(result_.relaxations.begin(), result_.relaxations.end(), [](const auto& a, const auto& b) {
      return std::pair(a.days, a.minutes) < std::pair(b.days, b.minutes);
    });
    return Done();
  }

 private:
  Explanation Done() {
    result_.ops = relaxed_.ops();
    return std::move(result_);
  }

  // In the order in which they are tried to be left out: what a clinic can change comes last, and so stays named.
  void ListFamilies() {
    families_.push_back({.kind = CauseKind::kHorizon});
    families_.push_back({.kind = CauseKind::kEarliestDay});
    if (course_.patient != kOwnPatient) families_.push_back({.kind = CauseKind::kPatientTime});
    for (size_t i = 0; i < course_.visits.size(); ++i) {
      if (!course_.visits[i].fixed && course_.visits[i].windows) {
        families_.push_back({.kind = CauseKind::kVisitWindows, .visit = static_cast<int>(i)});
      }
    }
    families_.push_back({.kind = CauseKind::kAvailability});
    for (size_t i = 0; i < course_.lags.size(); ++i) {
      families_.push_back({.kind = CauseKind::kLag, .lag = static_cast<int>(i)});
    }
    for (size_t tag = 0; tag < clinic_.tag_names.size(); ++tag) {
      if (IsNeeded(static_cast<int>(tag))) {
        families_.push_back({.kind = CauseKind::kCapacity, .tag = static_cast<int>(tag)});
      }
    }
  }

  bool IsNeeded(int tag) const {
    for (const Visit& visit : course_.visits) {
      for (const Role& role : clinic_.visit_types[visit.type].roles) {
        if (!visit.fixed && role.tag == tag) return true;
      }
    }
    return false;
  }

  // Lifts a family of constraints whole, or puts it back.
  void Lift(const Cause& cause, bool lifted) {
    Course& course = relaxed_.course;
    switch (cause.kind) {
      case CauseKind::kCapacity:
        relaxed_.more_of_tag[cause.tag] = lifted ? Relaxed::Always() : std::vector<Interval>();
        return;
      case CauseKind::kLag: {
        Lag& lag = course.lags[cause.lag];
        lag = course_.lags[cause.lag];
        if (!lifted) return;
        lag.min_days = std::min(lag.min_days, 0);
        lag.max_days.reset();
        lag.min_minutes = 0;
        lag.max_minutes.reset();
        return;
      }
      case CauseKind::kAvailability:
        course.available = lifted ? Relaxed::Always() : course_.available;
        return;
      case CauseKind::kVisitWindows:
        course.visits[cause.visit].windows = course_.visits[cause.visit].windows;
        if (lifted) course.visits[cause.visit].windows.reset();
        return;
      case CauseKind::kPatientTime:
        course.patient = lifted ? kOwnPatient : course_.patient;
        return;
      case CauseKind::kEarliestDay:
        course.earliest_day = lifted ? std::min(0, course_.earliest_day) : course_.earliest_day;
        return;
      case CauseKind::kHorizon:
        relaxed_.more_days = lifted ? Relaxed::kMoreDays : 0;
        return;
    }
  }

  // Leaves out one family after another as long as there is still no plan: what cannot be left out is a minimal set.
  void FindCauses() {
    result_.minimal = true;
    for (const Cause& cause : families_) {
      Lift(cause, true);
      bool settled = true;
      const bool fits = relaxed_.Fits(settled);
      if (!fits && settled) continue;  // stays lifted
      if (!settled) result_.minimal = false;
      Lift(cause, false);
      result_.causes.push_back(cause);
    }
    bool settled = true;
    result_.sufficient = !relaxed_.Fits(settled) && settled;
  }

  // The days on which the tag is short: with one more resource on every other day there is still no plan.
  void NarrowDays(Cause& cause) {
    cause.first_day = std::max(0, relaxed_.first_day());
    cause.last_day = clinic_.days - 1;
    auto stays = [&](int first, int last) {
      std::vector<Interval> more;
      const Interval always = Relaxed::Always()[0];
      more.push_back({always.from, first * kMinutesPerDay});
      more.push_back({(last + 1) * kMinutesPerDay, always.to});
      relaxed_.more_of_tag[cause.tag] = std::move(more);
      bool settled = true;
      return !relaxed_.Fits(settled) && settled;
    };
    if (!stays(cause.first_day, cause.last_day)) {  // it takes what lies outside the horizon
      Lift(cause, false);
      return;
    }
    for (int lo = cause.first_day, hi = cause.last_day; lo < hi;) {
      const int middle = lo + (hi - lo + 1) / 2;
      const bool enough = stays(middle, cause.last_day);
      (enough ? lo : hi) = enough ? middle : middle - 1;
      cause.first_day = lo;
    }
    for (int lo = cause.first_day, hi = cause.last_day; lo < hi;) {
      const int middle = lo + (hi - lo) / 2;
      const bool enough = stays(cause.first_day, middle);
      (enough ? hi : lo) = enough ? middle : middle + 1;
      cause.last_day = hi;
    }
    stays(cause.first_day, cause.last_day);  // later causes are narrowed with this one as it is now
  }

  void Keep(Relaxation relaxation) {
    bool settled = true;
    std::optional<CoursePlan> plan = relaxed_.Plan(settled);
    if (!plan) return;
    relaxation.plan = *std::move(plan);
    result_.relaxations.push_back(std::move(relaxation));
  }

  // The least of 1 … most for which `apply` makes the course fit; 0: none.
  template <class F>
  int Least(int most, F&& apply) {
    bool settled = true;
    apply(most);
    if (!relaxed_.Fits(settled)) return 0;
    int lo = 1, hi = most;
    while (lo < hi) {
      const int middle = lo + (hi - lo) / 2;
      apply(middle);
      const bool fits = relaxed_.Fits(settled);
      (fits ? hi : lo) = fits ? middle : middle + 1;
    }
    apply(hi);
    return hi;
  }

  void Relax(const Cause& cause) {
    switch (cause.kind) {
      case CauseKind::kCapacity:
        RelaxCapacity(cause);
        break;
      case CauseKind::kLag:
        RelaxLag(cause);
        break;
      case CauseKind::kAvailability: {
        auto apply = [&](int steps) { relaxed_.course.available = Wider(course_.available, steps * kStepMinutes); };
        if (int steps = Least(kMostMinutes / kStepMinutes, apply)) {
          Keep({.cause = cause, .minutes = steps * kStepMinutes});
        }
        break;
      }
      case CauseKind::kVisitWindows: {
        const std::vector<Interval>& windows = *course_.visits[cause.visit].windows;
        auto apply = [&](int days) {
          relaxed_.course.visits[cause.visit].windows = Wider(windows, days * kMinutesPerDay);
        };
        if (int days = Least(kMostDays, apply)) Keep({.cause = cause, .days = days});
        break;
      }
      case CauseKind::kPatientTime:
        break;  // other visits move by being planned themselves
      case CauseKind::kEarliestDay: {
        auto apply = [&](int days) { relaxed_.course.earliest_day = course_.earliest_day - days; };
        const int most = std::min(kMostDays, course_.earliest_day);
        if (most < 1) break;
        if (int days = Least(most, apply)) Keep({.cause = cause, .days = days});
        break;
      }
      case CauseKind::kHorizon:
        if (int days = Least(Relaxed::kMoreDays, [&](int more) { relaxed_.more_days = more; })) {
          Keep({.cause = cause, .days = days});
        }
        break;
    }
    Lift(cause, false);
  }

  void RelaxLag(const Cause& cause) {
    const Lag& given = course_.lags[cause.lag];
    Lag& lag = relaxed_.course.lags[cause.lag];
    if (given.max_days) {
      if (int days = Least(kMostDays, [&](int more) { lag.max_days = *given.max_days + more; })) {
        Keep({.cause = cause, .days = days});
      }
      lag = given;
    }
    if (given.min_days > 0) {
      if (int days = Least(given.min_days, [&](int fewer) { lag.min_days = given.min_days - fewer; })) {
        Keep({.cause = cause, .days = days, .lower = true});
      }
      lag = given;
    }
    if (given.max_minutes) {
      auto apply = [&](int steps) { lag.max_minutes = *given.max_minutes + steps * kStepMinutes; };
      if (int steps = Least(kMostMinutes / kStepMinutes, apply)) {
        Keep({.cause = cause, .minutes = steps * kStepMinutes});
      }
      lag = given;
    }
    if (given.min_minutes > 0) {
      auto apply = [&](int steps) { lag.min_minutes = std::max(0, given.min_minutes - steps * kStepMinutes); };
      if (int steps = Least((std::min(kMostMinutes, given.min_minutes) + kStepMinutes - 1) / kStepMinutes, apply)) {
        Keep({.cause = cause, .minutes = std::min(given.min_minutes, steps * kStepMinutes), .lower = true});
      }
      lag = given;
    }
  }

  // One more resource with the tag, on as few days as can be; then for the minutes alone that the plan uses it.
  void RelaxCapacity(const Cause& cause) {
    relaxed_.more_of_tag[cause.tag] = Relaxed::Always();
    relaxed_.more_day_cost = kCallIn;
    bool settled = true;
    std::optional<CoursePlan> plan = relaxed_.Plan(settled);
    relaxed_.more_day_cost = 0;
    if (!plan) return;
    std::vector<Interval> used;
    const int more = static_cast<int>(clinic_.resources.size()) + cause.tag;
    for (size_t i = 0; i < course_.visits.size(); ++i) {
      if (course_.visits[i].fixed) continue;
      const std::vector<Role>& roles = clinic_.visit_types[course_.visits[i].type].roles;
      for (size_t r = 0; r < roles.size(); ++r) {
        if (plan->visits[i].resources[r] != more) continue;
        for (const Segment& segment : roles[r].usage) {
          used.push_back({plan->visits[i].start + segment.from, plan->visits[i].start + segment.to});
        }
      }
    }
    std::sort(used.begin(), used.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
    Relaxation relaxation{.cause = cause};
    for (const Interval& interval : used) {
      if (!relaxation.added.empty() && interval.from <= relaxation.added.back().to) {
        relaxation.added.back().to = std::max(relaxation.added.back().to, interval.to);
      } else {
        relaxation.added.push_back(interval);
      }
    }
    for (const Interval& interval : relaxation.added) relaxation.minutes += interval.to - interval.from;
    relaxed_.more_of_tag[cause.tag] = relaxation.added;
    Keep(std::move(relaxation));
  }

  const Clinic& clinic_;
  const Course& course_;
  Relaxed relaxed_;
  std::vector<Cause> families_;
  Explanation result_;
  bool settled_ = true;
};

}  // namespace

Explanation Explain(const Picture& picture, const Course& course, const ExplainOptions& options) {
  return Explainer(picture, course, options).Run();
}

}  // namespace kat::optimizer
