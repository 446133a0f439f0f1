#ifndef KAT_LIBS_RPC_METRICS_H_
#define KAT_LIBS_RPC_METRICS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace kat::rpc {

// The metrics of served calls. Labels are methods and codes alone, never names of resources. Thread-safe.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  // Counts a finished call and its time.
  void Done(const std::string& method, absl::string_view code, absl::Duration took);
  prometheus::Gauge& in_flight() { return in_flight_; }

 private:
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Gauge& in_flight_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, prometheus::Counter*>
      counters_;  // Family::Add is slow: kept by label set
  std::map<std::string, prometheus::Histogram*> histograms_;
};

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_METRICS_H_
