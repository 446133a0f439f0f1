#include "libs/app/audit_sealer.h"

#include "libs/log/log.h"

namespace kat::app {
namespace {

constexpr int kBatch = 500;  // rows a transaction: keeps it short, since it holds back the feeds' watermark

}  // namespace

AuditSealer::AuditSealer(pg::Database& worker_database, absl::Duration period, prometheus::Registry& registry)
    : chain_(worker_database),
      period_(period),
      sealed_(prometheus::BuildCounter()
                  .Name("kat_audit_sealed_total")
                  .Help("Audit rows sealed into their clinic's hash chain")
                  .Register(registry)
                  .Add({})) {}

void AuditSealer::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void AuditSealer::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AuditSealer::SealAll() {
  for (bool more = true; more;) {
    const absl::StatusOr<int> sealed = chain_.SealAll(kBatch);
    if (!sealed.ok()) {
      log::Warning("audit.unsealed", {{"code", absl::StatusCodeToString(sealed.status().code())}});
      return;
    }
    sealed_.Increment(*sealed);
    more = *sealed >= kBatch;
  }
}

void AuditSealer::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    lock.unlock();
    SealAll();
    lock.lock();
    changed_.wait_for(lock, absl::ToChronoMilliseconds(period_), [&] { return stop_; });
  }
}

}  // namespace kat::app
