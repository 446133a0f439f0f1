#include "services/messaging/wire.h"

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/api/care_handlers.h"
#include "services/messaging/api/configuration_handlers.h"
#include "services/messaging/api/message_handlers.h"
#include "services/messaging/api/reply_handlers.h"
#include "services/messaging/api/work_handlers.h"
#include "services/messaging/clients/grpc_peers.h"
#include "services/messaging/clients/simulated_carrier.h"
#include "services/messaging/effects/care_effects.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/work_effects.h"
#include "services/messaging/store/migrations/migrations.h"
#include "services/messaging/store/pg_store.h"
#include "services/messaging/worker/feeds.h"
#include "services/messaging/worker/jobs.h"
#include "services/messaging/worker/sender.h"

namespace kat::messaging {
namespace {

struct Parts {
  Parts(app::App& app, Outside given)
      : outside(std::move(given)),
        store(MakePgStore(app.database(), app.clock())),
        worker_store(MakePgStore(app.worker_database(), app.clock())),
        configuration(*store),
        messages(*store, outside.peers),
        replies(*store),
        threads(*store),
        documents(*store, outside.peers),
        updates(*store),
        calls(*store),
        summaries(*store, outside.peers),
        work(*store),
        sender(outside.peers, *outside.carrier),
        preparation(outside.peers),
        feeds(outside.peers) {}

  void Register(app::App& app) {
    rpc::Service& service = app.AddService("kat.messaging.v1.MessagingService");
    configuration.Register(service);
    messages.Register(service);
    replies.Register(service);
    threads.Register(service);
    documents.Register(service);
    updates.Register(service);
    calls.Register(service);
    summaries.Register(service);
    work.Register(service);

    const auto on_job = [&](const char* kind, std::function<absl::Status(Tx&, const tx::Job&)> handle) {
      app.OnJob<Tx>(*worker_store, kind, std::move(handle));
    };
    on_job(kSendJob, [this](Tx& tx, const tx::Job& job) { return sender.Send(tx, job); });
    on_job(kTrackJob, [this](Tx& tx, const tx::Job& job) { return sender.Track(tx, job); });
    on_job(kConfirmByJob, [this](Tx& tx, const tx::Job& job) { return preparation.ConfirmBy(tx, job); });
    on_job(kDriverByJob, [this](Tx& tx, const tx::Job& job) { return preparation.DriverBy(tx, job); });
    on_job(kReplyJob, [this](Tx& tx, const tx::Job& job) { return preparation.ConfirmReply(tx, job); });
    on_job(kDocumentDueJob, DocumentDue);
    on_job(kUpdateDueJob, UpdateDue);
    on_job(kCallDueJob, CallDue);
    on_job(kWakeJob, WakeItem);
    feeds.Register(app, *worker_store);
  }

  Outside outside;
  std::unique_ptr<Store> store;
  std::unique_ptr<Store> worker_store;
  ConfigurationHandlers configuration;
  MessageHandlers messages;
  ReplyHandlers replies;
  ThreadHandlers threads;
  DocumentHandlers documents;
  UpdateHandlers updates;
  CallHandlers calls;
  SummaryHandlers summaries;
  WorkHandlers work;
  Sender sender;
  PreparationJobs preparation;
  Feeds feeds;
};

// The real peers and the simulated carrier, as one owner.
struct RealParts {
  explicit RealParts(app::App& app)
      : scheduling(MakeSchedulingClient(app.Peer("scheduling"))),
        intake(MakeIntakeClient(app.Peer("intake"))),
        intake_summary(MakeIntakeSummary(app.Peer("intake"))),
        scheduling_summary(MakeSchedulingSummary(app.Peer("scheduling"))),
        authorization_summary(MakeAuthorizationSummary(app.Peer("authorization"))),
        billing_summary(MakeBillingSummary(app.Peer("billing"))),
        log(MakePgSimulatedCarrierLog(app.database())),
        carrier(*log, app.clock()) {}

  std::unique_ptr<SchedulingClient> scheduling;
  std::unique_ptr<IntakeClient> intake;
  std::unique_ptr<SummarySource> intake_summary, scheduling_summary, authorization_summary, billing_summary;
  std::unique_ptr<SimulatedCarrierLog> log;
  SimulatedCarrier carrier;
};

}  // namespace

absl::StatusOr<std::shared_ptr<void>> Wire(app::App& app, Outside outside) {
  auto parts = std::make_shared<Parts>(app, std::move(outside));
  parts->Register(app);
  return std::shared_ptr<void>(parts);
}

absl::StatusOr<Outside> RealOutside(app::App& app) {
  if (app.Option("carrier") != "simulated") {
    return InvalidField("carrier", "Only `simulated` is built in; another carrier implements clients/carrier.h.");
  }
  auto parts = std::make_shared<RealParts>(app);
  Outside outside;
  outside.peers.scheduling = parts->scheduling.get();
  outside.peers.intake = parts->intake.get();
  outside.peers.summary = {parts->intake_summary.get(), parts->scheduling_summary.get(), parts->authorization_summary.get(),
                           parts->billing_summary.get()};
  outside.carrier = &parts->carrier;
  outside.owner = parts;
  return outside;
}

app::AppSpec Spec(std::function<absl::StatusOr<Outside>(app::App&)> outside) {
  app::AppSpec spec;
  spec.service = "messaging";
  spec.default_port = 7005;
  spec.default_metrics_port = 9105;
  spec.migrations = Migrations();
  spec.options = {{"carrier", "Who takes texts and mails: `simulated` keeps them and sends nothing", "simulated"}};
  spec.wire = [outside](app::App& app) -> absl::StatusOr<std::shared_ptr<void>> {
    ASSIGN_OR_RETURN(Outside made, outside(app));
    return Wire(app, std::move(made));
  };
  return spec;
}

}  // namespace kat::messaging
