#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/support/log.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "libs/app/app.h"
#include "libs/app/config.h"
#include "libs/app/metrics_server.h"
#include "libs/app/runtime.h"
#include "libs/app/sampler.h"
#include "libs/app/simulated_clock.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/tx/job_queue.h"
#include "libs/tx/parked_events.h"
#include "libs/tx/platform.h"

namespace kat::app {
namespace {

constexpr unsigned kCertificateRefreshSeconds = 60;

// Retries are for a peer that is being replaced; a mutation is safe to repeat by its request id.
constexpr char kPeerServiceConfig[] = R"({
  "loadBalancingConfig": [{"round_robin": {}}],
  "methodConfig": [{
    "name": [{}],
    "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.05s", "maxBackoff": "1s", "backoffMultiplier": 3,
                    "retryableStatusCodes": ["UNAVAILABLE"]}
  }]
})";

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Certificates(const Config& config) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      config.tls_key, config.tls_certificate, config.tls_ca, kCertificateRefreshSeconds);
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const Config& config) {
  grpc::experimental::TlsServerCredentialsOptions options(Certificates(config));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  // Services show certificates, people and outside systems tokens: asked for, verified where given, not demanded.
  options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> PeerCredentials(const Config& config) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Certificates(config));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

std::map<std::string, std::shared_ptr<grpc::Channel>> PeerChannels(const Config& config) {
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels;
  const auto credentials = PeerCredentials(config);
  for (const auto& [service, target] : config.peers) {
    grpc::ChannelArguments arguments;
    arguments.SetServiceConfigJSON(kPeerServiceConfig);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
    // A peer that was away is looked up again before it is connected to, and by default not for half a minute.
    arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 2000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
    channels[service] = grpc::CreateCustomChannel(target, credentials, arguments);
  }
  return channels;
}

absl::StatusOr<std::unique_ptr<pg::Database>> OpenDatabase(const Config& config, const std::string& uri,
                                                           const std::string& password_file, int size) {
  return pg::Database::Open({.uri = uri, .password_file = password_file, .pool_size = size, .application_name = "kat"});
}

absl::Status RunMigrations(const Config& config, const AppSpec& spec) {
  ASSIGN_OR_RETURN(auto owner, OpenDatabase(config, config.owner_database_uri, config.owner_database_password_file, 1));
  return pg::Migrate(*owner, tx::WithPlatform(spec.migrations));
}

// The running service then does them: what they are due at is past on any clock.
absl::Status ReplayParked(const Config& config) {
  ASSIGN_OR_RETURN(auto worker,
                   OpenDatabase(config, config.worker_database_uri, config.worker_database_password_file, 1));
  tx::JobQueue jobs(*worker);
  constexpr int kLimit = 1000;
  ASSIGN_OR_RETURN(const std::vector<tx::ParkedJob> parked, jobs.Parked(kLimit));
  for (const tx::ParkedJob& job : parked) {
    ASSIGN_OR_RETURN(const bool replayed, jobs.Replay(job.id, absl::UnixEpoch()));
    std::printf("%s job %s %s: %s\n", replayed ? "replaying" : "superseded", job.clinic.str().c_str(),
                job.job.kind.c_str(), job.error.c_str());
  }
  tx::ParkedEvents events(*worker);
  ASSIGN_OR_RETURN(const std::vector<tx::ParkedEvent> listed, events.List(kLimit));
  for (const tx::ParkedEvent& event : listed) {
    std::printf("replaying event %s %s %s: %s\n", event.clinic.str().c_str(), event.feed.c_str(), event.type.c_str(),
                event.error.c_str());
  }
  return events.ReplayAll(absl::UnixEpoch()).status();
}

absl::StatusOr<std::unique_ptr<Clock>> OpenClock(const Config& config, auth::TokenVerifier& verifier) {
  if (config.clock == "system") return std::make_unique<SystemClock>();
  if (!verifier.development_keys_only()) {
    return absl::FailedPreconditionError("--clock=simulated is for development keys; --jwks holds others");
  }
  return SimulatedClock::Open(config.clock_file, absl::Now());
}

