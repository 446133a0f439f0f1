#include "libs/app/metrics_server.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kat::app {

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& address,
                                                                    std::shared_ptr<prometheus::Registry> registry) {
  try {
    return std::unique_ptr<MetricsServer>(new MetricsServer(address, std::move(registry)));
  } catch (const std::exception&) {
    return absl::FailedPreconditionError(absl::StrCat("cannot serve metrics on ", address, ": is the port taken?"));
  }
}

MetricsServer::MetricsServer(const std::string& address, std::shared_ptr<prometheus::Registry> registry)
    : registry_(std::move(registry)), exposer_(address, 1) {
  exposer_.RegisterCollectable(registry_);
}

int MetricsServer::port() const { return exposer_.GetListeningPorts().front(); }

}  // namespace kat::app
