#include "services/scheduling/optimizer/tidy_starts.h"

#include <algorithm>
#include <array>

namespace kat::optimizer {
namespace {

using bits::Word;

constexpr int kMostWords = (kMinutesPerDay + 63) / 64;

}  // namespace

int MostInARow(const Word* starts, int words, int length) {
  int most = 0, next = 0;
  bits::ForEach(starts, words, [&](int slot) {
    if (slot >= next) {
      ++most;
      next = slot + length;
    }
    return true;
  });
  return most;
}

void TidyStarts::Prepare() {
  const Clinic& clinic = index_->clinic();
  for (size_t t = 0; t < clinic.visit_types.size(); ++t) {
    const std::vector<Role>& roles = clinic.visit_types[t].roles;
    for (size_t r = 0; r < roles.size(); ++r) {
      const int type = static_cast<int>(t);
      const size_t pattern = index_->PatternOf(type, static_cast<int>(r));
      if (pattern >= lengths_.size()) {
        lengths_.resize(pattern + 1);
        types_.resize(pattern + 1);
      }
      types_[pattern].push_back(type);
      if (roles[r].usage.size() != 1) continue;
      const Segment& segment = roles[r].usage[0];
      lengths_[pattern] = CeilDiv(segment.to - segment.from, clinic.slot_minutes);
    }
  }
  hours_.resize(lengths_.size() * clinic.days);
  entries_.resize(lengths_.size() * clinic.days);
  some_.resize(lengths_.size() * clinic.days);
}

// The starts at which a visit with the pattern finds somebody at work in each role, whoever is there.
const Word* TidyStarts::HoursOf(int pattern, int day) {
  std::vector<Word>& hours = hours_[static_cast<size_t>(pattern) * index_->clinic().days + day];
  if (!hours.empty()) return hours.data();
  if (!bare_) bare_.emplace(index_->clinic());
  hours.assign(index_->words(), 0);
  std::vector<Word> starts(index_->words());
  for (int type : types_[pattern]) {
    std::fill(starts.begin(), starts.end(), ~Word{0});
    bool any = true;
    for (size_t r = 0; any && r < index_->clinic().visit_types[type].roles.size(); ++r) {
      any = bare_->index.Keep(bare_->index.PatternOf(type, static_cast<int>(r)), day, starts.data());
    }
    if (!any) continue;
    for (size_t w = 0; w < hours.size(); ++w) hours[w] |= starts[w];
  }
  return hours.data();
}

const Word* TidyStarts::Of(int pattern, size_t candidate, int day) {
  const int length = Length(pattern), words = index_->words();
  const size_t size = words + 1, states = index_->Candidates(pattern).size() * 2;
  std::unique_ptr<Word[]>& entry = entries_[static_cast<size_t>(pattern) * index_->clinic().days + day];
  if (!entry) {
    entry = std::make_unique<Word[]>(states * size);
    for (size_t i = 0; i < states; ++i) entry[i * size] = kNoVersion;
  }
  Word* now = entry.get() + candidate * 2 * size;
  const uint64_t version = index_->picture().Version(index_->Candidates(pattern)[candidate], day);
  if (now[0] == version) return now + 1;
  std::swap_ranges(now, now + size, now + size);
  if (now[0] == version) return now + 1;
  now[0] = version;
  const Word* starts = index_->StartsOf(pattern, candidate, day);
  const Word* hours = HoursOf(pattern, day);
  std::array<Word, kMostWords> within;
  for (int w = 0; w < words; ++w) within[w] = starts[w] & hours[w];
  Find(within.data(), length, now + 1);
  return now + 1;
}

void TidyStarts::Keep(int pattern, int day, Word* mask) {
  const int words = index_->words();
  std::vector<Word>& some = some_[static_cast<size_t>(pattern) * index_->clinic().days + day];
  uint64_t version = 0;
  for (int resource : index_->Candidates(pattern)) version += index_->picture().Version(resource, day);
  if (some.empty() || some[0] != version) {
    some.assign(words + 1, 0);
    some[0] = version;
    for (size_t c = 0; c < index_->Candidates(pattern).size(); ++c) {
      const Word* tidy = Of(pattern, c, day);
      for (int w = 0; w < words; ++w) some[w + 1] |= tidy[w];
    }
  }
  for (int w = 0; w < words; ++w) mask[w] &= some[w + 1];
}

// Those with which, and with as many as fit before and after them, there are as many as fit without.
void TidyStarts::Find(const Word* starts, int length, Word* tidy) const {
  const int words = index_->words(), first = bits::First(starts, words);
  std::fill(tidy, tidy + words, 0);
  if (first < 0) return;
  const int n = bits::Last(starts, words) - first + 1;
  std::array<int16_t, kMinutesPerDay> before, after;  // how many can start before a slot; from it on
  int most = 0;
  for (int s = 0; s < n; ++s) {
    before[s] = static_cast<int16_t>(most);
    if (bits::Test(starts, first + s)) most = std::max(most, (s < length ? 0 : before[s - length + 1]) + 1);
  }
  int rest = 0;
  for (int s = n - 1; s >= 0; --s) {
    if (bits::Test(starts, first + s)) {
      const int with = (s + length < n ? after[s + length] : 0) + 1;
      rest = std::max(rest, with);
      if ((s < length ? 0 : before[s - length + 1]) + with >= most) {
        tidy[(first + s) >> 6] |= Word{1} << ((first + s) & 63);
      }
    }
    after[s] = static_cast<int16_t>(rest);
  }
}

}  // namespace kat::optimizer
