#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICES_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICES_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/bound/day_limits.h"
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
  // The counts of a resource on a day, [first, second).
  std::pair<size_t, size_t> CountsOf(int resource, int day) const {
    const size_t n = counts_[resource].size(), base = first_count_[resource] + n * day;
    return {base, base + n};
  }
  // The samples of a resource on a day, [first, second).
  std::pair<size_t, size_t> SamplesOf(int resource, int day) const;

  // Whether all that they count uses the resource on that day itself.
  bool CountsWithin(int resource, int day) const { return within_[static_cast<size_t>(resource) * days_ + day] != 0; }

  // New prices, `never` at most; everything made from the old ones is forgotten.
  void Set(std::vector<int32_t> prices);

  // What a role of the pattern pays at each start slot of the day: the cheapest candidate, or one. `never` and more
  // where it cannot serve.
  const int32_t* Cheapest(int pattern, int day);
  const int32_t* Of(int pattern, int candidate, int day);
  // The candidate that is cheapest at a slot.
  int CheapestCandidate(int pattern, int day, int slot);

  // Calls load(k, amount) for all samples at which the candidate of the pattern is loaded from `start`, lifted.
  template <class F>
  void ForEachLoad(int pattern, int candidate, Minute start, F&& load) const {
    const size_t base = static_cast<size_t>(index_->Candidates(pattern)[candidate]) * samples_;
    for (const Segment& segment : role_of_[pattern]->usage) {
      const int from = SampleAt(start + segment.from), to = SampleAt(start + segment.to);
      for (int s = from; s < to; ++s) load(base + s, segment.load);
    }
    for (const Segment& segment : lifted_[pattern][candidate]) {
      const int from = SampleAt(start + segment.from), to = SampleAt(start + segment.to);
      for (int s = from; s < to; ++s) {
        if (whole_[base + s] != 0) load(base + s, segment.load);
      }
    }
    const int resource = index_->Candidates(pattern)[candidate];
    const int use = use_of_[pattern][candidate];
    const size_t first = CountsOf(resource, DayOf(start)).first;
    for (size_t j = 0; j < counts_[resource].size(); ++j) {
      const int weight = counts_[resource][j].uses[use].weight;
      if (weight > 0) load(first + j, weight);
    }
  }

  StartIndex& index() { return *index_; }
  int slots() const { return slots_; }
  uint32_t stamp() const { return stamp_; }  // of the prices as they are; never 0
  int64_t ops() const { return ops_; }

 private:
  struct Row {
    uint32_t stamp = 0;
    std::unique_ptr<int32_t[]> cost;  // [slot]
  };
  // The first sample at or after `minute`.
  int SampleAt(Minute minute) const { return (minute - origin_ + step_ - 1) / step_; }
  void Lift();
  void CountDays();
  void Make(int pattern, int candidate, int day, int32_t* out);

  StartIndex* index_;
  int32_t never_;
  double unit_;
  Minute step_ = 0, origin_ = 0;  // sample s is minute origin + s * step
  size_t samples_ = 0;
  int slots_ = 0, days_ = 0;
  std::vector<int32_t> price_, capacity_;                  // [resource][sample]
  std::vector<uint8_t> whole_;                             // [resource][sample]: nothing fixed loads it
  std::vector<int64_t> sum_;                               // [resource][sample + 1]: of prices before it
  std::vector<int64_t> whole_sum_;                         // likewise, of whole samples
  std::vector<std::vector<std::pair<int, int>>> used_;     // [resource]: patterns, and its number as their candidate
  std::vector<std::vector<int>> use_of_;                   // [pattern][candidate]: its index in used_
  std::vector<std::vector<std::vector<Segment>>> lifted_;  // [pattern][candidate]: on top of the role's load
  std::vector<std::vector<DayCount>> counts_;              // [resource]
  std::vector<uint8_t> within_;                            // [resource][day]: CountsWithin
  std::vector<size_t> first_count_;                        // [resource]: [day][count] from there on
  std::vector<const Role*> role_of_;                       // [pattern]
  std::vector<size_t> first_row_;                          // [pattern]
  std::vector<Row> rows_;                                  // [pattern][candidate + 1][day]; first of all candidates
  uint32_t stamp_ = 1;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICES_H_
