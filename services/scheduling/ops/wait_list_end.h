#ifndef KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_END_H_
#define KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_END_H_

#include "absl/status/status.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

inline constexpr char kEndEntryJob[] = "wait_list_entry.end";

// Notes that the appointment, which the transaction has locked, is over: a job of this transaction ends the entry that
// waits for an earlier time of it. Not here and now: an offer and its entry are locked before an appointment.
absl::Status TellOver(Tx& tx, const Appointment& appointment);

// The same for the entry of a course that is stopped.
absl::Status TellOver(Tx& tx, const Course& course);

// Ends an entry once what it wants is over, says why, and withdraws its offer; else it leaves it as it is. Whoever
// accepts that offer at the same time is first, or comes too late.
absl::Status EndEntry(Tx& tx, const WaitListEntryId& id);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_WAIT_LIST_END_H_
