#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_MEMO_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_MEMO_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kat::optimizer {

// Values by keys of 64 bits, emptied at no cost: what it held before carries an old stamp. Open addressing. With a
// `limit` it forgets everything rather than hold more.
template <class Value>
class Memo {
 public:
  explicit Memo(size_t limit = SIZE_MAX) : limit_(limit) {}

  void Clear() {
    used_ = 0;
    if (++stamp_ != 0) return;
    std::fill(slots_.begin(), slots_.end(), Slot{});
    stamp_ = 1;
  }

  // nullptr where there is none; valid until the next Store.
  const Value* Find(uint64_t key) const {
    if (used_ == 0) return nullptr;
    const Slot& slot = slots_[Locate(key)];
    return slot.stamp == stamp_ ? &slot.value : nullptr;
  }

  void Store(uint64_t key, const Value& value) {
    if (used_ >= limit_) Clear();
    if (2 * (used_ + 1) > slots_.size()) Grow();
    Slot& slot = slots_[Locate(key)];
    used_ += slot.stamp != stamp_;
    slot = {key, value, stamp_};
  }

  size_t size() const { return used_; }

 private:
  struct Slot {
    uint64_t key = 0;
    Value value{};
    uint32_t stamp = 0;
  };

  size_t Locate(uint64_t key) const {
    uint64_t hash = key * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      if (slots_[i].stamp != stamp_ || slots_[i].key == key) return i;
    }
  }

  void Grow() {
    std::vector<Slot> old(std::max<size_t>(256, slots_.size() * 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.stamp == stamp_) slots_[Locate(slot.key)] = slot;
    }
  }

  size_t limit_;
  size_t used_ = 0;
  uint32_t stamp_ = 1;
  std::vector<Slot> slots_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_MEMO_H_
