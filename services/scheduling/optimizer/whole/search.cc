#include "services/scheduling/optimizer/whole/search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kat::optimizer {
namespace {
enum class Order { kRandom, kDrop, kAboveFloor, kWorth, kEarly, kLate };
constexpr int kOrders = 6;
// Of all plans, percent: those varied, and those that pay what the guide says for days and for untidy starts; the
// latter less where nobody is left out.
constexpr int kVaried = 10;
constexpr int kPriced = 75, kTidy = 50, kPricedWithoutNeed = 25, kTidyWithoutNeed = 25;

}  // namespace

Search::Search(const Instance& instance, const std::vector<Alone>& alone, const Guide* guide, int64_t plan_ops,
               uint64_t seed)
    : alone_(&alone),
      guide_(guide),
      plan_ops_(alone.size(), plan_ops),
      schedule_(instance),
      planner_(schedule_.picture()),
      ruiner_(schedule_, alone),
      starts_(schedule_, planner_.starts()),
      journal_(schedule_),
      packer_(schedule_, starts_, journal_),
      mover_(schedule_, starts_, journal_),
      plan_variation_(schedule_),
      trail_(schedule_),
      chance_(seed),
      kinds_(kRuinKinds),
      orders_(kOrders),
      best_(schedule_.plans()),
      best_objective_(schedule_.objective()),
      differs_(alone.size()) {}

std::vector<int> Search::TakeOutOthers(const Plans& plans) {
  std::vector<int> changed;
  for (int i = 0; i < schedule_.size(); ++i) {
    if (plans[i] == schedule_.plans()[i]) continue;
    changed.push_back(i);
    Differ(i);
    if (schedule_.Scheduled(i)) schedule_.Remove(i);
  }
  return changed;
}

void Search::Adopt(const Plans& plans) {
  for (int i : TakeOutOthers(plans)) {
    if (plans[i]) schedule_.Place(i, *plans[i]);
  }
  if (schedule_.objective() < best_objective_) KeepBest();
}

void Search::Adopt(const Schedule& other) {
  for (int i : TakeOutOthers(other.plans())) {
    if (other.Scheduled(i)) schedule_.PutBack(i, *other.plans()[i], other.OwnCost(i));
  }
  if (schedule_.objective() < best_objective_) KeepBest();
}

void Search::Follow(const Search& other) {
  for (int course : trail_.Follow(other.trail_)) Differ(course);
  if (schedule_.objective() < best_objective_) KeepBest();
}

void Search::Differ(int course) {
  if (differs_[course] != 0) return;
  differs_[course] = 1;
  differing_.push_back(course);
}

CoursePlans Search::Plan(int course, int64_t ops, Cost limit) {
  PlanOptions options;
  options.budget_ops = ops;
  options.cost_limit = limit;
  if (guide_ != nullptr && chance_.Percent(crowded_ ? kPriced : kPricedWithoutNeed)) {
    options.day_prices = &guide_->prices;
    options.cost_limit += schedule_.DropCost(course);  // what it may pay
  }
  if (guide_ != nullptr && chance_.Percent(crowded_ ? kTidy : kTidyWithoutNeed)) options.untidy = guide_->untidy;
  CoursePlans plans = planner_.Plan(schedule_.course(course), options);
  ops_ += plans.ops + kStepOps;
  return plans;
}

void Search::Run(int64_t ops, double temperature, const std::function<bool()>& stop) {
  const int64_t end = ops_ + ops;
  while (ops_ < end && !stop()) {
    if (!Iterate(temperature)) ops_ += kStepOps;
  }
}

