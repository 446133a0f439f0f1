#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/care_handlers.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/care_effects.h"

namespace kat::messaging {
namespace {

// Changes the call that a request names, under its etag, and publishes `type`.
template <class Request, class Change>
absl::StatusOr<v1::CoordinationCall> ChangeCall(rpc::Call& call, Store& store, const Request& request, const char* type, Change change) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<v1::CoordinationCall> {
    ASSIGN_OR_RETURN(CoordinationCall found, tx.GetCall(CallId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), found.revision, "coordination call"));
    RETURN_IF_ERROR(change(found, tx.now()));
    RETURN_IF_ERROR(tx.UpdateCall(found));
    RETURN_IF_ERROR(TellCall(tx, type, found));
    return ToProto(tx.clinic(), found);
  });
}

}  // namespace

void CallHandlers::Register(rpc::Service& service) {
  service.Unary("CreateCoordinationCall", this, &CallHandlers::Create);
  service.Unary("GetCoordinationCall", this, &CallHandlers::Get);
  service.Unary("ListCoordinationCalls", this, &CallHandlers::List);
  service.Unary("ScheduleCoordinationCall", this, &CallHandlers::Schedule);
  service.Unary("CompleteCoordinationCall", this, &CallHandlers::CompleteCall);
  service.Unary("CancelCoordinationCall", this, &CallHandlers::CancelCall);
}

absl::StatusOr<v1::CoordinationCall> CallHandlers::Create(rpc::Call& call, const v1::CreateCoordinationCallRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CoordinationCall> {
    ASSIGN_OR_RETURN(const CoordinationCall made, NewCoordinationCall(FromProto(request.coordination_call()), tx.now()));
    RETURN_IF_ERROR(tx.InsertCall(made));
    RETURN_IF_ERROR(TellCall(tx, "coordination_call.requested", made));
    return ToProto(tx.clinic(), made);
  });
}

absl::StatusOr<v1::CoordinationCall> CallHandlers::Get(rpc::Call& call, const v1::GetCoordinationCallRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::CoordinationCall> {
    ASSIGN_OR_RETURN(const CoordinationCall found, tx.GetCall(CallId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), found);
  });
}

absl::StatusOr<v1::ListCoordinationCallsResponse> CallHandlers::List(rpc::Call& call,
                                                                     const v1::ListCoordinationCallsRequest& request) {
  const CareFilter<CallState> filter{PatientId(rpc::LastSegment(request.patient())), request.owner(),
                                     static_cast<CallState>(request.state())};
  return ServeList<v1::ListCoordinationCallsResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListCalls(filter, slice); },
      [&](auto& response, const CoordinationCall& c) { *response.add_coordination_calls() = ToProto(call.clinic(), c); },
      [](const CoordinationCall& c) { return std::vector<std::string>{TimeKey(c.due_at), c.id.str()}; });
}

absl::StatusOr<v1::CoordinationCall> CallHandlers::Schedule(rpc::Call& call, const v1::ScheduleCoordinationCallRequest& request) {
  return ChangeCall(call, store_, request, "coordination_call.scheduled", [&](CoordinationCall& found, absl::Time now) {
    return ScheduleAt(found, rpc::FromProto(request.start_time()), AppointmentId(rpc::LastSegment(request.appointment())), now);
  });
}

absl::StatusOr<v1::CoordinationCall> CallHandlers::CompleteCall(rpc::Call& call, const v1::CompleteCoordinationCallRequest& request) {
  return ChangeCall(call, store_, request, "coordination_call.held",
                    [&](CoordinationCall& found, absl::Time now) { return Complete(found, request.outcome(), now); });
}

absl::StatusOr<v1::CoordinationCall> CallHandlers::CancelCall(rpc::Call& call, const v1::CancelCoordinationCallRequest& request) {
  return ChangeCall(call, store_, request, "coordination_call.cancelled",
                    [&](CoordinationCall& found, absl::Time now) { return Cancel(found, request.reason(), now); });
}

}  // namespace kat::messaging
