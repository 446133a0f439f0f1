#include "libs/app/feed_server.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/app/event_codec.h"
#include "libs/base/error.h"
#include "libs/log/log.h"
#include "libs/rpc/resource_name.h"
#include "libs/rpc/status.h"

namespace kat::app {
namespace {

using common::v1::SubscribeRequest;
using common::v1::SubscribeResponse;

constexpr int kBatch = 200;
constexpr absl::Duration kHeartbeat = absl::Seconds(15);
constexpr auto kIdle = std::chrono::milliseconds(1000);
// An event just committed stays above the watermark while an older transaction runs; look again soon.
constexpr auto kBehind = std::chrono::milliseconds(5);
constexpr absl::Duration kListen = absl::Seconds(1);

}  // namespace

// What the pump and a stream's reactor share. The reactor dies when gRPC says so; the pump then sees null.
struct FeedServer::Subscriber {
  ClinicId clinic;
  std::vector<std::string> types;
  std::string cursor;
  absl::Time last_write = absl::Now();

  std::mutex mutex;
  Stream* stream = nullptr;  // null once the stream is done
  bool writing = false;
  bool finished = false;

  bool Idle() {
    const std::lock_guard<std::mutex> lock(mutex);
    return stream != nullptr && !writing && !finished;
  }
  void Write(SubscribeResponse response);
  void Finish(const absl::Status& status);
  bool Gone() {
    const std::lock_guard<std::mutex> lock(mutex);
    return stream == nullptr;
  }
};

class FeedServer::Stream final : public grpc::ServerWriteReactor<SubscribeResponse> {
 public:
  Stream(FeedServer& server, std::shared_ptr<Subscriber> subscriber)
      : server_(server), subscriber_(std::move(subscriber)) {}

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard<std::mutex> lock(subscriber_->mutex);
      subscriber_->writing = false;
    }
    if (!ok) subscriber_->Finish(absl::CancelledError("the subscriber is gone"));
    server_.Wake();
  }
  void OnCancel() override { subscriber_->Finish(absl::CancelledError("the subscriber is gone")); }
  void OnDone() override {
    {
      const std::lock_guard<std::mutex> lock(subscriber_->mutex);
      subscriber_->stream = nullptr;
    }
    server_.Wake();
    delete this;
  }

  SubscribeResponse response;  // must live while a write is under way

 private:
  FeedServer& server_;
  std::shared_ptr<Subscriber> subscriber_;
};

void FeedServer::Subscriber::Write(SubscribeResponse response) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (stream == nullptr || finished) return;
  cursor = response.cursor();
  last_write = absl::Now();
  writing = true;
  stream->response = std::move(response);
  stream->StartWrite(&stream->response);
}

void FeedServer::Subscriber::Finish(const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (stream == nullptr || finished) return;
  finished = true;
  stream->Finish(rpc::ToGrpc(status));
}

FeedServer::FeedServer(pg::Database& worker_database, rpc::Adapter& adapter, prometheus::Registry& registry)
    : database_(worker_database),
      reader_(worker_database),
      adapter_(adapter),
      subscriber_count_(prometheus::BuildGauge()
                            .Name("kat_feed_subscribers")
                            .Help("Streams that read this feed")
                            .Register(registry)
                            .Add({})) {}

FeedServer::~FeedServer() { Stop(); }

void FeedServer::Start() {
  pump_ = std::thread([this] { Pump(); });
  listener_ = std::thread([this] { Listen(); });
}

void FeedServer::Stop() {
  if (stop_.exchange(true)) return;
  Wake();
  if (listener_.joinable()) listener_.join();
  if (pump_.joinable()) pump_.join();
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& subscriber : subscribers_) {
    subscriber->Finish(absl::UnavailableError("the server is draining; resume from the last cursor"));
  }
}

void FeedServer::Wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

void FeedServer::Listen() {
  while (!stop_) {
    if (!database_.WaitForNotification(tx::kOutboxChannel, kListen)) continue;
    Wake();
    on_change_();
  }
}

bool FeedServer::Serve(Subscriber& subscriber) {
  if (!subscriber.Idle()) return false;
  absl::StatusOr<tx::FeedBatch> batch = reader_.Read(subscriber.clinic, subscriber.cursor, subscriber.types, kBatch);
  if (absl::IsInvalidArgument(batch.status())) {
    subscriber.Finish(batch.status());
    return false;
  }
  if (!batch.ok()) {
    log::Warning("feed.unreadable", {{"code", absl::StatusCodeToString(batch.status().code())}});
    return false;
  }
  if (batch->cursor == subscriber.cursor && absl::Now() - subscriber.last_write < kHeartbeat) return false;
  SubscribeResponse response;
  for (const tx::FeedEvent& event : batch->events) *response.add_events() = ToProto(event);
  response.set_cursor(batch->cursor);
  subscriber.Write(std::move(response));
  return false;
}

void FeedServer::Pump() {
  bool behind = false;
  while (!stop_) {
    std::vector<std::shared_ptr<Subscriber>> current;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait_for(lock, behind ? kBehind : kIdle, [&] { return woken_ || stop_; });
      woken_ = false;
      subscribers_.remove_if([](const auto& subscriber) { return subscriber->Gone(); });
      subscriber_count_.Set(static_cast<double>(subscribers_.size()));
      current.assign(subscribers_.begin(), subscribers_.end());
    }
    behind = false;
    if (current.empty() || stop_) continue;
    for (const auto& subscriber : current) Serve(*subscriber);
    const absl::StatusOr<std::string> head = reader_.Head();
    for (const auto& subscriber : current) behind |= head.ok() && subscriber->Idle() && subscriber->cursor != *head;
  }
}

grpc::ServerWriteReactor<SubscribeResponse>* FeedServer::Subscribe(grpc::CallbackServerContext* context,
                                                                   const SubscribeRequest* request) {
  auto subscriber = std::make_shared<Subscriber>();
  auto* stream = new Stream(*this, subscriber);
  subscriber->stream = stream;
  static const auto* const method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("kat.common.v1.EventFeedService.Subscribe");
  const absl::StatusOr<rpc::Identity> identity = adapter_.Admit(method, *context, *request);
  const std::string clinic = request->parent() == "clinics/-" ? "-" : rpc::SegmentAfter(request->parent(), "clinics");
  absl::Status status = identity.status();
  if (status.ok() && clinic != "-" && !IsValidId(clinic)) {
    status = InvalidField("parent", "must be a resource name like clinics/{clinic}");
  } else if (status.ok() && identity->peer.empty() && clinic != identity->clinic.str()) {
    status =
        MakeError(absl::StatusCode::kPermissionDenied, "the request names another clinic", {.reason = "OTHER_CLINIC"});
  } else if (status.ok() && stop_) {
    status = absl::UnavailableError("the server is draining");
  }
  if (!status.ok()) {
    subscriber->Finish(status);
    return stream;
  }
  if (clinic != "-") subscriber->clinic = ClinicId(clinic);
  subscriber->types.assign(request->types().begin(), request->types().end());
  subscriber->cursor = request->cursor();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    subscribers_.push_back(subscriber);
    woken_ = true;
  }
  changed_.notify_one();
  return stream;
}

}  // namespace kat::app
