#ifndef KAT_LIBS_APP_SIMULATED_CLOCK_H_
#define KAT_LIBS_APP_SIMULATED_CLOCK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace kat::app {

// A clock that stands still until somebody moves it: one value in a file that all processes map, so that all see one
// time, and a restart sees it too. Thread-safe.
class SimulatedClock final : public Clock {
 public:
  // Opens the file, or makes it with `start`. FAILED_PRECONDITION where it is no clock file.
  static absl::StatusOr<std::unique_ptr<SimulatedClock>> Open(const std::string& path, absl::Time start);
  ~SimulatedClock() override;

  absl::Time Now() const override;
  // Moves the time on; never back: an earlier time changes nothing.
  void AdvanceTo(absl::Time time);

 private:
  explicit SimulatedClock(void* mapping) : mapping_(mapping) {}
  void* mapping_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_SIMULATED_CLOCK_H_
