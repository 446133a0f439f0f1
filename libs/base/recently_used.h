#ifndef KAT_LIBS_BASE_RECENTLY_USED_H_
#define KAT_LIBS_BASE_RECENTLY_USED_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace kat {

// Keeps what was used last, up to so many keys. Values are shared and never change. Thread-safe.
template <class Key, class Value>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(size_t most) : most_(most) {}

  // None where it was never put, or not used for too long.
  std::shared_ptr<const Value> Find(const Key& key) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  // Takes the place of what the key had.
  void Put(const Key& key, std::shared_ptr<const Value> value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const auto found = places_.find(key); found != places_.end()) {
      entries_.erase(found->second);
      places_.erase(found);
    }
    entries_.emplace_front(key, std::move(value));
    places_[key] = entries_.begin();
    if (entries_.size() <= most_) return;
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }

 private:
  using Entries = std::list<std::pair<Key, std::shared_ptr<const Value>>>;
  const size_t most_;
  std::mutex mutex_;
  Entries entries_;  // the one used last is the first
  absl::flat_hash_map<Key, typename Entries::iterator> places_;
};

}  // namespace kat

#endif  // KAT_LIBS_BASE_RECENTLY_USED_H_
