#include "libs/pg/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

namespace kat::pg {

Listener::Listener(DatabaseOptions options)
    : options_(std::move(options)), wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Listener::~Listener() { close(wake_fd_); }

bool Listener::Wait(const std::string& channel, absl::Duration timeout) {
  Channel* entry;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    std::unique_ptr<Channel>& slot = channels_[channel];
    if (!slot) slot = std::make_unique<Channel>();
    entry = slot.get();
  }
  std::lock_guard<std::mutex> lock(entry->mutex);
  if (closed_) return false;
  if (!entry->connection) {
    absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Connect(options_);
    if (!connection.ok() || (*connection)->Listen(channel).failure) {
      Pause(std::min(timeout, absl::Seconds(1)));
      return false;
    }
    entry->connection = *std::move(connection);
    return true;
  }
  switch (entry->connection->WaitForNotification(wake_fd_, timeout)) {
    case Connection::Heard::kNotification:
      return true;
    case Connection::Heard::kBroken:
      entry->connection.reset();
      return false;
    case Connection::Heard::kWake:
    case Connection::Heard::kTimeout:
      return false;
  }
  return false;
}

void Listener::Pause(absl::Duration duration) {
  pollfd fd = {wake_fd_, POLLIN, 0};
  poll(&fd, 1, static_cast<int>(absl::ToInt64Milliseconds(duration)));
}

void Listener::Close() {
  closed_ = true;
  eventfd_write(wake_fd_, 1);  // stays readable, so that every wait ends
}

}  // namespace kat::pg
