#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_PROVED_STATES_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_PROVED_STATES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// What has been proved of states of a search: a lower bound on the cost of going on from each. Keys are compared whole,
// so that no two states are taken for one. Open addressing; keys lie one after another in one vector.
class ProvedStates {
 public:
  void Clear() {
    if (used_ > 0) std::fill(slots_.begin(), slots_.end(), Slot{});
    used_ = 0;
    keys_.clear();
  }

  // 0 where nothing is known.
  Cost Find(std::span<const int> key) const {
    if (used_ == 0) return 0;
    const Slot& slot = slots_[Locate(key, Hash(key))];
    return slot.length == 0 ? 0 : slot.bound;
  }

  void Store(std::span<const int> key, Cost bound) {
    if (2 * (used_ + 1) > slots_.size()) Grow();
    const uint64_t hash = Hash(key);
    Slot& slot = slots_[Locate(key, hash)];
    if (slot.length != 0) {
      slot.bound = std::max(slot.bound, bound);
      return;
    }
    slot = {hash, bound, static_cast<uint32_t>(keys_.size()), static_cast<uint32_t>(key.size())};
    keys_.insert(keys_.end(), key.begin(), key.end());
    ++used_;
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    Cost bound = 0;
    uint32_t first = 0;
    uint32_t length = 0;  // 0: empty; no key is
  };

  static uint64_t Hash(std::span<const int> key) {
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (int part : key) {
      hash = (hash ^ static_cast<uint32_t>(part)) * 0xD6E8FEB86659FD93u;
      hash ^= hash >> 32;
    }
    return hash;
  }

  size_t Locate(std::span<const int> key, uint64_t hash) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      const Slot& slot = slots_[i];
      if (slot.length == 0) return i;
      if (slot.hash == hash && slot.length == key.size() &&
          std::equal(key.begin(), key.end(), keys_.begin() + slot.first)) {
        return i;
      }
    }
  }

  void Grow() {
    std::vector<Slot> old(std::max<size_t>(256, slots_.size() * 2));
    old.swap(slots_);
    const size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.length == 0) continue;
      size_t i = slot.hash & mask;
      while (slots_[i].length != 0) i = (i + 1) & mask;
      slots_[i] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::vector<int> keys_;
  size_t used_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_PROVED_STATES_H_
