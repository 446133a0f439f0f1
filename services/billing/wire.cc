#include "services/billing/wire.h"

#include <utility>

#include "libs/base/status_macros.h"
#include "services/billing/api/claim_handlers.h"
#include "services/billing/api/clearance_handlers.h"
#include "services/billing/api/estimate_handlers.h"
#include "services/billing/api/ledger_handlers.h"
#include "services/billing/api/payment_handlers.h"
#include "services/billing/api/plan_handlers.h"
#include "services/billing/api/price_handlers.h"
#include "services/billing/store/migrations/migrations.h"
#include "services/billing/worker/worker.h"

namespace kat::billing {
namespace {

constexpr int kPort = 7003;
constexpr int kMetricsPort = 7103;

struct Parts {
  Parts(app::App& app, Peers peers, std::unique_ptr<CardProcessor> card_processor)
      : store(MakePgStore(app.database(), app.clock())),
        worker_store(MakePgStore(app.worker_database(), app.clock())),
        processor(std::move(card_processor)),
        prices(*store),
        estimates(*store),
        payments(*store, *processor),
        ledger(*store),
        plans(*store),
        clearance(*store),
        claims(*store, peers),
        worker(*worker_store, peers, *processor) {}

  std::unique_ptr<Store> store, worker_store;
  std::unique_ptr<CardProcessor> processor;
  PriceHandlers prices;
  EstimateHandlers estimates;
  PaymentHandlers payments;
  LedgerHandlers ledger;
  PlanHandlers plans;
  ClearanceHandlers clearance;
  ClaimHandlers claims;
  Worker worker;
};

}  // namespace

absl::StatusOr<std::shared_ptr<void>> Wire(app::App& app, Peers peers) {
  ASSIGN_OR_RETURN(std::unique_ptr<CardProcessor> processor, MakeCardProcessor(app.Option("processor")));
  auto parts = std::make_shared<Parts>(app, std::move(peers), std::move(processor));
  rpc::Service& service = app.AddService("kat.billing.v1.BillingService");
  parts->prices.Register(service);
  parts->estimates.Register(service);
  parts->payments.Register(service);
  parts->ledger.Register(service);
  parts->plans.Register(service);
  parts->clearance.Register(service);
  parts->claims.Register(service);
  parts->worker.Register(app);
  return std::shared_ptr<void>(parts);
}

app::AppSpec Spec(std::function<Peers(app::App&)> peers) {
  app::AppSpec spec{.service = "billing",
                    .default_port = kPort,
                    .default_metrics_port = kMetricsPort,
                    .migrations = Migrations(),
                    .options = {{"processor", "Card processor; `simulated` moves no money and says so", "simulated"}}};
  spec.wire = [peers = std::move(peers)](app::App& app) { return Wire(app, peers(app)); };
  return spec;
}

}  // namespace kat::billing
