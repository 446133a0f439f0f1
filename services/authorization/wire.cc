#include "services/authorization/wire.h"

#include <utility>

#include "services/authorization/api/authorization_handlers.h"
#include "services/authorization/api/payer_handlers.h"
#include "services/authorization/api/rems_handlers.h"
#include "services/authorization/store/migrations/migrations.h"
#include "services/authorization/store/pg_store.h"
#include "services/authorization/worker/worker.h"

namespace kat::authorization {
namespace {

struct Parts {
  Parts(app::App& app, Peers p)
      : peers(std::move(p)),
        store(store::MakePgStore(app.database(), app.clock())),
        worker_store(store::MakePgStore(app.worker_database(), app.clock())),
        payers(*store),
        insurances(*store),
        authorizations(*store, *peers.intake, channel),
        coverage(*store, *peers.scheduling),
        rems(*store),
        forms(*store, *peers.scheduling, *peers.intake),
        stock(*store) {}

  Peers peers;
  std::unique_ptr<store::Store> store, worker_store;
  ManualChannel channel;
  api::PayerHandlers payers;
  api::InsuranceHandlers insurances;
  api::AuthorizationHandlers authorizations;
  api::CoverageHandlers coverage;
  api::RemsHandlers rems;
  api::FormHandlers forms;
  api::StockHandlers stock;
};

}  // namespace

app::AppSpec Spec(std::function<Peers(app::App&)> peers) {
  app::AppSpec spec{.service = "authorization",
                    .default_port = 7004,
                    .default_metrics_port = 9104,
                    .migrations = store::Migrations()};
  spec.wire = [peers = std::move(peers)](app::App& app) -> absl::StatusOr<std::shared_ptr<void>> {
    auto parts = std::make_shared<Parts>(app, peers(app));
    rpc::Service& service = app.AddService("kat.authorization.v1.AuthorizationService");
    parts->payers.Register(service);
    parts->insurances.Register(service);
    parts->authorizations.Register(service);
    parts->coverage.Register(service);
    parts->rems.Register(service);
    parts->forms.Register(service);
    parts->stock.Register(service);
    RegisterWorkers(app, *parts->worker_store, *parts->peers.scheduling, *parts->peers.intake);
    return std::shared_ptr<void>(parts);
  };
  return spec;
}

Peers RealPeers(app::App& app) {
  return {MakeIntakeClient(app.Peer("intake")), MakeSchedulingClient(app.Peer("scheduling"))};
}

}  // namespace kat::authorization
