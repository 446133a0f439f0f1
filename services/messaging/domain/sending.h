#ifndef KAT_SERVICES_MESSAGING_DOMAIN_SENDING_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_SENDING_H_

#include <optional>
#include <string>
#include <vector>

#include "services/messaging/domain/appointment.h"
#include "services/messaging/domain/contact.h"
#include "services/messaging/domain/message.h"
#include "services/messaging/domain/policy.h"
#include "services/messaging/domain/template.h"

namespace kat::messaging {

// Everything that decides, at the moment of sending, whether a message may go out and with which words. All of it read
// just now.
struct SendInput {
  const PatientMessage& message;
  std::optional<Appointment> appointment;  // absent for a message about none
  std::vector<absl::Time> also;            // starts of the other visits that a notice tells of, all of it still true
  const Contact& contact;
  const ContactPreferences& preferences;
  const std::vector<StoppedNumber>& stopped;  // what the patient's number itself has opted out of
  const std::vector<MessageTemplate>& templates;
  const MessagingPolicy& policy;
  const Zones& zones;                      // that the patient may be in: SendZones
  const CadencePolicy* cadence = nullptr;  // for fasting times
  SentCounts counts;
  TemplateValues values;  // of the clinic; the rest is filled in from the appointment
  absl::CivilDay today;   // in the clinic's zone
  absl::Time now;
};

struct SendDecision {
  enum class Kind { kSend, kLater, kSuppress };
  Kind kind = Kind::kSuppress;
  Suppression reason = Suppression::kNone;  // for kSuppress
  absl::Time later;                         // for kLater
  Channel channel = Channel::kNone;         // the rest for kSend
  Basis basis = Basis::kNone;
  TemplateId template_id;
  std::string body;
  std::string subject_line;
  std::string address;
  bool lists_visits = false;  // the words name every visit, not the first alone
};

// Why the message is no longer true of `appointment`, or kNone.
Suppression Stale(const PatientMessage& message, const Appointment& appointment, absl::Time now);

// Every zone that the patient may be in, for the hours: the zone that the patient stated and those of the number's area
// code; where none was stated, the clinic's in its place. An area code alone decides nothing, since people keep their
// numbers when they move, but where it differs it narrows the hours.
Zones SendZones(const Contact& contact, absl::TimeZone clinic_zone);

// Decides. In order: still true, patient active, a channel that the patient allows with an address and words, quiet
// hours in the patient's zones, limits.
SendDecision Decide(const SendInput& input);

// The one text that answers a reply. `everything` says how far a STOP reached.
enum class Answer { kStopped, kHelp, kStarted };
std::string AnswerText(Answer answer, bool everything, absl::string_view clinic_name, absl::string_view clinic_phone);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_SENDING_H_