bool Search::Iterate(double temperature) {
  crowded_ = ruiner_.Crowded();
  const int kind = kinds_.Turn(chance_);
  Ruin ruin = ruiner_.Choose(static_cast<RuinKind>(kind), chance_);
  if (ruin.removed.empty() && ruin.wanted.empty() && ruin.lifted.empty()) return false;
  const Cost before = schedule_.objective();
  const int64_t ops_before = ops_;
  const double worse = -temperature * std::log(chance_.Real());
  const Cost limit = before + static_cast<Cost>(std::min(worse, 1e15)) + 1;  // what is kept costs less
  undo_.clear();
  for (int i : ruin.removed) {
    const Cost own = schedule_.OwnCost(i);
    undo_.push_back({i, schedule_.Remove(i), own});
  }
  for (int i : ruin.wanted) {
    const bool known = std::any_of(undo_.begin(), undo_.end(), [&](const Undo& undo) { return undo.course == i; });
    if (!known) undo_.push_back({i, std::nullopt, std::nullopt});
  }
  order_ = orders_.Turn(chance_);
  journal_.Begin();
  mover_.Begin();
  for (const auto& [course, visit] : ruin.lifted) {
    if (starts_.Movable(course, visit)) mover_.Lift(course, visit);
  }
  packed_ = 0;
  if (ruin.pack) {
    const Undo& undo = undo_.front();
    PackAround(undo.course, undo.visits ? DayOf(undo.visits->front().start) : schedule_.clinic().days);
  }
  bool kept = ruin.lifted.empty() ? Recreate(ruin, limit) : RecreateVisits(ruin, limit);
  if (kept && ruin.pack) {
    packer_.Settle(chance_);
    kept = schedule_.objective() < limit;
  }
  double reward = 0;
  if (!kept) {
    Revert();
  } else {
    const Cost after = schedule_.objective();
    NoteChanges();
    reward = after < before ? static_cast<double>(before - after) : 0.0;
    if (after < best_objective_) KeepBest();
  }
  ops_ += kStepOps;
  kinds_.Earned(kind, reward, ops_ - ops_before);
  orders_.Earned(order_, reward, ops_ - ops_before);
  return true;
}

void Search::NoteChanges() {
  std::vector<int> changed;
  for (const Undo& undo : undo_) {
    if (undo.visits != schedule_.plans()[undo.course]) changed.push_back(undo.course);
  }
  for (const VisitJournal::Moved& moved : journal_.moved()) {
    if (std::find(changed.begin(), changed.end(), moved.course) == changed.end()) changed.push_back(moved.course);
  }
  for (int course : changed) Differ(course);
  if (trail_.begun()) trail_.Note(changed);
}

void Search::KeepBest() {
  for (int i : differing_) {
    best_[i] = schedule_.plans()[i];
    differs_[i] = 0;
  }
  differing_.clear();
  best_objective_ = schedule_.objective();
}

void Search::Revert() {
  for (const Undo& undo : undo_) {
    if (schedule_.Scheduled(undo.course)) schedule_.Remove(undo.course);
  }
  for (Undo& undo : undo_) {
    if (!undo.visits) continue;
    if (undo.own) {
      schedule_.PutBack(undo.course, *std::move(undo.visits), *undo.own);
    } else {
      schedule_.Place(undo.course, *std::move(undo.visits));
    }
  }
  mover_.PutDown();
  journal_.Undo();
}

// Packs the days on which the course may come to stand, if it starts on a day not after `before_day`.
void Search::PackAround(int course, int before_day) {
  const Cost before = schedule_.objective();
  const int64_t tries = packer_.tries();
  const std::vector<Placement>& alone = (*alone_)[course].visits;
  if (alone.empty()) return;
  const int earliest = std::max(0, schedule_.course(course).earliest_day);
  const int span = std::max(0, DayOf(alone.back().start) - DayOf(alone.front().start));
  const int latest = std::max(earliest, std::min(before_day, schedule_.clinic().days - 1 - span));
  const int first = earliest + chance_.Below(latest - earliest + 1);
  const int last = std::min(schedule_.clinic().days - 1, first + span + 4);
  const DayPacker::Aim aim = chance_.Percent(70) ? DayPacker::Aim::kEarliest : DayPacker::Aim::kLatest;
  for (int type : ruiner_.Types(course)) {
    const std::span<const int> rivals = packer_.AnyRole(type, chance_);
    for (int day = first; day <= last; ++day) {
      if (packer_.Blocked(course, type, day)) packer_.Pack(day, rivals, aim);
    }
  }
  packed_ = schedule_.objective() - before;
  ops_ += (packer_.tries() - tries) * kStepOps / 4;
}

