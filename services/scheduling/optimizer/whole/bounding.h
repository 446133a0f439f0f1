#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_BOUNDING_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_BOUNDING_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "services/scheduling/optimizer/bound/branching.h"
#include "services/scheduling/optimizer/bound/lagrangian.h"
#include "services/scheduling/optimizer/whole/alone.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// The bound's part of a solve: how much effort goes into it and when, and a schedule made of what it has found by then
// (Dive), once, where the whole effort is large enough for that. Steps are its only measure of effort. Not thread-safe.
class Bounding {
 public:
  // `percent`: of all steps, in a clinic of twenty courses or fewer most of them; 0: it does nothing. The instance and
  // what its courses cost alone must outlive it.
  Bounding(const Instance& instance, const AloneResult& alone, int threads, int percent);

  struct Done {
    bool rose;    // the bound
    int64_t ops;  // that it took
  };
  // Does what is due after `ops` steps of about `total`. `best`: what the best schedule costs.
  Done Work(Cost best, int64_t ops, int64_t total, const std::function<bool()>& stop);

  Cost bound() const {
    if (branching_) return std::max(lagrangian_->bound(), branching_->bound());
    return lagrangian_ ? lagrangian_->bound() : alone_->bound;
  }
  // What a dive or a branch has come to since the last time, where a search may well go on from it.
  std::optional<Plans> TakePlans() { return std::exchange(plans_, std::nullopt); }

 private:
  int Passes() const { return lagrangian_ ? lagrangian_->passes() : 0; }
  int64_t spent() const { return ops_ + dive_ops_ + (branching_ ? branching_->ops() : 0); }
  int64_t Due(int64_t ops, int64_t total);
  // That the part of the whole effort before a dive suffices for.
  double PassesWithin(int64_t total) const;
  void DiveWithin(double ops, Cost best, const std::function<bool()>& stop);

  const Instance* instance_;
  const AloneResult* alone_;
  int threads_, percent_;
  std::optional<Lagrangian> lagrangian_;
  std::optional<Branching> branching_;
  std::optional<Plans> plans_;
  int64_t round_ops_, pass_ops_;    // of the last round, of a pass in it
  int64_t ops_ = 0, dive_ops_ = 0;  // of the bound, of the dive
  bool ahead_ = false;              // of its share, towards a dive
  bool dived_ = false;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_BOUNDING_H_
