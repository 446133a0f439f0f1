#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_START_INDEX_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_START_INDEX_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/bits.h"
#include "services/scheduling/optimizer/picture.h"

namespace kat::optimizer {

// The start slots of a day: slot i starts at minute first + i * slot_minutes, i in [0, count).
struct DaySlots {
  Minute first = 0;
  int count = 0;
};

constexpr int CeilDiv(int a, int b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }
constexpr int FloorDiv(int a, int b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

// The slots whose starts lie in [from, to], cut to the day; empty where first > last.
struct SlotRange {
  int first, last;
};
inline SlotRange RangeOf(DaySlots slots, int slot_minutes, Minute from, Minute to) {
  if (to < slots.first) return {0, -1};
  return {std::max(0, CeilDiv(from - slots.first, slot_minutes)),
          std::min(slots.count - 1, FloorDiv(to - slots.first, slot_minutes))};
}

// For each way in which a role uses a resource (its tag and segments: a *pattern*) and each day, at which start slots
// each candidate could carry it beside all that stands in the picture. Made when first asked for, one candidate at a
// time, kept until the picture changes there. Not thread-safe.
class StartIndex {
 public:
  using Word = bits::Word;

  explicit StartIndex(const Picture& picture);

  const Picture& picture() const { return *picture_; }
  const Clinic& clinic() const { return picture_->clinic(); }
  int words() const { return words_; }
  DaySlots Slots(int day) const {
    return even_slots_ > 0 ? DaySlots{day * kMinutesPerDay, even_slots_} : UnevenSlots(day);
  }

  int PatternOf(int type, int role) const { return pattern_of_[type][role]; }
  // Resources that hold the pattern's tag at any time, ascending.
  std::span<const int> Candidates(int pattern) const { return patterns_[pattern].candidates; }
  // The place of a resource in Candidates(); -1: it is none, or gone.
  int PlaceOf(int pattern, int resource) const {
    const std::vector<int>& places = patterns_[pattern].places;
    return resource < static_cast<int>(places.size()) ? places[resource] : -1;
  }
  // What finding all starts of the pattern on a day can cost, in steps; whether they are known already or not.
  int64_t FindSteps(int pattern) const {
    return 1 + static_cast<int64_t>(patterns_[pattern].candidates.size()) * words_ / 8;
  }
  // Whether some resource is a candidate of two roles of the type.
  bool RolesTouch(int type) const { return roles_touch_[type]; }
  // Whether any candidate of the pattern costs something to open.
  bool HasDayCost(int pattern) const { return patterns_[pattern].day_cost; }

  // Where a candidate, by its place in Candidates(), can; valid until the picture changes.
  const Word* StartsOf(int pattern, size_t candidate, int day) {
    Word* now = Entry(pattern, day) + candidate * 2 * (words_ + 1);
    const uint64_t version = picture_->Version(patterns_[pattern].candidates[candidate], day);
    if (now[0] != version) [[unlikely]]
      Refresh(patterns_[pattern], candidate, day, version, now);
    return now + 1;
  }
  // Keeps of `mask` the starts at which at least one candidate can; false where none is left. Looks at no more
  // candidates than it takes to cover the mask.
  bool Keep(int pattern, int day, Word* mask);
  // The starts at which each role of the type has a candidate, roles each for itself; valid until the picture changes.
  const Word* StartsOfType(int type, int day) {
    Word* now = TypeEntry(type, day);
    uint64_t version = 0;
    for (int resource : type_resources_[type]) version += picture_->Version(resource, day);
    if (now[0] != version) [[unlikely]]
      RefreshType(type, day, version, now);
    return now + 1;
  }

 private:
  struct Pattern {
    int tag;
    std::vector<Segment> usage;
    std::vector<Segment> pieces;  // usage without overlaps: where segments overlap their loads add
    std::vector<int> candidates;
    std::vector<int> places;                         // [resource]: its place among them, or -1
    std::vector<std::vector<const HeldTag*>> dated;  // [candidate]; empty: held always
    bool day_cost = false;
  };
  static constexpr int kMostWords = (kMinutesPerDay + 63) / 64;
  // Of no state of a resource, with the certainty that versions have.
  static constexpr uint64_t kNoVersion = 0xA24BAED4963EE407u;

  // [candidate]: a version and its words, twice. What was before is often asked for again: a search takes most of what
  // it tries back.
  Word* Entry(int pattern, int day) {
    std::unique_ptr<Word[]>& entry = entries_[static_cast<size_t>(pattern) * num_days_ + day];
    if (!entry) [[unlikely]]
      entry = MakeStates(patterns_[pattern].candidates.size() * 2);
    return entry.get();
  }

  // A version and its words, twice; the version is the sum of those of all candidates.
  Word* TypeEntry(int type, int day) {
    std::unique_ptr<Word[]>& entry = type_entries_[static_cast<size_t>(type) * num_days_ + day];
    if (!entry) [[unlikely]]
      entry = MakeStates(2);
    return entry.get();
  }

  DaySlots UnevenSlots(int day) const;
  int AddPattern(const Role& role);
  std::unique_ptr<Word[]> MakeStates(size_t states) const;
  void RefreshType(int type, int day, uint64_t version, Word* now);
  void Refresh(const Pattern& pattern, size_t candidate, int day, uint64_t version, Word* now) const;
  void FindStarts(const Pattern& pattern, size_t candidate, int day, Word* out) const;
  void KeepDated(const Pattern& pattern, size_t candidate, DaySlots slots, Word* out) const;

  const Picture* picture_;
  int num_days_;  // days on which a visit may start: [0, num_days)
  int words_;
  int even_slots_;                 // of each day, where a day is a whole number of slots; else 0
  std::vector<uint16_t> slot_of_;  // [minute past a slot's start]: slots in it
  std::vector<Pattern> patterns_;
  std::vector<std::vector<int>> pattern_of_;           // [type][role]
  std::vector<uint8_t> roles_touch_;                   // [type]
  std::vector<std::vector<int>> type_resources_;       // [type]: who may serve in any role
  std::vector<std::unique_ptr<Word[]>> entries_;       // [pattern][day]
  std::vector<std::unique_ptr<Word[]>> type_entries_;  // [type][day]
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_START_INDEX_H_
