#ifndef KAT_LIBS_APP_RUNTIME_H_
#define KAT_LIBS_APP_RUNTIME_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "libs/app/app.h"
#include "libs/app/audit_sealer.h"
#include "libs/app/feed_client.h"
#include "libs/app/feed_server.h"
#include "libs/app/job_runner.h"
#include "libs/auth/token.h"
#include "libs/rpc/adapter.h"
#include "libs/rpc/metrics.h"
#include "prometheus/registry.h"

namespace kat::app {

struct RuntimeOptions {
  std::string service;
  std::string listen_address;  // host:port; port 0 takes a free one
  std::shared_ptr<grpc::ServerCredentials> credentials;
  const Clock* clock;
  bool simulated_clock = false;  // serves SimulationService, and looks at the clock often
  pg::Database* database;
  pg::Database* worker_database;
  auth::TokenVerifier* verifier;
  std::function<std::string(const grpc::ServerContextBase&)> identify_peer = rpc::PeerFromCertificate;
  std::function<std::shared_ptr<grpc::Channel>(absl::string_view)> peer;
  std::map<std::string, std::string> options;
  int max_threads = 64;
  bool reflection = false;
  bool workers = true;  // false in tests that run jobs and deliver events by hand
};

// A running service: what Main builds from a configuration, and tests build in process.
class Runtime final : public App {
 public:
  explicit Runtime(RuntimeOptions options);
  ~Runtime() override;

  // Wires, checks and serves. On failure nothing runs.
  absl::Status Start(const AppSpec& spec);
  // NOT_SERVING, then drain: streams end, calls finish within `deadline`, workers stop.
  void Stop(absl::Duration deadline);

  int port() const { return port_; }
  const std::shared_ptr<prometheus::Registry>& registry() { return registry_; }
  JobRunner& jobs() { return *jobs_; }
  // Hands an event to the subscription of `feed`, as the feed would.
  absl::Status Deliver(absl::string_view feed, const common::v1::Event& event);

  const Clock& clock() const override { return *options_.clock; }
  pg::Database& database() override { return *options_.database; }
  pg::Database& worker_database() override { return *options_.worker_database; }
  rpc::Service& AddService(absl::string_view full_name) override;
  std::shared_ptr<grpc::Channel> Peer(absl::string_view service) override { return options_.peer(service); }
  std::string Option(absl::string_view name) const override;
  prometheus::Registry& metrics() override { return *registry_; }
  void AddStreams(rpc::Streams& streams) override { streams_.push_back(&streams); }

 private:
  void AddJobHandler(std::string kind,
                     std::function<absl::Status(const ClinicId&, const tx::Job&, const Settle&)> handle,
                     bool prepared) override;
  void AddFeedHandler(
      std::string feed, std::vector<std::string> types,
      std::function<absl::Status(const ClinicId&, const common::v1::Event&, const Settle&)> handle) override;
  void AddFeed(std::string key, std::string feed, std::vector<std::string> types, FeedClient::Handler handle);
  void FollowClinics();
  absl::Status ReplayEvent(const tx::Job& job, const Settle& settle);
  void ServeSimulation();
  absl::Status StartServer();

  RuntimeOptions options_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  rpc::Metrics metrics_;
  std::unique_ptr<tx::Store<tx::Transaction>> journal_;       // as the service's role
  std::unique_ptr<tx::Store<tx::Transaction>> worker_store_;  // as the worker's role
  rpc::Adapter adapter_;
  std::unique_ptr<JobRunner> jobs_;
  AuditSealer sealer_;
  FeedServer feed_server_;
  prometheus::Family<prometheus::Counter>& feed_events_;
  std::vector<std::unique_ptr<FeedClient>> feeds_;
  std::vector<std::unique_ptr<rpc::Service>> services_;
  std::vector<rpc::Streams*> streams_;
  std::shared_ptr<void> simulation_;
  std::shared_ptr<void> wired_;
  std::unique_ptr<grpc::Server> server_;
  std::atomic<bool> stopping_ = false;
  int port_ = 0;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_RUNTIME_H_
