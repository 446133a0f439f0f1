#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_OPEN_DAYS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_OPEN_DAYS_H_

#include <cstdint>
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
  void SetCourse(const Course& course) {
    available_.Build(course.available, days());
    visit_ = nullptr;
  }
  void SetVisit(const Visit& visit) {
    const bool alike = visit_ != nullptr && visit.type == visit_->type && visit.windows == visit_->windows;
    visit_ = &visit;
    if (alike) return;
    known_.assign(days(), kUnknown);
    if (visit.windows) windows_.Build(*visit.windows, days());
  }
  // `day` in [0, clinic.days).
  bool Has(int day) {
    if (known_[day] == kUnknown) known_[day] = Find(day) ? 1 : 0;
    return known_[day] != 0;
  }

 private:
  static Picture EmptyPicture(const Instance& instance) {
    Picture picture(instance.clinic);
    for (const Block& block : instance.blocks) picture.AddBlock(block);
    for (const Course& course : instance.courses) picture.AddCourse(course, /*fixed_only=*/true);
    return picture;
  }

  static constexpr int8_t kUnknown = -1;

  int days() const { return index_.clinic().days; }

  bool Find(int day) {
    const std::vector<bits::Word>& starts = starts_[static_cast<size_t>(visit_->type) * days() + day];
    mask_.assign(starts.begin(), starts.end());
    return Keep(available_, day) && (!visit_->windows || Keep(windows_, day));
  }

  // Of mask_, the starts within the windows; whether there are any.
  bool Keep(const WindowIndex& windows, int day) {
    within_.assign(mask_.size(), 0);
    const Clinic& clinic = index_.clinic();
    windows.AddStarts(day, index_.Slots(day), clinic.slot_minutes, clinic.visit_types[visit_->type].duration,
                      within_.data());
    bits::Word any = 0;
    for (size_t w = 0; w < mask_.size(); ++w) any |= mask_[w] &= within_[w];
    return any != 0;
  }

  Picture picture_;
  StartIndex index_;
  std::vector<std::vector<bits::Word>> starts_;  // [type][day]
  WindowIndex available_, windows_;
  const Visit* visit_ = nullptr;
  std::vector<int8_t> known_;  // [day]
  std::vector<bits::Word> mask_, within_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_OPEN_DAYS_H_
