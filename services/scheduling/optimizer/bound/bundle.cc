#include "services/scheduling/optimizer/bound/bundle.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kat::optimizer {
namespace {

constexpr int kMostIdle = 12;   // looks
constexpr int kPassesNear = 8;  // passes to one that looks at all plans

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

Bundle::Bundle(const std::vector<int32_t>& capacity, const std::vector<size_t>& first_alike, std::vector<Bill> bills,
               const std::vector<double>& drops)
    : bills_(std::move(bills)), opened_(bills_.size(), 0.0) {
  std::vector<size_t> before;  // [row]: how many rows before it are kept
  for (size_t row = 0; row < capacity.size(); ++row) {
    before.push_back(capacity_.size());
    if (capacity[row] <= 0) {
      index_of_.push_back(-1);
    } else if (first_alike[row] < row) {
      index_of_.push_back(index_of_[first_alike[row]]);
      capacity_[index_of_.back()] += capacity[row];
    } else {
      index_of_.push_back(static_cast<int32_t>(capacity_.size()));
      capacity_.push_back(capacity[row]);
    }
  }
  before.push_back(capacity_.size());
  const size_t rows = capacity_.size();
  billed_.assign(rows, 0);
  for (Bill& bill : bills_) {
    for (size_t* end : {&bill.first, &bill.last, &bill.first_count, &bill.last_count}) *end = before[*end];
    ForEachRow(bill, [&](size_t k) { billed_[k] = 1; });
  }
  for (std::vector<float>* each : {&center_, &reach_, &excess_, &price_, &scratch_}) each->assign(rows, 0.0f);
  for (double drop : drops) courses_.push_back({.plans = {Plan{.cost = drop, .weight = 1}}, .near = 1});
}

Bundle::Plan Bundle::MakePlan(double cost, const std::vector<Load>& loads) const {
  Plan plan{.cost = cost};
  for (const Load& load : loads) {
    for (uint32_t row = load.row; row < load.row + load.rows; ++row) {
      if (index_of_[row] < 0) continue;
      const uint32_t k = static_cast<uint32_t>(index_of_[row]);
      if (!plan.loads.empty() && plan.loads.back().row + plan.loads.back().rows == k &&
          plan.loads.back().load == load.load) {
        ++plan.loads.back().rows;
      } else {
        plan.loads.push_back({k, 1, load.load});
      }
    }
  }
  return plan;
}

void Bundle::AddPlan(int course, double cost, const std::vector<Load>& loads, Visits visits) {
  Plan plan = MakePlan(cost, loads);
  plan.visits = std::move(visits);
  std::vector<Plan>& plans = courses_[course].plans;
  if (plans.size() == 1 && plans[0].loads.empty() && cost < plans[0].cost) std::swap(plan.weight, plans[0].weight);
  plans.push_back(std::move(plan));
}

void Bundle::FixPlan(int course, double cost, const std::vector<Load>& loads) {
  Course fixed{.near = 1};
  fixed.plans.push_back(MakePlan(cost, loads));
  fixed.plans[0].weight = 1;
  courses_[course] = std::move(fixed);
}

void Bundle::KeepPlans(int course, double drop, const std::function<bool(const std::vector<Placement>&)>& keep) {
  std::vector<Plan>& plans = courses_[course].plans;
  double lost = 0;
  std::erase_if(plans, [&](const Plan& plan) {
    const bool gone = plan.visits && !keep(*plan.visits);
    if (gone) lost += plan.weight;
    return gone;
  });
  size_t heaviest = plans.size(), out = plans.size();
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!plans[i].visits) {
      out = i;
    } else if (heaviest == plans.size() || plans[i].weight > plans[heaviest].weight) {
      heaviest = i;
    }
  }
  plans[out].cost = drop;
  plans[heaviest < plans.size() ? heaviest : out].weight += lost;
  courses_[course].near = plans.size();
}

void Bundle::SetBill(size_t bill, double cost) {
  bills_[bill].cost = cost;
  opened_[bill] = cost > 0 ? 0 : 1;
}

