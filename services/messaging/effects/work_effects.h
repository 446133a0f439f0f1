#ifndef KAT_SERVICES_MESSAGING_EFFECTS_WORK_EFFECTS_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_WORK_EFFECTS_H_

#include "absl/status/status.h"
#include "services/messaging/store/store.h"

// What handlers and workers do to the work queue inside a transaction.
namespace kat::messaging {

// Job that ends a snooze; its key is the work item.
inline constexpr char kWakeJob[] = "work_item.wake";

// Opens, changes or closes the item that `signal` is about.
absl::Status ApplyWork(Tx& tx, const WorkSignal& signal);

// Publishes an event of this service; where it carries work, the queue follows in the same transaction.
absl::Status Tell(Tx& tx, const tx::Event& event);

// Closes this service's own item on a subject, if it is open.
absl::Status CloseOwnWork(Tx& tx, const std::string& kind, const std::string& event_type, const std::string& subject,
                          int64_t subject_version, const std::map<std::string, std::string>& related);

// Makes items of this service's own parked jobs and events, and closes those that were replayed. Other services' come
// by their events.
absl::Status FollowParked(Tx& tx);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_WORK_EFFECTS_H_
