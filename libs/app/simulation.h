#ifndef KAT_LIBS_APP_SIMULATION_H_
#define KAT_LIBS_APP_SIMULATION_H_

#include <memory>
#include <vector>

#include "kat/common/v1/simulation.pb.h"
#include "libs/app/feed_client.h"
#include "libs/base/clock.h"
#include "libs/rpc/service.h"
#include "libs/tx/job_queue.h"
#include "libs/tx/outbox_reader.h"

namespace kat::app {

// Serves SimulationService for a process on the simulated clock.
class SimulationHandlers {
 public:
  SimulationHandlers(const Clock& clock, tx::JobQueue& jobs, pg::Database& worker_database,
                     const std::vector<std::unique_ptr<FeedClient>>& feeds)
      : clock_(clock), jobs_(jobs), outbox_(worker_database), feeds_(feeds) {}

  void Register(rpc::Service& service);

 private:
  absl::StatusOr<common::v1::SimulationStatus> GetStatus(rpc::Call& call,
                                                         const common::v1::GetSimulationStatusRequest& request);

  const Clock& clock_;
  tx::JobQueue& jobs_;
  tx::OutboxReader outbox_;
  const std::vector<std::unique_ptr<FeedClient>>& feeds_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_SIMULATION_H_
