#include "services/billing/domain/claim.h"

#include <algorithm>

#include "libs/base/error.h"

namespace kat::billing {
namespace {

using S = Claim::State;
using E = Claim::Event;

constexpr int kStates = 17;
constexpr int kEvents = 18;
constexpr S kNo = S::kUnspecified;

// Rows: state in the order of its numbers. Columns: unspecified, reject, accept, pend, request info, provide info, pay,
// pay part, deny, correct, appeal, void, move to patient, close, edit, scrub fail, scrub pass, submit.
constexpr S kTable[kStates][kEvents] = {
    /* unspecified     */ {},
    /* draft           */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kClosed, S::kDraft, S::kScrubFailed, S::kReady,
     kNo},
    /* scrub failed    */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kClosed, S::kDraft, S::kScrubFailed, S::kReady,
     kNo},
    /* ready           */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kClosed, S::kDraft, S::kScrubFailed, S::kReady,
     S::kSubmitted},
    /* submitted       */
    {kNo, S::kAckRejected, S::kAccepted, S::kPending, S::kInfoRequested, kNo, S::kPaid, S::kPartiallyPaid, S::kDenied,
     kNo, kNo, S::kVoided, kNo, kNo, kNo, kNo, kNo, kNo},
    /* ack rejected    */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kClosed, S::kDraft, S::kScrubFailed, S::kReady,
     kNo},
    /* accepted        */
    {kNo, S::kAckRejected, kNo, S::kPending, S::kInfoRequested, kNo, S::kPaid, S::kPartiallyPaid, S::kDenied, kNo, kNo,
     S::kVoided, kNo, kNo, kNo, kNo, kNo, kNo},
    /* pending         */
    {kNo, kNo, kNo, S::kPending, S::kInfoRequested, kNo, S::kPaid, S::kPartiallyPaid, S::kDenied, kNo, kNo, S::kVoided,
     kNo, kNo, kNo, kNo, kNo, kNo},
    /* info requested  */
    {kNo, kNo, kNo, kNo, kNo, S::kPending, S::kPaid, S::kPartiallyPaid, S::kDenied, kNo, kNo, S::kVoided, kNo, kNo, kNo,
     kNo, kNo, kNo},
    /* paid            */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kCorrected, kNo, S::kVoided, S::kPatientBalance, S::kClosed, kNo,
     kNo, kNo, kNo},
    /* partially paid  */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kCorrected, S::kAppealed, S::kVoided, S::kPatientBalance,
     S::kClosed, kNo, kNo, kNo, kNo},
    /* denied          */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kCorrected, S::kAppealed, S::kVoided, S::kPatientBalance,
     S::kClosed, kNo, kNo, kNo, kNo},
    /* corrected       */
    {kNo, S::kAckRejected, S::kAccepted, S::kPending, S::kInfoRequested, kNo, S::kPaid, S::kPartiallyPaid, S::kDenied,
     kNo, kNo, S::kVoided, kNo, kNo, kNo, kNo, kNo, kNo},
    /* appealed        */
    {kNo, kNo, kNo, kNo, S::kInfoRequested, kNo, S::kPaid, S::kPartiallyPaid, S::kDenied, kNo, kNo, kNo,
     S::kPatientBalance, S::kClosed, kNo, kNo, kNo, kNo},
    /* voided          */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kClosed, kNo, kNo, kNo, kNo},
    /* patient balance */
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kClosed, kNo, kNo, kNo, kNo},
    /* closed          */ {},
};

}  // namespace

Minor Claim::total_charge() const {
  Minor sum = 0;
  for (const ClaimLine& line : lines) sum += line.charge;
  return sum;
}

std::optional<Claim::State> Next(Claim::State state, Claim::Event event) {
  const S next = kTable[static_cast<int>(state)][static_cast<int>(event)];
  return next == kNo ? std::nullopt : std::optional<S>(next);
}

std::vector<Claim::Event> PossibleEvents(Claim::State state) {
  std::vector<E> events;
  for (int event = static_cast<int>(E::kReject); event <= static_cast<int>(E::kClose); ++event) {
    if (Next(state, static_cast<E>(event))) events.push_back(static_cast<E>(event));
  }
  return events;
}

const char* NameOf(Claim::State state) {
  static constexpr const char* kNames[kStates] = {
      "STATE_UNSPECIFIED", "DRAFT",    "SCRUB_FAILED", "READY",          "SUBMITTED",
      "ACK_REJECTED",      "ACCEPTED", "PENDING",      "INFO_REQUESTED", "PAID",
      "PARTIALLY_PAID",    "DENIED",   "CORRECTED",    "APPEALED",       "VOIDED",
      "PATIENT_BALANCE",   "CLOSED"};
  return kNames[static_cast<int>(state)];
}

absl::Status Move(Claim& claim, Claim::Event event, absl::string_view action, absl::Time now) {
  const std::optional<S> next = Next(claim.state, event);
  if (!next) return WrongState("claim", NameOf(claim.state), action);
  claim.state = *next;
  claim.update_time = now;
  return absl::OkStatus();
}

void TakeDoses(const std::vector<GivenDose>& doses, std::optional<absl::Time> monitoring_end, SessionFacts& session) {
  std::optional<absl::Time> first, last;
  for (const GivenDose& dose : doses) {
    if (!session.drug.empty() && dose.drug != session.drug) continue;
    session.dose_micrograms += dose.micrograms;
    session.devices += dose.devices;
    if (session.ndc.empty()) session.ndc = dose.ndc;
    first = first ? std::min(*first, dose.at) : dose.at;
    last = last ? std::max(*last, dose.at) : dose.at;
  }
  session.dose_times_present = last && monitoring_end;
  if (!session.dose_times_present) return;
  session.observation_minutes = static_cast<int>(absl::ToInt64Minutes(*monitoring_end - *last));
  session.infusion_minutes = static_cast<int>(absl::ToInt64Minutes(*last - *first));
}

void Fill(Claim& claim, const SessionFacts& session, const BillingArrangement& arrangement,
          const BillingSettings& settings, const PayerCodeSet& set) {
  claim.member_id = session.member_id.empty() ? arrangement.member_id : session.member_id;
  claim.authorization_number = session.authorization_number;
  if (claim.diagnosis_codes.empty()) claim.diagnosis_codes = arrangement.diagnosis_codes;
  if (claim.rendering_npi.empty()) claim.rendering_npi = settings.npi;
  claim.billing_npi = settings.npi;
  if (claim.ndc.empty()) claim.ndc = session.ndc;
  claim.place_of_service = set.place_of_service;
  claim.filing_deadline = claim.service_date + set.timely_filing_days;
  claim.lines = BuildLines(set,
                           {.service_date = claim.service_date,
                            .dose_micrograms = session.dose_micrograms,
                            .infusion_minutes = session.infusion_minutes,
                            .drug_supplied_by_clinic = session.drug_supplied_by_clinic},
                           claim.ndc, session.devices);
}

}  // namespace kat::billing
