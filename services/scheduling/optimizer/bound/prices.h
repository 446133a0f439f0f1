#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICES_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICES_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"
#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {

// Prices for load on each resource at sample minutes, and from them what each way of using a resource costs at each
// start. Everything is a whole number of *units*, so that sums are exact and a bound made of them is valid to the last
// digit.
class Prices {
 public:
  // At or above it a price stands for "never": whatever costs that much costs more than leaving any course out.
  int32_t never() const { return never_; }
  // Units of price for 1 of cost.
  double unit() const { return unit_; }
  // Cost in units, never more than it is.
  int64_t InUnits(Cost cost) const {
    return unit_ >= 1 ? cost * static_cast<int64_t>(unit_) : static_cast<int64_t>(static_cast<double>(cost) * unit_);
  }

  // `highest`: what leaving a course out costs at most. `index`: of the picture of blocks and fixed visits.
  Prices(StartIndex& index, Cost highest);

  // What the rows of costs can grow to, in bytes.
  size_t MostBytes() const { return rows_.size() * static_cast<size_t>(slots_) * sizeof(int32_t); }

  int num_samples() const { return static_cast<int>(samples_); }  // of one resource
  size_t size() const { return price_.size(); }
  // Free capacity at sample `k` (of [0, size()), by resource); 0 where no chosen visit can stand.
  int32_t Capacity(size_t k) const { return capacity_[k]; }
  int32_t Price(size_t k) const { return price_[k]; }
  int ResourceOf(size_t k) const { return static_cast<int>(k / samples_); }
  // The samples of a resource on a day, [first, second).
  std::pair<size_t, size_t> SamplesOf(int resource, int day) const;

  // New prices, `never` at most; everything made from the old ones is forgotten.
  void Set(std::vector<int32_t> prices);

  // What a role of the pattern pays at each start slot of the day: the cheapest candidate, or one. `never` and more
  // where it cannot serve.
  const int32_t* Cheapest(int pattern, int day);
  const int32_t* Of(int pattern, int candidate, int day);
  // The candidate that is cheapest at a slot.
  int CheapestCandidate(int pattern, int day, int slot);

  // Calls load(k, amount) for all samples at which the role loads the resource from `start`.
  template <class F>
  void ForEachLoad(int resource, const Role& role, Minute start, F&& load) const {
    for (const Segment& segment : role.usage) {
      const int from = SampleAt(start + segment.from), to = SampleAt(start + segment.to);
      for (int s = from; s < to; ++s) load(static_cast<size_t>(resource) * samples_ + s, segment.load);
    }
  }

  StartIndex& index() { return *index_; }
  int slots() const { return slots_; }
  int64_t ops() const { return ops_; }

 private:
  struct Row {
    uint32_t stamp = 0;
    std::unique_ptr<int32_t[]> cost;  // [slot]
  };
  // The first sample at or after `minute`.
  int SampleAt(Minute minute) const { return (minute - origin_ + step_ - 1) / step_; }
  void Make(int pattern, int candidate, int day, int32_t* out);

  StartIndex* index_;
  int32_t never_;
  double unit_;
  Minute step_ = 0, origin_ = 0;  // sample s is minute origin + s * step
  size_t samples_ = 0;
  int slots_ = 0, days_ = 0;
  std::vector<int32_t> price_, capacity_;  // [resource][sample]
  std::vector<int64_t> sum_;               // [resource][sample + 1]: of prices before it
  std::vector<const Role*> role_of_;       // [pattern]
  std::vector<size_t> first_row_;          // [pattern]
  std::vector<Row> rows_;                  // [pattern][candidate + 1][day]; first of all candidates
  uint32_t stamp_ = 1;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICES_H_
