#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_PROVED_STATES_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_PROVED_STATES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/key_table.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// What has been proved of states of a search: lower bounds on the cost of going on from each. A state is a key and the
// set of hands that it comes with; what is known of one set says something of the others.
class ProvedStates {
 public:
  void Clear() {
    first_.Clear();
    proofs_.clear();
  }

  // The best bound that follows for a state: each known one, less missing(set that it is of). 0 where nothing is known.
  template <class F>
  Cost Find(std::span<const int> key, F&& missing) const {
    const uint32_t* first = first_.Find(key);
    Cost bound = 0;
    int seen = 0;
    for (uint32_t i = first != nullptr ? *first : kNone; i != kNone && seen < kMostSeen; i = proofs_[i].next, ++seen) {
      if (proofs_[i].bound > bound) bound = std::max(bound, proofs_[i].bound - missing(proofs_[i].set));
    }
    return bound;
  }

  void Store(std::span<const int> key, int set, Cost bound) {
    uint32_t* first = first_.Insert(key, kNone);
    if (first == nullptr || proofs_.size() >= kMostProofs) return;
    proofs_.push_back({bound, set, *first});
    *first = static_cast<uint32_t>(proofs_.size()) - 1;
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr int kMostSeen = 16;  // proofs of one key that are looked at, the latest first
  static constexpr size_t kMostProofs = 1 << 18;

  struct Proof {
    Cost bound;
    int set;
    uint32_t next;  // of the same key
  };

  KeyTable<uint32_t> first_;
  std::vector<Proof> proofs_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_PROVED_STATES_H_
