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
    {"intake", "INTAKE_STEP_DUE", "An intake step is due",
     "Ends when the step is completed or waived, or its case is closed.", false},
    {"intake", "INTAKE_STEP_OVERDUE", "An intake step is late",
     "Ends when the step is completed or waived, or its case is closed.", false},
    {"intake", "RISK_REVIEW", "A screening answer points to a risk",
     "A clinician must look at the patient's answer now. Ends when the risk review is resolved.", false},
    {"intake", "CONTRAINDICATION_REVIEW", "A screening found a contraindication",
     "Ends with a later screening without it, or when the last open case is closed.", false},
    {"intake", "RECORDS_FOLLOW_UP", "Ask a provider again for records",
     "The records have not come. Ends when the provider answers, or the request is sent again or given up.", false},
    {"intake", "RECORDS_OVERDUE", "Requested records are late",
     "Ends when the provider answers in full, or the request is given up.", false},
    {"intake", "RECORDS_REVIEW", "Received records wait to be reviewed", "Ends when the records are reviewed.", false},
    {"intake", "CLEARANCE_DECISION", "A clearance waits for its decision",
     "The outside clinician has answered. Ends when the clearance is decided.", false},
    {"intake", "CLEARANCE_LATE", "A requested clearance is late",
     "Ends when the answer is received, or the request is withdrawn.", false},
    {"intake", "CLEARANCE_REOPENED", "A clearance must be given anew",
     "Something was found that it was given without knowing of. Ends when it is sent, answered or withdrawn.", false},
    {"scheduling", "RESCHEDULE_STRANDED", "A booked visit can no longer be held as it is",
     "What it was booked with cannot serve: somebody is ill, a room is closed, a licence ended. Ends when it is moved "
     "or cancelled, or can be held again.",
     false},
    {"scheduling", "WAIT_LIST_OFFER", "Capacity that came free is held for a patient on the wait list",
     "Ask the patient, then accept or decline the offer. Ends with the offer: when it expires, the next on the list gets "
     "one.",
     false},
    {"scheduling", "SERIOUS_ADVERSE_EVENT", "A serious adverse event was recorded",
     "The prescriber decides what must be reported, and to whom. Under a REMS it belongs on the monitoring form.",
     false},
    {"billing", "GFE_DUE", "A good faith estimate must be delivered",
     "Ends when the estimate is delivered or superseded.", false},
    {"billing", "GFE_EXCEEDED", "Charges exceed the good faith estimate",
     "They are over it by the amount that lets a patient dispute them. Ends when the estimate is superseded or the "
     "charges corrected.",
     false},
    {"billing", "DISPUTE_OPEN", "A card payment is disputed", "Ends when the dispute is resolved.", false},
    {"billing", "REFUND_FAILED", "A refund did not reach its patient", "Ends when the refund is paid.", false},
    {"billing", "PAYMENT_FAILED", "An installment could not be collected",
     "Ends when it is paid, or the plan is changed or cancelled.", false},
    {"billing", "CLAIM_SCRUB_FAILED", "A claim has findings",
     "Ends when the findings are corrected and the claim is scrubbed again.", false},
    {"billing", "CLAIM_TO_SUBMIT", "A claim is ready to be submitted", "Ends when it is submitted.", false},
    {"billing", "CLAIM_FOLLOW_UP", "A submitted claim has no answer", "Ends when the payer has answered.", false},
    {"authorization", "AUTHORIZATION_PACKET_INCOMPLETE", "A prior authorization lacks evidence",
     "The packet names what is missing. Ends when a complete packet is assembled.", false},
    {"authorization", "AUTHORIZATION_TO_SUBMIT", "A prior authorization is ready to be submitted",
     "Ends when it is submitted.", false},
    {"authorization", "AUTHORIZATION_DECISION_DUE", "A payer's decision is late", "Ends when the decision is recorded.",
     false},
    {"authorization", "AUTHORIZATION_RESPONSE_DUE", "A payer waits for an answer",
     "Ends when what it asked for is submitted.", false},
    {"authorization", "AUTHORIZATION_CONTACT_PAYER", "A payer must be contacted", "Ends when the outcome is recorded.",
     false},
    {"authorization", "AUTHORIZATION_DENIED", "A prior authorization was denied",
     "Appeal, ask for a peer to peer, or tell the patient. Ends with either, or when it is cancelled.", false},
    {"authorization", "AUTHORIZATION_RENEWAL", "A prior authorization must be renewed",
     "Booked visits lie past its dates or units. Ends when the renewal is submitted.", false},
    {"authorization", "AUTHORIZATION_UNITS_OVERRUN", "More units were used than authorized",
     "Ends when more are approved.", false},
    {"authorization", "AUTHORIZATION_COVERAGE_CHANGED", "A patient's insurance changed under an authorization",
     "Ends when the authorization is replaced or terminated.", false},
    {"authorization", "VISIT_UNCOVERED", "A booked visit is not covered",
     "Ends when it is covered, moved or cancelled, or the patient elects to pay.", false},
    {"authorization", "REMS_SETTING_REENROLLMENT", "A REMS setting must be enrolled again",
     "Its authorized representative changed. Ends when it is certified.", false},
    {"authorization", "MONITORING_FORM_DUE", "A REMS monitoring form is due",
     "It is due within seven days of the visit. Ends when it is submitted.", false},
    {"authorization", "STOCK_DISCREPANCY", "A stock count differs from the books", "Ends when it is explained.", false},
    {"authorization", "STOCK_LOSS", "Drug stock was lost",
     "A theft or significant loss must be reported to the DEA (21 CFR 1301.76(b)). Ends when it is reported.", false},
    {"authorization", "STOCK_MISMATCH", "A dose and the stock ledger disagree", "Ends when the mismatch is resolved.",
     false},
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
