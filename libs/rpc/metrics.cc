#include "libs/rpc/metrics.h"

namespace kat::rpc {

Metrics::Metrics(prometheus::Registry& registry)
    : calls_(prometheus::BuildCounter()
                 .Name("kat_calls_total")
                 .Help("Calls served, by method and status code")
                 .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("kat_call_seconds")
                   .Help("Time to serve a call, by method")
                   .Register(registry)),
      in_flight_(prometheus::BuildGauge()
                     .Name("kat_calls_in_flight")
                     .Help("Unary calls being served")
                     .Register(registry)
                     .Add({})) {}

void Metrics::Done(const std::string& method, absl::string_view code, absl::Duration took) {
  prometheus::Counter* counter;
  prometheus::Histogram* histogram;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    prometheus::Counter*& c = counters_[{method, std::string(code)}];
    if (c == nullptr) c = &calls_.Add({{"method", method}, {"code", std::string(code)}});
    prometheus::Histogram*& h = histograms_[method];
    if (h == nullptr) {
      h = &seconds_.Add({{"method", method}}, prometheus::Histogram::BucketBoundaries{.001, .0025, .005, .01, .025, .05,
                                                                                      .1, .25, .5, 1, 2.5, 5, 10});
    }
    counter = c;
    histogram = h;
  }
  counter->Increment();
  histogram->Observe(absl::ToDoubleSeconds(took));
}

}  // namespace kat::rpc
