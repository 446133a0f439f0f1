#ifndef KAT_LIBS_APP_AUDIT_SEALER_H_
#define KAT_LIBS_APP_AUDIT_SEALER_H_

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "libs/pg/database.h"
#include "libs/tx/audit_chain.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"

namespace kat::app {

// Seals audit rows in the background, in real time: a row stands unsealed for `period` at most, plus the time of the
// transactions before it.
class AuditSealer {
 public:
  AuditSealer(pg::Database& worker_database, absl::Duration period, prometheus::Registry& registry);
  ~AuditSealer() { Stop(); }

  void Start();
  void Stop();

 private:
  void Loop();
  void SealAll();

  tx::AuditChain chain_;
  const absl::Duration period_;
  prometheus::Counter& sealed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_AUDIT_SEALER_H_