// Whether everything is back in, or left out, for less than `limit`.
bool Search::Recreate(const Ruin& ruin, Cost limit) {
  optimistic_ = schedule_.objective() - packed_;
  std::vector<int> waiting;
  for (const Undo& undo : undo_) {
    optimistic_ -= schedule_.DropCost(undo.course) - (*alone_)[undo.course].floor;
    if (std::find(ruin.wanted.begin(), ruin.wanted.end(), undo.course) == ruin.wanted.end()) {
      waiting.push_back(undo.course);
    }
  }
  if (!ruin.put_back) {
    waiting.insert(waiting.end(), ruin.wanted.begin(), ruin.wanted.end());
  } else {
    for (int i : ruin.wanted) {
      if (!PutIn(i, limit)) return false;
    }
    chance_.Shuffle(waiting);
    std::vector<int> pushed_out;
    for (int i : waiting) {
      auto undo = std::find_if(undo_.begin(), undo_.end(), [&](const Undo& one) { return one.course == i; });
      if (schedule_.Fits(i, *undo->visits)) {
        optimistic_ -= schedule_.objective() + (*alone_)[i].floor;
        schedule_.PutBack(i, *undo->visits, *undo->own);
        optimistic_ += schedule_.objective() + schedule_.DropCost(i);
      } else {
        pushed_out.push_back(i);
      }
    }
    ops_ += static_cast<int64_t>(waiting.size()) * kStepOps / 4;
    waiting = std::move(pushed_out);
  }
  if (optimistic_ >= limit) return false;
  SortForRecreate(waiting);
  for (int i : waiting) {
    if (!PutIn(i, limit)) return false;
  }
  return true;
}

// The same where single visits are lifted: those that are wanted come in, and the visits go back, or else elsewhere; a
// course of which one finds no place is planned anew.
bool Search::RecreateVisits(const Ruin& ruin, Cost limit) {
  optimistic_ = schedule_.objective();
  for (int i : ruin.wanted) optimistic_ -= schedule_.DropCost(i) - (*alone_)[i].floor;
  for (int i : ruin.wanted) {
    if (!PutIn(i, limit)) return false;
  }
  if (ruin.blink == 0) mover_.Return(chance_);
  const int64_t tries = mover_.tries();
  std::vector<int> lost = mover_.Move(ruin.blink, chance_);
  ops_ += (mover_.tries() - tries) * kStepOps / 2 + static_cast<int64_t>(ruin.lifted.size()) * kStepOps / 10;
  for (int i : lost) undo_.push_back({i, journal_.Remove(i), std::nullopt});
  optimistic_ = schedule_.objective();
  for (int i : lost) optimistic_ -= schedule_.DropCost(i) - (*alone_)[i].floor;
  if (optimistic_ >= limit) return false;
  SortForRecreate(lost);
  for (int i : lost) {
    if (!PutIn(i, limit)) return false;
  }
  return true;
}

// Puts one course in at its best, or leaves it out where that is cheaper; false where the schedule then cannot cost
// less than `limit`.
bool Search::PutIn(int course, Cost limit) {
  const Cost floor = (*alone_)[course].floor, drop = schedule_.DropCost(course);
  CoursePlans plans = Plan(course, plan_ops_[course], std::min(drop + 1, limit - optimistic_ + floor));
  if (plans.plans.empty() && !plans.proved) plan_ops_[course] = std::min(kMostPlanOps, 3 * plan_ops_[course]);
  if (!plans.plans.empty() && plans.plans[0].cost.Total() > drop) plans.plans.clear();  // with prices
  if (plans.plans.empty()) {
    optimistic_ += drop - floor;
  } else {
    if (chance_.Percent(kVaried)) plan_variation_.Vary(course, plans.plans[0], chance_);
    const CostTerms cost = plans.plans[0].cost;
    schedule_.Place(course, std::move(plans.plans[0].visits), cost);
    optimistic_ += cost.Total() - floor;
  }
  return optimistic_ < limit;
}

void Search::SortForRecreate(std::vector<int>& courses) {
  chance_.Shuffle(courses);
  auto by = [&](auto&& key) {
    std::stable_sort(courses.begin(), courses.end(), [&](int a, int b) { return key(a) < key(b); });
  };
  const std::vector<Course>& all = schedule_.instance().courses;
  switch (static_cast<Order>(order_)) {
    case Order::kRandom:
      break;
    case Order::kDrop:
      by([&](int i) { return -schedule_.DropCost(i); });
      break;
    case Order::kAboveFloor:
      by([&](int i) {
        for (const Undo& undo : undo_) {
          if (undo.course == i && undo.own) return (*alone_)[i].floor - *undo.own;
        }
        return (*alone_)[i].floor - schedule_.DropCost(i);
      });
      break;
    case Order::kWorth:
      by([&](int i) { return -Worth((*alone_)[i], schedule_.DropCost(i)); });
      break;
    case Order::kEarly:
      by([&](int i) { return static_cast<Cost>(all[i].earliest_day); });
      break;
    case Order::kLate:
      by([&](int i) { return -static_cast<Cost>(all[i].earliest_day); });
      break;
  }
}

}  // namespace kat::optimizer
