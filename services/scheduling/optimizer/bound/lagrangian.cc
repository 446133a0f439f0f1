#include "services/scheduling/optimizer/bound/lagrangian.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <tuple>
#include <utility>

namespace kat::optimizer {
namespace {

constexpr double kFirstRise = 2;                    // of what may be missing: what the first step hopes for
constexpr double kGoodRise = 0.2;                   // of what was hoped for: enough to look further
constexpr int kMostPasses = 30;                     // in one look
constexpr double kPrecision = 0.5;                  // of a look, of what is hoped for
constexpr double kLeastPrecision = 0.002;           // in cost
constexpr size_t kBatchCourses = 50;                // in a batch of a sweep, about
constexpr size_t kMostBatches = 16;                 // of a sweep
constexpr size_t kFewestBatches = 4;                // worth a sweep
constexpr int kBatchPasses = 6;                     // over those of a batch
constexpr double kPoorRise = 0.5;                   // of what was hoped for: the plans known are too few to tell
constexpr double kShort = 0.05;                     // of the reach, once courses are fixed
constexpr int kSettlePasses = 15;                   // in one look, then
constexpr int kPatience = 50;                       // rounds
constexpr double kWorthwhile = 0.1;                 // what as many rounds have to bring, in cost
constexpr double kAfresh = 30;                      // of the reach with which one may hope for all that is missing
constexpr int kTightenRounds = 4;                   // after a decision, at a time
constexpr double kTightens = 0.08;                  // what they have to bring for as many more, in cost
constexpr int64_t kUnthinkable = int64_t{1} << 56;  // in units: leaving out a course that has to be placed

std::shared_ptr<const Picture> FixedPicture(const Instance& instance) {
  auto picture = std::make_shared<Picture>(instance.clinic);
  for (const Block& block : instance.blocks) picture->AddBlock(block);
  for (const Course& course : instance.courses) picture->AddCourse(course, /*fixed_only=*/true);
  return picture;
}

// The least whole cost that is worth no less than `units`.
Cost CeilCost(const Prices& prices, int64_t units) {
  if (prices.unit() < 1) return static_cast<Cost>(static_cast<double>(units) / prices.unit() * (1 - 1e-9)) - 1;
  const int64_t unit = static_cast<int64_t>(prices.unit());
  return units >= 0 ? (units + unit - 1) / unit : -(-units / unit);
}

}  // namespace

Lagrangian::Lagrangian(const Instance& instance, const AloneResult& alone, int threads)
    : instance_(&instance),
      alone_(&alone),
      picture_(FixedPicture(instance)),
      pricing_(std::make_shared<Pricing>(instance, *picture_, std::max(1, threads))),
      prices_(&pricing_->workers[0]->prices),
      courses_(instance.courses.size()),
      decided_(courses_.size()),
      fixed_(courses_.size()),
      answers_(courses_.size()),
      last_(courses_.size()),
      bound_(alone.bound) {
  batches_ = std::clamp<size_t>(courses_.size() / kBatchCourses, 1, kMostBatches);
  done_ = Bytes() > kMostBytes;
  if (done_) return;
  FindDayBills();
  center_.assign(prices_->size(), 0);
  std::vector<int32_t> capacity(prices_->size());
  for (size_t k = 0; k < capacity.size(); ++k) capacity[k] = prices_->Capacity(k);
  std::vector<double> drops;
  for (size_t i = 0; i < courses_.size(); ++i) {
    drops.push_back(static_cast<double>(
        prices_->InUnits(HasChoice(i) ? DropCostOf(instance.clinic, instance.courses[i]) : alone.courses[i].floor)));
  }
  bundle_ = std::make_unique<Bundle>(capacity, FirstAlike(instance, *prices_), day_bills_, drops);
}

Lagrangian::Pricing::Pricing(const Instance& instance, const Picture& standing, int threads)
    : crew(threads), workers(threads) {
  Cost highest = 1;
  for (const Course& course : instance.courses) highest = std::max(highest, DropCostOf(instance.clinic, course));
  crew.OnAll([&](int t) { workers[t] = std::make_unique<Worker>(standing, highest); });
}

int64_t Lagrangian::Pricing::ops() const {
  int64_t sum = 0;
  for (const std::unique_ptr<Worker>& worker : workers) sum += worker->prices.ops() + worker->pricer.ops();
  return sum;
}

// Its count of steps begins anew.
Lagrangian::Lagrangian(const Lagrangian& other, std::shared_ptr<Pricing> pricing)
    : instance_(other.instance_),
      alone_(other.alone_),
      picture_(other.picture_),
      pricing_(std::move(pricing)),
      prices_(&pricing_->workers[0]->prices),
      courses_(other.courses_),
      decided_(other.decided_),
      fixed_(other.fixed_),
      batches_(other.batches_),
      answers_(other.answers_),
      last_(other.last_),
      day_bills_(other.day_bills_),
      billed_(other.billed_),
      opened_(other.opened_),
      bundle_(std::make_unique<Bundle>(*other.bundle_)),
      center_(other.center_),
      center_value_(other.center_value_),
      least_value_(other.value()),
      reach_(other.reach_),
      afresh_(true),
      begun_(true),
      bound_(other.bound_),
      ops_(-other.bundle_->ops() - pricing_->ops()) {}

std::unique_ptr<Lagrangian> Lagrangian::Around(const Picture& standing) const {
  return std::unique_ptr<Lagrangian>(
      new Lagrangian(*this, std::make_shared<Pricing>(*instance_, standing, pricing_->crew.size())));
}

std::unique_ptr<Lagrangian> Lagrangian::Another() const {
  return std::unique_ptr<Lagrangian>(new Lagrangian(*this, pricing_));
}

std::unique_ptr<Lagrangian> Lagrangian::Under(const Decision& decision) const {
  std::unique_ptr<Lagrangian> result = Another();
  const size_t i = decision.course;
  switch (decision.kind) {
    case Decision::Kind::kOpen:
    case Decision::Kind::kClosed:
      result->DecideDay(decision.day, decision.kind == Decision::Kind::kOpen);
      break;
    case Decision::Kind::kLeftOut:
      result->fixed_[i] = Fixed{DropOf(i), {}};
      result->bundle_->FixPlan(static_cast<int>(i), static_cast<double>(DropOf(i)), {});
      break;
    default:
      result->decided_[i] = std::make_shared<const DecidedCourse>(
          Decide(decided_[i] ? *decided_[i] : DecidedCourse{instance_->courses[i], {}}, decision, instance_->clinic));
      result->courses_[i] = nullptr;
      result->last_[i] = nullptr;
      result->bundle_->KeepPlans(static_cast<int>(i), static_cast<double>(result->DropOf(i)),
                                 [&](const std::vector<Placement>& visits) { return IsAsDecided(visits, decision); });
  }
  return result;
}

// Open, it is paid for, and sells what it has; closed, it costs more than it can earn, and who wants it more than that.
void Lagrangian::DecideDay(size_t day, bool open) {
  Bundle::Bill& bill = day_bills_[day];
  const double never = prices_->never();
  if (open) {
    opened_ += static_cast<int64_t>(bill.cost);
    bill.cost = 0;
  } else {
    bill.cost = never * never;
    for (size_t k = bill.first; k < bill.last; ++k) {
      if (prices_->Capacity(k) > 0) center_[k] = prices_->never() / 4;
    }
  }
  bundle_->SetBill(day, bill.cost);
}

int64_t Lagrangian::DropOf(size_t course) const {
  if (HasToBePlaced(course)) {
    // What costs `never` or more is not looked at any more by pricing, but may be had.
    return courses_[course] && !courses_[course]->possible() ? kUnthinkable : prices_->never();
  }
  return prices_->InUnits(DropCostOf(instance_->clinic, instance_->courses[course]));
}

std::vector<int> Lagrangian::HandsOf(size_t course, size_t visit, size_t role) const {
  if (decided_[course]) {
    for (const HandLimit& limit : decided_[course]->limits) {
      if (limit.visit == visit && limit.role == role) return limit.hands;
    }
  }
  const int type = instance_->courses[course].visits[visit].type;
  const StartIndex& index = prices_->index();
  const std::span<const int> all = index.Candidates(index.PatternOf(type, static_cast<int>(role)));
  return {all.begin(), all.end()};
}

int64_t Lagrangian::ops() const { return ops_ + pricing_->ops() + (bundle_ ? bundle_->ops() : 0); }

void Lagrangian::FindDayBills() {
  const Clinic& clinic = instance_->clinic;
  billed_.assign(prices_->size(), 0);
  for (int r = 0; r < static_cast<int>(clinic.resources.size()); ++r) {
    if (clinic.resources[r].day_cost == 0) continue;
    for (int day = picture_->first_day(); day < picture_->end_day(); ++day) {
      if (picture_->IsOpen(r, day)) continue;
      // What is used on the day must have begun on it.
      const Minute from = day * kMinutesPerDay, to = from + kMinutesPerDay;
      bool within = true;
      for (const Interval& window : clinic.resources[r].windows) {
        within = within && (window.to <= from || window.from >= to || (window.from >= from && window.to <= to));
      }
      Bundle::Bill bill{.cost = static_cast<double>(prices_->InUnits(clinic.resources[r].day_cost))};
      std::tie(bill.first, bill.last) = prices_->SamplesOf(r, day);
      if (!within || bill.first == bill.last) continue;
      if (day >= 0 && day < clinic.days && prices_->CountsWithin(r, day)) {
        std::tie(bill.first_count, bill.last_count) = prices_->CountsOf(r, day);
      }
      std::fill(billed_.begin() + bill.first, billed_.begin() + bill.last, 1);
      std::fill(billed_.begin() + bill.first_count, billed_.begin() + bill.last_count, 1);
      day_bills_.push_back(bill);
    }
  }
}

void Lagrangian::SetPrices(const std::vector<int32_t>& prices) {
  for (const std::unique_ptr<Worker>& worker : pricing_->workers) worker->prices.Set(prices);
}

bool Lagrangian::PriceCourses(size_t batch, size_t batches, const std::function<bool()>& stop) {
  std::atomic<bool> stopped = false;
  // A course stays with its worker, so that no answer and no count of steps depends on who was faster.
  pricing_->crew.OnAll([&](int own) {
    Worker& worker = *pricing_->workers[own];
    for (size_t i = batch; i < courses_.size() && !stopped; i += batches) {
      if (!HasChoice(i) || (i / batches_) % pricing_->workers.size() != static_cast<size_t>(own)) continue;
      if (stop()) stopped = true;
      if (!courses_[i] && decided_[i]) {
        courses_[i] =
            std::make_shared<PricedCourse>(worker.prices, worker.index, decided_[i]->course, decided_[i]->limits);
      } else if (!courses_[i]) {
        courses_[i] = std::make_shared<PricedCourse>(worker.prices, worker.index, instance_->courses[i]);
      }
      answers_[i] = worker.pricer.Price(*courses_[i], DropOf(i));
    }
  });
  if (stopped) return false;
  for (size_t i = batch; i < courses_.size(); i += batches) {
    if (HasChoice(i) && answers_[i].placed) Learn(i, answers_[i]);
  }
  return true;
}

std::optional<int64_t> Lagrangian::Evaluate(const std::function<bool()>& stop) {
  if (!PriceCourses(0, 1, stop)) return std::nullopt;
  ++passes_;
  int64_t value = prices_->InUnits(FixedDayCost(*instance_)) + opened_ - Earned();
  for (size_t i = 0; i < courses_.size(); ++i) {
    const int64_t floor = prices_->InUnits(alone_->courses[i].floor);
    if (fixed_[i]) {
      value += fixed_[i]->cost + Paid(fixed_[i]->loads);
    } else {
      value += HasChoice(i) ? std::max(floor, answers_[i].cost) : floor;
    }
  }
  bound_ = std::max(bound_, CeilCost(*prices_, value));
  return value;
}

bool Lagrangian::Sweep(const std::function<bool()>& stop) {
  for (size_t batch = 0; batch < batches_; ++batch) {
    TakePrices();
    if (!PriceCourses(batch, batches_, stop)) return false;
    bundle_->Refine(batch, batches_, kBatchPasses);
  }
  ++passes_;
  return true;
}

void Lagrangian::Learn(size_t course, const Pricer::Answer& answer) {
  const std::vector<Bundle::Load> loads = LoadsOf(course, answer.visits);
  const CourseProblem& problem = courses_[course]->problem();
  std::vector<Placement> visits;
  for (const Visit& visit : instance_->courses[course].visits) {
    visits.push_back(visit.fixed ? Placement{visit.current->start, {}} : Placement());
  }
  for (int p = 0; p < problem.size(); ++p) visits[problem.visit(p).index] = answer.visits[p];
  last_[course] = std::make_shared<std::vector<Placement>>(std::move(visits));
  bundle_->AddPlan(static_cast<int>(course), static_cast<double>(answer.cost - Paid(loads)), loads, last_[course]);
}

void Lagrangian::Fix(size_t course, Cost cost, const std::vector<Placement>& visits) {
  const CourseProblem& problem = courses_[course]->problem();
  std::vector<Placement> by_position;
  for (int p = 0; p < problem.size(); ++p) by_position.push_back(visits[problem.visit(p).index]);
  fixed_[course] = {prices_->InUnits(cost), LoadsOf(course, by_position)};
  bundle_->FixPlan(static_cast<int>(course), static_cast<double>(fixed_[course]->cost), fixed_[course]->loads);
}

std::vector<Bundle::Load> Lagrangian::LoadsOf(size_t course, const std::vector<Placement>& visits) const {
  std::vector<Bundle::Load> loads;
  std::vector<std::pair<size_t, int>> of_role;
  const CourseProblem& problem = courses_[course]->problem();
  for (int p = 0; p < problem.size(); ++p) {
    const int type = problem.visit(p).type_index;
    for (int r = 0; r < static_cast<int>(visits[p].resources.size()); ++r) {
      const int pattern = prices_->index().PatternOf(type, r);
      of_role.clear();
      prices_->ForEachLoad(pattern, prices_->index().PlaceOf(pattern, visits[p].resources[r]), visits[p].start,
                           [&](size_t row, int load) { of_role.emplace_back(row, load); });
      std::sort(of_role.begin(), of_role.end());
      for (size_t i = 0; i < of_role.size();) {
        const size_t row = of_role[i].first;
        int load = 0;
        for (; i < of_role.size() && of_role[i].first == row; ++i) load += of_role[i].second;
        if (!loads.empty() && loads.back().row + loads.back().rows == row && loads.back().load == load) {
          ++loads.back().rows;
        } else {
          loads.push_back({static_cast<uint32_t>(row), 1, load});
        }
      }
    }
  }
  return loads;
}

int64_t Lagrangian::Paid(const std::vector<Bundle::Load>& loads) const {
  int64_t paid = 0;
  for (const Bundle::Load& load : loads) {
    for (uint32_t row = load.row; row < load.row + load.rows; ++row) paid += int64_t{prices_->Price(row)} * load.load;
  }
  return paid;
}

int64_t Lagrangian::Earned() const {
  // What is there in any case earns its price whether used or not.
  int64_t sum = 0;
  for (size_t k = 0; k < prices_->size(); ++k) {
    if (billed_[k] == 0) sum += int64_t{prices_->Price(k)} * prices_->Capacity(k);
  }
  // A day that costs to open is for sale only where it earns its cost.
  for (const Bundle::Bill& bill : day_bills_) {
    int64_t earned = 0;
    for (size_t k = bill.first; k < bill.last; ++k) earned += int64_t{prices_->Price(k)} * prices_->Capacity(k);
    for (size_t k = bill.first_count; k < bill.last_count; ++k) {
      earned += int64_t{prices_->Price(k)} * prices_->Capacity(k);
    }
    if (static_cast<double>(earned) > bill.cost) sum += earned - static_cast<int64_t>(bill.cost);
  }
  return sum;
}

void Lagrangian::Iterate(Cost upper, const std::function<bool()>& stop) {
  if (bound_ >= upper) done_ = true;
  if (done_) return;
  if (!begun_) {
    SetPrices(center_);
    const std::optional<int64_t> value = Evaluate(stop);
    if (!value) return;
    center_value_ = *value;
    reach_ = bundle_->ReachFor(kFirstRise * static_cast<double>(prices_->InUnits(upper) - center_value_));
    begun_ = true;
    return;
  }
  Look();
  if (sweep_) {
    if (!Sweep(stop)) return;
    Look();
  }
  const double seems =
      bundle_->ModelValue() + static_cast<double>(prices_->InUnits(FixedDayCost(*instance_)) + opened_);
  TakePrices();
  const std::optional<int64_t> value = Evaluate(stop);
  if (!value) return;
  hoped_ = std::max(0.0, seems - static_cast<double>(center_value_));
  const double rise = static_cast<double>(*value - center_value_);
  sweep_ = batches_ >= kFewestBatches && rise < kPoorRise * hoped_;
  rounds_since_ += 1;
  rise_since_ += std::max(0.0, rise);
  if (rise > 0) {
    center_value_ = *value;
    for (size_t k = 0; k < center_.size(); ++k) center_[k] = prices_->Price(k);
    failed_ = 0;
    if (rise > kGoodRise * hoped_) reach_ *= 2;
  } else if (++failed_ >= 3 || rise < -2 * hoped_) {
    reach_ *= 0.7;
    failed_ = 0;
  }
  if (rounds_since_ < kPatience) return;
  done_ = rise_since_ < kWorthwhile * prices_->unit();
  // Short steps may have come to rest where long ones go further.
  if (done_ && !afresh_) {
    afresh_ = true;
    done_ = false;
    reach_ = LongReach(upper);
  }
  rounds_since_ = 0;
  rise_since_ = 0;
}

double Lagrangian::LongReach(Cost upper) {
  bundle_->SetCenter(center_);
  return kAfresh * bundle_->ReachFor(static_cast<double>(prices_->InUnits(upper) - center_value_));
}

void Lagrangian::Tighten(Cost upper, bool afresh, const std::function<bool()>& stop) {
  done_ = false;
  failed_ = 0;
  SetPrices(center_);
  const std::optional<int64_t> value = Evaluate(stop);
  if (!value) return;
  center_value_ = *value;
  if (afresh) reach_ = std::max(reach_, LongReach(upper));
  for (int64_t before = *value; bound_ < upper && !stop(); before = center_value_) {
    rounds_since_ = 0;  // whether it goes on is for this loop to say
    for (int round = 0; round < kTightenRounds && bound_ < upper && !stop(); ++round) Iterate(upper, stop);
    if (static_cast<double>(center_value_ - before) < kTightens * prices_->unit()) return;
  }
}

bool Lagrangian::Settle(int passes, const std::function<bool()>& stop) {
  std::optional<int64_t> best;
  for (int pass = 0; pass < passes; ++pass) {
    bundle_->SetCenter(center_);
    bundle_->Look(kShort * reach_, kSettlePasses, 0);
    TakePrices();
    const std::optional<int64_t> value = Evaluate(stop);
    if (!value) return false;
    if (best && *value <= *best) continue;
    best = value;
    for (size_t k = 0; k < center_.size(); ++k) center_[k] = prices_->Price(k);
  }
  return true;
}

void Lagrangian::Look() {
  bundle_->SetCenter(center_);
  bundle_->Look(reach_, kMostPasses, std::max(kPrecision * hoped_, kLeastPrecision * prices_->unit()));
}

void Lagrangian::TakePrices() {
  const double most = prices_->never() / 4;
  std::vector<int32_t> prices(center_.size());
  for (size_t k = 0; k < prices.size(); ++k) {
    if (prices_->Capacity(k) == 0) continue;
    prices[k] = static_cast<int32_t>(std::min(bundle_->Price(k), most) + 0.5);
  }
  ops_ += static_cast<int64_t>(prices.size() / 8);
  SetPrices(prices);
}

}  // namespace kat::optimizer
