#ifndef KAT_LIBS_APP_FEED_CLIENT_H_
#define KAT_LIBS_APP_FEED_CLIENT_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "kat/common/v1/events.pb.h"
#include "libs/base/id.h"
#include "libs/tx/transaction.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"

namespace kat::app {

struct FeedClientOptions {
  std::string key;   // name of the cursor kept for this subscription
  std::string feed;  // service whose feed it is
  std::vector<std::string> types;
  std::function<std::shared_ptr<grpc::Channel>()> channel;
};

// Follows another service's feed: applies each event once, in order, the cursor moving in the transaction of the
// effect. An event that fails is tried again with backoff; after 8 failures that are no outage it is parked with its
// error, and the feed goes on.
class FeedClient {
 public:
  using Settle = std::function<absl::Status(tx::Transaction&)>;
  using Handler = std::function<absl::Status(const ClinicId&, const common::v1::Event&, const Settle&)>;

  // `store` runs under the worker's role.
  FeedClient(FeedClientOptions options, tx::Store<tx::Transaction>& store, Handler handler,
             prometheus::Family<prometheus::Counter>& events);
  ~FeedClient() { Stop(); }

  void Start();
  void Stop();

  // Applies one event as if it had come from the feed. For tests, instead of Start.
  absl::Status Deliver(const common::v1::Event& event);

  // Fetches the event with `cursor` from the feed again and applies it, with `settle` in the transaction of its effect
  // instead of the cursor's move: for a parked event. NOT_FOUND where the feed no longer has it.
  absl::Status Replay(const std::string& cursor, const Settle& settle);

  const std::string& key() const { return options_.key; }
  // Cursor up to which every event was applied or was not ours.
  std::string seen_cursor() const;

 private:
  void Loop();
  absl::StatusOr<std::string> LoadCursor();
  absl::StatusOr<common::v1::Event> Fetch(const std::string& cursor);
  bool Follow();  // one subscription, until it breaks; true where something was received
  absl::Status Apply(const common::v1::Event& event);
  absl::Status ApplyWithRetry(const common::v1::Event& event);
  absl::Status Park(const common::v1::Event& event, const absl::Status& why);
  void Pause(absl::Duration duration);
  void SetSeen(std::string cursor);

  const FeedClientOptions options_;
  tx::Store<tx::Transaction>& store_;
  const Handler handler_;
  prometheus::Family<prometheus::Counter>& events_;

  std::string stored_cursor_;  // as the database has it; the loop's own
  mutable std::mutex mutex_;
  std::string seen_cursor_;
  grpc::ClientContext* context_ = nullptr;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_FEED_CLIENT_H_
