#include "services/intake/wire.h"

#include <memory>
#include <utility>
#include <vector>

#include "services/intake/api/handlers.h"
#include "services/intake/store/migrations/migrations.h"
#include "services/intake/store/pg_store.h"
#include "services/intake/worker/jobs.h"

namespace kat::intake {
namespace {

struct Parts {
  std::unique_ptr<Store> store;
  std::unique_ptr<Store> worker_store;
  std::vector<std::unique_ptr<Handlers>> handlers;
};

}  // namespace

absl::StatusOr<std::shared_ptr<void>> Wire(app::App& app) {
  auto parts = std::make_shared<Parts>();
  parts->store = MakePgStore(app.database(), app.clock());
  parts->worker_store = MakePgStore(app.worker_database(), app.clock());
  parts->handlers = MakeHandlers(*parts->store);
  rpc::Service& service = app.AddService("kat.intake.v1.IntakeService");
  for (const auto& handlers : parts->handlers) handlers->Register(service);
  for (auto& [kind, handle] : Jobs()) app.OnJob<Tx>(*parts->worker_store, kind, std::move(handle));
  return std::shared_ptr<void>(std::move(parts));
}

app::AppSpec Spec() {
  return {.service = "intake",
          .default_port = 7001,
          .default_metrics_port = 9101,
          .migrations = Migrations(),
          .options = {},
          .wire = Wire};
}

}  // namespace kat::intake
