#include "services/scheduling/optimizer/cli/limits.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace kat::optimizer {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void Interrupt(int) { interrupted.store(true, std::memory_order_relaxed); }

constexpr double kDefaultSeconds = 10, kNoLimit = 1e18;

}  // namespace

absl::StatusOr<Limits> Limits::Of(const CommandOptions& options) {
  Limits limits;
  limits.began_ = std::chrono::steady_clock::now();
  limits.budget_ops_ = options.budget_given ? options.budget_ops : int64_t{1} << 50;
  limits.limit_seconds_ = options.budget_given ? kNoLimit : kDefaultSeconds;
  if (!options.time_limit.empty()) {
    absl::Duration duration;
    if (!absl::ParseDuration(options.time_limit, &duration) || duration <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(absl::StrCat("--time-limit ", options.time_limit, " is not 10s or 500ms"));
    }
    limits.limit_seconds_ = absl::ToDoubleSeconds(duration);
  }
  limits.show_ = !options.quiet && isatty(STDERR_FILENO) != 0;
  std::signal(SIGINT, Interrupt);
  std::signal(SIGTERM, Interrupt);
  return limits;
}

double Limits::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

double Limits::Used() const { return interrupted.load(std::memory_order_relaxed) ? 1.0 : Seconds() / limit_seconds_; }

void Limits::Show(Cost objective, Cost lower_bound) const {
  if (!show_) return;
  const double gap = objective > 0 ? 100.0 * static_cast<double>(objective - lower_bound) / objective : 0.0;
  const std::string line =
      absl::StrFormat("\r%8.1f s   objective %d   bound %d   gap %.1f%%   ", Seconds(), objective, lower_bound, gap);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

void Limits::EndShow() const {
  if (show_) std::fputs("\n", stderr);
}

}  // namespace kat::optimizer
