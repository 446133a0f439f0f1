#include "services/intake/worker/jobs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/names.h"
#include "services/intake/flow/refresh.h"

namespace kat::intake {
namespace {

// The key's parts: patient, resource, and what else there is.
std::vector<std::string> Parts(const tx::Job& job) { return absl::StrSplit(job.key, '/'); }

absl::Status AuditJob(Tx& tx, const tx::Job& job, const PatientId& patient) {
  return tx.Audit({.actor = "service:intake",
                   .method = absl::StrCat("job:", job.kind),
                   .subject = PatientName(tx.clinic(), patient),
                   .outcome = "OK"});
}

absl::Status RecheckPatient(Tx& tx, const tx::Job& job) {
  const PatientId patient(job.key);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  return Refresh(tx, patient);
}

absl::Status RecheckEveryone(Tx& tx, const tx::Job&) {
  ASSIGN_OR_RETURN(const std::vector<PatientId> patients, tx.cases().ActivePatients());
  for (const PatientId& patient : patients) {
    RETURN_IF_ERROR(
        tx.Schedule({.kind = "patient.recheck", .key = patient.str(), .due_at = tx.now(), .payload = "{}"}));
  }
  return absl::OkStatus();
}

absl::Status ReportOverdueStep(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = Parts(job);
  const PatientId patient(parts[0]);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  ASSIGN_OR_RETURN(IntakeCase intake_case, tx.cases().Get(patient, CaseId(parts[1])));
  IntakeStep* step = intake_case.FindStep(parts[2]);
  if (step == nullptr || intake_case.state == CaseState::kClosed || step->overdue_reported ||
      !step->overdue(tx.now())) {
    return absl::OkStatus();
  }
  step->overdue_reported = true;
  ++intake_case.version;
  intake_case.update_time = tx.now();
  RETURN_IF_ERROR(tx.cases().Update(intake_case));
  return AnnounceStep(
      tx, intake_case, *step, "overdue",
      {OpenWork("INTAKE_STEP_OVERDUE", step->spec.responsible, step->due_at, tx::Work::Urgency::kSoon)});
}

absl::Status FollowUpRecords(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = Parts(job);
  const PatientId patient(parts[0]);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  ASSIGN_OR_RETURN(RecordsRequest request, tx.records_requests().Get(patient, parts[1]));
  if (!AwaitsAnswer(request.state) || !request.next_follow_up || tx.now() < *request.next_follow_up) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  // The days of the policy under which it was sent: a change of policy does not move what runs.
  ASSIGN_OR_RETURN(const auto policy, tx.intake_policies().InForce("", DayAt(*request.send_time, clinic.zone)));
  if (!policy) return NoIntakePolicy();
  const absl::Time due = *request.next_follow_up;
  const bool last = CountFollowUp(request, policy->records_follow_up_days, clinic.zone);
  ++request.version;
  request.update_time = tx.now();
  RETURN_IF_ERROR(tx.records_requests().Update(request));
  if (request.next_follow_up) {
    RETURN_IF_ERROR(ScheduleFor(tx, "records.follow_up", patient, parts[1], *request.next_follow_up));
  }
  std::vector<tx::Work> work = {OpenWork("RECORDS_FOLLOW_UP", kRoleAssistant, due)};
  if (last) work.push_back(OpenWork("RECORDS_OVERDUE", kRoleAssistant, due, tx::Work::Urgency::kSoon));
  return Announce(tx, patient,
                  {.type = "records_request.follow_up_due",
                   .subject = NameUnder(tx.clinic(), patient, "recordsRequests", parts[1]),
                   .version = request.version,
                   .state = std::string(RecordsStateName(request.state)),
                   .work = std::move(work)});
}

absl::Status ExpireRecords(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = Parts(job);
  const PatientId patient(parts[0]);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  ASSIGN_OR_RETURN(RecordsRequest request, tx.records_requests().Get(patient, parts[1]));
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
  const auto& ends = request.release.expiration_date;
  if (!ends || today <= *ends || !NextRecordsState(request.state, RecordsEvent::kExpire)) return absl::OkStatus();
  RETURN_IF_ERROR(AdvanceRecords(request, RecordsEvent::kExpire, "expire"));
  ++request.version;
  request.update_time = tx.now();
  RETURN_IF_ERROR(tx.records_requests().Update(request));
  RETURN_IF_ERROR(AnnounceRecords(tx, request));
  return Refresh(tx, patient);
}

absl::Status ReportLateClearance(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = Parts(job);
  const PatientId patient(parts[0]);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  ASSIGN_OR_RETURN(const Clearance clearance, tx.clearances().Get(patient, parts[1]));
  if (!clearance.waiting() || tx.now() < clearance.due_at) return absl::OkStatus();
  return Announce(tx, patient,
                  {.type = "clearance.late",
                   .subject = NameUnder(tx.clinic(), patient, "clearances", parts[1]),
                   .version = clearance.version,
                   .state = std::string(ClearanceStateName(clearance.state)),
                   .work = {OpenWork("CLEARANCE_LATE", kRoleAssistant, clearance.due_at, tx::Work::Urgency::kSoon)}});
}

absl::Status ExpireClearance(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = Parts(job);
  const PatientId patient(parts[0]);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  ASSIGN_OR_RETURN(Clearance clearance, tx.clearances().Get(patient, parts[1]));
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
  if (!clearance.favorable() || !clearance.valid_through || today <= *clearance.valid_through) return absl::OkStatus();
  RETURN_IF_ERROR(AdvanceClearance(clearance, ClearanceEvent::kExpire, "expire"));
  ++clearance.version;
  clearance.update_time = tx.now();
  RETURN_IF_ERROR(tx.clearances().Update(clearance));
  RETURN_IF_ERROR(AnnounceClearance(tx, clearance));
  return Refresh(tx, patient);
}

absl::Status ExpireConsent(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = Parts(job);
  const PatientId patient(parts[0]);
  RETURN_IF_ERROR(tx.patients().Lock(patient).status());
  RETURN_IF_ERROR(AuditJob(tx, job, patient));
  ASSIGN_OR_RETURN(const Consent consent, tx.consents().Get(patient, parts[1]));
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
  if (consent.revoke_time || !consent.valid_through || today <= *consent.valid_through) return absl::OkStatus();
  RETURN_IF_ERROR(Announce(tx, patient,
                           {.type = "consent.expired",
                            .subject = NameUnder(tx.clinic(), patient, "consents", parts[1]),
                            .version = 2,
                            .state = "EXPIRED"}));
  return Refresh(tx, patient);
}

}  // namespace

std::vector<std::pair<std::string, JobHandler>> Jobs() {
  return {{"patient.recheck", RecheckPatient},   {"policy.effective", RecheckEveryone},
          {"step.overdue", ReportOverdueStep},   {"records.follow_up", FollowUpRecords},
          {"records.expire", ExpireRecords},     {"clearance.late", ReportLateClearance},
          {"clearance.expire", ExpireClearance}, {"consent.expire", ExpireConsent}};
}

}  // namespace kat::intake
