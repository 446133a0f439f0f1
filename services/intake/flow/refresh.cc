#include "services/intake/flow/refresh.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"

namespace kat::intake {
namespace {

std::vector<tx::Work> CloseStepWork(const IntakeStep& step) {
  return {CloseWork("INTAKE_STEP_DUE", step.spec.responsible), CloseWork("INTAKE_STEP_OVERDUE", step.spec.responsible)};
}

absl::Status AnnounceStepChange(Tx& tx, const IntakeCase& intake_case, IntakeStep& step, StepState before) {
  const bool was_done = before == StepState::kCompleted || before == StepState::kWaived;
  if (step.done() == was_done) return absl::OkStatus();
  if (step.done()) return AnnounceStep(tx, intake_case, step, "completed", CloseStepWork(step));
  const bool expired = step.state == StepState::kExpired;
  return AnnounceStep(tx, intake_case, step, expired ? "expired" : "reopened",
                      {OpenWork("INTAKE_STEP_DUE", step.spec.responsible, std::nullopt, tx::Work::Urgency::kSoon)});
}

absl::Status RefreshCase(Tx& tx, IntakeCase& intake_case, absl::CivilDay today,
                         std::optional<absl::CivilDay>& next_change) {
  ASSIGN_OR_RETURN(const Evidence evidence, LoadEvidence(tx, intake_case.patient, intake_case.program, today));
  const bool was_ready = intake_case.state == CaseState::kReady;
  std::vector<StepState> before;
  bool changed = false;
  for (IntakeStep& step : intake_case.steps) {
    before.push_back(step.state);
    changed |= ApplyStatus(step, JudgeStep(step, evidence, today));
  }
  const Readiness readiness = JudgeReadiness(&intake_case, evidence, today);
  if (readiness.next_change && (!next_change || *readiness.next_change < *next_change)) {
    next_change = readiness.next_change;
  }
  const CaseEvent event = readiness.ready ? CaseEvent::kComplete : CaseEvent::kIncomplete;
  const CaseState state = NextCaseState(intake_case.state, event).value_or(intake_case.state);
  changed |= state != intake_case.state;
  if (!changed) return absl::OkStatus();

  intake_case.state = state;
  ++intake_case.version;
  intake_case.update_time = tx.now();
  RETURN_IF_ERROR(tx.cases().Update(intake_case));
  for (size_t i = 0; i < before.size(); ++i) {
    RETURN_IF_ERROR(AnnounceStepChange(tx, intake_case, intake_case.steps[i], before[i]));
  }
  const bool is_ready = state == CaseState::kReady;
  if (is_ready == was_ready) return absl::OkStatus();
  RETURN_IF_ERROR(AnnounceCase(tx, intake_case, is_ready ? "ready" : "reopened"));
  return AnnounceReadiness(tx, intake_case, is_ready);
}

}  // namespace

absl::StatusOr<Patient> LockActive(Tx& tx, const PatientId& patient) {
  ASSIGN_OR_RETURN(Patient locked, tx.patients().Lock(patient));
  if (locked.delete_time) return PatientDeleted();
  return locked;
}

absl::StatusOr<absl::CivilDay> Today(Tx& tx) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  return DayAt(tx.now(), clinic.zone);
}

absl::Status RequireDocument(Tx& tx, const PatientId& patient, absl::string_view document) {
  ASSIGN_OR_RETURN(const Document found, tx.documents().Get(patient, document));
  return CheckCurrent(found);
}

absl::StatusOr<Evidence> LoadEvidence(Tx& tx, const PatientId& patient, absl::string_view program, absl::CivilDay day) {
  const RecordQuery all{.patient = patient};
  Evidence evidence;
  ASSIGN_OR_RETURN(const Patient record, tx.patients().Get(patient));
  evidence.birth_date = record.birth_date;
  ASSIGN_OR_RETURN(evidence.evaluations, tx.evaluations().List(all));
  ASSIGN_OR_RETURN(evidence.screenings, tx.screenings().List(all));
  ASSIGN_OR_RETURN(evidence.measures, tx.measures().List(all));
  ASSIGN_OR_RETURN(evidence.open_reviews,
                   tx.risk_reviews().List({.patient = patient, .state = static_cast<int>(RiskReviewState::kOpen)}));
  ASSIGN_OR_RETURN(evidence.medications, tx.medications().List(all));
  ASSIGN_OR_RETURN(evidence.verifications, tx.verifications().List(all));
  ASSIGN_OR_RETURN(evidence.medication_list_version, tx.patients().MedicationListVersion(patient));
  ASSIGN_OR_RETURN(evidence.records_requests, tx.records_requests().List(all));
  ASSIGN_OR_RETURN(evidence.clearances, tx.clearances().List(all));
  ASSIGN_OR_RETURN(evidence.consents, tx.consents().List(all));
  ASSIGN_OR_RETURN(evidence.documents,
                   tx.documents().List({.patient = patient, .state = static_cast<int>(DocumentState::kCurrent)}));
  ASSIGN_OR_RETURN(evidence.screening_rules, tx.screening_rules().InForce(program, day));
  ASSIGN_OR_RETURN(evidence.interaction_rules, tx.interaction_rules().InForce(program, day));
  ASSIGN_OR_RETURN(evidence.resign_days, tx.ResignDays());
  return evidence;
}

