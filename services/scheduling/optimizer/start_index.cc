#include "services/scheduling/optimizer/start_index.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kat::optimizer {
namespace {

// Calls f(from, to) for stretches of minutes of the day with less than `load` free, together all such minutes. What is
// free changes hither and thither: which steps are meant is found without a branch on each.
template <class F>
void ForEachBusy(const std::vector<Picture::Step>& steps, int64_t load, F&& f) {
  for (size_t base = 0; base < steps.size(); base += 64) {
    const size_t n = std::min<size_t>(64, steps.size() - base);
    bits::Word busy = 0;
    for (size_t i = 0; i < n; ++i) busy |= bits::Word{steps[base + i].free < load} << i;
    while (busy != 0) {
      const int first = std::countr_zero(busy), length = std::countr_one(busy >> first);
      const size_t end = base + first + length;
      f(steps[base + first].from, end < steps.size() ? steps[end].from : kMinutesPerDay);
      if (first + length >= 64) break;
      busy &= ~bits::Word{0} << (first + length);
    }
  }
}

}  // namespace

StartIndex::StartIndex(const Picture& picture) : picture_(&picture), num_days_(picture.clinic().days) {
  const Clinic& clinic = picture.clinic();
  words_ = (CeilDiv(kMinutesPerDay, clinic.slot_minutes) + 63) / 64;
  even_slots_ = kMinutesPerDay % clinic.slot_minutes == 0 ? kMinutesPerDay / clinic.slot_minutes : 0;
  for (int minute = 0; minute < kMinutesPerDay; ++minute) {
    slot_of_.push_back(static_cast<uint16_t>(minute / clinic.slot_minutes));
  }
  for (const VisitType& type : clinic.visit_types) {
    std::vector<int>& patterns = pattern_of_.emplace_back();
    std::vector<int> seen;
    bool touch = false;
    for (const Role& role : type.roles) {
      patterns.push_back(AddPattern(role));
      for (int resource : patterns_[patterns.back()].candidates) {
        touch = touch || std::find(seen.begin(), seen.end(), resource) != seen.end();
      }
      const std::vector<int>& candidates = patterns_[patterns.back()].candidates;
      seen.insert(seen.end(), candidates.begin(), candidates.end());
    }
    roles_touch_.push_back(touch);
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    type_resources_.push_back(std::move(seen));
  }
  entries_.resize(patterns_.size() * num_days_);
  type_entries_.resize(clinic.visit_types.size() * num_days_);
}

int StartIndex::AddPattern(const Role& role) {
  for (size_t i = 0; i < patterns_.size(); ++i) {
    if (patterns_[i].tag == role.tag && patterns_[i].usage == role.usage) return static_cast<int>(i);
  }
  Pattern pattern;
  pattern.tag = role.tag;
  pattern.usage = role.usage;
  pattern.pieces = Pieces(role.usage);
  const std::vector<Resource>& resources = clinic().resources;
  pattern.places.assign(resources.size(), -1);
  for (size_t r = 0; r < resources.size(); ++r) {
    bool held = false, always = false;
    std::vector<const HeldTag*> dated;
    for (const HeldTag& tag : resources[r].tags) {
      if (tag.tag != role.tag) continue;
      held = true;
      always = always || !tag.windows;
      if (tag.windows) dated.push_back(&tag);
    }
    if (!held) continue;
    pattern.places[r] = static_cast<int>(pattern.candidates.size());
    pattern.candidates.push_back(static_cast<int>(r));
    pattern.dated.push_back(always ? std::vector<const HeldTag*>() : std::move(dated));
    pattern.day_cost = pattern.day_cost || resources[r].day_cost > 0;
  }
  patterns_.push_back(std::move(pattern));
  return static_cast<int>(patterns_.size()) - 1;
}

DaySlots StartIndex::UnevenSlots(int day) const {
  int slot = clinic().slot_minutes;
  int first = CeilDiv(day * kMinutesPerDay, slot), end = CeilDiv((day + 1) * kMinutesPerDay, slot);
  return {first * slot, end - first};
}

