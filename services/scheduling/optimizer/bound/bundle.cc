#include "services/scheduling/optimizer/bound/bundle.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kat::optimizer {
namespace {

constexpr int kMostIdle = 12;  // looks

// In parts that the processor can sum at once.
float Sum(const float* values, uint32_t size) {
  constexpr uint32_t kParts = 8;
  float parts[kParts] = {};
  uint32_t k = 0;
  for (; k + kParts <= size; k += kParts) {
    for (uint32_t i = 0; i < kParts; ++i) parts[i] += values[k + i];
  }
  float sum = 0;
  for (; k < size; ++k) sum += values[k];
  for (float part : parts) sum += part;
  return sum;
}

template <class F>
void ForEachRow(const Bundle::Bill& bill, F&& f) {
  for (size_t k = bill.first; k < bill.last; ++k) f(k);
  for (size_t k = bill.first_count; k < bill.last_count; ++k) f(k);
}

}  // namespace

Bundle::Bundle(std::vector<int32_t> capacity, std::vector<Bill> bills, const std::vector<double>& drops)
    : capacity_(std::move(capacity)), bills_(std::move(bills)), opened_(bills_.size(), 0.0) {
  const size_t rows = capacity_.size();
  billed_.assign(rows, 0);
  for (const Bill& bill : bills_) ForEachRow(bill, [&](size_t k) { billed_[k] = 1; });
  for (std::vector<float>* each : {&center_, &reach_, &excess_, &price_, &scratch_}) each->assign(rows, 0.0f);
  for (double drop : drops) courses_.push_back({Plan{.cost = drop, .weight = 1}});
}

void Bundle::AddPlan(int course, double cost, std::vector<Load> loads) {
  std::vector<Plan>& plans = courses_[course];
  plans.push_back({.cost = cost, .loads = std::move(loads)});
  if (plans.size() == 2 && cost < plans[0].cost) std::swap(plans[0].weight, plans[1].weight);
}

void Bundle::SetCenter(const std::vector<int32_t>& prices) {
  for (size_t k = 0; k < center_.size(); ++k) center_[k] = static_cast<float>(prices[k]);
}

// From all weights, so that errors do not add up.
void Bundle::Recount() {
  for (size_t k = 0; k < excess_.size(); ++k) excess_[k] = billed_[k] != 0 ? 0.0f : -static_cast<float>(capacity_[k]);
  for (size_t b = 0; b < bills_.size(); ++b) {
    if (opened_[b] == 0) continue;
    const float part = static_cast<float>(opened_[b]);
    ForEachRow(bills_[b], [&](size_t k) { excess_[k] -= part * static_cast<float>(capacity_[k]); });
  }
  for (const std::vector<Plan>& plans : courses_) {
    for (const Plan& plan : plans) {
      if (plan.weight == 0) continue;
      for (const Load& load : plan.loads) {
        const float amount = static_cast<float>(plan.weight * load.load);
        for (size_t k = load.row; k < load.row + load.rows; ++k) excess_[k] += amount;
      }
    }
  }
  for (size_t k = 0; k < price_.size(); ++k) price_[k] = PriceAt(k);
  ops_ += static_cast<int64_t>(price_.size()) / 4;
}

double Bundle::ValueOf(const Plan& plan) const {
  double value = plan.cost;
  for (const Load& load : plan.loads) {
    const float sum = Sum(price_.data() + load.row, load.rows);
    value += static_cast<double>(sum) * load.load;
  }
  return value;
}

void Bundle::Look(double reach, int passes, double enough) {
  for (size_t k = 0; k < reach_.size(); ++k) {
    const double capacity = capacity_[k];
    reach_[k] = capacity > 0 ? static_cast<float>(reach / (capacity * capacity)) : 0.0f;
  }
  for (std::vector<Plan>& plans : courses_) {
    for (Plan& plan : plans) plan.idle = plan.weight > 0 ? 0 : plan.idle + 1;
    std::erase_if(plans, [](const Plan& plan) { return plan.idle > kMostIdle; });
  }
  Recount();
  for (int pass = 0; pass < passes; ++pass) {
    double left = 0;
    for (std::vector<Plan>& plans : courses_) left += Improve(plans);
    for (size_t b = 0; b < bills_.size(); ++b) Open(b);
    if (left < enough) break;
  }
}

