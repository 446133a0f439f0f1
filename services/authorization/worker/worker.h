#ifndef KAT_SERVICES_AUTHORIZATION_WORKER_WORKER_H_
#define KAT_SERVICES_AUTHORIZATION_WORKER_WORKER_H_

#include "libs/app/app.h"
#include "services/authorization/clients/peers.h"
#include "services/authorization/store/store.h"

namespace kat::authorization {

// Registers this service's jobs and its subscription to scheduling's feed. `store` is the worker's; all outlive the
// app's workers.
void RegisterWorkers(app::App& app, store::Store& store, SchedulingClient& scheduling, IntakeClient& intake);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_WORKER_WORKER_H_
