#include "services/intake/domain/intake_case.h"

#include <algorithm>
#include <array>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"

namespace kat::intake {
namespace {

constexpr auto kNo = static_cast<CaseState>(0);
constexpr auto kOpen = CaseState::kOpen;
constexpr auto kReady = CaseState::kReady;
constexpr auto kHeld = CaseState::kOnHold;
constexpr auto kClosed = CaseState::kClosed;

// Rows: OPEN, READY, ON_HOLD, CLOSED. Columns: complete, incomplete, hold, resume, close.
constexpr std::array<std::array<CaseState, 5>, 4> kCaseTable = {{
    {kReady, kOpen, kHeld, kNo, kClosed},
    {kReady, kOpen, kHeld, kNo, kClosed},
    {kHeld, kHeld, kNo, kOpen, kClosed},
    {kNo, kNo, kNo, kNo, kNo},
}};

absl::Status Apply(IntakeCase& intake_case, CaseEvent event, absl::string_view action) {
  const std::optional<CaseState> next = NextCaseState(intake_case.state, event);
  if (!next) return WrongState("intake case", CaseStateName(intake_case.state), action);
  intake_case.state = *next;
  return absl::OkStatus();
}

absl::StatusOr<IntakeStep*> StepToChange(IntakeCase& intake_case, absl::string_view key, absl::string_view action) {
  IntakeStep* step = intake_case.FindStep(key);
  if (step == nullptr) return ResourceNotFound("intake step");
  if (intake_case.state == CaseState::kClosed) return WrongState("intake case", "CLOSED", action);
  return step;
}

}  // namespace

IntakeStep* IntakeCase::FindStep(absl::string_view key) {
  const auto it = std::find_if(steps.begin(), steps.end(), [&](const IntakeStep& s) { return s.spec.key == key; });
  return it == steps.end() ? nullptr : &*it;
}

std::optional<CaseState> NextCaseState(CaseState state, CaseEvent event) {
  const CaseState next = kCaseTable[static_cast<size_t>(state) - 1][static_cast<size_t>(event)];
  return next == kNo ? std::nullopt : std::optional(next);
}

absl::string_view CaseStateName(CaseState state) {
  static constexpr const char* kNames[] = {"OPEN", "READY", "ON_HOLD", "CLOSED"};
  return kNames[static_cast<size_t>(state) - 1];
}

absl::string_view StepStateName(StepState state) {
  static constexpr const char* kNames[] = {"PENDING", "IN_PROGRESS", "COMPLETED", "WAIVED", "EXPIRED"};
  return kNames[static_cast<size_t>(state) - 1];
}

absl::Status ValidateReferral(const Referral& referral, absl::CivilDay today) {
  std::vector<FieldViolation> wrong;
  if (referral.source == ReferralSource::kProvider &&
      (!referral.referring_provider ||
       (referral.referring_provider->display_name.empty() && referral.referring_provider->organization.empty()))) {
    wrong.push_back({"referral.referring_provider", "is required, with a name, where the source is PROVIDER"});
  }
  if (referral.referring_provider && !referral.referring_provider->npi.empty() &&
      !IsValidNpi(referral.referring_provider->npi)) {
    wrong.push_back({"referral.referring_provider.npi", "has a wrong check digit"});
  }
  if (referral.referral_date > today) wrong.push_back({"referral.referral_date", "lies in the future"});
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

IntakeCase OpenCase(const PatientId& patient, absl::string_view program, const IntakeTemplateId& intake_template,
                    const std::vector<StepSpec>& specs, std::optional<Referral> referral,
                    const BusinessCalendar& calendar, absl::TimeZone zone, absl::Time now) {
  IntakeCase opened{.id = CaseId(NewId()),
                    .patient = patient,
                    .program = std::string(program),
                    .intake_template = intake_template,
                    .referral = std::move(referral),
                    .create_time = now,
                    .update_time = now};
  const absl::CivilDay today = DayAt(now, zone);
  for (const StepSpec& spec : specs) {
    const absl::CivilDay due = calendar.Add(today, spec.due_business_days);
    opened.steps.push_back({.spec = spec, .due_at = InstantOf(due + 1, 0, zone)});
  }
  return opened;
}

absl::Status HoldCase(IntakeCase& intake_case, absl::string_view reason) {
  RETURN_IF_ERROR(Apply(intake_case, CaseEvent::kHold, "be held"));
  intake_case.state_note = std::string(reason);
  return absl::OkStatus();
}

absl::Status ResumeCase(IntakeCase& intake_case) {
  RETURN_IF_ERROR(Apply(intake_case, CaseEvent::kResume, "be resumed"));
  intake_case.state_note.clear();
  return absl::OkStatus();
}

absl::Status CloseCase(IntakeCase& intake_case, CloseReason reason, absl::string_view note, absl::Time now) {
  RETURN_IF_ERROR(Apply(intake_case, CaseEvent::kClose, "be closed"));
  intake_case.close_reason = reason;
  intake_case.state_note = std::string(note);
  intake_case.close_time = now;
  return absl::OkStatus();
}

absl::Status WaiveStep(IntakeCase& intake_case, absl::string_view key, absl::string_view reason, absl::string_view by,
                       absl::Time now) {
  ASSIGN_OR_RETURN(IntakeStep * step, StepToChange(intake_case, key, "have steps waived"));
  if (step->spec.kind == StepKind::kConsent) return ConsentNotWaivable();
  if (step->state == StepState::kWaived) return WrongState("intake step", "WAIVED", "be waived");
  step->state = StepState::kWaived;
  step->evidence = {};
  step->evidence_date.reset();
  step->valid_through.reset();
  step->waive_reason = std::string(reason);
  step->waived_by = std::string(by);
  step->waive_time = now;
  return absl::OkStatus();
}

absl::Status UnwaiveStep(IntakeCase& intake_case, absl::string_view key) {
  ASSIGN_OR_RETURN(IntakeStep * step, StepToChange(intake_case, key, "have steps changed"));
  if (step->state != StepState::kWaived) return WrongState("intake step", StepStateName(step->state), "be unwaived");
  step->state = StepState::kPending;
  step->waive_reason.clear();
  step->waived_by.clear();
  step->waive_time.reset();
  return absl::OkStatus();
}

absl::Status AssignStep(IntakeCase& intake_case, absl::string_view key, absl::string_view assignee) {
  ASSIGN_OR_RETURN(IntakeStep * step, StepToChange(intake_case, key, "have steps assigned"));
  step->assignee = std::string(assignee);
  return absl::OkStatus();
}

}  // namespace kat::intake