// Waits for SIGTERM or SIGINT, which every thread has blocked.
int WaitForSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  return signal;
}

// What gRPC has to say (a refused handshake, a port that is taken) comes as lines like ours.
void LogGrpc(gpr_log_func_args* args) {
  const std::string where = absl::StrCat(args->file, ":", args->line);
  if (args->severity == GPR_LOG_SEVERITY_ERROR) {
    log::Warning("grpc.error", {{"detail", args->message}, {"where", where}});
  } else {
    log::Info("grpc.message", {{"detail", args->message}, {"where", where}});
  }
}

absl::Status Serve(const Config& config, const AppSpec& spec) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread starts, so that all inherit it

  ASSIGN_OR_RETURN(auto verifier,
                   auth::TokenVerifier::Open(
                       {.jwks = config.jwks, .issuer = config.token_issuer, .audience = config.token_audience}));
  ASSIGN_OR_RETURN(const auto clock, OpenClock(config, *verifier));
  ASSIGN_OR_RETURN(auto database,
                   OpenDatabase(config, config.database_uri, config.database_password_file, config.pool_size));
  RETURN_IF_ERROR(pg::CheckSchema(*database, tx::WithPlatform(spec.migrations)));
  ASSIGN_OR_RETURN(auto worker_database,
                   OpenDatabase(config, config.worker_database_uri, config.worker_database_password_file,
                                std::max(3, config.pool_size / 2)));
  auto channels = PeerChannels(config);

  Runtime runtime({.service = spec.service,
                   .listen_address = absl::StrCat(config.bind, ":", config.port),
                   .credentials = ServerCredentials(config),
                   .clock = clock.get(),
                   .simulated_clock = config.clock == "simulated",
                   .database = database.get(),
                   .worker_database = worker_database.get(),
                   .verifier = verifier.get(),
                   .peer = [&channels](absl::string_view service) { return channels.at(std::string(service)); },
                   .options = config.options,
                   .max_threads = config.max_threads,
                   .reflection = config.reflection});
  std::unique_ptr<MetricsServer> metrics;
  if (config.metrics_port != 0) {
    ASSIGN_OR_RETURN(metrics,
                     MetricsServer::Start(absl::StrCat(config.bind, ":", config.metrics_port), runtime.registry()));
  }
  std::unique_ptr<Sampler> sampler;
  absl::Status status = runtime.Start(spec);
  if (status.ok()) {
    sampler = Sampler::Start(*runtime.registry(), *database, config.tls_certificate);
    log::Info("service.serving", {{"address", config.bind}, {"port", runtime.port()}, {"clock", config.clock}});
    const int signal = WaitForSignal(signals);
    log::Info("service.draining", {{"signal", signal}});
  }
  runtime.Stop(absl::Seconds(config.drain_seconds));
  sampler.reset();
  metrics.reset();
  worker_database->Close();
  database->Close();
  if (status.ok()) log::Info("service.stopped");
  return status;
}

}  // namespace

int Main(int argc, char** argv, const AppSpec& spec) {
  const auto parsed = ParseConfig(argc, argv, spec);
  if (const auto* exit = std::get_if<Exit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  const Config& config = std::get<Config>(parsed);
  log::Configure(spec.service, config.log_level);
  gpr_set_log_function(LogGrpc);
  absl::Status status;
  switch (config.command) {
    case Config::Command::kDescribe:
      std::fputs(Describe(spec).c_str(), stdout);
      return 0;
    case Config::Command::kMigrate:
      status = RunMigrations(config, spec);
      break;
    case Config::Command::kReplayParked:
      status = ReplayParked(config);
      break;
    case Config::Command::kServe:
      status = Serve(config, spec);
      break;
  }
  if (status.ok()) return 0;
  log::Error("service.failed",
             {{"code", absl::StatusCodeToString(status.code())}, {"detail", std::string(status.message())}});
  return 1;
}

}  // namespace kat::app
