#ifndef KAT_SERVICES_BILLING_DOMAIN_CLAIM_H_
#define KAT_SERVICES_BILLING_DOMAIN_CLAIM_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/billing/domain/code_set.h"
#include "services/billing/domain/estimate.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

struct ScrubFinding {
  enum class Severity { kUnspecified = 0, kError = 1, kWarning = 2 };

  std::string code;
  Severity severity = Severity::kError;
  std::string message;
};

// What the treatment record and the authorization say about a session.
struct SessionFacts {
  // From scheduling's treatment record.
  bool completed = false;
  int64_t dose_micrograms = 0;
  int devices = 0;
  int infusion_minutes = 0;
  bool dose_times_present = false;
  int observation_minutes = 0;
  int blood_pressures = 0;
  std::string ndc;
  // From authorization.
  std::string drug;  // the program's; "": any
  bool self_pay = false;
  bool authorization_needed = false;
  bool authorization_settled = true;  // units, stock and form of the visit are on record there
  std::string authorization_number;
  std::optional<absl::CivilDay> authorized_from;
  std::optional<absl::CivilDay> authorized_until;  // day after the last
  bool units_overrun = false;
  bool rems_required = false;
  bool rems_setting_active = false;
  bool rems_patient_active = false;
  bool monitoring_form_submitted = false;
  std::optional<absl::Time> monitoring_form_due;
  bool drug_supplied_by_clinic = true;
  bool government_payer = false;
  PayerId payer;
  std::string member_id;
};

// A dose of the treatment record.
struct GivenDose {
  std::string drug;
  int64_t micrograms = 0;
  int devices = 0;
  std::string ndc;  // 11 digits, or ""
  absl::Time at;
};

// Puts what was given of `session.drug` into `session`, and how long the patient was observed after the last of it.
// What else was given beside it (against nausea, say) is not billed.
void TakeDoses(const std::vector<GivenDose>& doses, std::optional<absl::Time> monitoring_end, SessionFacts& session);

// A claim for one insured visit.
struct Claim {
  enum class State {
    kUnspecified = 0,
    kDraft = 1,
    kScrubFailed = 2,
    kReady = 3,
    kSubmitted = 4,
    kAckRejected = 5,
    kAccepted = 6,
    kPending = 7,
    kInfoRequested = 8,
    kPaid = 9,
    kPartiallyPaid = 10,
    kDenied = 11,
    kCorrected = 12,
    kAppealed = 13,
    kVoided = 14,
    kPatientBalance = 15,
    kClosed = 16,
  };
  enum class Event {
    kUnspecified = 0,
    kReject = 1,
    kAccept = 2,
    kPend = 3,
    kRequestInfo = 4,
    kProvideInfo = 5,
    kPay = 6,
    kPayPart = 7,
    kDeny = 8,
    kCorrect = 9,
    kAppeal = 10,
    kVoid = 11,
    kMoveToPatient = 12,
    kClose = 13,
    // Not recorded by a caller:
    kEdit = 14,  // completed by hand, to be scrubbed again
    kScrubFail = 15,
    kScrubPass = 16,
    kSubmit = 17,
  };

  Id<struct ClaimTag> id;
  PatientId patient;
  AppointmentId appointment;
  CourseId course;
  PayerId payer;
  std::string program;
  absl::CivilDay service_date;
  State state = State::kDraft;
  std::vector<ClaimLine> lines;
  std::vector<std::string> diagnosis_codes;
  std::string place_of_service;
  std::string member_id;
  std::string authorization_number;
  std::string rendering_npi;
  std::string billing_npi;
  std::string ndc;
  bool eligibility_confirmed = false;
  std::vector<ScrubFinding> findings;
  absl::CivilDay filing_deadline;
  std::string submission_channel;
  std::string submission_reference;
  std::optional<absl::Time> submit_time;
  std::string payer_control_number;
  Minor paid_amount = 0;
  std::vector<std::string> adjustment_codes;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  Minor total_charge() const;
};

// The state that follows, or nullopt where `event` does not follow from `state`. Total.
std::optional<Claim::State> Next(Claim::State state, Claim::Event event);

// What a caller may record next with RecordClaimEvent.
std::vector<Claim::Event> PossibleEvents(Claim::State state);

// The name of a state as the contract writes it.
const char* NameOf(Claim::State state);

// Moves the claim on; FAILED_PRECONDITION, STATE_FORBIDS where `event` does not follow.
absl::Status Move(Claim& claim, Claim::Event event, absl::string_view action, absl::Time now);

// Takes session, arrangement, settings and code set into a claim that is not submitted; what a person filled in stays.
void Fill(Claim& claim, const SessionFacts& session, const BillingArrangement& arrangement,
          const BillingSettings& settings, const PayerCodeSet& set);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_CLAIM_H_
