#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_BUNDLE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_BUNDLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// Finds the next prices to try from all plans that courses had under earlier ones (a bundle method with a cut for each
// course). It looks for the highest value of the bound as those plans alone let it seem, near the best prices so far.
// What it solves is that problem's dual: a mix of each course's plans that costs little and exceeds capacity little, by
// moves of weight between two plans of a course. Everything is floating point and advice only.
class Bundle {
 public:
  // A bill: rows [first, last) and [first_count, last_count) are for sale only on a day that costs `cost` to open.
  struct Bill {
    size_t first, last, first_count, last_count;
    double cost;
  };
  // `rows` next to each other, loaded alike.
  struct Load {
    uint32_t row;
    uint32_t rows;
    int32_t load;
  };

  // `capacity`: of each row; none is ever sold where it is 0. `first_alike`: of each row the first that has its price
  // (FirstAlike); none of them in a bill. `drops`: what leaving out each course costs.
  Bundle(const std::vector<int32_t>& capacity, const std::vector<size_t>& first_alike, std::vector<Bill> bills,
         const std::vector<double>& drops);

  // `visits`: what the plan is; nothing here looks at it.
  using Visits = std::shared_ptr<const std::vector<Placement>>;
  void AddPlan(int course, double cost, const std::vector<Load>& loads, Visits visits = nullptr);
  // From now on the course has this plan alone.
  void FixPlan(int course, double cost, const std::vector<Load>& loads);
  // From now on leaving the course out costs `drop`, and of its plans it has those alone that `keep` admits.
  void KeepPlans(int course, double drop, const std::function<bool(const std::vector<Placement>&)>& keep);
  // From now on the bill's day costs that much to open.
  void SetBill(size_t bill, double cost);
  // How far the bill's day is open in the mix, from 0 to 1.
  double Opened(size_t bill) const { return opened_[bill]; }
  // What it holds, in bytes.
  size_t Bytes() const;
  // The plans of the mix and their weights; what is missing to 1 leaves the course out.
  std::vector<std::pair<Visits, double>> MixOf(int course) const;
  // Prices around which to look.
  void SetCenter(const std::vector<int32_t>& prices);
  // A reach with which, going straight up from the center, one may hope for such a rise.
  double ReachFor(double rise);
  // Looks as far as `reach`: a row used twice over may cost by so much more. In so many passes over all courses at
  // most; fewer where no more than `enough` is left to gain.
  void Look(double reach, int passes, double enough);

  // Goes on from where it is, over every course whose number leaves `first` when divided by `step`.
  void Refine(size_t first, size_t step, int passes);

  // What was found: prices, and the value that the plans so far give them (an upper limit to the true one).
  double Price(size_t row) const { return index_of_[row] < 0 ? 0.0 : price_[index_of_[row]]; }
  double ModelValue() const;
  int64_t ops() const { return ops_; }

 private:
  struct Plan {
    double cost;
    double weight = 0;
    double value = 0;  // under the prices, when last looked at
    int idle = 0;      // times looked at with no weight
    std::vector<Load> loads;
    Visits visits;
  };
  struct Course {
    std::vector<Plan> plans;
    size_t near = 0;  // so many of them, the first, are likely to matter
  };

  Plan MakePlan(double cost, const std::vector<Load>& loads) const;
  void Recount();
  double ValueOf(const Plan& plan) const;
  // Returns what could be gained at the prices before.
  double Improve(Course& course, bool all);
  void Move(Plan& from, Plan& to);
  void Open(size_t bill);
  float PriceAt(size_t k) const {
    const float price = center_[k] + reach_[k] * excess_[k];
    return price > 0 ? price : 0;
  }

  // Rows of no capacity are left out of all that follows, and rows that are alike are one.
  std::vector<int32_t> index_of_;  // [row as given]; -1: left out
  std::vector<int32_t> capacity_;
  std::vector<Bill> bills_;
  std::vector<double> opened_;   // [bill], 0 to 1
  std::vector<uint8_t> billed_;  // [row]
  std::vector<Course> courses_;
  // [row]. The price is the center's, and `reach_` for each unit of load over capacity, not below 0.
  std::vector<float> center_, reach_, excess_, price_, scratch_;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_BUNDLE_H_
