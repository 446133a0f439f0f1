#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/messaging/domain/work.h"

namespace kat::messaging {
namespace {

struct Known {
  const char* owner;
  const char* kind;
  const char* title;
  const char* explanation;
  bool by_hand;
};

constexpr Known kKnown[] = {
    {"messaging", "CALL_TO_CONFIRM", "Call to confirm an appointment",
     "The patient has not confirmed in time. Ends when the appointment is confirmed, moved or cancelled, or when you "
     "resolve it after the call.",
     true},
    {"messaging", "DRIVER_NOT_NAMED", "No driver is named for a dosing visit",
     "Nobody drives until the day after a dose, so the visit is at risk. Ends when a driver is recorded, or the "
     "appointment is moved or cancelled.",
     true},
    {"messaging", "CALL_PATIENT", "Call a patient with a message",
     "The patient is to be told by telephone; the message holds the words. Resolve it after the call.", true},
    {"messaging", "TELL_PATIENT", "Tell a patient what no message could",
     "A notice or instructions could not be sent: the message says why. Resolve it when the patient knows.", true},
    {"messaging", "MESSAGE_FAILED", "A message did not reach its patient",
     "The carrier could not deliver it: the message says why. Call, correct the number, and resolve it.", true},
    {"messaging", "REPLY_TO_READ", "Read a patient's reply",
     "A reply could not be understood, or asks for something that a person must do. Resolve it when it is answered.",
     true},
    {"messaging", "MESSAGING_NOT_CONFIGURED", "No message cadence holds for an appointment",
     "An appointment was booked for which no cadence policy or messaging policy holds, so its patient is told nothing. "
     "Create one, then resolve this.",
     true},
    {"messaging", "DOCUMENT_UNACKNOWLEDGED", "A routed document waits past its due time",
     "Its named recipient has not acknowledged it. Ends when the recipient does, or when it is rerouted.", false},
    {"messaging", "PROVIDER_UPDATE_LATE", "An update to a provider is late", "Ends when the update is sent or dropped.",
     false},
    {"messaging", "COORDINATION_CALL_LATE", "A coordination call has no outcome",
     "Its time has passed. Ends when the call is completed, scheduled anew or dropped.", false},
};

// RISK_REVIEW becomes `Risk review`.
std::string InWords(absl::string_view kind) {
  std::string words = absl::AsciiStrToLower(kind);
  std::replace(words.begin(), words.end(), '_', ' ');
  if (!words.empty()) words[0] = absl::ascii_toupper(words[0]);
  return words;
}

}  // namespace

WorkKind Describe(absl::string_view owner, absl::string_view kind) {
  for (const Known& known : kKnown) {
    if (owner == known.owner && kind == known.kind) return {known.title, known.explanation, known.by_hand};
  }
  if (kind == kJobParked || kind == kEventParked) {
    const bool own = owner == "messaging";
    return {
        absl::StrCat(kind == kJobParked ? "A job of " : "An event that ", owner,
                     kind == kJobParked ? " failed for good" : " could not take in"),
        absl::StrCat("It was tried repeatedly and set aside. Whoever runs the system finds the reason in the log and "
                     "puts it back with `kat-",
                     owner, " replay-parked`. ", own ? "Ends then." : "Resolve this when it was."),
        !own};
  }
  return {InWords(kind), absl::StrCat("Owned by ", owner, ". Ends when ", owner, " sees it done."), false};
}

}  // namespace kat::messaging
