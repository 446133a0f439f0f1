#ifndef KAT_SERVICES_SCHEDULING_OPS_SETUP_LOCK_H_
#define KAT_SERVICES_SCHEDULING_OPS_SETUP_LOCK_H_

#include "absl/status/status.h"
#include "services/scheduling/store/store.h"

// The order in which every transaction of this service takes its locks, so that two may wait for each other and none
// for itself:
//   1. what it is about: a wait-list offer before its entry, a repair, a try at the gates
//   2. the clinic's setup, below
//   3. courses, in order of id
//   4. holds
//   5. appointments: those of one course under its lock
//   6. resources, in order of key
//   7. days of resources, in order of key and day: `Apply` and `GiveBack` of capacity.h
// A transaction that needs few of them leaves out the others.
namespace kat::scheduling {

// Whoever takes capacity, or locks several appointments: until it ends, no calendar, holiday or licence changes. Many
// hold at once. NOT_FOUND where there is no clinic.
absl::Status HoldSetup(Tx& tx);

// Whoever changes the setup, which concerns appointments that it has not seen yet: it waits for those that hold, and
// they for it.
absl::Status LockSetup(Tx& tx);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_SETUP_LOCK_H_
