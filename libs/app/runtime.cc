#include "libs/app/runtime.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server_builder.h"
#include "libs/app/clinic_directory.h"
#include "libs/app/simulation.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/tx/parked_events.h"
#include "libs/tx/pg_transaction.h"

namespace kat::app {
namespace {

using PlainStore = tx::PgStore<tx::Transaction, tx::PgTransaction<tx::Transaction>>;

constexpr int kAdmissionReserve = 16;  // threads that admission leaves for health checks and refusals
constexpr absl::Duration kSealEvery = absl::Seconds(20);
constexpr int kMaxMessageBytes = 8 << 20;  // the largest document is below it; see each service's limits.h

}  // namespace

Runtime::Runtime(RuntimeOptions options)
    : options_(std::move(options)),
      metrics_(*registry_),
      journal_(std::make_unique<PlainStore>(*options_.database, *options_.clock)),
      worker_store_(std::make_unique<PlainStore>(*options_.worker_database, *options_.clock)),
      adapter_({.verifier = options_.verifier,
                .journal = journal_.get(),
                .metrics = &metrics_,
                .max_in_flight = std::max(4, options_.max_threads - kAdmissionReserve),
                .identify_peer = options_.identify_peer}),
      jobs_(std::make_unique<JobRunner>(*options_.worker_database, *worker_store_, *options_.clock,
                                        options_.simulated_clock ? absl::Milliseconds(20) : absl::Seconds(1),
                                        *registry_)),
      sealer_(*options_.worker_database, kSealEvery, *registry_),
      feed_server_(*options_.worker_database, adapter_, *registry_),
      feed_events_(prometheus::BuildCounter()
                       .Name("kat_feed_events_total")
                       .Help("Events of other services' feeds, by feed and outcome")
                       .Register(*registry_)) {}

Runtime::~Runtime() { Stop(absl::ZeroDuration()); }

std::string Runtime::Option(absl::string_view name) const {
  const auto it = options_.options.find(std::string(name));
  if (it == options_.options.end()) {
    log::Error("option.undeclared", {{"option", name}});
    std::abort();
  }
  return it->second;
}

rpc::Service& Runtime::AddService(absl::string_view full_name) {
  services_.push_back(std::make_unique<rpc::Service>(full_name, adapter_));
  return *services_.back();
}

void Runtime::AddJobHandler(std::string kind,
                            std::function<absl::Status(const ClinicId&, const tx::Job&, const Settle&)> handle,
                            bool prepared) {
  jobs_->Handle(std::move(kind), std::move(handle), prepared ? JobTurn::kLast : JobTurn::kWhenDue);
}

void Runtime::AddFeed(std::string key, std::string feed, std::vector<std::string> types, FeedClient::Handler handle) {
  FeedClientOptions options{.key = std::move(key), .feed = feed, .types = std::move(types)};
  options.channel = [this, feed = std::move(feed)] { return options_.peer(feed); };
  feeds_.push_back(std::make_unique<FeedClient>(std::move(options), *worker_store_, std::move(handle), feed_events_));
}

void Runtime::AddFeedHandler(
    std::string feed, std::vector<std::string> types,
    std::function<absl::Status(const ClinicId&, const common::v1::Event&, const Settle&)> handle) {
  for (const auto& existing : feeds_) {
    if (existing->key() == feed) {
      log::Error("feed.declared_twice", {{"feed", feed}});
      std::abort();
    }
  }
  std::string key = feed;
  AddFeed(std::move(key), std::move(feed), std::move(types), std::move(handle));
}

void Runtime::FollowClinics() {
  if (options_.service == "scheduling") return;  // it owns them
  AddFeed("scheduling:clinics", "scheduling", ClinicEventTypes(),
          MakeClinicHandler(*worker_store_, [this] { return options_.peer("scheduling"); }));
}

absl::Status Runtime::ReplayEvent(const tx::Job& job, const Settle& settle) {
  const auto [feed, cursor] = tx::ReplayedEvent(job.key);
  for (const auto& client : feeds_) {
    if (client->key() != feed) continue;
    return client->Replay(cursor, [&](tx::Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(settle(tx));
      return tx.UnparkEvent(feed, cursor);
    });
  }
  return absl::FailedPreconditionError("no subscription to the feed of this event");
}

void Runtime::ServeSimulation() {
  auto handlers =
      std::make_shared<SimulationHandlers>(*options_.clock, jobs_->queue(), *options_.worker_database, feeds_);
  handlers->Register(AddService("kat.common.v1.SimulationService"));
  simulation_ = handlers;
}

absl::Status Runtime::StartServer() {
  grpc::EnableDefaultHealthCheckService(true);
  if (options_.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second server would silently share the port
  builder.AddListeningPort(options_.listen_address, options_.credentials, &port_);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  grpc::ResourceQuota quota(options_.service);
  quota.SetMaxThreads(options_.max_threads);
  builder.SetResourceQuota(quota);
  for (const auto& service : services_) builder.RegisterService(service.get());
  builder.RegisterService(&feed_server_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen on ", options_.listen_address, ": is the port taken?"));
  }
  return absl::OkStatus();
}

absl::Status Runtime::Start(const AppSpec& spec) {
  FollowClinics();
  jobs_->Handle(tx::kReplayJob,
                [this](const ClinicId&, const tx::Job& job, const Settle& settle) { return ReplayEvent(job, settle); });
  ASSIGN_OR_RETURN(wired_, spec.wire(*this));
  if (options_.simulated_clock) ServeSimulation();
  for (const auto& service : services_) RETURN_IF_ERROR(service->Check());
  RETURN_IF_ERROR(StartServer());
  feed_server_.OnOutboxChange([this] {
    for (rpc::Streams* streams : streams_) streams->Wake();
  });
  feed_server_.Start();
  for (rpc::Streams* streams : streams_) streams->Start();
  if (options_.workers) {
    jobs_->Start();
    sealer_.Start();
    for (const auto& feed : feeds_) feed->Start();
  }
  server_->GetHealthCheckService()->SetServingStatus(true);
  return absl::OkStatus();
}

void Runtime::Stop(absl::Duration deadline) {
  if (stopping_.exchange(true)) return;
  if (server_ != nullptr) server_->GetHealthCheckService()->SetServingStatus(false);
  for (const auto& feed : feeds_) feed->Stop();
  jobs_->Stop();
  sealer_.Stop();
  feed_server_.Stop();
  for (rpc::Streams* streams : streams_) streams->Stop();
  if (server_ != nullptr) {
    server_->Shutdown(absl::ToChronoTime(absl::Now() + deadline));
    server_->Wait();
  }
}

absl::Status Runtime::Deliver(absl::string_view feed, const common::v1::Event& event) {
  for (const auto& client : feeds_) {
    if (client->key() == feed) return client->Deliver(event);
  }
  return absl::NotFoundError(absl::StrCat("no subscription to ", feed));
}

}  // namespace kat::app