size_t Bundle::Bytes() const {
  size_t bytes = capacity_.size() * (sizeof(int32_t) + 5 * sizeof(float));
  for (const Course& course : courses_) {
    for (const Plan& plan : course.plans) bytes += sizeof(Plan) + plan.loads.size() * sizeof(Load);
  }
  return bytes;
}

std::vector<std::pair<Bundle::Visits, double>> Bundle::MixOf(int course) const {
  std::vector<std::pair<Visits, double>> mix;
  for (const Plan& plan : courses_[course].plans) {
    if (plan.weight > 0 && plan.visits) mix.emplace_back(plan.visits, plan.weight);
  }
  return mix;
}

void Bundle::SetCenter(const std::vector<int32_t>& prices) {
  for (size_t row = 0; row < prices.size(); ++row) {
    if (index_of_[row] >= 0) center_[index_of_[row]] = static_cast<float>(prices[row]);
  }
}

// From all weights, so that errors do not add up.
void Bundle::Recount() {
  for (size_t k = 0; k < excess_.size(); ++k) excess_[k] = billed_[k] != 0 ? 0.0f : -static_cast<float>(capacity_[k]);
  for (size_t b = 0; b < bills_.size(); ++b) {
    if (opened_[b] == 0) continue;
    const float part = static_cast<float>(opened_[b]);
    ForEachRow(bills_[b], [&](size_t k) { excess_[k] -= part * static_cast<float>(capacity_[k]); });
  }
  for (const Course& course : courses_) {
    for (const Plan& plan : course.plans) {
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
  for (Course& course : courses_) {
    for (Plan& plan : course.plans) plan.idle = plan.weight > 0 ? 0 : plan.idle + 1;
    // Leaving the course out is always possible, and nobody adds it again.
    std::erase_if(course.plans, [](const Plan& plan) { return plan.idle > kMostIdle && !plan.loads.empty(); });
  }
  Recount();
  for (int pass = 0; pass < passes; ++pass) {
    const bool all = pass % kPassesNear == 0;
    double left = 0;
    for (Course& course : courses_) left += Improve(course, all);
    for (size_t b = 0; b < bills_.size(); ++b) Open(b);
    if (all && left < enough) break;
  }
}

void Bundle::Refine(size_t first, size_t step, int passes) {
  for (int pass = 0; pass < passes; ++pass) {
    for (size_t i = first; i < courses_.size(); i += step) Improve(courses_[i], /*all=*/true);
    for (size_t b = 0; b < bills_.size(); ++b) Open(b);
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

double Bundle::Improve(Course& course, bool all) {
  std::vector<Plan>& plans = course.plans;
  const size_t size = all ? plans.size() : course.near;
  if (size < 2) {
    course.near = size;
    return 0;
  }
  double mean = 0, least = 0, most = 0;
  size_t best = 0, worst = plans.size();
  for (size_t i = 0; i < size; ++i) {
    Plan& plan = plans[i];
    plan.value = ValueOf(plan);
    ops_ += static_cast<int64_t>(plan.loads.size()) / 2;
    mean += plan.weight * plan.value;
    if (i == 0 || plan.value < least) {
      least = plan.value;
      best = i;
    }
    if (plan.weight > 0 && (worst == plans.size() || plan.value > most)) {
      most = plan.value;
      worst = i;
    }
  }
  if (most - least > 1e-6 * (1 + std::abs(least))) Move(plans[worst], plans[best]);
  if (all) {
    // Those with weight, and what lies as low as they.
    auto near = [&](const Plan& plan) { return plan.weight > 0 || plan.value < mean; };
    course.near = static_cast<size_t>(std::partition(plans.begin(), plans.end(), near) - plans.begin());
  }
  return mean - least;
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
  for (const Course& course : courses_) {
    double least = ValueOf(course.plans[0]);
    for (const Plan& plan : course.plans) least = std::min(least, ValueOf(plan));
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
