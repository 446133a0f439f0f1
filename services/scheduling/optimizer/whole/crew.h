#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CREW_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CREW_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kat::optimizer {

// Threads that each do what is asked of their number, always the same thread for the same number: what a thread makes
// then lies in memory that no other thread writes beside. A crew of one has no thread; the caller works.
class Crew {
 public:
  explicit Crew(int size) : size_(size), asked_(size), busy_(0) {
    for (int t = 0; size > 1 && t < size; ++t) threads_.emplace_back([this, t] { Work(t); });
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  int size() const { return size_; }

  // f(t) on thread t, for one or for all of [0, size()); returns when all is done. Not to be called by two at once.
  void On(int t, const std::function<void(int)>& f) { Ask(t, t + 1, f); }
  void OnAll(const std::function<void(int)>& f) { Ask(0, size_, f); }

 private:
  void Ask(int from, int to, const std::function<void(int)>& f) {
    if (threads_.empty()) {
      f(0);
      return;
    }
    std::unique_lock lock(mutex_);
    for (int t = from; t < to; ++t) asked_[t] = &f;
    busy_ = to - from;
    changed_.notify_all();
    done_.wait(lock, [this] { return busy_ == 0; });
  }

  void Work(int t) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this, t] { return ended_ || asked_[t] != nullptr; });
      if (ended_) return;
      const std::function<void(int)>* f = asked_[t];
      lock.unlock();
      (*f)(t);
      lock.lock();
      asked_[t] = nullptr;
      if (--busy_ == 0) done_.notify_one();
    }
  }

  const int size_;
  std::mutex mutex_;
  std::condition_variable changed_, done_;
  std::vector<const std::function<void(int)>*> asked_;  // [t]
  int busy_;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CREW_H_
