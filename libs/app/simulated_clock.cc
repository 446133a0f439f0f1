#include "libs/app/simulated_clock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace kat::app {
namespace {

constexpr int64_t kMagic = 0x314b434f4c435453;  // "STCLOCK1"

struct Mapping {
  std::atomic<int64_t> magic;
  std::atomic<int64_t> unix_micros;
};
static_assert(std::atomic<int64_t>::is_always_lock_free);

}  // namespace

absl::StatusOr<std::unique_ptr<SimulatedClock>> SimulatedClock::Open(const std::string& path, absl::Time start) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660);
  if (fd < 0) return absl::FailedPreconditionError(absl::StrCat("cannot open the clock file ", path));
  flock(fd, LOCK_EX);  // two processes may make it at once
  struct stat info;
  const bool fresh = fstat(fd, &info) == 0 && info.st_size == 0;
  const bool sized = fresh ? ftruncate(fd, sizeof(Mapping)) == 0 : info.st_size == sizeof(Mapping);
  void* memory = sized ? mmap(nullptr, sizeof(Mapping), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (memory != MAP_FAILED && fresh) {
    auto* mapping = static_cast<Mapping*>(memory);
    mapping->unix_micros = absl::ToUnixMicros(start);
    mapping->magic = kMagic;
  }
  flock(fd, LOCK_UN);
  close(fd);
  if (memory == MAP_FAILED || static_cast<Mapping*>(memory)->magic != kMagic) {
    if (memory != MAP_FAILED) munmap(memory, sizeof(Mapping));
    return absl::FailedPreconditionError(absl::StrCat(path, " is no clock file"));
  }
  return std::unique_ptr<SimulatedClock>(new SimulatedClock(memory));
}

SimulatedClock::~SimulatedClock() { munmap(mapping_, sizeof(Mapping)); }

absl::Time SimulatedClock::Now() const {
  return absl::FromUnixMicros(static_cast<Mapping*>(mapping_)->unix_micros.load());
}

void SimulatedClock::AdvanceTo(absl::Time time) {
  std::atomic<int64_t>& now = static_cast<Mapping*>(mapping_)->unix_micros;
  const int64_t target = absl::ToUnixMicros(time);
  for (int64_t seen = now.load(); seen < target && !now.compare_exchange_weak(seen, target);) {
  }
}

}  // namespace kat::app
