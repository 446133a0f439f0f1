#ifndef KAT_SERVICES_SCHEDULING_OPS_EVENTS_H_
#define KAT_SERVICES_SCHEDULING_OPS_EVENTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/scheduling/store/store.h"

// The events that scheduling publishes: `Publish(tx, appointment, "moved")` is `appointment.moved`.
namespace kat::scheduling {

absl::Status Publish(Tx& tx, const Clinic& clinic, absl::string_view what);
absl::Status Publish(Tx& tx, const Course& course, absl::string_view what);
absl::Status Publish(Tx& tx, const Appointment& appointment, absl::string_view what);
// Of the departures from the protocol that this transaction decided: who answers for them.
absl::Status PublishOverrides(Tx& tx, const Appointment& appointment);
absl::Status Publish(Tx& tx, const Repair& repair, absl::string_view what);
absl::Status Publish(Tx& tx, const Improvement& improvement, absl::string_view what);
absl::Status Publish(Tx& tx, const Hold& hold, absl::string_view what);
absl::Status Publish(Tx& tx, const Resource& resource, absl::string_view what);  // `staff.updated`
absl::Status Publish(Tx& tx, const WaitListEntry& entry, absl::string_view what);
absl::Status Publish(Tx& tx, const WaitListOffer& offer, absl::string_view what);
absl::Status Publish(Tx& tx, const ProtocolVersion& protocol, absl::string_view what);
// Of the course, as it is after it: `block.booked`.
absl::Status PublishBlock(Tx& tx, const Course& course, const Block& block, absl::string_view what);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_EVENTS_H_
