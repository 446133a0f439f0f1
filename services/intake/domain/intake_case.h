#ifndef KAT_SERVICES_INTAKE_DOMAIN_INTAKE_CASE_H_
#define KAT_SERVICES_INTAKE_DOMAIN_INTAKE_CASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/business_time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/measure.h"
#include "services/intake/domain/patient.h"

namespace kat::intake {

enum class StepKind {
  kPsychiatricEvaluation = 1,
  kMedicalScreening = 2,
  kMeasure = 3,
  kMedicationList = 4,
  kRecordsRequest = 5,
  kClearance = 6,
  kConsent = 7,
  kDocument = 8,
};

struct StepSpec {
  std::string key;
  StepKind kind = StepKind::kDocument;
  std::string title;
  bool required = false;
  int validity_days = 0;  // 0: does not age
  int responsible = 0;    // number of a kat.common.v1.Role
  int due_business_days = 0;
  MeasureTool tool = MeasureTool::kUnspecified;
  std::string consent_key;
  std::string document_type;
  std::string clearance_kind;
};

// A resource that is evidence, without its patient and clinic, whom the holder knows.
struct EvidenceRef {
  std::string collection;  // `measures`
  std::string id;
  bool empty() const { return id.empty(); }
  friend bool operator==(const EvidenceRef&, const EvidenceRef&) = default;
};

enum class StepState { kPending = 1, kInProgress = 2, kCompleted = 3, kWaived = 4, kExpired = 5 };

struct IntakeStep {
  StepSpec spec;
  StepState state = StepState::kPending;
  absl::Time due_at;
  bool overdue_reported = false;
  std::string assignee;  // staff resource name
  EvidenceRef evidence;
  std::optional<absl::CivilDay> evidence_date;
  std::optional<absl::CivilDay> valid_through;
  std::string waive_reason;
  std::string waived_by;
  std::optional<absl::Time> waive_time;

  bool done() const { return state == StepState::kCompleted || state == StepState::kWaived; }
  bool overdue(absl::Time now) const { return !done() && now >= due_at; }
};

enum class ReferralSource { kProvider = 1, kSelf = 2, kWebsite = 3, kPayer = 4, kOther = 5 };

struct Referral {
  ReferralSource source = ReferralSource::kOther;
  std::optional<Provider> referring_provider;
  absl::CivilDay referral_date;
  std::string reason;
  std::string external_reference;
};

enum class CaseState { kOpen = 1, kReady = 2, kOnHold = 3, kClosed = 4 };

enum class CaseEvent { kComplete, kIncomplete, kHold, kResume, kClose };

enum class CloseReason {
  kNone = 0,
  kCompleted = 1,
  kPatientWithdrew = 2,
  kNotEligible = 3,
  kUnreachable = 4,
  kReferredOut = 5,
  kOpenedInError = 6,
};

struct IntakeCase {
  CaseId id;
  PatientId patient;
  std::string program;
  IntakeTemplateId intake_template;
  CaseState state = CaseState::kOpen;
  CloseReason close_reason = CloseReason::kNone;
  std::string state_note;
  std::optional<Referral> referral;
  std::vector<IntakeStep> steps;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> close_time;

  IntakeStep* FindStep(absl::string_view key);
};

// The state after `event`, or nullopt where it is forbidden. Total: every state meets every event.
std::optional<CaseState> NextCaseState(CaseState state, CaseEvent event);
absl::string_view CaseStateName(CaseState state);
absl::string_view StepStateName(StepState state);

// INVALID_ARGUMENT: PROVIDER without a provider that has a name, a wrong NPI, a day in the future of `today`.
absl::Status ValidateReferral(const Referral& referral, absl::CivilDay today);

// A case with the steps of `specs`, open at `now`; each is due at the end of its business day in `zone`.
IntakeCase OpenCase(const PatientId& patient, absl::string_view program, const IntakeTemplateId& intake_template,
                    const std::vector<StepSpec>& specs, std::optional<Referral> referral,
                    const BusinessCalendar& calendar, absl::TimeZone zone, absl::Time now);

// Holds, resumes or closes; FAILED_PRECONDITION, STATE_FORBIDS.
absl::Status HoldCase(IntakeCase& intake_case, absl::string_view reason);
absl::Status ResumeCase(IntakeCase& intake_case);
absl::Status CloseCase(IntakeCase& intake_case, CloseReason reason, absl::string_view note, absl::Time now);

// Changes one step by a person's decision. NOT_FOUND for no such step; FAILED_PRECONDITION.
absl::Status WaiveStep(IntakeCase& intake_case, absl::string_view key, absl::string_view reason, absl::string_view by,
                       absl::Time now);
absl::Status UnwaiveStep(IntakeCase& intake_case, absl::string_view key);
absl::Status AssignStep(IntakeCase& intake_case, absl::string_view key, absl::string_view assignee);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_INTAKE_CASE_H_
