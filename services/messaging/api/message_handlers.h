#ifndef KAT_SERVICES_MESSAGING_API_MESSAGE_HANDLERS_H_
#define KAT_SERVICES_MESSAGING_API_MESSAGE_HANDLERS_H_

#include "kat/messaging/v1/messaging_service.pb.h"
#include "libs/rpc/service.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Serves messages to patients, how prepared they are, and consent to be contacted.
class MessageHandlers {
 public:
  MessageHandlers(Store& store, const Peers& peers) : store_(store), peers_(peers) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::PatientMessage> SendMessage(rpc::Call& call, const v1::SendMessageRequest& request);
  absl::StatusOr<v1::PatientMessage> GetMessage(rpc::Call& call, const v1::GetMessageRequest& request);
  absl::StatusOr<v1::ListMessagesResponse> ListMessages(rpc::Call& call, const v1::ListMessagesRequest& request);
  absl::StatusOr<v1::PatientMessage> WithdrawMessage(rpc::Call& call, const v1::WithdrawMessageRequest& request);
  absl::StatusOr<v1::Preparation> GetPreparation(rpc::Call& call, const v1::GetPreparationRequest& request);
  absl::StatusOr<v1::Preparation> RecordDriver(rpc::Call& call, const v1::RecordDriverRequest& request);
  absl::StatusOr<v1::Preparation> PreparationOf(Tx& tx, const TrackedAppointment& tracked);

  absl::StatusOr<v1::ContactPreferences> RecordConsent(rpc::Call& call, const v1::RecordContactConsentRequest& request);
  absl::StatusOr<v1::ContactPreferences> RevokeConsent(rpc::Call& call, const v1::RevokeContactConsentRequest& request);
  absl::StatusOr<v1::ContactPreferences> GetPreferences(rpc::Call& call, const v1::GetContactPreferencesRequest& request);
  absl::StatusOr<v1::ListContactConsentEventsResponse> ListConsentEvents(rpc::Call& call,
                                                                         const v1::ListContactConsentEventsRequest& request);

  Store& store_;
  const Peers& peers_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_MESSAGE_HANDLERS_H_
