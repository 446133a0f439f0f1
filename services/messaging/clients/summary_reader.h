#ifndef KAT_SERVICES_MESSAGING_CLIENTS_SUMMARY_READER_H_
#define KAT_SERVICES_MESSAGING_CLIENTS_SUMMARY_READER_H_

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "kat/common/v1/types.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/peer.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/domain/summary.h"

// Reads the sections of a summary from one service; used by the summary clients alone.
namespace kat::messaging {

// Whether one of the caller's roles may call `method` ("GetReadiness") of `service`, by the policy in its contract. Peers may do more than the person
// behind them, so a summary asks before it calls.
bool MayRead(const rpc::Identity& identity, const std::string& service, const std::string& method);

// What became of one read.
struct SectionRead {
  Availability availability = Availability::kAvailable;
  bool not_found = false;
};
SectionRead Judge(const grpc::Status& status);

// One read of a source as the caller. All of its sections share a time: a service that hangs must spend neither that of
// the others nor the caller's.
class SourceRead {
 public:
  explicit SourceRead(const rpc::Call& call)
      : call_(call), until_(std::min(call.deadline(), absl::Now() + limits::kSummarySourceTime)) {}
  const rpc::Call& call() const { return call_; }
  const ClinicId& clinic() const { return call_.clinic(); }
  absl::Time until() const { return until_; }

 private:
  const rpc::Call& call_;
  const absl::Time until_;
};

// Makes one section: asks `stub->*method` as the caller, and lets `fill` write the items of what came.
template <class Stub, class Request, class Response, class Fill>
SummarySection ReadSection(const SourceRead& source_read, const std::string& service, const char* method_name,
                           const char* source, const char* title, Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                           const Request& request, Fill fill, bool* not_found = nullptr) {
  SummarySection section{.source = source, .title = title, .availability = Availability::kNotPermitted};
  const rpc::Call& call = source_read.call();
  if (!MayRead(call.identity(), service, method_name)) return section;
  Response response;
  grpc::ClientContext context;
  rpc::PreparePeerCall(context, call);
  context.set_deadline(absl::ToChronoTime(source_read.until()));
  const SectionRead read = Judge((stub.*method)(&context, request, &response));
  section.availability = read.availability;
  if (not_found != nullptr) *not_found = read.not_found;
  if (read.availability == Availability::kAvailable && !read.not_found) fill(response, section);
  if (static_cast<int>(section.items.size()) > limits::kSummaryItems) {
    section.items.resize(limits::kSummaryItems);
    section.truncated = true;
  }
  return section;
}

// `$1,234.50`.
std::string Dollars(const common::v1::Money& money);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_CLIENTS_SUMMARY_READER_H_
