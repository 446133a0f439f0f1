#ifndef KAT_SERVICES_AUTHORIZATION_WIRE_H_
#define KAT_SERVICES_AUTHORIZATION_WIRE_H_

#include <functional>
#include <memory>

#include "libs/app/app.h"
#include "services/authorization/clients/peers.h"

namespace kat::authorization {

// The service, with the peers that `peers` makes once the app stands: real ones in main, fakes in tests.
app::AppSpec Spec(std::function<Peers(app::App&)> peers);

// The other services, over the app's channels.
Peers RealPeers(app::App& app);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_WIRE_H_
