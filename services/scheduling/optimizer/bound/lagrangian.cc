#include "services/scheduling/optimizer/bound/lagrangian.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kat::optimizer {
namespace {

constexpr size_t kMostBytes = size_t{1} << 29;  // of a clinic too large for this bound

Picture FixedPicture(const Instance& instance) {
  Picture picture(instance.clinic);
  for (const Block& block : instance.blocks) picture.AddBlock(block);
  for (const Course& course : instance.courses) picture.AddCourse(course, /*fixed_only=*/true);
  return picture;
}

// The least whole cost that is worth no less than `units`.
Cost CeilCost(const Prices& prices, int64_t units) {
  if (prices.unit() < 1) return static_cast<Cost>(static_cast<double>(units) / prices.unit() * (1 - 1e-9)) - 1;
  const int64_t unit = static_cast<int64_t>(prices.unit());
  return units >= 0 ? (units + unit - 1) / unit : -(-units / unit);
}

}  // namespace

Lagrangian::Lagrangian(const Instance& instance, const AloneResult& alone)
    : instance_(&instance), alone_(&alone), picture_(FixedPicture(instance)), bound_(alone.bound) {
  index_ = std::make_unique<StartIndex>(picture_);
  Cost highest = 1;
  for (const Course& course : instance.courses) highest = std::max(highest, DropCostOf(instance.clinic, course));
  prices_ = std::make_unique<Prices>(*index_, highest);
  pricer_ = std::make_unique<Pricer>(*prices_);
  courses_.resize(instance.courses.size());
  done_ = prices_->MostBytes() > kMostBytes;
  FindDayBills();
  center_.assign(prices_->size(), 0);
  use_.assign(prices_->size(), 0);
  average_.assign(prices_->size(), 0);
}

void Lagrangian::FindDayBills() {
  const Clinic& clinic = instance_->clinic;
  billed_.assign(prices_->size(), 0);
  for (size_t r = 0; r < clinic.resources.size(); ++r) {
    if (clinic.resources[r].day_cost == 0) continue;
    for (int day = picture_.first_day(); day < picture_.end_day(); ++day) {
      if (picture_.IsOpen(static_cast<int>(r), day)) continue;
      // What is used on the day must have begun on it.
      const Minute from = day * kMinutesPerDay, to = from + kMinutesPerDay;
      bool within = true;
      for (const Interval& window : clinic.resources[r].windows) {
        within = within && (window.to <= from || window.from >= to || (window.from >= from && window.to <= to));
      }
      const auto [first, last] = prices_->SamplesOf(static_cast<int>(r), day);
      if (!within || first == last) continue;
      day_bills_.push_back({first, last, prices_->InUnits(clinic.resources[r].day_cost)});
      std::fill(billed_.begin() + first, billed_.begin() + last, 1);
    }
  }
}

std::optional<int64_t> Lagrangian::Evaluate(const std::function<bool()>& stop) {
  int64_t value = prices_->InUnits(FixedDayCost(*instance_));
  std::fill(use_.begin(), use_.end(), 0.0f);
  const std::vector<VisitType>& types = instance_->clinic.visit_types;
  for (size_t i = 0; i < courses_.size(); ++i) {
    if (stop()) return std::nullopt;
    const Alone& alone = alone_->courses[i];
    const int64_t floor = prices_->InUnits(alone.floor);
    if (!alone.free || !alone.possible) {
      value += floor;
      continue;
    }
    if (!courses_[i]) courses_[i] = std::make_unique<PricedCourse>(*prices_, *index_, instance_->courses[i]);
    const int64_t drop = prices_->InUnits(DropCostOf(instance_->clinic, instance_->courses[i]));
    const Pricer::Answer answer = pricer_->Price(*courses_[i], drop);
    value += std::max(floor, answer.cost);
    if (!answer.placed) continue;
    const CourseProblem& problem = courses_[i]->problem();
    for (int p = 0; p < problem.size(); ++p) {
      const std::vector<Role>& roles = types[problem.visit(p).type_index].roles;
      for (size_t r = 0; r < roles.size(); ++r) {
        prices_->ForEachLoad(answer.visits[p].resources[r], roles[r], answer.visits[p].start,
                             [&](size_t k, int load) { use_[k] += static_cast<float>(load); });
      }
    }
  }
  SellCapacity(value);
  ops_ += static_cast<int64_t>(use_.size() / 8);
  bound_ = std::max(bound_, CeilCost(*prices_, value));
  return value;
}