double Bundle::ReachFor(double rise) {
  for (float& reach : reach_) reach = 0;
  Recount();
  double slope = 0;
  for (size_t k = 0; k < excess_.size(); ++k) {
    if (capacity_[k] == 0 || excess_[k] <= 0) continue;
    const double over = static_cast<double>(excess_[k]) / capacity_[k];
    slope += over * over;
  }
  return slope > 0 ? rise / slope : 1;
}

double Bundle::Improve(std::vector<Plan>& plans) {
  if (plans.size() < 2) return 0;
  double mean = 0;
  Plan* best = nullptr;
  Plan* worst = nullptr;
  for (Plan& plan : plans) {
    plan.value = ValueOf(plan);
    ops_ += static_cast<int64_t>(plan.loads.size()) / 2;
    mean += plan.weight * plan.value;
    if (best == nullptr || plan.value < best->value) best = &plan;
    if (plan.weight > 0 && (worst == nullptr || plan.value > worst->value)) worst = &plan;
  }
  if (worst->value - best->value > 1e-6 * (1 + std::abs(best->value))) Move(*worst, *best);
  return mean - best->value;
}

// As much weight as helps most.
void Bundle::Move(Plan& from, Plan& to) {
  float* delta = scratch_.data();
  auto scatter = [&](const Plan& plan, float sign) {
    for (const Load& load : plan.loads) {
      for (size_t k = load.row; k < load.row + load.rows; ++k) delta[k] += sign * static_cast<float>(load.load);
    }
  };
  scatter(to, 1);
  scatter(from, -1);
  double curvature = 0;
  auto curve = [&](const Plan& plan) {
    for (const Load& load : plan.loads) {
      float sum = 0;
      for (size_t k = load.row; k < load.row + load.rows; ++k) {
        const float change = delta[k];
        const bool paid = center_[k] + reach_[k] * (excess_[k] + std::max(change, 0.0f)) > 0;
        if (paid) sum += reach_[k] * change * change;
      }
      curvature += sum;
    }
  };
  // A row of both counts twice; the step is shorter for it, and safe.
  curve(to);
  curve(from);
  const double gain = from.value - to.value;
  const double weight = curvature * from.weight <= gain ? from.weight : gain / curvature;
  from.weight -= weight;
  to.weight += weight;
  if (from.weight < 1e-9) {
    to.weight += from.weight;
    from.weight = 0;
  }
  auto apply = [&](const Plan& plan) {
    for (const Load& load : plan.loads) {
      for (size_t k = load.row; k < load.row + load.rows; ++k) {
        if (delta[k] == 0) continue;
        excess_[k] += static_cast<float>(weight) * delta[k];
        price_[k] = PriceAt(k);
        delta[k] = 0;
      }
    }
  };
  apply(to);
  apply(from);
  ops_ += static_cast<int64_t>(to.loads.size() + from.loads.size()) * 2;
}

void Bundle::Open(size_t bill) {
  double slope = bills_[bill].cost, curvature = 0;
  ForEachRow(bills_[bill], [&](size_t k) {
    const double capacity = capacity_[k];
    slope -= price_[k] * capacity;
    if (price_[k] > 0) curvature += reach_[k] * capacity * capacity;
  });
  ops_ += static_cast<int64_t>(bills_[bill].last - bills_[bill].first) / 16;
  double opened = opened_[bill];
  if (slope > 0 && opened == 0) return;
  opened = curvature > 0 ? opened - slope / curvature : slope > 0 ? 0.0 : 1.0;
  opened = std::clamp(opened, 0.0, 1.0);
  const float change = static_cast<float>(opened - opened_[bill]);
  if (change == 0) return;
  opened_[bill] = opened;
  ForEachRow(bills_[bill], [&](size_t k) {
    excess_[k] -= change * static_cast<float>(capacity_[k]);
    price_[k] = PriceAt(k);
  });
}

double Bundle::ModelValue() const {
  double value = 0;
  for (const std::vector<Plan>& plans : courses_) {
    double least = ValueOf(plans[0]);
    for (const Plan& plan : plans) least = std::min(least, ValueOf(plan));
    value += least;
  }
  for (size_t k = 0; k < price_.size(); ++k) {
    if (billed_[k] == 0) value -= static_cast<double>(price_[k]) * capacity_[k];
  }
  for (const Bill& bill : bills_) {
    double earned = 0;
    ForEachRow(bill, [&](size_t k) { earned += static_cast<double>(price_[k]) * capacity_[k]; });
    value -= std::max(0.0, earned - bill.cost);
  }
  return value;
}

}  // namespace kat::optimizer
