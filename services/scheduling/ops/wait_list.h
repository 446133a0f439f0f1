#ifndef KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_H_
#define KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_H_

#include <optional>

#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

inline constexpr char kExpireOfferJob[] = "wait_list_offer.expire";

// An offer with capacity that was free when it was looked for, not yet taken.
struct OfferDraft {
  WaitListOffer offer;
  std::optional<BlockPlan> plan;  // of a course
};

// The offer of capacity that came free to the first on the wait list whom it fits; none where it fits nobody. Reads
// only, and may take a second.
absl::StatusOr<std::optional<OfferDraft>> FindOffer(Tx& tx, Planner& planner, const TimeSpan& freed);

// Makes the offer: takes its capacity until it expires, and says so. ABORTED where the entry waits no more, or the
// capacity is gone: look again.
absl::Status MakeOffer(Tx& tx, OfferDraft draft);

// Ends an open offer, which the transaction has locked: its capacity is free for the next. Declined or expired, its
// entry waits on; withdrawn, that has been ended by the caller.
absl::StatusOr<WaitListOffer> EndOffer(Tx& tx, WaitListOffer offer, OfferState state);

// Makes the offer's visit by itself an appointment. The offer is locked and open.
absl::StatusOr<Appointment> BookOffer(Tx& tx, const WaitListOffer& offer);

// What moving the offer's appointment would make of it, and what it is checked against; a lock is on its course and the
// appointment. FAILED_PRECONDITION, STATE_FORBIDS, PROTOCOL_VIOLATED or PLAN_INVALID, where it cannot go there any
// more.
struct OfferedMove {
  CourseFacts facts;
  std::vector<Appointment> moved;
};
absl::StatusOr<OfferedMove> CheckOfferedMove(Tx& tx, const WaitListOffer& offer, Lock lock);

// Moves it there: what the offer holds becomes the appointment's, and what that had is free for the next.
absl::StatusOr<Appointment> MoveToOffer(Tx& tx, const WaitListOffer& offer, OfferedMove move,
                                        const VisitConditions& conditional);

// Notes that the locked and open offer was booked.
absl::StatusOr<WaitListOffer> AcceptOffer(Tx& tx, WaitListOffer offer, const AppointmentId& appointment);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_H_
