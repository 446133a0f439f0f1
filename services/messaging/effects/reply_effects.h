#ifndef KAT_SERVICES_MESSAGING_EFFECTS_REPLY_EFFECTS_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_REPLY_EFFECTS_H_

#include "absl/status/statusor.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Takes a reply in: finds whose it is and what it answers, understands it and does what it asks. A yes is carried to scheduling by a job; STOP is in force
// when this commits. `draft` has the address, words, carrier's identifier and time. The same identifier again gives the reply there is.
absl::StatusOr<Reply> TakeReply(Tx& tx, Reply draft);

// Gives a reply to a person: it is marked, and work is opened. `version` orders the events about it.
absl::Status GiveToPerson(Tx& tx, Reply& reply, int64_t version);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_REPLY_EFFECTS_H_
