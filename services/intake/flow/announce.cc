#include "services/intake/flow/announce.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/intake/flow/names.h"

namespace kat::intake {

tx::Work OpenWork(absl::string_view kind, int role, std::optional<absl::Time> due_at, tx::Work::Urgency urgency) {
  return {.kind = std::string(kind), .role = role, .due_at = due_at, .urgency = urgency};
}

tx::Work CloseWork(absl::string_view kind, int role) {
  return {.kind = std::string(kind), .closed = true, .role = role};
}

absl::Status Announce(Tx& tx, const PatientId& patient, const Announcement& announcement) {
  tx::Event event{.type = announcement.type,
                  .subject = announcement.subject,
                  .subject_version = announcement.version,
                  .state = announcement.state,
                  .related = {{"patient", PatientName(tx.clinic(), patient)}}};
  if (!announcement.related_case.empty()) event.related["case"] = announcement.related_case;
  if (announcement.work.empty()) return tx.Publish(event);
  for (const tx::Work& work : announcement.work) {
    event.work = work;
    RETURN_IF_ERROR(tx.Publish(event));
    event.type = "work.updated";
  }
  return absl::OkStatus();
}

absl::Status AnnounceCase(Tx& tx, const IntakeCase& intake_case, absl::string_view verb) {
  return Announce(tx, intake_case.patient,
                  {.type = absl::StrCat("case.", verb),
                   .subject = NameUnder(tx.clinic(), intake_case.patient, "cases", intake_case.id.str()),
                   .version = intake_case.version,
                   .state = std::string(CaseStateName(intake_case.state))});
}

absl::Status AnnounceStep(Tx& tx, const IntakeCase& intake_case, const IntakeStep& step, absl::string_view verb,
                          std::vector<tx::Work> work) {
  if (!step.spec.required) {  // it only warns, so that nobody is told to do it
    work.erase(std::remove_if(work.begin(), work.end(), [](const tx::Work& w) { return !w.closed; }), work.end());
  }
  return Announce(tx, intake_case.patient,
                  {.type = absl::StrCat("step.", verb),
                   .subject = StepName(tx.clinic(), intake_case, step.spec.key),
                   .version = intake_case.version,
                   .state = std::string(StepStateName(step.state)),
                   .work = std::move(work),
                   .related_case = NameUnder(tx.clinic(), intake_case.patient, "cases", intake_case.id.str())});
}

absl::Status DropContraindication(Tx& tx, const PatientId& patient) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  Evidence evidence;
  ASSIGN_OR_RETURN(evidence.screenings, tx.screenings().List({.patient = patient}));
  const MedicalScreening* latest = LatestScreening(evidence, DayAt(tx.now(), clinic.zone));
  if (latest == nullptr || latest->result.verdict != Verdict::kHardContraindication) return absl::OkStatus();
  return Announce(tx, patient,
                  {.type = "contraindication.dropped",
                   .subject = NameUnder(tx.clinic(), patient, "medicalScreenings", latest->id.str()),
                   .version = 3,
                   .work = {CloseWork("CONTRAINDICATION_REVIEW", kRolePsychiatrist)}});
}

absl::Status AnnounceReadiness(Tx& tx, const IntakeCase& intake_case, bool ready) {
  return Announce(tx, intake_case.patient,
                  {.type = "readiness.changed",
                   .subject = NameUnder(tx.clinic(), intake_case.patient, "cases", intake_case.id.str()),
                   .version = intake_case.version,
                   .state = ready ? "READY" : "NOT_READY"});
}

