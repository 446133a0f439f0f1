#include "libs/app/feed_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kat/common/v1/events.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/rpc/resource_name.h"
#include "libs/rpc/trace.h"
#include "libs/tx/outbox_reader.h"

namespace kat::app {
namespace {

constexpr int kMaxAttempts = 8;
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
constexpr absl::Duration kLongestBackoff = absl::Seconds(5);
constexpr absl::Duration kFetchTimeout = absl::Seconds(5);

absl::Duration Backoff(int attempts) {
  return std::min(kFirstBackoff * (1 << std::min(attempts, 10)), kLongestBackoff);
}

bool IsOutage(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
         ErrorReason(status) == "CLINIC_UNKNOWN";
}

}  // namespace

FeedClient::FeedClient(FeedClientOptions options, tx::Store<tx::Transaction>& store, Handler handler,
                       prometheus::Family<prometheus::Counter>& events)
    : options_(std::move(options)), store_(store), handler_(std::move(handler)), events_(events) {}

void FeedClient::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void FeedClient::Stop() {
  stop_ = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }
  if (thread_.joinable()) thread_.join();
}

std::string FeedClient::seen_cursor() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return seen_cursor_;
}

void FeedClient::SetSeen(std::string cursor) {
  const std::lock_guard<std::mutex> lock(mutex_);
  seen_cursor_ = std::move(cursor);
}

void FeedClient::Pause(absl::Duration duration) {
  for (const absl::Time end = absl::Now() + duration; !stop_ && absl::Now() < end;) {
    absl::SleepFor(std::min(end - absl::Now(), absl::Milliseconds(20)));
  }
}

absl::StatusOr<std::string> FeedClient::LoadCursor() {
  std::string cursor;
  RETURN_IF_ERROR(store_.Run({}, [&](tx::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(cursor, tx.FeedCursor(options_.key));
    return absl::OkStatus();
  }));
  return cursor;
}

absl::Status FeedClient::Apply(const common::v1::Event& event) {
  const log::TraceScope trace(event.trace_id().empty() ? rpc::TraceIdFrom("") : event.trace_id());
  const ClinicId clinic(rpc::LastSegment(event.clinic()));
  const Settle settle = [&](tx::Transaction& tx) {
    return tx.MoveFeedCursor(options_.key, stored_cursor_, event.cursor());
  };
  RETURN_IF_ERROR(handler_(clinic, event, settle));
  stored_cursor_ = event.cursor();
  return absl::OkStatus();
}

absl::Status FeedClient::Deliver(const common::v1::Event& event) {
  ASSIGN_OR_RETURN(stored_cursor_, LoadCursor());
  return Apply(event);
}

absl::StatusOr<common::v1::Event> FeedClient::Fetch(const std::string& cursor) {
  common::v1::SubscribeRequest request;
  request.set_parent("clinics/-");
  ASSIGN_OR_RETURN(*request.mutable_cursor(), tx::CursorBefore(cursor));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kFetchTimeout));
  auto stub = common::v1::EventFeedService::NewStub(options_.channel());
  auto stream = stub->Subscribe(&context, request);
  common::v1::SubscribeResponse response;
  while (stream->Read(&response) && response.events().empty()) {
  }
  context.TryCancel();
  for (common::v1::SubscribeResponse rest; stream->Read(&rest);) {
  }
  const grpc::Status end = stream->Finish();
  if (response.events().empty()) {
    log::Warning("feed.broken", {{"feed", options_.key}, {"code", static_cast<int>(end.error_code())}});
    return PeerUnavailable(options_.feed);
  }
  if (response.events(0).cursor() != cursor) return ResourceNotFound("event");
  return response.events(0);
}

absl::Status FeedClient::Replay(const std::string& cursor, const Settle& settle) {
  ASSIGN_OR_RETURN(const common::v1::Event event, Fetch(cursor));
  const log::TraceScope trace(event.trace_id().empty() ? rpc::TraceIdFrom("") : event.trace_id());
  return handler_(ClinicId(rpc::LastSegment(event.clinic())), event, settle);
}

