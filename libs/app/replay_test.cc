#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "grpcpp/create_channel.h"
#include "grpcpp/server_builder.h"
#include "kat/common/v1/events.grpc.pb.h"
#include "libs/app/feed_client.h"
#include "libs/base/error.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/pg_transaction.h"

namespace kat::app {
namespace {

using PlainStore = tx::PgStore<tx::Transaction, tx::PgTransaction<tx::Transaction>>;

// A feed with one event, at cursor 7.3.
class OneEventFeed final : public common::v1::EventFeedService::Service {
 public:
  grpc::Status Subscribe(grpc::ServerContext*, const common::v1::SubscribeRequest* request,
                         grpc::ServerWriter<common::v1::SubscribeResponse>* writer) override {
    asked_for = request->cursor();
    common::v1::SubscribeResponse heartbeat, response;
    writer->Write(heartbeat);
    common::v1::Event* event = response.add_events();
    event->set_cursor("7.3");
    event->set_type("payment.taken");
    event->set_clinic("clinics/c");
    writer->Write(response);
    return grpc::Status::OK;
  }
  std::string asked_for;
};

class ReplayTest : public ::testing::Test {
 protected:
  ReplayTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&feed_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
  }
  std::unique_ptr<FeedClient> Client(FeedClient::Handler handler) {
    return std::make_unique<FeedClient>(
        FeedClientOptions{.key = "billing", .feed = "billing", .channel = [this] { return channel_; }}, store_,
        std::move(handler), family_);
  }

  OneEventFeed feed_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  ManualClock clock_{absl::UnixEpoch()};
  PlainStore store_{testing::TestDatabase::Get({.service = "replaytest"}).worker(), clock_};
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& family_ = prometheus::BuildCounter().Name("x").Help("x").Register(registry_);
};

TEST_F(ReplayTest, AParkedEventIsFetchedAppliedAndTakenOffTogether) {
  const ClinicId clinic("c");
  ASSERT_OK(store_.Run({.clinic = clinic},
                       [](tx::Transaction& tx) { return tx.ParkEvent("billing", "7.3", "payment.taken", "x"); }));
  int applied = 0;
  bool poison = true;
  const auto client = Client([&](const ClinicId& in, const common::v1::Event& event, const FeedClient::Settle& settle) {
    EXPECT_EQ(in, clinic);
    EXPECT_EQ(event.type(), "payment.taken");
    return store_.Run({.clinic = in}, [&](tx::Transaction& tx) -> absl::Status {
      if (absl::Status settled = settle(tx); !settled.ok()) return settled;
      if (poison) return absl::InternalError("still poison");
      ++applied;
      return absl::OkStatus();
    });
  });
  const auto replay = [&] {
    return client->Replay("7.3", [](tx::Transaction& tx) { return tx.UnparkEvent("billing", "7.3"); });
  };
  EXPECT_ERROR(replay(), absl::StatusCode::kInternal);  // and it stays parked
  EXPECT_EQ(feed_.asked_for, "7.2");
  poison = false;
  EXPECT_OK(replay());
  EXPECT_ERROR(replay(), absl::StatusCode::kAborted, "EVENT_NOT_PARKED");
  EXPECT_EQ(applied, 1);
}

TEST_F(ReplayTest, AnEventThatTheFeedNoLongerHasIsNotFound) {
  const auto client =
      Client([](const ClinicId&, const common::v1::Event&, const FeedClient::Settle&) { return absl::OkStatus(); });
  EXPECT_ERROR(client->Replay("5.1", [](tx::Transaction&) { return absl::OkStatus(); }), absl::StatusCode::kNotFound);
  server_->Shutdown();
  EXPECT_ERROR(client->Replay("7.3", [](tx::Transaction&) { return absl::OkStatus(); }),
               absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace kat::app
