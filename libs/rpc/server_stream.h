#ifndef KAT_LIBS_RPC_SERVER_STREAM_H_
#define KAT_LIBS_RPC_SERVER_STREAM_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/server_callback.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/status.h"
#include "libs/tx/transaction.h"

namespace kat::rpc {

// Who opened a stream, and how.
struct StreamCaller {
  std::string method;  // full name
  Identity identity;
  absl::Time expires_at = absl::InfiniteFuture();  // of the caller's token; real time
  absl::Time opened_at;                            // real time
  std::string trace_id;
};

// An audit row of a stream: its caller saw data of `subject`.
tx::AuditEntry AuditOf(const StreamCaller& caller, std::string subject, absl::string_view outcome);

// A server stream of the callback API, between gRPC's threads and the one that feeds it. Thread-safe; nothing blocks.
// At most one message is under way: the feeder writes when Idle, and is told by `on_progress` to look again.
template <class Response>
class ServerStream {
 public:
  using Message = std::shared_ptr<const Response>;  // may be shared by many streams

  // The stream, and the reactor that gRPC owns. `on_end` gets the status that it ended with, once.
  static std::pair<std::shared_ptr<ServerStream>, grpc::ServerWriteReactor<Response>*> Make(
      std::function<void(const StreamCaller&, const absl::Status&)> on_end) {
    std::shared_ptr<ServerStream> stream(new ServerStream(std::move(on_end)));
    stream->reactor_ = new Reactor(stream);
    return {stream, stream->reactor_};
  }

  // Set before the first write.
  void set_caller(StreamCaller caller) { caller_ = std::move(caller); }
  void set_on_progress(std::function<void()> on_progress) {
    const std::lock_guard<std::mutex> lock(mutex_);
    on_progress_ = std::move(on_progress);
  }
  const StreamCaller& caller() const { return caller_; }

  // Whether a message may be written.
  bool Idle() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reactor_ != nullptr && !writing_ && !finished_;
  }
  // Whether gRPC is done with it.
  bool Gone() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reactor_ == nullptr;
  }
  // Does nothing unless Idle.
  void Write(Message message) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (reactor_ == nullptr || writing_ || finished_) return;
    writing_ = std::move(message);
    reactor_->StartWrite(writing_.get());
  }
  void Finish(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (reactor_ == nullptr || finished_) return;
    finished_ = true;
    status_ = status;
    reactor_->Finish(ToGrpc(status));
  }

 private:
  class Reactor final : public grpc::ServerWriteReactor<Response> {
   public:
    explicit Reactor(std::shared_ptr<ServerStream> stream) : stream_(std::move(stream)) {}
    void OnWriteDone(bool ok) override { stream_->WriteDone(ok); }
    void OnCancel() override { stream_->Finish(absl::CancelledError("the client is gone")); }
    void OnDone() override {
      stream_->Done();
      delete this;
    }

   private:
    const std::shared_ptr<ServerStream> stream_;
  };

  explicit ServerStream(std::function<void(const StreamCaller&, const absl::Status&)> on_end)
      : on_end_(std::move(on_end)) {}

  void WriteDone(bool ok) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      writing_.reset();
    }
    if (!ok) Finish(absl::CancelledError("the client is gone"));
    Progress();
  }
  void Done() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      reactor_ = nullptr;
    }
    on_end_(caller_, status_);
    Progress();
  }
  void Progress() {
    std::function<void()> on_progress;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      on_progress = on_progress_;
    }
    if (on_progress) on_progress();
  }

  const std::function<void(const StreamCaller&, const absl::Status&)> on_end_;
  StreamCaller caller_;
  mutable std::mutex mutex_;
  std::function<void()> on_progress_;  // guarded by mutex_, as is all below
  Reactor* reactor_ = nullptr;         // null once gRPC is done
  Message writing_;                    // must live while it is under way
  bool finished_ = false;
  absl::Status status_;
};

// What feeds a service's streams.
class Streams {
 public:
  virtual ~Streams() = default;
  virtual void Start() = 0;
  // Events were committed, by this process or another; or they may have been. Must not block.
  virtual void Wake() = 0;
  // Ends every stream with UNAVAILABLE; the server shuts down after it.
  virtual void Stop() = 0;
};

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_SERVER_STREAM_H_
