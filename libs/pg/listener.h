#ifndef KAT_LIBS_PG_LISTENER_H_
#define KAT_LIBS_PG_LISTENER_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "libs/pg/connection.h"

namespace kat::pg {

// LISTEN for Database::WaitForNotification. Thread-safe; one waiting thread a channel.
class Listener {
 public:
  explicit Listener(DatabaseOptions options);
  ~Listener();

  bool Wait(const std::string& channel, absl::Duration timeout);
  // Ends all waits, now and later.
  void Close();

 private:
  struct Channel {
    std::mutex mutex;
    std::unique_ptr<Connection> connection;  // guarded by mutex; null before the first wait and after it broke
  };

  // Sleeps unless closed.
  void Pause(absl::Duration duration);

  const DatabaseOptions options_;
  const int wake_fd_;
  std::atomic<bool> closed_ = false;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;  // guarded by mutex_
};

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_LISTENER_H_
