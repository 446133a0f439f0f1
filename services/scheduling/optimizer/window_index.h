#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WINDOW_INDEX_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WINDOW_INDEX_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {

// Windows in any order, overlapping or not, by day.
class WindowIndex {
 public:
  void Build(const std::vector<Interval>& windows, int num_days);
  bool built() const { return !first_of_day_.empty(); }

  // Adds to `out` the start slots of a day, in [0, num_days), from which a visit of this duration lies inside a window.
  void AddStarts(int day, DaySlots slots, int slot_minutes, Minute duration, bits::Word* out) const {
    const Minute midnight = day * kMinutesPerDay;
    for (int i = first_of_day_[day] - 1; i >= 0 && latest_[i] > midnight; --i) {
      const SlotRange range = RangeOf(slots, slot_minutes, windows_[i].from, windows_[i].to - duration);
      if (range.first <= range.last) bits::Fill<true>(out, range.first, range.last);
    }
  }

 private:
  std::vector<Interval> windows_;  // sorted by start, and for each the latest end up to it
  std::vector<Minute> latest_;
  std::vector<int> first_of_day_;  // [day]: first window that begins after the day
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WINDOW_INDEX_H_
