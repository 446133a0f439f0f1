#include "services/scheduling/optimizer/bound/priced_course.h"

#include <algorithm>

namespace kat::optimizer {
namespace {

bool Inside(const std::vector<Interval>& windows, Minute from, Minute to) {
  return std::any_of(windows.begin(), windows.end(),
                     [&](const Interval& window) { return window.from <= from && to <= window.to; });
}

}  // namespace

PricedCourse::PricedCourse(const Prices& prices, StartIndex& index, const Course& course,
                           const std::vector<HandLimit>& limits)
    : possible_(problem_.Build(index, course, PlanOptions())), days_(index.clinic().days) {
  if (!possible_) return;
  MakeClasses(limits);
  MakeAllowed(index, limits);
  MakeRanges(prices, index);
  MakeStanding(prices, index);
  MakeHands(prices, index);
}

void PricedCourse::MakeClasses(const std::vector<HandLimit>& limits) {
  auto limited = [&](const FreeVisit& free) {
    return std::any_of(limits.begin(), limits.end(),
                       [&](const HandLimit& limit) { return static_cast<int>(limit.visit) == free.index; });
  };
  auto same = [&](int a, int b) {
    const FreeVisit &x = problem_.visit(a), &y = problem_.visit(b);
    return x.type == y.type && x.start_min == y.start_min && x.start_max == y.start_max && !x.visit->current &&
           !y.visit->current && x.visit->windows == y.visit->windows && !limited(x) && !limited(y);
  };
  for (int p = 0; p < problem_.size(); ++p) {
    int found = -1;
    for (int k = 0; k < num_classes() && found < 0; ++k) {
      if (same(representative_[k], p)) found = k;
    }
    if (found < 0) {
      found = num_classes();
      representative_.push_back(p);
    }
    class_of_.push_back(found);
  }
}

void PricedCourse::MakeAllowed(const StartIndex& index, const std::vector<HandLimit>& limits) {
  for (int k = 0; k < num_classes(); ++k) {
    const FreeVisit& free = problem_.visit(representative_[k]);
    allowed_.emplace_back(free.type->roles.size());
    for (const HandLimit& limit : limits) {
      if (static_cast<int>(limit.visit) != free.index) continue;
      const int pattern = index.PatternOf(free.type_index, static_cast<int>(limit.role));
      std::vector<int>& places = allowed_[k][limit.role].emplace();
      for (int hand : limit.hands) places.push_back(index.PlaceOf(pattern, hand));
    }
  }
}

void PricedCourse::MakeRanges(const Prices& prices, const StartIndex& index) {
  const Course& course = problem_.course();
  const Weights& weights = problem_.clinic().weights;
  const int slot = problem_.clinic().slot_minutes;
  for (int k = 0; k < num_classes(); ++k) {
    const FreeVisit& free = problem_.visit(representative_[k]);
    const Minute duration = free.type->duration;
    DayRange days = free.days;
    for (int p = 0; p < problem_.size(); ++p) {
      if (class_of_[p] != k) continue;
      days = {std::min(days.lo, problem_.visit(p).days.lo), std::max(days.hi, problem_.visit(p).days.hi)};
    }
    for (int day = 0; day < days_; ++day) {
      first_range_.push_back(static_cast<uint32_t>(ranges_.size()));
      if (day < days.lo || day > days.hi) continue;
      const DaySlots slots = index.Slots(day);
      const size_t first = ranges_.size();
      // Windows that hold a visit that starts on the day.
      auto of_day = [&](const std::vector<Interval>& windows) {
        std::vector<Interval> near;
        for (const Interval& window : windows) {
          if (window.from < slots.first + slots.count * slot && window.to > slots.first) near.push_back(window);
        }
        return near;
      };
      const std::vector<Interval> available = of_day(course.available), preferred = of_day(course.preferred);
      if (available.empty()) continue;
      for (int s = 0; s < slots.count; ++s) {
        const Minute start = slots.first + s * slot, end = start + duration;
        if (start < free.start_min || start > free.start_max || !Inside(available, start, end)) continue;
        if (free.visit->windows && !Inside(*free.visit->windows, start, end)) continue;
        const bool busy = std::any_of(problem_.busy().begin(), problem_.busy().end(),
                                      [&](const Interval& at) { return at.from < end && start < at.to; });
        if (busy) continue;
        Cost extra = course.preferred.empty() || Inside(preferred, start, end) ? 0 : weights.preference;
        const bool stands = free.visit->current && free.visit->current->start == start;
        if (free.visit->current && !stands) extra += weights.move;
        const int64_t units = prices.InUnits(extra);
        if (ranges_.size() > first && ranges_.back().last == s - 1 && ranges_.back().extra == units && !stands &&
            !ranges_.back().stands) {
          ranges_.back().last = static_cast<int16_t>(s);
        } else {
          ranges_.push_back({static_cast<int16_t>(s), static_cast<int16_t>(s), units, stands});
        }
      }
    }
  }
  first_range_.push_back(static_cast<uint32_t>(ranges_.size()));
}

void PricedCourse::MakeStanding(const Prices& prices, const StartIndex& index) {
  reassign_ = prices.InUnits(problem_.clinic().weights.reassign);
  for (int k = 0; k < num_classes(); ++k) {
    const FreeVisit& free = problem_.visit(representative_[k]);
    std::vector<int>& standing = standing_.emplace_back();
    const std::vector<Role>& roles = free.type->roles;
    if (!free.visit->current || free.visit->current->assign.size() != roles.size()) continue;
    for (size_t r = 0; r < roles.size(); ++r) {
      const std::span<const int> candidates = index.Candidates(index.PatternOf(free.type_index, static_cast<int>(r)));
      for (const RoleAssignment& assigned : free.visit->current->assign) {
        const auto at = std::find(candidates.begin(), candidates.end(), assigned.resource);
        if (assigned.role_name != roles[r].name || at == candidates.end()) continue;
        standing.push_back(static_cast<int>(at - candidates.begin()));
      }
    }
    if (standing.size() != roles.size()) standing.clear();
  }
}

void PricedCourse::MakeHands(const Prices& prices, const StartIndex& index) {
  for (int c = 0; c < problem_.num_continuity(); ++c) {
    std::vector<Hands>& ways = hands_.emplace_back();
    std::vector<int> all;
    int visits = 0;
    for (int p = 0; p < problem_.size(); ++p) {
      const FreeVisit& free = problem_.visit(p);
      if (free.hands[c] < 0) continue;
      ++visits;
      const std::span<const int> candidates = index.Candidates(index.PatternOf(free.type_index, free.hands[c]));
      all.insert(all.end(), candidates.begin(), candidates.end());
    }
    const std::vector<int>& fixed = problem_.FixedHands(c);
    const int64_t handoff = prices.InUnits(problem_.HandoffWeight(c));
    if (handoff == 0 || visits == 0 || (visits == 1 && fixed.empty())) {
      ways.push_back({{}, 0});  // any
      continue;
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    for (int hand : fixed) std::erase(all, hand);
    // With the hands that one handoff adds told apart, any hands are those of two and more.
    const bool apart = visits + (fixed.empty() ? 0 : 1) > 2 && all.size() <= kMostApart;
    ways.push_back({{}, apart ? 2 * handoff : handoff});
    if (!fixed.empty()) ways.push_back({fixed, 0});
    for (size_t i = 0; i < all.size(); ++i) {
      if (fixed.empty()) ways.push_back({{all[i]}, 0});
      if (!apart) continue;
      if (!fixed.empty()) {
        std::vector<int> more = fixed;
        more.push_back(all[i]);
        ways.push_back({std::move(more), handoff});
      }
      for (size_t j = i + 1; j < all.size() && fixed.empty(); ++j) ways.push_back({{all[i], all[j]}, handoff});
    }
    // Hands that some visit needs are among those of every way.
    const std::vector<int> needed = NeededHands(c, index);
    const int64_t paid_for = std::max<int64_t>(1, static_cast<int64_t>(fixed.size()));
    ways[0].extra = std::max(ways[0].extra, handoff * (static_cast<int64_t>(needed.size()) - paid_for));
    std::erase_if(ways, [&](const Hands& way) {
      return !way.hands.empty() && std::any_of(needed.begin(), needed.end(), [&](int hand) {
        return std::find(way.hands.begin(), way.hands.end(), hand) == way.hands.end();
      });
    });
  }
}

// Those of fixed visits, and of others that are limited to one; each once.
std::vector<int> PricedCourse::NeededHands(int c, const StartIndex& index) const {
  std::vector<int> needed = problem_.FixedHands(c);
  for (int k = 0; k < num_classes(); ++k) {
    const FreeVisit& free = problem_.visit(representative_[k]);
    if (free.hands[c] < 0) continue;
    const std::optional<std::vector<int>>& allowed = allowed_[k][free.hands[c]];
    if (!allowed || allowed->size() != 1) continue;
    needed.push_back(index.Candidates(index.PatternOf(free.type_index, free.hands[c]))[allowed->front()]);
  }
  std::sort(needed.begin(), needed.end());
  needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
  return needed;
}

}  // namespace kat::optimizer
