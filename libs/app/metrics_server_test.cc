#include "libs/app/metrics_server.h"

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "prometheus/counter.h"

namespace kat::app {
namespace {

std::string Fetch(int port) {
  FILE* const pipe = popen(absl::StrCat("curl -s http://127.0.0.1:", port, "/metrics").c_str(), "r");
  std::string text;
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
  pclose(pipe);
  return text;
}

TEST(MetricsServer, ServesWhatTheRegistryHolds) {
  auto registry = std::make_shared<prometheus::Registry>();
  const auto server = MetricsServer::Start("127.0.0.1:0", registry);
  ASSERT_TRUE(server.ok()) << server.status();
  prometheus::BuildCounter().Name("kat_things_total").Help("Things").Register(*registry).Add({}).Increment(3);
  registry.reset();
  const std::string text = Fetch((*server)->port());
  EXPECT_TRUE(absl::StrContains(text, "kat_things_total 3")) << text;
}

TEST(MetricsServer, SaysThatItsPortIsTaken) {
  const auto first = MetricsServer::Start("127.0.0.1:0", std::make_shared<prometheus::Registry>());
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string address = absl::StrCat("127.0.0.1:", (*first)->port());
  const auto second = MetricsServer::Start(address, std::make_shared<prometheus::Registry>());
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_TRUE(absl::StrContains(second.status().message(), address)) << second.status();
}

}  // namespace
}  // namespace kat::app
