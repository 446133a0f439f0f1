#ifndef KAT_SERVICES_BILLING_WIRE_H_
#define KAT_SERVICES_BILLING_WIRE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/app/app.h"
#include "services/billing/clients/peers.h"

namespace kat::billing {

// Builds billing's parts on the frame: methods, jobs, event handlers. What comes back keeps them alive.
absl::StatusOr<std::shared_ptr<void>> Wire(app::App& app, Peers peers);

// Everything about the service but its peers: ports, options, migrations. `peers` makes them when the service starts.
app::AppSpec Spec(std::function<Peers(app::App&)> peers);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_WIRE_H_