absl::Status AnnounceRecords(Tx& tx, const RecordsRequest& request, absl::string_view verb) {
  const std::string state(RecordsStateName(request.state));
  Announcement announcement{
      .type = absl::StrCat("records_request.", verb.empty() ? absl::AsciiStrToLower(state) : std::string(verb)),
      .subject = NameUnder(tx.clinic(), request.patient, "recordsRequests", request.id.str()),
      .version = request.version,
      .state = state};
  const std::string& id = request.id.str();
  if (AwaitsAnswer(request.state)) {
    // Sent anew, or the provider has said something: the follow-up that was due is done, and the next one opens it.
    announcement.work = {CloseWork("RECORDS_FOLLOW_UP", kRoleAssistant)};
    if (request.next_follow_up) {
      RETURN_IF_ERROR(ScheduleFor(tx, "records.follow_up", request.patient, id, *request.next_follow_up));
      announcement.work.push_back(CloseWork("RECORDS_OVERDUE", kRoleAssistant));
    } else {  // nothing will remind of it any more: it is late until the rest comes or is given up
      announcement.work.push_back(OpenWork("RECORDS_OVERDUE", kRoleAssistant, tx.now(), tx::Work::Urgency::kSoon));
    }
  } else {
    RETURN_IF_ERROR(CancelFor(tx, "records.follow_up", request.patient, id));
    announcement.work = {CloseWork("RECORDS_FOLLOW_UP", kRoleAssistant), CloseWork("RECORDS_OVERDUE", kRoleAssistant)};
    if (request.state == RecordsState::kReceived) {
      announcement.work.push_back(OpenWork("RECORDS_REVIEW", kRolePsychiatrist, std::nullopt));
    } else if (request.state == RecordsState::kReviewed) {
      announcement.work.push_back(CloseWork("RECORDS_REVIEW", kRolePsychiatrist));
    }
  }
  const bool can_expire = NextRecordsState(request.state, RecordsEvent::kExpire).has_value();
  if (can_expire && request.basis != RecordsBasis::kTreatment && request.release.expiration_date) {
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    RETURN_IF_ERROR(ScheduleFor(tx, "records.expire", request.patient, id,
                                InstantOf(*request.release.expiration_date + 1, 0, clinic.zone)));
  } else {
    RETURN_IF_ERROR(CancelFor(tx, "records.expire", request.patient, id));
  }
  return Announce(tx, request.patient, announcement);
}

absl::Status AnnounceClearance(Tx& tx, const Clearance& clearance, absl::string_view verb) {
  const std::string state(ClearanceStateName(clearance.state));
  Announcement announcement{
      .type = absl::StrCat("clearance.", verb.empty() ? absl::AsciiStrToLower(state) : std::string(verb)),
      .subject = NameUnder(tx.clinic(), clearance.patient, "clearances", clearance.id.str()),
      .version = clearance.version,
      .state = state};
  const std::string& id = clearance.id.str();
  if (clearance.waiting()) {
    RETURN_IF_ERROR(ScheduleFor(tx, "clearance.late", clearance.patient, id, clearance.due_at));
    if (verb == "reopened") {
      announcement.work = {OpenWork("CLEARANCE_REOPENED", kRoleAssistant, std::nullopt, tx::Work::Urgency::kSoon),
                           CloseWork("CLEARANCE_DECISION", kRolePsychiatrist)};
    } else if (clearance.state == ClearanceState::kPendingExternal) {
      announcement.work = {CloseWork("CLEARANCE_REOPENED", kRoleAssistant)};
    }
  } else {
    RETURN_IF_ERROR(CancelFor(tx, "clearance.late", clearance.patient, id));
    announcement.work = {CloseWork("CLEARANCE_LATE", kRoleAssistant), CloseWork("CLEARANCE_REOPENED", kRoleAssistant)};
    announcement.work.push_back(clearance.state == ClearanceState::kReceived
                                    ? OpenWork("CLEARANCE_DECISION", kRolePsychiatrist, std::nullopt)
                                    : CloseWork("CLEARANCE_DECISION", kRolePsychiatrist));
  }
  if (clearance.favorable() && clearance.valid_through) {
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    RETURN_IF_ERROR(ScheduleFor(tx, "clearance.expire", clearance.patient, id,
                                InstantOf(*clearance.valid_through + 1, 0, clinic.zone)));
  } else {
    RETURN_IF_ERROR(CancelFor(tx, "clearance.expire", clearance.patient, id));
  }
  return Announce(tx, clearance.patient, announcement);
}

absl::Status ScheduleFor(Tx& tx, absl::string_view kind, const PatientId& patient, absl::string_view id,
                         absl::Time due_at) {
  return tx.Schedule(
      {.kind = std::string(kind), .key = absl::StrCat(patient.str(), "/", id), .due_at = due_at, .payload = "{}"});
}

absl::Status CancelFor(Tx& tx, absl::string_view kind, const PatientId& patient, absl::string_view id) {
  return tx.CancelJob(kind, absl::StrCat(patient.str(), "/", id));
}

}  // namespace kat::intake
