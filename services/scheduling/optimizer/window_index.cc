#include "services/scheduling/optimizer/window_index.h"

#include <algorithm>

namespace kat::optimizer {

void WindowIndex::Build(const std::vector<Interval>& windows, int num_days) {
  auto before = [](const Interval& a, const Interval& b) { return a.from < b.from; };
  windows_ = windows;
  if (!std::is_sorted(windows_.begin(), windows_.end(), before)) std::sort(windows_.begin(), windows_.end(), before);
  latest_.resize(windows_.size());
  first_of_day_.assign(num_days, static_cast<int>(windows_.size()));
  int day = 0;
  for (size_t i = 0; i < windows_.size(); ++i) {
    latest_[i] = i == 0 ? windows_[i].to : std::max(latest_[i - 1], windows_[i].to);
    while (day < num_days && windows_[i].from >= (day + 1) * kMinutesPerDay) first_of_day_[day++] = static_cast<int>(i);
  }
}

}  // namespace kat::optimizer
