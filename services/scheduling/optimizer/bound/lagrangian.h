#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/bound/bundle.h"
#include "services/scheduling/optimizer/bound/decision.h"
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
  // The same before it is rounded up, under the decisions made: how far it has come.
  double value() const { return std::max(least_value_, static_cast<double>(center_value_) / prices_->unit()); }
  // Whether further iterations are not worth their time, or the clinic is too large for them: half a gigabyte of costs.
  bool done() const { return done_; }
  // Times that every course was priced so far: once in an iteration, or twice.
  int passes() const { return passes_; }
  int64_t ops() const;

  // The same of what is left where `standing`, which begins as blocks and fixed visits and must outlive it, comes to
  // hold more and more courses: those that Fix says. Goes on from the prices and plans here. Only after an iteration.
  std::unique_ptr<Lagrangian> Around(const Picture& standing) const;
  // Whether it may: not where prices are coarser than costs, or too large for two.
  bool CanGoAround() const { return begun_ && prices_->unit() >= 1 && 2 * Bytes() <= kMostBytes; }
  // The course stands so now, at that cost but for days that it opens.
  void Fix(size_t course, Cost cost, const std::vector<Placement>& visits);
  // Prices every course so many times, by short steps: what is fixed changes what the others had best do, but not
  // much. False where it was stopped.
  bool Settle(int passes, const std::function<bool()>& stop);
  // The plans that now make up the course's share of the mix, by index in Course::visits, with their weights, and the
  // last that it was given; none where it has no choice.
  std::vector<std::pair<Bundle::Visits, double>> MixOf(size_t course) const {
    return bundle_->MixOf(static_cast<int>(course));
  }
  Bundle::Visits LastOf(size_t course) const { return last_[course]; }

  // The same once more, or under one decision more. Goes on from the prices and plans here, with what prices courses
  // here: neither may be asked for anything while the other is. Only after an iteration.
  std::unique_ptr<Lagrangian> Another() const;
  std::unique_ptr<Lagrangian> Under(const Decision& decision) const;
  // Whether it may: not where prices are coarser than costs.
  bool CanDecide() const { return begun_ && prices_->unit() >= 1; }
  // Iterates until the bound is `upper` or hardly rises; `afresh`: with long steps at first.
  void Tighten(Cost upper, bool afresh, const std::function<bool()>& stop);
  // Days of resources that cost to open, and about which nothing is decided.
  size_t DaysToOpen() const { return day_bills_.size(); }
  double Opened(size_t day) const { return bundle_->Opened(day); }  // in the mix, from 0 to 1
  // Whether it is decided that the course is not left out.
  bool HasToBePlaced(size_t course) const { return decided_[course] && decided_[course]->placed; }
  // The resources that may serve a visit in a role.
  std::vector<int> HandsOf(size_t course, size_t visit, size_t role) const;
  // Of what it alone needs.
  size_t OwnBytes() const { return bundle_->Bytes() + center_.size() * sizeof(int32_t); }

  // Whether the course can be placed or left out, which is all that prices can change, and is not fixed.
  bool HasChoice(size_t course) const {
    return alone_->courses[course].free && alone_->courses[course].possible && !fixed_[course];
  }

  // Prices every course once more, or gives up at `stop`. `upper`: what some schedule costs; it sets the pace alone.
  void Iterate(Cost upper, const std::function<bool()>& stop);

 private:
  static constexpr size_t kMostBytes = size_t{1} << 29;  // of a clinic too large for this bound

  struct Worker {
    Worker(const Picture& picture, Cost highest) : index(picture), prices(index, highest), pricer(prices) {}
    StartIndex index;
    Prices prices;
    Pricer pricer;
  };

  // What prices courses in a clinic, whatever is decided about it.
  struct Pricing {
    Pricing(const Instance& instance, const Picture& standing, int threads);
    int64_t ops() const;

    Crew crew;
    std::vector<std::unique_ptr<Worker>> workers;  // [thread of the crew], all with the same prices
  };

  // A course that stands, or is left out; its cost in units.
  struct Fixed {
    int64_t cost;
    std::vector<Bundle::Load> loads;
  };

  Lagrangian(const Lagrangian& other, std::shared_ptr<Pricing> pricing);
  size_t Bytes() const { return prices_->MostBytes() * pricing_->workers.size(); }
  // A reach for long steps.
  double LongReach(Cost upper);
  // What leaving the course out costs, in units; more than anything that pricing looks at where it has to be placed.
  int64_t DropOf(size_t course) const;
  void DecideDay(size_t day, bool open);
  void FindDayBills();
  // Prices every course whose number leaves `batch` when divided by `batches`; the bundle learns the plans. False where
  // it was stopped.
  bool PriceCourses(size_t batch, size_t batches, const std::function<bool()>& stop);
  // The value of the bound at the prices set, in units; nothing where it was stopped.
  std::optional<int64_t> Evaluate(const std::function<bool()>& stop);
  void SetPrices(const std::vector<int32_t>& prices);
  void Learn(size_t course, const Pricer::Answer& answer);
  // Of visits by position.
  std::vector<Bundle::Load> LoadsOf(size_t course, const std::vector<Placement>& visits) const;
  int64_t Paid(const std::vector<Bundle::Load>& loads) const;
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
  std::shared_ptr<const Picture> picture_;
  std::shared_ptr<Pricing> pricing_;
  Prices* prices_ = nullptr;                                   // of the first worker
  std::vector<std::shared_ptr<const PricedCourse>> courses_;   // made when first priced; none where there is no choice
  std::vector<std::shared_ptr<const DecidedCourse>> decided_;  // [course]; none: as in the instance
  std::vector<std::optional<Fixed>> fixed_;                    // [course]
  size_t batches_ = 1;                                         // of a sweep
  std::vector<Pricer::Answer> answers_;                        // [course], the last
  std::vector<Bundle::Visits> last_;                           // [course]: its last plan
  std::vector<Bundle::Bill> day_bills_;  // resources that cost to open, on days that nothing fixed opens
  std::vector<uint8_t> billed_;          // [row]: belongs to a day bill
  int64_t opened_ = 0;                   // what the days cost that it is decided to open, in units
  std::unique_ptr<Bundle> bundle_;

  std::vector<int32_t> center_;  // prices of the best bound
  int64_t center_value_ = 0;
  double least_value_ = 0;  // of value()
  double reach_ = 0;
  double hoped_ = 0;     // by how much the last look seemed to raise the bound, in units
  int failed_ = 0;       // looks in a row that did not
  bool sweep_ = false;   // before the next evaluation
  bool afresh_ = false;  // it has begun once more with long steps
  int rounds_since_ = 0;
  double rise_since_ = 0;
  bool begun_ = false;
  Cost bound_ = 0;
  bool done_ = false;
  int passes_ = 0;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LAGRANGIAN_H_