std::unique_ptr<StartIndex::Word[]> StartIndex::MakeStates(size_t states) const {
  const size_t size = words_ + 1;
  auto entry = std::make_unique<Word[]>(states * size);
  for (size_t i = 0; i < states; ++i) entry[i * size] = kNoVersion;
  return entry;
}

void StartIndex::Refresh(const Pattern& pattern, size_t candidate, int day, uint64_t version, Word* now) const {
  std::swap_ranges(now, now + words_ + 1, now + words_ + 1);
  if (now[0] == version) return;
  now[0] = version;
  FindStarts(pattern, candidate, day, now + 1);
}

void StartIndex::RefreshType(int type, int day, uint64_t version, Word* now) {
  std::swap_ranges(now, now + words_ + 1, now + words_ + 1);
  if (now[0] == version) return;
  now[0] = version;
  std::fill(now + 1, now + 1 + words_, ~Word{0});
  for (int pattern : pattern_of_[type]) {
    if (!Keep(pattern, day, now + 1)) return;
  }
}

bool StartIndex::Keep(int pattern, int day, Word* mask) {
  std::array<Word, kMostWords> left;
  std::copy(mask, mask + words_, left.begin());
  // From the last on: the first are taken first, and the last have most time left.
  for (size_t c = patterns_[pattern].candidates.size(); c-- > 0;) {
    const Word* starts = StartsOf(pattern, c, day);
    Word any = 0;
    for (int w = 0; w < words_; ++w) any |= left[w] &= ~starts[w];
    if (any == 0) return true;
  }
  Word kept = 0;
  for (int w = 0; w < words_; ++w) kept |= mask[w] &= ~left[w];
  return kept != 0;
}

void StartIndex::FindStarts(const Pattern& pattern, size_t candidate, int day, Word* out) const {
  const DaySlots slots = Slots(day);
  const int slot = clinic().slot_minutes, resource = pattern.candidates[candidate];
  std::fill(out, out + words_, 0);
  if (slots.count == 0) return;
  bits::Fill<true>(out, 0, slots.count - 1);
  int last = slots.count - 1;  // of the starts left
  for (const Segment& segment : pattern.pieces) {
    for (int d = DayOf(slots.first + segment.from); d <= DayOf(slots.first + last * slot + segment.to - 1); ++d) {
      ForEachBusy(picture_->Day(resource, d), segment.load, [&](Minute from, Minute to) {
        // A start is too early by its segment's end, or too late by its segment's beginning, for minutes [from, to).
        const Minute shift = d * kMinutesPerDay - slots.first;
        const Minute low = shift + from - segment.to, high = shift + to - segment.from - 1;
        if (high < 0 || low >= kMinutesPerDay) return;
        const int first = low < 0 ? 0 : slot_of_[low] + 1;
        const int end = std::min<int>(slots.count - 1, slot_of_[std::min(high, kMinutesPerDay - 1)]);
        if (first <= end) bits::Fill<false>(out, first, end);
      });
      last = bits::Last(out, words_);
      if (last < 0) return;
    }
  }
  if (!pattern.dated[candidate].empty()) KeepDated(pattern, candidate, slots, out);
}

void StartIndex::KeepDated(const Pattern& pattern, size_t candidate, DaySlots slots, Word* out) const {
  const int slot = clinic().slot_minutes;
  std::vector<Word> allowed(words_);
  for (const Segment& segment : pattern.usage) {
    std::fill(allowed.begin(), allowed.end(), 0);
    for (const HeldTag* tag : pattern.dated[candidate]) {
      for (const Interval& window : *tag->windows) {
        int from = std::max(0, CeilDiv(window.from - segment.from - slots.first, slot));
        int to = std::min(slots.count - 1, FloorDiv(window.to - segment.to - slots.first, slot));
        if (from <= to) bits::Fill<true>(allowed.data(), from, to);
      }
    }
    for (int w = 0; w < words_; ++w) out[w] &= allowed[w];
  }
}

}  // namespace kat::optimizer
