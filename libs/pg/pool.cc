#include "libs/pg/pool.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"
#include "libs/base/error.h"

namespace kat::pg {
namespace {

absl::Status Closed() {
  return MakeError(absl::StatusCode::kUnavailable, "the service is stopping; try again",
                   {.reason = "DATABASE_CLOSED", .retry_after = absl::Seconds(1)});
}

absl::Status Exhausted() {
  return MakeError(absl::StatusCode::kResourceExhausted, "the service is busy; try again shortly",
                   {.reason = "POOL_EXHAUSTED", .retry_after = absl::Milliseconds(500)});
}

}  // namespace

absl::Status Pool::WaitForSlot(absl::Time until) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_) return Closed();
  if (free_slots_ > 0) {  // nobody waits while a slot is free
    --free_slots_;
    return absl::OkStatus();
  }
  Waiter self;
  const auto place = waiters_.insert(waiters_.end(), &self);
  const auto limit = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(until - absl::Now());
  self.ready.wait_until(lock, limit, [&] { return self.has_slot || closed_; });
  if (self.has_slot) return absl::OkStatus();  // whoever gave it took this waiter off the list
  waiters_.erase(place);
  return closed_ ? Closed() : Exhausted();
}

absl::StatusOr<Pool::Lease> Pool::Take(absl::Time until) {
  absl::Status waited = WaitForSlot(std::min(until, absl::Now() + options_.max_wait));
  if (!waited.ok()) return waited;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection), false);
    }
  }
  absl::StatusOr<std::unique_ptr<Connection>> made = Connection::Connect(options_);
  if (!made.ok()) {
    GiveBack(nullptr);
    return made.status();
  }
  return Lease(this, *std::move(made), true);
}

void Pool::GiveBack(std::unique_ptr<Connection> connection) {
  std::unique_ptr<Connection> to_close;  // outside the lock
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) {
    to_close = std::move(connection);
  } else if (connection) {
    idle_.push_back(std::move(connection));
  }
  if (waiters_.empty()) {
    ++free_slots_;
    return;
  }
  Waiter* next = waiters_.front();
  waiters_.pop_front();
  next->has_slot = true;
  next->ready.notify_one();
}

void Pool::DropIdle() {
  std::vector<std::unique_ptr<Connection>> dead;
  std::lock_guard<std::mutex> lock(mutex_);
  dead.swap(idle_);
}

void Pool::Close() {
  std::vector<std::unique_ptr<Connection>> idle;
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  idle.swap(idle_);
  for (Waiter* waiter : waiters_) waiter->ready.notify_one();
}

Database::Usage Pool::usage() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {.size = options_.pool_size,
          .in_use = options_.pool_size - free_slots_,
          .waiting = static_cast<int>(waiters_.size())};
}

}  // namespace kat::pg