absl::Status FeedClient::Park(const common::v1::Event& event, const absl::Status& why) {
  const std::string error = absl::StrCat(absl::StatusCodeToString(why.code()), " ", ErrorReason(why));
  log::Error("event.parked",
             {{"feed", options_.key}, {"type", event.type()}, {"clinic", event.clinic()}, {"error", error}});
  const ClinicId clinic(rpc::LastSegment(event.clinic()));
  RETURN_IF_ERROR(store_.Run({.clinic = clinic}, [&](tx::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.ParkEvent(options_.key, event.cursor(), event.type(), error));
    RETURN_IF_ERROR(tx.MoveFeedCursor(options_.key, stored_cursor_, event.cursor()));
    return tx.Publish(
        {.type = "event.parked",
         .subject = event.subject(),
         .subject_version = event.subject_version(),
         .state = "PARKED",
         .work = tx::Work{
             .kind = "EVENT_PARKED", .role = common::v1::ROLE_CLINIC_ADMIN, .urgency = tx::Work::Urgency::kSoon}});
  }));
  stored_cursor_ = event.cursor();
  return absl::OkStatus();
}

absl::Status FeedClient::ApplyWithRetry(const common::v1::Event& event) {
  const auto count = [&](const char* outcome) {
    events_.Add({{"feed", options_.key}, {"outcome", outcome}}).Increment();
  };
  int failures = 0;
  for (int attempt = 0; !stop_; ++attempt) {
    const absl::Status status = Apply(event);
    if (status.ok()) {
      count("applied");
      return status;
    }
    if (absl::IsAborted(status)) return status;  // another replica was first: start over from the stored cursor
    count("retried");
    log::Warning("event.retried", {{"feed", options_.key},
                                   {"type", event.type()},
                                   {"code", absl::StatusCodeToString(status.code())},
                                   {"reason", ErrorReason(status)},
                                   {"detail", absl::IsInternal(status) ? std::string(status.message()) : ""}});
    if (!IsOutage(status) && ++failures >= kMaxAttempts) {
      count("parked");
      return Park(event, status);
    }
    Pause(Backoff(attempt));
  }
  return absl::CancelledError("stopping");
}

bool FeedClient::Follow() {
  absl::StatusOr<std::string> cursor = LoadCursor();
  if (!cursor.ok()) return false;
  stored_cursor_ = *cursor;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    context_ = &context;
  }
  common::v1::SubscribeRequest request;
  request.set_parent("clinics/-");
  request.set_cursor(*cursor);
  for (const std::string& type : options_.types) request.add_types(type);
  auto stub = common::v1::EventFeedService::NewStub(options_.channel());
  bool received = false;
  if (!stop_) {
    auto stream = stub->Subscribe(&context, request);
    bool healthy = true;
    for (common::v1::SubscribeResponse response; healthy && stream->Read(&response);) {
      received = true;
      for (const common::v1::Event& event : response.events()) {
        healthy = ApplyWithRetry(event).ok();
        if (!healthy) break;
      }
      if (healthy) SetSeen(response.cursor());
    }
    context.TryCancel();
    for (common::v1::SubscribeResponse rest; stream->Read(&rest);) {
    }
    const grpc::Status end = stream->Finish();
    if (end.error_code() != grpc::StatusCode::CANCELLED && end.error_code() != grpc::StatusCode::UNAVAILABLE) {
      log::Warning("feed.broken", {{"feed", options_.key}, {"code", static_cast<int>(end.error_code())}});
    }
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  context_ = nullptr;
  return received;
}

void FeedClient::Loop() {
  for (int failures = 0; !stop_;) {
    failures = Follow() ? 0 : failures + 1;
    Pause(Backoff(failures));
  }
}

}  // namespace kat::app
