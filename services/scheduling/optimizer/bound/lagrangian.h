#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/bound/bundle.h"
#include "services/scheduling/optimizer/bound/priced_course.h"
#include "services/scheduling/optimizer/bound/pricer.h"
#include "services/scheduling/optimizer/bound/prices.h"
#include "services/scheduling/optimizer/bound/twins.h"
#include "services/scheduling/optimizer/whole/alone.h"
#include "services/scheduling/optimizer/whole/crew.h"

namespace kat::optimizer {

// A lower bound on what any schedule of the instance costs. Capacity is not enforced but priced: every load at a sample
// minute pays, and what the clinic has for sale is given back. Whatever the prices, no schedule costs less than every
// course at its cheapest under them; the next prices are those that look best by the plans that courses had so far,
// near the best prices (a proximal bundle method).
class Lagrangian {
 public:
  // `alone`: of the same instance, with every course's floor. Both must outlive it. Courses are priced by so many
  // threads; the bound does not depend on their number.
  Lagrangian(const Instance& instance, const AloneResult& alone, int threads = 1);

  // The best so far. Valid whatever is asked and whenever it ends.
  Cost bound() const { return bound_; }
  // Whether further iterations are not worth their time, or the clinic is too large for them: half a gigabyte of costs.
  bool done() const { return done_; }
  int64_t ops() const;

  // Prices every course once more, or gives up at `stop`. `upper`: what some schedule costs; it sets the pace alone.
  void Iterate(Cost upper, const std::function<bool()>& stop);

 private:
  struct Worker {
    Worker(const Picture& picture, Cost highest) : index(picture), prices(index, highest), pricer(prices) {}
    StartIndex index;
    Prices prices;
    Pricer pricer;
  };

  // Whether the course can be placed or left out, which is all that prices can change.
  bool HasChoice(size_t course) const { return alone_->courses[course].free && alone_->courses[course].possible; }
  void FindDayBills();
  // Prices every course whose number leaves `batch` when divided by `batches`; the bundle learns the plans. False where
  // it was stopped.
  bool PriceCourses(size_t batch, size_t batches, const std::function<bool()>& stop);
  // The value of the bound at the prices set, in units; nothing where it was stopped.
  std::optional<int64_t> Evaluate(const std::function<bool()>& stop);
  void SetPrices(const std::vector<int32_t>& prices);
  void Learn(size_t course, const Pricer::Answer& answer);
  // Lets the bundle look for prices.
  void Look();
  void TakePrices();  // from the bundle
  // Prices all courses once, a batch at a time, each at what the plans of those before have made of the prices: under
  // the same prices all would want the same days. This gives no bound, but plans to look by. False where it was
  // stopped.
  bool Sweep(const std::function<bool()>& stop);
  // What the capacity for sale earns.
  int64_t Earned() const;

  const Instance* instance_;
  const AloneResult* alone_;
  Picture picture_;
  Crew crew_;
  std::vector<std::unique_ptr<Worker>> workers_;        // [thread of the crew], all with the same prices
  Prices* prices_ = nullptr;                            // of the first
  std::vector<std::unique_ptr<PricedCourse>> courses_;  // made when first priced; none where there is no choice
  size_t batches_ = 1;                                  // of a sweep
  std::vector<Pricer::Answer> answers_;                 // [course], the last
  std::vector<Bundle::Bill> day_bills_;                 // resources that cost to open, on days that nothing fixed opens
  std::vector<uint8_t> billed_;                         // [row]: belongs to a day bill
  std::unique_ptr<Bundle> bundle_;

  std::vector<int32_t> center_;  // prices of the best bound
  int64_t center_value_ = 0;
  double reach_ = 0;
  double hoped_ = 0;    // by how much the last look seemed to raise the bound, in units
  int failed_ = 0;      // looks in a row that did not
  bool sweep_ = false;  // before the next evaluation
  int rounds_since_ = 0;
  double rise_since_ = 0;
  bool begun_ = false;
  Cost bound_ = 0;
  bool done_ = false;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_
