#include "services/scheduling/optimizer/bound/visit_costs.h"

#include <algorithm>

namespace kat::optimizer {

void VisitCosts::Begin(const PricedCourse& course) {
  course_ = &course;
  if (++stamp_ == 0 || bytes_ > kMostBytes) {
    ways_.clear();
    sums_.clear();
    bytes_ = 0;
    stamp_ = 1;
  }
  if (ways_.size() < static_cast<size_t>(course.num_classes())) ways_.resize(course.num_classes());
  sums_.resize(prices_->index().clinic().visit_types.size());
  Keep(std::vector<int>(course.problem().num_continuity(), 0));
}

void VisitCosts::Keep(const std::vector<int>& choice) {
  kept_.resize(course_->num_classes());
  Places places;
  for (int k = 0; k < course_->num_classes(); ++k) {
    kept_[k].clear();
    const FreeVisit& free = course_->problem().visit(course_->Representative(k));
    places.assign(free.type->roles.size(), -1);
    auto allow = [&](auto&& self, size_t role) -> void {
      if (role == places.size()) {
        kept_[k].push_back(&WayOf(k, places));
        return;
      }
      const std::optional<std::vector<int>>& allowed = course_->Allowed(k, role);
      if (!allowed) return self(self, role + 1);
      const int chosen = places[role];
      for (int place : *allowed) {
        if (chosen >= 0 && chosen != place) continue;
        places[role] = place;
        self(self, role + 1);
      }
      places[role] = chosen;
    };
    auto choose = [&](auto&& self, size_t c) -> void {
      if (c == choice.size()) return allow(allow, 0);
      const std::vector<int>& hands = course_->HandsOf(static_cast<int>(c))[choice[c]].hands;
      const int role = free.hands[c];
      if (role < 0 || hands.empty()) return self(self, c + 1);
      const int pattern = prices_->index().PatternOf(free.type_index, role);
      for (int hand : hands) {
        const int place = prices_->index().PlaceOf(pattern, hand);
        if (place < 0) continue;
        places[role] = place;
        self(self, c + 1);
      }
      places[role] = -1;
    };
    choose(choose, 0);
  }
}

VisitCosts::Way& VisitCosts::WayOf(int visit_class, const Places& places) {
  const size_t days = static_cast<size_t>(prices_->index().clinic().days);
  std::unique_ptr<Way>& way = ways_[visit_class][places];
  if (!way) {
    way = std::make_unique<Way>();
    way->days.resize(days);
    way->places = places;
    bytes_ += days * sizeof(Known);
  }
  if (way->stamp == stamp_) return *way;
  auto [entry, made] = sums_[TypeOf(visit_class)].try_emplace(places);
  if (made) entry->second = std::make_unique<std::vector<Row>>(days);
  way->stamp = stamp_;
  way->sums = entry->second.get();
  return *way;
}

int64_t VisitCosts::Least(int visit_class, int day) {
  int64_t least = kNever;
  for (Way* way : kept_[visit_class]) least = std::min(least, InWay(visit_class, *way, day));
  return least;
}

int64_t VisitCosts::InWay(int visit_class, Way& way, int day) {
  Known& known = way.days[day];
  if (known.stamp != stamp_) known = {stamp_, Scan(visit_class, day, way, nullptr)};
  return known.cost;
}

const int32_t* VisitCosts::Sums(int type, Way& way, int day) {
  Row& row = (*way.sums)[day];
  if (row.stamp == prices_->stamp()) return row.cost.get();
  const size_t slots = static_cast<size_t>(prices_->slots());
  if (!row.cost) {
    row.cost = std::make_unique<int32_t[]>(slots);
    bytes_ += slots * sizeof(int32_t);
  }
  row.stamp = prices_->stamp();
  int32_t* sums = row.cost.get();
  std::fill(sums, sums + slots, 0);
  for (size_t r = 0; r < way.places.size(); ++r) {
    const int pattern = prices_->index().PatternOf(type, static_cast<int>(r));
    const int place = way.places[r];
    const int32_t* costs = place < 0 ? prices_->Cheapest(pattern, day) : prices_->Of(pattern, place, day);
    for (size_t s = 0; s < slots; ++s) sums[s] += costs[s];
  }
  return sums;
}

// The visit where it stands, in the same hands.
int64_t VisitCosts::Staying(int visit_class, int day, int slot, const Places& places) {
  const std::vector<int>& standing = course_->Standing(visit_class);
  const int type = TypeOf(visit_class);
  int64_t cost = standing.empty() ? kNever : 0;
  for (size_t r = 0; r < standing.size(); ++r) {
    if (places[r] >= 0 && places[r] != standing[r]) return kNever;
    cost += prices_->Of(prices_->index().PatternOf(type, static_cast<int>(r)), standing[r], day)[slot];
  }
  return cost < prices_->never() ? cost : kNever;
}

int64_t VisitCosts::Scan(int visit_class, int day, Way& way, Spot* spot) {
  const std::span<const PricedCourse::Range> ranges = course_->Ranges(visit_class, day);
  if (ranges.empty()) return kNever;
  const int32_t* sums = Sums(TypeOf(visit_class), way, day);
  int64_t best = kNever;
  auto take = [&](int64_t cost, int at, bool same) {
    if (cost >= best) return;
    best = cost;
    if (spot != nullptr) *spot = {at, same};
  };
  ops_ += 1 + (ranges.back().last - ranges.front().first) / 16;
  for (const PricedCourse::Range& range : ranges) {
    if (range.stands) {
      const int64_t same = Staying(visit_class, day, range.first, way.places), other = sums[range.first];
      if (same < kNever) take(same + range.extra, range.first, true);
      if (other < prices_->never()) take(other + range.extra + course_->reassign(), range.first, false);
      continue;
    }
    const int32_t *from = sums + range.first, *to = sums + range.last + 1;
    int32_t least = prices_->never();
    for (const int32_t* s = from; s != to; ++s) least = std::min(least, *s);
    if (least >= prices_->never() || least + range.extra >= best) continue;
    take(least + range.extra, spot == nullptr ? 0 : static_cast<int>(std::find(from, to, least) - sums), false);
  }
  return best;
}

Placement VisitCosts::Place(int visit_class, int day) {
  Way* best = nullptr;
  int64_t least = kNever;
  for (Way* way : kept_[visit_class]) {
    const int64_t cost = InWay(visit_class, *way, day);
    if (cost >= least) continue;
    least = cost;
    best = way;
  }
  Spot spot;
  Scan(visit_class, day, *best, &spot);
  const int type = TypeOf(visit_class);
  const StartIndex& index = prices_->index();
  Placement placement{.start = index.Slots(day).first + spot.slot * index.clinic().slot_minutes};
  for (size_t r = 0; r < best->places.size(); ++r) {
    const int pattern = index.PatternOf(type, static_cast<int>(r));
    int place = best->places[r];
    if (spot.stays) place = course_->Standing(visit_class)[r];
    if (place < 0) place = prices_->CheapestCandidate(pattern, day, spot.slot);
    placement.resources.push_back(index.Candidates(pattern)[place]);
  }
  return placement;
}

}  // namespace kat::optimizer
