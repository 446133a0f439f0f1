#ifndef KAT_LIBS_APP_JOB_RUNNER_H_
#define KAT_LIBS_APP_JOB_RUNNER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/pg/database.h"
#include "libs/tx/job_queue.h"
#include "libs/tx/transaction.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace kat::app {

// When a job's turn comes.
enum class JobTurn {
  kWhenDue,  // the longest due first
  kLast,     // once nothing else is due: it takes long, and the others would wait for it
};

// Does due jobs: one transaction each. One that fails is put off in the clinic's time and, when hopeless, parked for a
// person. One that only an outage (a peer, the database) stands in the way of stays due, is tried again as soon as real
// time allows and is never parked: nothing is known to be wrong with it.
class JobRunner {
 public:
  using Settle = std::function<absl::Status(tx::Transaction&)>;
  using Handler = std::function<absl::Status(const ClinicId&, const tx::Job&, const Settle&)>;

  // `store` runs under the worker's role.
  JobRunner(pg::Database& worker_database, tx::Store<tx::Transaction>& store, const Clock& clock, absl::Duration poll,
            prometheus::Registry& registry);
  ~JobRunner() { Stop(); }

  void Handle(std::string kind, Handler handler, JobTurn turn = JobTurn::kWhenDue);  // before Start
  void Start();
  void Stop();

  // Does everything that is due now, also what becomes due by doing it and what an outage held up; the number of jobs
  // done. Not beside Start: one thread runs jobs.
  absl::StatusOr<int> RunDue();
  tx::JobQueue& queue() { return queue_; }

 private:
  struct HeldUp {
    absl::Time until;  // real time
    int outages = 0;
  };

  absl::StatusOr<int> RunDueButHeldUp();
  std::vector<int64_t> HeldUpAt(absl::Time now);
  bool IsLast(const tx::DueJob& due) const;
  bool RunOne(const tx::DueJob& due);
  void Park(const tx::DueJob& due, const absl::Status& why);
  void Loop();

  pg::Database& database_;
  tx::Store<tx::Transaction>& store_;
  const Clock& clock_;
  const absl::Duration poll_;
  tx::JobQueue queue_;
  std::map<std::string, Handler> handlers_;
  std::vector<std::string> last_;      // kinds whose turn is the last
  std::map<int64_t, HeldUp> held_up_;  // by id of the job; forgotten with the process, which then tries at once
  prometheus::Family<prometheus::Counter>& done_;
  prometheus::Gauge& due_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_JOB_RUNNER_H_
