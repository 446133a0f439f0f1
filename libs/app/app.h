#ifndef KAT_LIBS_APP_APP_H_
#define KAT_LIBS_APP_APP_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/channel.h"
#include "kat/common/v1/events.pb.h"
#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"
#include "libs/pg/migrate.h"
#include "libs/rpc/server_stream.h"
#include "libs/rpc/service.h"
#include "libs/tx/transaction.h"
#include "prometheus/registry.h"

// The frame of a service process: configuration, pool, schema check, workers, feeds, server, health, metrics, drain.
// main.cc wires with it.
namespace kat::app {

// The parts of a running service that its main.cc wires together. Outlives everything built with it.
class App {
 public:
  virtual ~App() = default;

  virtual const Clock& clock() const = 0;
  virtual pg::Database& database() = 0;  // as the service's role: row-level security by clinic
  virtual pg::Database&
  worker_database() = 0;  // as the worker's role: sees queue, outbox and inbox of all clinics as well

  // Adds a gRPC service; register its methods on what comes back.
  virtual rpc::Service& AddService(absl::string_view full_name) = 0;

  // Has `streams` started, woken and stopped with the server. It outlives the server.
  virtual void AddStreams(rpc::Streams& streams) = 0;

  // A channel to another service: mutual TLS, retries of UNAVAILABLE, round robin. Lives as long as the app.
  virtual std::shared_ptr<grpc::Channel> Peer(absl::string_view service) = 0;

  // A value of this service's own options (declared in AppSpec::options).
  virtual std::string Option(absl::string_view name) const = 0;

  // For metrics of this service's own (declared in AppSpec::metrics).
  virtual prometheus::Registry& metrics() = 0;

  // Runs `handle` for each job of `kind` when it is due: in one transaction with the job's removal. An error rolls it
  // back and retries with backoff; after 8 tries, or at once for INVALID_ARGUMENT and FAILED_PRECONDITION, the job
  // parks for a person.
  template <class T>
  void OnJob(tx::Store<T>& worker_store, std::string kind, std::function<absl::Status(T&, const tx::Job&)> handle) {
    AddJobHandler(
        std::move(kind),
        [&worker_store, handle](const ClinicId& clinic, const tx::Job& job, const Settle& settle) {
          return worker_store.Run({.clinic = clinic}, [&](T& tx) {
            absl::Status status = settle(tx);
            return status.ok() ? handle(tx, job) : status;
          });
        },
        /*prepared=*/false);
  }

  template <class T>
  using Apply = std::function<absl::Status(absl::FunctionRef<absl::Status(T&)>)>;

  // The same for a job that takes long to decide, which would hold back every feed in a transaction that writes:
  // `handle` reads and reckons first, then calls `apply` once with what it writes, which runs with the job's removal;
  // or not at all, where nothing is to be done. Its turn comes once no job of another sort is due, so that these wait
  // for eight of them at most.
  template <class T>
  void OnPreparedJob(tx::Store<T>& worker_store, std::string kind,
                     std::function<absl::Status(const ClinicId&, const tx::Job&, const Apply<T>&)> handle) {
    AddJobHandler(
        std::move(kind),
        [&worker_store, handle](const ClinicId& clinic, const tx::Job& job, const Settle& settle) {
          return ApplyOnce<T>(worker_store, clinic, settle,
                              [&](const Apply<T>& apply) { return handle(clinic, job, apply); });
        },
        /*prepared=*/true);
  }

  // Subscribes to another service's feed; once a feed. `handle` may ask peers first, then must call `apply` exactly
  // once with what it writes; the cursor moves in the same transaction. To ignore an event, return OK without calling
  // it. Errors retry with backoff; after 8 tries the event parks and the feed goes on.
  template <class T>
  void OnEvents(tx::Store<T>& worker_store, std::string feed, std::vector<std::string> types,
                std::function<absl::Status(const common::v1::Event&, const Apply<T>&)> handle) {
    AddFeedHandler(
        std::move(feed), std::move(types),
        [&worker_store, handle](const ClinicId& clinic, const common::v1::Event& event, const Settle& settle) {
          return ApplyOnce<T>(worker_store, clinic, settle,
                              [&](const Apply<T>& apply) { return handle(event, apply); });
        });
  }

 protected:
  // Marks the job done or the event applied, inside the transaction of its effect. ABORTED where another replica was
  // first.
  using Settle = std::function<absl::Status(tx::Transaction&)>;
  // Lets `handle` write once, in the transaction that settles; settles by itself where it has nothing to write.
  template <class T>
  static absl::Status ApplyOnce(tx::Store<T>& store, const ClinicId& clinic, const Settle& settle,
                                absl::FunctionRef<absl::Status(const Apply<T>&)> handle) {
    bool applied = false;
    const Apply<T> apply = [&](absl::FunctionRef<absl::Status(T&)> write) {
      applied = true;
      return store.Run({.clinic = clinic}, [&](T& tx) {
        absl::Status status = settle(tx);
        return status.ok() ? write(tx) : status;
      });
    };
    absl::Status status = handle(apply);
    if (!status.ok() || applied) return status;
    return apply([](T&) { return absl::OkStatus(); });
  }
  virtual void AddJobHandler(std::string kind,
                             std::function<absl::Status(const ClinicId&, const tx::Job&, const Settle&)> handle,
                             bool prepared) = 0;
  virtual void AddFeedHandler(
      std::string feed, std::vector<std::string> types,
      std::function<absl::Status(const ClinicId&, const common::v1::Event&, const Settle&)> handle) = 0;
};

// One option of a service beside those that every service has. Flag `--name`, environment `KAT_NAME`.
struct OptionSpec {
  std::string name;  // lower-case-with-dashes
  std::string help;
  std::string default_value;
};

// One metric of a service beside those that every service has.
struct MetricSpec {
  std::string name;
  std::string labels;  // "method, code"; empty: none
  std::string help;
};

struct AppSpec {
  std::string service;  // `intake`
  int default_port;
  int default_metrics_port;
  std::vector<pg::Migration> migrations;
  std::vector<OptionSpec> options;
  std::vector<MetricSpec> metrics = {};
  // Builds the service's parts; called once, before anything is served. What it returns is kept alive until the end.
  std::function<absl::StatusOr<std::shared_ptr<void>>(App&)> wire;
};

// Runs the service until SIGTERM or SIGINT; the exit code of main. `<service> migrate` applies migrations and ends;
// `--help` and
// `--describe` (the options, ports and metrics as Markdown) end at once.
int Main(int argc, char** argv, const AppSpec& spec);

}  // namespace kat::app

#endif  // KAT_LIBS_APP_APP_H_
