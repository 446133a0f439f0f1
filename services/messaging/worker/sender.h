#ifndef KAT_SERVICES_MESSAGING_WORKER_SENDER_H_
#define KAT_SERVICES_MESSAGING_WORKER_SENDER_H_

#include "absl/status/status.h"
#include "services/messaging/clients/carrier.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/domain/sending.h"
#include "services/messaging/store/store.h"
#include "services/messaging/worker/bundle.h"

namespace kat::messaging {

// Sends messages when their time comes. A message is marked SENDING in a transaction of its own before the carrier hears of it; whatever dies after that, the
// next run asks the carrier first and never sends again what it took.
class Sender {
 public:
  Sender(const Peers& peers, Carrier& carrier) : peers_(peers), carrier_(carrier) {}

  // Job `message.send`.
  absl::Status Send(Tx& tx, const tx::Job& job);
  // Job `message.track`: asks the carrier what became of a message.
  absl::Status Track(Tx& tx, const tx::Job& job);

 private:
  absl::Status Begin(Tx& tx, PatientMessage& message);
  absl::Status Submit(Tx& tx, PatientMessage& message);
  absl::StatusOr<SendDecision> DecideNow(Tx& tx, const PatientMessage& message, const Bundle& bundle);
  absl::Status HandOver(Tx& tx, PatientMessage& message);
  absl::Status Accepted(Tx& tx, PatientMessage& message, const CarrierRecord& record);
  // Lets followers go, and looks at the message again.
  absl::Status ReleaseFirst(Tx& tx, const PatientMessage& message, std::vector<PatientMessage>& followers);
  absl::Status Failed(Tx& tx, PatientMessage& message, const std::string& failure);

  const Peers& peers_;
  Carrier& carrier_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_WORKER_SENDER_H_
