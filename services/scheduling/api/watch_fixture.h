#ifndef KAT_SERVICES_SCHEDULING_API_WATCH_FIXTURE_H_
#define KAT_SERVICES_SCHEDULING_API_WATCH_FIXTURE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/rpc/status.h"
#include "libs/testing/test_service.h"

namespace kat::scheduling {

// A client of WatchSchedule, for tests: keeps the picture that the stream tells of, item by item.
class ScheduleWatcher {
 public:
  using Picture = std::map<std::string, std::string>;  // name → the item's bytes

  ScheduleWatcher(const testing::TestService& server, const std::string& clinic,
                  const v1::WatchScheduleRequest& request, common::v1::Role role,
                  absl::Duration token_lifetime = absl::Hours(12))
      : stub_(v1::SchedulingService::NewStub(OwnChannel(server.address()))) {
    server.As(context_, clinic, {role}, "watcher", token_lifetime);
    reader_ = stub_->WatchSchedule(&context_, request);
  }
  ~ScheduleWatcher() {
    context_.TryCancel();
    if (reader_ != nullptr) Finish().IgnoreError();
  }

  // The next message, taken in; null where the stream has ended.
  const v1::WatchScheduleResponse* Next() {
    if (!reader_->Read(&response_)) return nullptr;
    if (!response_.resume_token().empty()) token_ = response_.resume_token();
    if (response_.has_resync()) picture_.clear();
    if (response_.has_snapshot()) Put(response_.snapshot().items());
    if (response_.has_change()) {
      Put(response_.change().items());
      for (const std::string& name : response_.change().removed()) picture_.erase(name);
    }
    return &response_;
  }
  // Reads on until `wanted` of a message holds; false where the stream ends, or half a minute passes, before.
  template <class Wanted>
  bool ReadUntil(Wanted wanted) {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    while (absl::Now() < until) {
      const v1::WatchScheduleResponse* response = Next();
      if (response == nullptr) return false;
      if (wanted(*response)) return true;
    }
    return false;
  }
  bool ReadSnapshot() {
    return ReadUntil([](const auto& response) { return response.has_snapshot() && response.snapshot().complete(); });
  }
  // Reads to the end of the stream; how it ended. Once.
  absl::Status Finish() {
    while (reader_->Read(&response_)) {
    }
    const absl::Status ended = rpc::FromGrpc(reader_->Finish());
    reader_.reset();
    return ended;
  }

  const std::string& token() const { return token_; }
  const Picture& picture() const { return picture_; }

 private:
  // A connection that takes no more than 64 KiB ahead of its reader, however fast it is.
  static std::shared_ptr<grpc::Channel> OwnChannel(const std::string& address) {
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    own.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own);
  }
  void Put(const v1::ScheduleItems& items) {
    for (const auto& item : items.resources()) picture_[item.name()] = item.SerializeAsString();
    for (const auto& item : items.appointments()) picture_[item.appointment().name()] = item.SerializeAsString();
    for (const auto& item : items.holds()) picture_[item.name()] = item.SerializeAsString();
    for (const auto& item : items.free_capacity()) {
      const auto& date = item.date();
      picture_[absl::StrCat(item.resource(), "@", date.year(), "-", date.month(), "-", date.day())] =
          item.SerializeAsString();
    }
  }

  std::unique_ptr<v1::SchedulingService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchScheduleResponse>> reader_;
  v1::WatchScheduleResponse response_;
  std::string token_;
  Picture picture_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_WATCH_FIXTURE_H_
