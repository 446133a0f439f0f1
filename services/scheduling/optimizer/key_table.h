#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_KEY_TABLE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_KEY_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace kat::optimizer {

// Values by keys of any number of ints, compared whole, so that no two are taken for one; emptied at no cost. Open
// addressing; keys lie one after another in one vector. Beyond its limits it takes no more.
template <class Value>
class KeyTable {
 public:
  using Key = std::span<const int>;

  void Clear() {
    used_ = 0;
    keys_.clear();
    if (++stamp_ != 0) return;
    std::fill(slots_.begin(), slots_.end(), Slot{});
    stamp_ = 1;
  }

  // nullptr where there is none; valid until the next Insert.
  const Value* Find(Key key) const {
    if (used_ == 0) return nullptr;
    const Slot& slot = slots_[Locate(key, Hash(key))];
    return slot.stamp == stamp_ ? &slot.value : nullptr;
  }

  // The value of a key, which is `value` from now on if it had none; nullptr where there is no room.
  Value* Insert(Key key, const Value& value) {
    if (2 * (used_ + 1) > slots_.size()) Grow();
    const uint64_t hash = Hash(key);
    Slot& slot = slots_[Locate(key, hash)];
    if (slot.stamp == stamp_) return &slot.value;
    if (used_ >= kMostKeys || keys_.size() >= kMostParts) return nullptr;
    slot = {hash, static_cast<uint32_t>(keys_.size()), static_cast<uint32_t>(key.size()), stamp_, value};
    keys_.insert(keys_.end(), key.begin(), key.end());
    ++used_;
    return &slot.value;
  }

 private:
  static constexpr size_t kMostKeys = 1 << 17;
  static constexpr size_t kMostParts = 1 << 21;

  struct Slot {
    uint64_t hash = 0;
    uint32_t first = 0;
    uint32_t length = 0;
    uint32_t stamp = 0;
    Value value{};
  };

  static uint64_t Hash(Key key) {
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (int part : key) {
      hash = (hash ^ static_cast<uint32_t>(part)) * 0xD6E8FEB86659FD93u;
      hash ^= hash >> 32;
    }
    return hash;
  }

  size_t Locate(Key key, uint64_t hash) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      const Slot& slot = slots_[i];
      if (slot.stamp != stamp_) return i;
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
      if (slot.stamp != stamp_) continue;
      size_t i = slot.hash & mask;
      while (slots_[i].stamp == stamp_) i = (i + 1) & mask;
      slots_[i] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::vector<int> keys_;
  size_t used_ = 0;
  uint32_t stamp_ = 1;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_KEY_TABLE_H_
