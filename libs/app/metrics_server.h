#ifndef KAT_LIBS_APP_METRICS_SERVER_H_
#define KAT_LIBS_APP_METRICS_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "prometheus/exposer.h"
#include "prometheus/registry.h"

namespace kat::app {

// Serves a registry to Prometheus over HTTP, path /metrics, until it is destroyed.
class MetricsServer {
 public:
  // `address` is host:port; port 0 takes a free one. FAILED_PRECONDITION where it cannot listen there.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address,
                                                              std::shared_ptr<prometheus::Registry> registry);
  int port() const;

 private:
  MetricsServer(const std::string& address, std::shared_ptr<prometheus::Registry> registry);

  const std::shared_ptr<prometheus::Registry> registry_;  // the exposer itself keeps none alive
  prometheus::Exposer exposer_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_METRICS_SERVER_H_
