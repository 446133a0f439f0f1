#include "services/messaging/api/reply_handlers.h"

#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/reply_effects.h"

namespace kat::messaging {

void ReplyHandlers::Register(rpc::Service& service) {
  service.Unary("ReceiveReply", this, &ReplyHandlers::ReceiveReply);
  service.Unary("ReceiveDeliveryReport", this, &ReplyHandlers::ReceiveDeliveryReport);
  service.Unary("ListReplies", this, &ReplyHandlers::ListReplies);
}

absl::StatusOr<v1::MessageReply> ReplyHandlers::ReceiveReply(rpc::Call& call, const v1::ReceiveReplyRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MessageReply> {
    Reply draft;
    draft.from_address = request.from_address();
    draft.body = request.body();
    draft.carrier_message_id = request.carrier_message_id();
    draft.received_at = request.has_receive_time() ? rpc::FromProto(request.receive_time()) : tx.now();
    ASSIGN_OR_RETURN(const Reply reply, TakeReply(tx, draft));
    return ToProto(tx.clinic(), reply);
  });
}

absl::StatusOr<v1::PatientMessage> ReplyHandlers::ReceiveDeliveryReport(rpc::Call& call,
                                                                        const v1::ReceiveDeliveryReportRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PatientMessage> {
    ASSIGN_OR_RETURN(std::optional<PatientMessage> message, tx.FindByCarrierId(request.carrier_message_id()));
    if (!message) return ResourceNotFound("message");
    call.Touch(names::Of(tx.clinic(), message->patient));
    if (message->state == MessageState::kSent && request.delivered()) {
      RETURN_IF_ERROR(KeepDelivered(tx, *message));
    } else if (message->state == MessageState::kSent) {
      RETURN_IF_ERROR(KeepFailed(tx, *message, request.failure().empty() ? "UNDELIVERED" : request.failure()));
    }
    return ToProto(tx.clinic(), *message);
  });
}

absl::StatusOr<v1::ListRepliesResponse> ReplyHandlers::ListReplies(rpc::Call& call, const v1::ListRepliesRequest& request) {
  const PatientId patient(rpc::LastSegment(request.patient()));
  return ServeList<v1::ListRepliesResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListReplies(patient, slice); },
      [&](auto& response, const Reply& r) { *response.add_replies() = ToProto(call.clinic(), r); },
      [](const Reply& r) { return std::vector<std::string>{TimeKey(r.received_at), r.id.str()}; });
}

}  // namespace kat::messaging
