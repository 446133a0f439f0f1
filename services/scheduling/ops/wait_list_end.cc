#include "services/scheduling/ops/wait_list_end.h"

#include <optional>
#include <vector>

#include "libs/base/status_macros.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/wait_list.h"

namespace kat::scheduling {
namespace {

absl::Status EndLater(Tx& tx, const std::optional<WaitListEntryId>& waiting) {
  if (!waiting) return absl::OkStatus();
  return tx.Schedule({.kind = kEndEntryJob, .key = waiting->str(), .due_at = tx.now(), .payload = "{}"});
}

// What is over stays over: there is no need to lock it.
absl::StatusOr<WaitEndReason> ReasonToEnd(Tx& tx, const WaitListEntry& entry) {
  if (!entry.appointment.empty()) {
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(entry.appointment));
    return EndReasonOf(appointment.state);
  }
  if (entry.course.empty()) return WaitEndReason::kNone;
  ASSIGN_OR_RETURN(const Course course, tx.courses().Get(entry.course));
  return course.state == CourseState::kStopped ? WaitEndReason::kCourseStopped : WaitEndReason::kNone;
}

}  // namespace

absl::Status TellOver(Tx& tx, const Appointment& appointment) {
  ASSIGN_OR_RETURN(const std::optional<WaitListEntryId> waiting, tx.wait_list().WaitingFor(appointment.id));
  return EndLater(tx, waiting);
}

absl::Status TellOver(Tx& tx, const Course& course) {
  ASSIGN_OR_RETURN(const std::optional<WaitListEntryId> waiting, tx.wait_list().WaitingFor(course.id));
  return EndLater(tx, waiting);
}

absl::Status EndEntry(Tx& tx, const WaitListEntryId& id) {
  // Nothing is offered any more for what is over: an offer that is open was there before.
  ASSIGN_OR_RETURN(const std::vector<WaitListOffer> open,
                   tx.wait_list().ListOffers(id, OfferState::kOpen, {.limit = 1}));
  std::optional<WaitListOffer> offer;
  if (!open.empty()) {
    ASSIGN_OR_RETURN(offer, tx.wait_list().GetOffer(open[0].id, Lock::kForUpdate));
  }
  ASSIGN_OR_RETURN(WaitListEntry entry, tx.wait_list().GetEntry(id, Lock::kForUpdate));
  if (entry.state != WaitState::kWaiting && entry.state != WaitState::kOffered) return absl::OkStatus();
  ASSIGN_OR_RETURN(entry.end_reason, ReasonToEnd(tx, entry));
  if (entry.end_reason == WaitEndReason::kNone) return absl::OkStatus();
  entry.state = WaitState::kEnded;
  ++entry.version;
  entry.updated_at = tx.now();
  RETURN_IF_ERROR(tx.wait_list().UpdateEntry(entry));
  if (offer && offer->state == OfferState::kOpen) {
    RETURN_IF_ERROR(EndOffer(tx, *offer, OfferState::kWithdrawn).status());
  }
  return Publish(tx, entry, "ended");
}

}  // namespace kat::scheduling
