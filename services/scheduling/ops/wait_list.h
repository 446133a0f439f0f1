#ifndef KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_H_
#define KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_H_

#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

inline constexpr char kExpireOfferJob[] = "wait_list_offer.expire";

// Offers capacity that came free to the first on the wait list whom it fits: holds it, and says so. Nobody gets an
// offer where it fits nobody, or is gone.
absl::Status OfferFreed(Tx& tx, Planner& planner, const TimeSpan& freed);

// Ends an open offer, which the transaction has locked, as declined or expired: its capacity is free for the next, and
// its entry waits on.
absl::StatusOr<WaitListOffer> EndOffer(Tx& tx, WaitListOffer offer, OfferState state);

// Makes the offer's visit by itself an appointment. The offer is locked and open.
absl::StatusOr<Appointment> BookOffer(Tx& tx, const WaitListOffer& offer);

// Notes that the locked and open offer was booked.
absl::StatusOr<WaitListOffer> AcceptOffer(Tx& tx, WaitListOffer offer, const AppointmentId& appointment);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_H_
