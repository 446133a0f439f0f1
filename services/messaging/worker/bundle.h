#ifndef KAT_SERVICES_MESSAGING_WORKER_BUNDLE_H_
#define KAT_SERVICES_MESSAGING_WORKER_BUNDLE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/store/store.h"

// Notices of one course that fall due together and become one message: the one about the earliest visit leads, and
// tells of the others. Who follows is kept in a transaction before the carrier hears of the leader, so that whatever
// dies in between, a visit counts as told exactly where the words spoke of it.
namespace kat::messaging {

// What a notice that is being sent tells of besides its own visit.
struct Bundle {
  std::vector<PatientMessage> followers;
  std::vector<PatientMessage> untrue;  // followers whose appointment has changed since
};

// True where another notice leads, and `message` was put off until that one is out. Otherwise `message` leads, and the
// others that wait are marked as its followers.
absl::StatusOr<bool> WaitsForLeader(Tx& tx, PatientMessage& message);

// The followers of a leader, each looked up at scheduling.
absl::StatusOr<Bundle> ReadBundle(Tx& tx, SchedulingClient& scheduling, const PatientMessage& leader);

// Lets followers go: each will be told by itself, or lead.
absl::Status Release(Tx& tx, std::vector<PatientMessage>& followers);

// Ends the followers of a leader with its own end: BUNDLED where it is out, or failed and is a person's to tell;
// otherwise what kept it from the patient. A person hears of the leader alone.
absl::Status EndFollowers(Tx& tx, const PatientMessage& leader, Suppression reason);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_WORKER_BUNDLE_H_
