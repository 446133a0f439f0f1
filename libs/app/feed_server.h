#ifndef KAT_LIBS_APP_FEED_SERVER_H_
#define KAT_LIBS_APP_FEED_SERVER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "kat/common/v1/events.grpc.pb.h"
#include "libs/pg/database.h"
#include "libs/rpc/adapter.h"
#include "libs/tx/outbox_reader.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace kat::app {

// Serves this service's outbox as EventFeedService. Streams use the callback API and never block: one thread reads the
// database for all of them, woken by NOTIFY or by a new subscriber.
class FeedServer final
    : public common::v1::EventFeedService::WithCallbackMethod_Subscribe<common::v1::EventFeedService::Service> {
 public:
  FeedServer(pg::Database& worker_database, rpc::Adapter& adapter, prometheus::Registry& registry);
  ~FeedServer() override;

  void Start();
  // Also called whenever the outbox may have changed; set before Start. Must not block.
  void OnOutboxChange(std::function<void()> on_change) { on_change_ = std::move(on_change); }
  // Ends every stream with UNAVAILABLE; call before the server shuts down.
  void Stop();

  grpc::ServerWriteReactor<common::v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* context, const common::v1::SubscribeRequest* request) override;

 private:
  class Stream;
  struct Subscriber;

  void Pump();
  void Listen();
  void Wake();
  // Reads for one subscriber and starts a write where there is something to say. True where it should be looked at
  // again soon.
  bool Serve(Subscriber& subscriber);

  pg::Database& database_;
  tx::OutboxReader reader_;
  rpc::Adapter& adapter_;
  prometheus::Gauge& subscriber_count_;
  std::function<void()> on_change_ = [] {};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::list<std::shared_ptr<Subscriber>> subscribers_;
  std::atomic<bool> stop_ = false;
  std::thread pump_;
  std::thread listener_;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_FEED_SERVER_H_
