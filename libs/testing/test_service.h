#ifndef KAT_LIBS_TESTING_TEST_SERVICE_H_
#define KAT_LIBS_TESTING_TEST_SERVICE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "kat/common/v1/events.pb.h"
#include "kat/common/v1/options.pb.h"
#include "libs/app/app.h"
#include "libs/app/runtime.h"
#include "libs/auth/token.h"
#include "libs/base/clock.h"
#include "libs/base/recently_used.h"
#include "libs/testing/test_database.h"

namespace kat::testing {

// A whole service in this process: real server on loopback, real PostgreSQL, the adapter with real tokens. The clock
// stands where the test puts it; jobs run and events arrive when the test says so. Aborts, saying why, where it cannot
// start.
class TestService {
 public:
  explicit TestService(app::AppSpec spec, std::map<std::string, std::string> options = {});
  // One more server of the same service: on the database of `first`, with its clock and keys. It may be given to take
  // the place of one that ended, or to stand beside it.
  TestService(app::AppSpec spec, const TestService& first);
  ~TestService();

  ManualClock& clock() { return shared_->clock; }
  TestDatabase& database() { return *shared_->database; }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  std::string address() const;  // host:port, for a channel of one's own

  // A new clinic that this service knows of; its id. Every test takes its own.
  std::string NewClinic(const std::string& time_zone = "America/New_York");

  // Puts a token on a call.
  void As(grpc::ClientContext& context, const std::string& clinic, std::vector<common::v1::Role> roles,
          const std::string& subject = "tester", absl::Duration lifetime = absl::Hours(12)) const;
  // Makes a call that of another service, as itself.
  void AsPeer(grpc::ClientContext& context, const std::string& clinic, const std::string& service) const;

  // Does all jobs that are due; how many.
  absl::StatusOr<int> RunDueJobs() { return runtime_->jobs().RunDue(); }
  // Hands an event to this service's subscription to `feed`. A missing cursor is made up.
  absl::Status Deliver(const std::string& feed, common::v1::Event event);
  // What this service has published in `clinic`, oldest first.
  std::vector<common::v1::Event> Events(const std::string& clinic);

 private:
  // What servers of one service have in common.
  struct Shared {
    ManualClock clock;
    auth::DevKey key;
    std::unique_ptr<TestDatabase> database;
    std::unique_ptr<auth::TokenVerifier> verifier;
    RecentlyUsed<std::string, std::string> tokens{256};
  };

  void Start(app::AppSpec spec, std::map<std::string, std::string> options, pg::Database& service,
             pg::Database& worker);

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<pg::Database> service_, worker_;  // connections of its own, of one that is not the first
  std::unique_ptr<app::Runtime> runtime_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace kat::testing

#endif  // KAT_LIBS_TESTING_TEST_SERVICE_H_
