#ifndef KAT_SERVICES_MESSAGING_DOMAIN_REPLY_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_REPLY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

// Numbers are those of the contract.
enum class Meaning {
  kNone = 0,
  kConfirm = 1,
  kStop = 2,
  kStopAll = 3,
  kHelp = 4,
  kStart = 5,
  kReschedule = 6,
  kOther = 7
};

// What a patient sent back.
struct Reply {
  ReplyId id;
  std::string from_address;
  std::string body;
  Meaning meaning = Meaning::kNone;
  PatientId patient;  // empty where unknown or ambiguous
  MessageId message;  // that it answers; empty where none
  AppointmentId confirmed_appointment;
  bool needs_person = false;
  std::string carrier_message_id;
  absl::Time received_at;
};

// What `body` means. Revocation is taken in any reasonable words (47 CFR 64.1200(a)(10)): the per-se words STOP, QUIT,
// END, REVOKE, OPT OUT, CANCEL and UNSUBSCRIBE alone or in front, and phrases that ask not to be contacted. `stopped`
// says whether the number has opted out: YES then opts in again, otherwise it confirms. A sentence that holds a stop
// word but may mean something else ("don't stop the reminders") is kOther: a person reads it.
Meaning Understand(absl::string_view body, bool stopped);

// Whether a STOP in these words says something to a person as well: it may have meant the appointment (CANCEL), or the number is not the patient's.
bool NeedsPersonToo(absl::string_view body);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_REPLY_H_
