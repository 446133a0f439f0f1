#ifndef KAT_SERVICES_MESSAGING_WORKER_JOBS_H_
#define KAT_SERVICES_MESSAGING_WORKER_JOBS_H_

#include "absl/status/status.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/store/store.h"

// What falls due: deadlines before a visit, replies on their way to scheduling, hand-overs that nobody answered, ends of snoozes.
namespace kat::messaging {

class PreparationJobs {
 public:
  explicit PreparationJobs(const Peers& peers) : peers_(peers) {}

  // An appointment that is still not confirmed becomes a call to make.
  absl::Status ConfirmBy(Tx& tx, const tx::Job& job);
  // A dosing visit whose driver nobody named becomes at-risk work.
  absl::Status DriverBy(Tx& tx, const tx::Job& job);
  // Carries a patient's yes to scheduling, unless the appointment has another time by now: then a person reads the reply.
  absl::Status ConfirmReply(Tx& tx, const tx::Job& job);

 private:
  // The appointment, where it is still the one that the deadline was set for.
  absl::StatusOr<std::optional<TrackedAppointment>> StillComing(Tx& tx, const tx::Job& job);

  const Peers& peers_;
};

absl::Status DocumentDue(Tx& tx, const tx::Job& job);
absl::Status UpdateDue(Tx& tx, const tx::Job& job);
absl::Status CallDue(Tx& tx, const tx::Job& job);
absl::Status WakeItem(Tx& tx, const tx::Job& job);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_WORKER_JOBS_H_
