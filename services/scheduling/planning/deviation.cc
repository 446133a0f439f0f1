#include "services/scheduling/planning/deviation.h"

#include <algorithm>
#include <vector>

#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

constexpr int64_t kOpsPerTry = 60'000;  // about 2 ms: many are asked

optimizer::Lag Loosened(const optimizer::Lag& lag, int days) {
  optimizer::Lag out = lag;
  out.min_days = std::max(std::min(lag.min_days, 1), lag.min_days - days);
  out.min_minutes = std::max(std::min(lag.min_minutes, 0), lag.min_minutes - days * optimizer::kMinutesPerDay);
  if (lag.max_days) out.max_days = *lag.max_days + days;
  if (lag.max_minutes) out.max_minutes = *lag.max_minutes + days * optimizer::kMinutesPerDay;
  return out;
}

bool Keeps(const optimizer::Clinic& clinic, const optimizer::Lag& lag,
           const std::vector<optimizer::Placement>& visits) {
  const int days = optimizer::DayOf(visits[lag.to].start) - optimizer::DayOf(visits[lag.from].start);
  const int minutes = clinic.RealTime(visits[lag.to].start) - clinic.RealTime(visits[lag.from].start);
  return days >= lag.min_days && (!lag.max_days || days <= *lag.max_days) && minutes >= lag.min_minutes &&
         (!lag.max_minutes || minutes <= *lag.max_minutes);
}

}  // namespace

optimizer::CoursePlans PlanWithDeviation(optimizer::CoursePlanner& planner, const optimizer::Course& course,
                                         optimizer::PlanOptions options) {
  options.budget_ops = kOpsPerTry;
  optimizer::Course loose = course;
  optimizer::CoursePlans plans;
  int64_t ops = 0;
  const auto plan = [&](const optimizer::Course& with) {
    optimizer::CoursePlans found = planner.Plan(with, options);
    ops += found.ops;
    return found;
  };
  for (int days = 1; days <= limits::kMaxDeviationDays && plans.plans.empty(); ++days) {
    for (size_t i = 0; i < course.lags.size(); ++i) loose.lags[i] = Loosened(course.lags[i], days);
    plans = plan(loose);
  }
  if (plans.plans.empty()) {
    plans.ops = ops;
    return plans;
  }
  // What the plan keeps binds again; then each rule that it breaks, where another plan keeps that one.
  std::vector<size_t> broken;
  for (size_t i = 0; i < course.lags.size(); ++i) {
    if (Keeps(planner.clinic(), course.lags[i], plans.plans[0].visits)) {
      loose.lags[i] = course.lags[i];
    } else {
      broken.push_back(i);
    }
  }
  for (size_t i : broken) {
    const optimizer::Lag loosened = loose.lags[i];
    loose.lags[i] = course.lags[i];
    if (plan(loose).plans.empty()) loose.lags[i] = loosened;
  }
  plans = plan(loose);
  plans.ops = ops;
  return plans;
}

}  // namespace kat::scheduling
