#include "services/scheduling/optimizer/whole/day_market.h"

#include "services/scheduling/optimizer/tidy_starts.h"

namespace kat::optimizer {

DayMarket::DayMarket(const Instance& instance, const std::vector<Alone>& alone)
    : instance_(&instance), alone_(&alone), trips_(instance, alone), chosen_(trips_.size()) {
  const size_t size = instance.clinic.visit_types.size() * static_cast<size_t>(instance.clinic.days);
  holds_.resize(size);
  asked_.resize(size);
  price_.resize(size);
  for (const Alone& course : alone) priced_.push_back(static_cast<double>(course.floor));
  double drops = 0, visits = 0;
  for (size_t i = 0; i < trips_.size(); ++i) {
    drops += static_cast<double>(trips_.DropOf(i));
    visits += trips_.NumStops(i);
    highest_ = std::max(highest_, static_cast<double>(trips_.DropOf(i)));
  }
  if (visits > 0) unit_ = drops / visits;
}

Guide DayMarket::MakeGuide() const {
  Guide guide{.prices = DayPrices(instance_->clinic), .untidy = static_cast<Cost>(kUntidy * unit_)};
  for (size_t t = 0; t < instance_->clinic.visit_types.size(); ++t) {
    const int type = static_cast<int>(t);
    for (int day = 0; day < instance_->clinic.days; ++day) {
      guide.prices.Set(type, day, static_cast<Cost>(kShare * price_[Index(type, day)]));
    }
  }
  return guide;
}

double DayMarket::Worth(int course) const {
  const Cost drop = DropCostOf(instance_->clinic, instance_->courses[course]);
  return static_cast<double>(drop) / std::max(1.0, priced_[course] - static_cast<double>((*alone_)[course].floor));
}

void DayMarket::Learn(const Schedule& schedule, StartIndex& starts, const std::function<bool()>& stop) {
  Offer(schedule, starts);
  for (int pass = 0; pass < kPasses; ++pass) {
    for (int batch = 0; batch < kBatches; ++batch) {
      if (stop()) return;
      for (size_t i = batch; i < trips_.size(); i += kBatches) {
        Demand(i, -1);
        const double cost = trips_.Choose(i, price_, chosen_[i]), drop = static_cast<double>(trips_.DropOf(i));
        if (cost >= drop) chosen_[i].clear();
        priced_[trips_.CourseOf(i)] = std::min(cost, drop);
        Demand(i, 1);
      }
      Reprice(kFirstStep * unit_ / (kBatches * (1 + pass)));
    }
  }
  ops_ = trips_.ops();
}

// What stands on each day, and what else fits.
void DayMarket::Offer(const Schedule& schedule, StartIndex& starts) {
  std::fill(holds_.begin(), holds_.end(), 0);
  for (int i = 0; i < schedule.size(); ++i) {
    if (!schedule.Scheduled(i)) continue;
    const std::vector<Visit>& visits = schedule.course(i).visits;
    for (size_t v = 0; v < visits.size(); ++v) {
      if (!visits[v].fixed) ++holds_[Index(visits[v].type, DayOf((*schedule.plans()[i])[v].start))];
    }
  }
  std::vector<bits::Word> mask(starts.words()), one(starts.words());
  for (size_t t = 0; t < instance_->clinic.visit_types.size(); ++t) {
    const int type = static_cast<int>(t);
    for (int day = 0; day < instance_->clinic.days; ++day) {
      holds_[Index(type, day)] += RoomFor(type, day, starts, mask, one);
    }
  }
}

// How many visits of the type fit beside what stands, one after another in the role that leaves them least: of those
// that use their resource in one piece.
int DayMarket::RoomFor(int type, int day, StartIndex& starts, std::vector<bits::Word>& mask,
                       std::vector<bits::Word>& one) const {
  const VisitType& visit_type = instance_->clinic.visit_types[type];
  std::fill(mask.begin(), mask.end(), ~bits::Word{0});
  for (size_t r = 0; r < visit_type.roles.size(); ++r) {
    if (!starts.Keep(starts.PatternOf(type, static_cast<int>(r)), day, mask.data())) return 0;
  }
  int least = static_cast<int>(instance_->courses.size());
  for (size_t r = 0; r < visit_type.roles.size(); ++r) {
    if (visit_type.roles[r].usage.size() != 1) continue;
    const int pattern = starts.PatternOf(type, static_cast<int>(r));
    int room = 0;
    for (size_t c = 0; c < starts.Candidates(pattern).size(); ++c) {
      const bits::Word* can = starts.StartsOf(pattern, c, day);
      for (size_t w = 0; w < mask.size(); ++w) one[w] = mask[w] & can[w];
      room += MostInARow(one.data(), starts.words(), CeilDiv(visit_type.duration, instance_->clinic.slot_minutes));
    }
    least = std::min(least, room);
  }
  return least;
}

void DayMarket::Demand(size_t trip, int sign) {
  for (size_t s = 0; s < chosen_[trip].size(); ++s) {
    asked_[Index(trips_.TypeOf(trip, static_cast<int>(s)), chosen_[trip][s])] += sign;
  }
}

// A day of which more is asked than it holds gets dearer, others cheaper; not above what leaving out any course costs.
void DayMarket::Reprice(double step) {
  for (size_t i = 0; i < price_.size(); ++i) {
    const double over = static_cast<double>(asked_[i] - holds_[i]) / (holds_[i] + 3);
    price_[i] = static_cast<float>(std::clamp(price_[i] + step * over, 0.0, highest_));
  }
}

}  // namespace kat::optimizer
