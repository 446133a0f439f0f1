#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_LIMITS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_LIMITS_H_

#include <chrono>
#include <cstdint>

#include "absl/status/statusor.h"
#include "services/scheduling/optimizer/cli/commands.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// When a long computation ends, and what the terminal shows of it. From the first `Of` on, SIGINT and SIGTERM end it
// early instead of the process.
class Limits {
 public:
  // INVALID_ARGUMENT where the time limit is none.
  static absl::StatusOr<Limits> Of(const CommandOptions& options);

  int64_t budget_ops() const { return budget_ops_; }
  double Seconds() const;  // since the beginning
  // The part of the time that is over; 1 after a signal. From any thread.
  double Used() const;

  // Writes over the last line on standard error, where that is a terminal and the options are not quiet.
  void Show(Cost objective, Cost lower_bound) const;
  void EndShow() const;

 private:
  std::chrono::steady_clock::time_point began_;
  double limit_seconds_ = 0;
  int64_t budget_ops_ = 0;
  bool show_ = false;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_LIMITS_H_