absl::Status Refresh(Tx& tx, const PatientId& patient) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
  ASSIGN_OR_RETURN(std::vector<IntakeCase> cases, tx.cases().Active(patient));
  std::optional<absl::CivilDay> next_change;
  for (IntakeCase& intake_case : cases) RETURN_IF_ERROR(RefreshCase(tx, intake_case, today, next_change));
  if (!next_change) return tx.CancelJob("patient.recheck", patient.str());
  return tx.Schedule({.kind = "patient.recheck",
                      .key = patient.str(),
                      .due_at = InstantOf(*next_change, 0, clinic.zone),
                      .payload = "{}"});
}

absl::StatusOr<IntakeCase> OpenCaseFor(Tx& tx, const PatientId& patient, absl::string_view program,
                                       std::optional<Referral> referral) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
  ASSIGN_OR_RETURN(const auto intake_template, tx.intake_templates().InForce(program, today));
  if (!intake_template) return NoIntakeTemplate(program);
  const bool referred = referral.has_value();
  const IntakeCase opened = OpenCase(patient, program, intake_template->id, intake_template->steps, std::move(referral),
                                     BusinessCalendar{.holidays = clinic.holidays}, clinic.zone, tx.now());
  RETURN_IF_ERROR(tx.cases().Insert(opened));
  if (referred) {
    RETURN_IF_ERROR(Announce(tx, patient,
                             {.type = "referral.received",
                              .subject = absl::StrCat("clinics/", tx.clinic().str(), "/patients/", patient.str(),
                                                      "/cases/", opened.id.str()),
                              .state = std::string(CaseStateName(opened.state))}));
  }
  RETURN_IF_ERROR(AnnounceCase(tx, opened, "opened"));
  for (const IntakeStep& step : opened.steps) {
    if (!step.spec.required) continue;
    RETURN_IF_ERROR(
        AnnounceStep(tx, opened, step, "due", {OpenWork("INTAKE_STEP_DUE", step.spec.responsible, step.due_at)}));
    RETURN_IF_ERROR(
        ScheduleFor(tx, "step.overdue", patient, absl::StrCat(opened.id.str(), "/", step.spec.key), step.due_at));
  }
  RETURN_IF_ERROR(Refresh(tx, patient));
  return tx.cases().Get(patient, opened.id);
}

absl::Status WindUp(Tx& tx, const IntakeCase& intake_case, bool was_ready) {
  RETURN_IF_ERROR(AnnounceCase(tx, intake_case, "closed"));
  for (const IntakeStep& step : intake_case.steps) {
    RETURN_IF_ERROR(
        CancelFor(tx, "step.overdue", intake_case.patient, absl::StrCat(intake_case.id.str(), "/", step.spec.key)));
    if (!step.done()) {
      RETURN_IF_ERROR(AnnounceStep(tx, intake_case, step, "dropped", CloseStepWork(step)));
    }
  }
  if (was_ready) RETURN_IF_ERROR(AnnounceReadiness(tx, intake_case, false));
  ASSIGN_OR_RETURN(const std::vector<IntakeCase> others, tx.cases().Active(intake_case.patient));
  return others.empty() ? DropContraindication(tx, intake_case.patient) : absl::OkStatus();
}

absl::StatusOr<std::optional<absl::Time>> ClearanceDue(Tx& tx) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
  ASSIGN_OR_RETURN(const auto policy, tx.intake_policies().InForce("", today));
  if (!policy) return std::optional<absl::Time>();
  const BusinessCalendar calendar{.holidays = clinic.holidays};
  return std::optional(InstantOf(calendar.Add(today, policy->clearance_due_business_days) + 1, 0, clinic.zone));
}

}  // namespace kat::intake
