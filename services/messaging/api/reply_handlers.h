#ifndef KAT_SERVICES_MESSAGING_API_REPLY_HANDLERS_H_
#define KAT_SERVICES_MESSAGING_API_REPLY_HANDLERS_H_

#include "kat/messaging/v1/messaging_service.pb.h"
#include "libs/rpc/service.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Serves the carrier's webhooks: replies and delivery reports.
class ReplyHandlers {
 public:
  explicit ReplyHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::MessageReply> ReceiveReply(rpc::Call& call, const v1::ReceiveReplyRequest& request);
  absl::StatusOr<v1::PatientMessage> ReceiveDeliveryReport(rpc::Call& call, const v1::ReceiveDeliveryReportRequest& request);
  absl::StatusOr<v1::ListRepliesResponse> ListReplies(rpc::Call& call, const v1::ListRepliesRequest& request);

  Store& store_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_REPLY_HANDLERS_H_
