#ifndef KAT_SERVICES_MESSAGING_EFFECTS_OFFER_EFFECTS_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_OFFER_EFFECTS_H_

#include <string>

#include "absl/status/status.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Code of the ad hoc template that tells a patient of an offer of the wait list. Without one the clinic calls: the
// offer itself is work for the team.
inline constexpr char kOfferTemplate[] = "wait-list-offer";

// An offer of scheduling's wait list.
struct WaitListOffer {
  std::string id;
  PatientId patient;
  absl::Time expires_at;
};

// Plans the one message that tells the patient, on every channel that has words for it; consent, quiet hours and limits
// are looked at when it goes out, which must be before the offer expires. An offer that was told of changes nothing.
absl::Status TellOffer(Tx& tx, const WaitListOffer& offer);

// Takes the message back where it is not out yet: the offer has ended.
absl::Status WithdrawOffer(Tx& tx, const std::string& offer_id);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_OFFER_EFFECTS_H_