void Lagrangian::SellCapacity(int64_t& value) {
  // What is there in any case earns its price whether used or not.
  for (size_t k = 0; k < use_.size(); ++k) {
    if (billed_[k] != 0 || prices_->Capacity(k) == 0) continue;
    value -= int64_t{prices_->Price(k)} * prices_->Capacity(k);
    use_[k] -= static_cast<float>(prices_->Capacity(k));
  }
  // A day that costs to open is for sale only where it earns its cost.
  for (const DayBill& bill : day_bills_) {
    int64_t earned = 0;
    for (size_t k = bill.first; k < bill.last; ++k) earned += int64_t{prices_->Price(k)} * prices_->Capacity(k);
    if (earned <= bill.day_cost) continue;
    value -= earned - bill.day_cost;
    for (size_t k = bill.first; k < bill.last; ++k) use_[k] -= static_cast<float>(prices_->Capacity(k));
  }
}

// From the center along the average, each sample measured by its capacity.
void Lagrangian::SetPrices(double length) {
  std::vector<int32_t> prices(center_.size());
  for (size_t k = 0; k < prices.size(); ++k) {
    const double capacity = prices_->Capacity(k);
    if (capacity == 0) continue;
    const double price = center_[k] + length * average_[k] / (capacity * capacity);
    prices[k] = static_cast<int32_t>(std::clamp(price, 0.0, static_cast<double>(prices_->never() / 4)));
  }
  prices_->Set(std::move(prices));
}

void Lagrangian::Iterate(Cost upper, const std::function<bool()>& stop) {
  if (bound_ >= upper) done_ = true;
  if (done_) return;
  if (!begun_) {
    prices_->Set(center_);
    const std::optional<int64_t> value = Evaluate(stop);
    if (!value) return;
    center_value_ = *value;
    average_ = use_;
    begun_ = true;
    return;
  }
  double norm = 0;
  for (size_t k = 0; k < average_.size(); ++k) {
    const double capacity = prices_->Capacity(k);
    if (capacity == 0 || (center_[k] == 0 && average_[k] < 0)) continue;
    norm += average_[k] / capacity * (average_[k] / capacity);
  }
  if (norm == 0) {
    done_ = true;
    return;
  }
  const double wanted = static_cast<double>(prices_->InUnits(upper) - center_value_) * 1.02;
  SetPrices(pace_ * wanted / norm);
  const std::optional<int64_t> value = Evaluate(stop);
  if (!value) return;
  double along = 0;  // whether going on in the same direction would help
  constexpr float kNew = 0.1f;
  for (size_t k = 0; k < use_.size(); ++k) {
    const double capacity = prices_->Capacity(k);
    if (capacity > 0 && (prices_->Price(k) > 0 || use_[k] > 0)) along += use_[k] / capacity * (average_[k] / capacity);
    average_[k] += kNew * (use_[k] - average_[k]);
  }
  if (*value > center_value_) {
    center_value_ = *value;
    for (size_t k = 0; k < center_.size(); ++k) center_[k] = prices_->Price(k);
    since_better_ = 0;
    if (along > 0) pace_ = std::min(2.0, pace_ * 1.1);
  } else if (++since_better_ >= 10) {
    pace_ *= 0.7;
    since_better_ = 0;
  }
  if (pace_ < 1e-5) done_ = true;
}

}  // namespace kat::optimizer
