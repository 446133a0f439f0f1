#ifndef KAT_SERVICES_SCHEDULING_WIRE_H_
#define KAT_SERVICES_SCHEDULING_WIRE_H_

#include <memory>

#include "libs/app/app.h"
#include "services/scheduling/api/watch_server.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/planning/improver.h"
#include "services/scheduling/worker/improvement_runner.h"

namespace kat::scheduling {

// The services that scheduling asks.
struct Peers {
  std::shared_ptr<ReadinessGate> intake;
  std::shared_ptr<ReservingGate> billing;
  std::shared_ptr<CoverageGate> authorization;
};

// The service's specification, with the peers that `make_peers` gives: real ones in main.cc, fakes in tests.
// `improver`: absent, the optimizer's; how many runs go on at once is an option of the service.
app::AppSpec Spec(std::function<Peers(app::App&)> make_peers, WatchOptions watch = {},
                  ImprovementOptions improvements = {}, std::shared_ptr<Improver> improver = nullptr);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WIRE_H_
