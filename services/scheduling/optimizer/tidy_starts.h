#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_TIDY_STARTS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_TIDY_STARTS_H_

#include <memory>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {

// How many visits that take `length` slots each can start one after another at the starts given, of [0, 64 * words).
int MostInARow(const bits::Word* starts, int words, int length);

// Of the starts of a candidate on a day those that are *tidy*: after them as many further uses of the same pattern find
// room on that resource and day as at best. Four infusions fit a room's day only back to back: one that starts two
// hours after opening wastes one of them. Looked at are patterns that use their resource in one piece, rooms mostly,
// each by itself, within the hours in which everybody else whom the visit takes works at all. Not thread-safe.
class TidyStarts {
 public:
  // `index` must outlive it.
  explicit TidyStarts(StartIndex& index) : index_(&index) {}

  // Whether the pattern is looked at; all starts of others are tidy.
  bool Matter(int pattern) { return Length(pattern) > 0; }
  // Valid until the picture changes.
  const bits::Word* Of(int pattern, size_t candidate, int day);
  // Keeps of `mask` the starts that are tidy with some candidate.
  void Keep(int pattern, int day, bits::Word* mask);

 private:
  // The bare clinic: nobody's visits.
  struct Bare {
    explicit Bare(const Clinic& clinic) : picture(clinic), index(picture) {}
    Picture picture;
    StartIndex index;
  };

  static constexpr bits::Word kNoVersion = 0xA24BAED4963EE407u;  // of no state of a resource

  void Prepare();
  int Length(int pattern) {
    if (lengths_.empty()) Prepare();
    return lengths_[pattern];
  }
  const bits::Word* HoursOf(int pattern, int day);
  void Find(const bits::Word* starts, int length, bits::Word* tidy) const;

  StartIndex* index_;
  std::optional<Bare> bare_;
  std::vector<int> lengths_;                    // [pattern], in slots; 0: it is not looked at
  std::vector<std::vector<int>> types_;         // [pattern]: of which it is a role
  std::vector<std::vector<bits::Word>> hours_;  // [pattern][day]: starts in the bare clinic; empty: not known yet
  std::vector<std::unique_ptr<bits::Word[]>> entries_;  // [pattern][day]: per candidate a version and its words, twice
  // [pattern][day]: of any candidate; the sum of their versions, and words.
  std::vector<std::vector<bits::Word>> some_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_TIDY_STARTS_H_
