#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_OPEN_DAYS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_OPEN_DAYS_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"
#include "services/scheduling/optimizer/start_index.h"
#include "services/scheduling/optimizer/window_index.h"

namespace kat::optimizer {

// On which days a visit can be at all, at some hour, with the clinic to itself: nothing stands but blocks and fixed
// visits. Not thread-safe.
class OpenDays {
 public:
  explicit OpenDays(const Instance& instance) : picture_(EmptyPicture(instance)), index_(picture_) {
    const Clinic& clinic = instance.clinic;
    for (size_t t = 0; t < clinic.visit_types.size(); ++t) {
      for (int day = 0; day < clinic.days; ++day) {
        std::vector<bits::Word>& starts = starts_.emplace_back(index_.words(), ~bits::Word{0});
        for (size_t r = 0; r < clinic.visit_types[t].roles.size(); ++r) {
          if (!index_.Keep(index_.PatternOf(static_cast<int>(t), static_cast<int>(r)), day, starts.data())) break;
        }
      }
    }
  }

  const StartIndex& index() const { return index_; }

  // Whose days are asked for from now on.
  void SetCourse(const Course& course) { available_.Build(course.available, days()); }
  void SetVisit(const Visit& visit) {
    type_ = visit.type;
    has_windows_ = visit.windows.has_value();
    if (has_windows_) windows_.Build(*visit.windows, days());
  }
  // `day` in [0, clinic.days).
  bool Has(int day) {
    mask_ = starts_[static_cast<size_t>(type_) * days() + day];
    return Keep(available_, day) && (!has_windows_ || Keep(windows_, day));
  }

 private:
  static Picture EmptyPicture(const Instance& instance) {
    Picture picture(instance.clinic);
    for (const Block& block : instance.blocks) picture.AddBlock(block);
    for (const Course& course : instance.courses) picture.AddCourse(course, /*fixed_only=*/true);
    return picture;
  }

  int days() const { return index_.clinic().days; }

  // Of mask_, the starts within the windows; whether there are any.
  bool Keep(const WindowIndex& windows, int day) {
    within_.assign(mask_.size(), 0);
    const Clinic& clinic = index_.clinic();
    windows.AddStarts(day, index_.Slots(day), clinic.slot_minutes, clinic.visit_types[type_].duration, within_.data());
    bits::Word any = 0;
    for (size_t w = 0; w < mask_.size(); ++w) any |= mask_[w] &= within_[w];
    return any != 0;
  }

  Picture picture_;
  StartIndex index_;
  std::vector<std::vector<bits::Word>> starts_;  // [type][day]
  WindowIndex available_, windows_;
  int type_ = 0;
  bool has_windows_ = false;
  std::vector<bits::Word> mask_, within_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_OPEN_DAYS_H_
