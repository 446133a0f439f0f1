#ifndef KAT_SERVICES_MESSAGING_WIRE_H_
#define KAT_SERVICES_MESSAGING_WIRE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/app/app.h"
#include "services/messaging/clients/carrier.h"
#include "services/messaging/clients/peers.h"

namespace kat::messaging {

// Who stands outside the service: the other services and the carrier. main passes real ones, tests fakes.
struct Outside {
  Peers peers;
  Carrier* carrier = nullptr;
  std::shared_ptr<void> owner;  // keeps them alive
};

// Registers handlers, jobs and feeds. What comes back keeps the parts alive, and must live as long as the app serves.
absl::StatusOr<std::shared_ptr<void>> Wire(app::App& app, Outside outside);

// The service as its process runs it: schema, options and ports; `outside` makes what stands outside.
app::AppSpec Spec(std::function<absl::StatusOr<Outside>(app::App&)> outside);

// The real peers, and the carrier that the options name.
absl::StatusOr<Outside> RealOutside(app::App& app);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_WIRE_H_
