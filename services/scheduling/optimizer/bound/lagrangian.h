#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/bound/priced_course.h"
#include "services/scheduling/optimizer/bound/prices.h"
#include "services/scheduling/optimizer/whole/alone.h"

namespace kat::optimizer {

// A lower bound on what any schedule of the instance costs. Capacity is not enforced but priced: every load at a sample
// minute pays, and what the clinic has for sale is given back. Whatever the prices, no schedule costs less than every
// course at its cheapest under them; the prices are moved by what was used too much and too little (the volume
// algorithm: steps along an average of past uses).
class Lagrangian {
 public:
  // `alone`: of the same instance, with every course's floor. Both must outlive it.
  Lagrangian(const Instance& instance, const AloneResult& alone);

  // The best so far. Valid whatever is asked and whenever it ends.
  Cost bound() const { return bound_; }
  // Whether further iterations are not worth their time, or the clinic is too large for them: half a gigabyte of costs.
  bool done() const { return done_; }
  int64_t ops() const { return ops_ + prices_->ops() + pricer_->ops(); }

  // Prices every course once more, or gives up at `stop`. `upper`: what some schedule costs; it sets the pace alone.
  void Iterate(Cost upper, const std::function<bool()>& stop);

 private:
  struct DayBill {       // a resource that costs to open, on a day that nothing fixed opens
    size_t first, last;  // its samples
    int64_t day_cost;    // in units
  };

  void FindDayBills();
  // The value of the dual at the prices set, with its direction of growth in use_; nothing where it was stopped.
  std::optional<int64_t> Evaluate(const std::function<bool()>& stop);
  void SellCapacity(int64_t& value);
  void SetPrices(double length);

  const Instance* instance_;
  const AloneResult* alone_;
  Picture picture_;
  std::unique_ptr<StartIndex> index_;
  std::unique_ptr<Prices> prices_;
  std::unique_ptr<Pricer> pricer_;
  std::vector<std::unique_ptr<PricedCourse>> courses_;  // made when first priced; none where there is no choice
  std::vector<DayBill> day_bills_;
  std::vector<uint8_t> billed_;  // [sample]: belongs to a day bill

  std::vector<int32_t> center_;  // prices of the best bound
  int64_t center_value_ = 0;
  std::vector<float> use_, average_;  // load less capacity, at every sample
  double pace_ = 0.1;
  int since_better_ = 0;
  bool begun_ = false;
  Cost bound_ = 0;
  bool done_ = false;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_
