#ifndef KAT_LIBS_PG_POOL_H_
#define KAT_LIBS_PG_POOL_H_

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/pg/connection.h"
#include "libs/pg/database.h"

namespace kat::pg {

// At most `pool_size` connections, given out first come, first served. Thread-safe.
class Pool {
 public:
  explicit Pool(DatabaseOptions options) : options_(std::move(options)), free_slots_(options_.pool_size) {}

  // A connection on loan; comes back to the pool at its end, or is closed where it broke.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Connection> connection, bool fresh)
        : pool_(pool), connection_(std::move(connection)), fresh_(fresh) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->GiveBack(broken_ ? nullptr : std::move(connection_));
    }

    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }
    // Whether it was made for this loan; an older one may have died in the pool.
    bool fresh() const { return fresh_; }
    void MarkBroken() { broken_ = true; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    bool fresh_;
    bool broken_ = false;
  };

  // RESOURCE_EXHAUSTED (POOL_EXHAUSTED) where none came free until `until`; UNAVAILABLE where the server cannot be
  // reached or the pool is closed.
  absl::StatusOr<Lease> Take(absl::Time until);

  // Closes idle connections: after one turned out dead the others probably are too.
  void DropIdle();
  void Close();
  Database::Usage usage() const;

 private:
  struct Waiter {
    std::condition_variable ready;
    bool has_slot = false;
  };

  absl::Status WaitForSlot(absl::Time until);
  void GiveBack(std::unique_ptr<Connection> connection);

  const DatabaseOptions options_;
  mutable std::mutex mutex_;
  // A slot is the right to hold one connection. Guarded by mutex_, as is all below.
  int free_slots_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::list<Waiter*> waiters_;
  bool closed_ = false;
};

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_POOL_H_
