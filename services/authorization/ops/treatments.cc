#include "services/authorization/ops/treatments.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/status_macros.h"
#include "services/authorization/ops/names.h"
#include "services/authorization/ops/publish.h"

namespace kat::authorization {
namespace {

using domain::LineState;
using domain::MonitoringForm;
using domain::UnitLine;

constexpr int kAllRows = 1000;
constexpr char kRecorder[] = "service:authorization";

absl::StatusOr<domain::RemsFacts> LoadRems(store::Tx& tx, const PatientId& patient) {
  domain::RemsFacts facts;
  ASSIGN_OR_RETURN(facts.settings, tx.ListSettings({.limit = kAllRows}));
  ASSIGN_OR_RETURN(facts.enrollments, tx.ListEnrollments(patient, {.limit = kAllRows}));
  return facts;
}

// The line of an appointment's visit. A visit that was never booked with us gets one now where a payer has to authorize
// it, so that what was used is counted.
absl::StatusOr<std::optional<UnitLine>> LineFor(store::Tx& tx, const domain::Appointment& appointment,
                                                const domain::CoverageFacts& facts, absl::CivilDay day) {
  ASSIGN_OR_RETURN(std::optional<UnitLine> line, tx.LineOfAppointment(appointment.id));
  if (!line && !appointment.visit_id.empty()) {
    ASSIGN_OR_RETURN(line, tx.LineOfVisit(appointment.course, appointment.visit_id));
  }
  if (line || Require(facts, day).requirement != domain::Requirement::kRequired) return line;
  domain::Reservation direct{.id = domain::ReservationId(NewId()),
                             .patient = appointment.patient,
                             .course = appointment.course,
                             .program = appointment.program,
                             .requirement = domain::Requirement::kRequired,
                             .expires_at = tx.now(),
                             .state = domain::Reservation::State::kConfirmed};
  RETURN_IF_ERROR(tx.InsertReservation(direct));
  UnitLine bare{.reservation = direct.id,
                .patient = appointment.patient,
                .course = appointment.course,
                .program = appointment.program,
                .visit_id = appointment.visit_id.empty() ? appointment.id.str() : appointment.visit_id,
                .session_number = std::max(1, appointment.session_number),
                .day = day,
                .state = LineState::kReleased,  // holds nothing until it is used
                .appointment = appointment.id,
                .appointment_version = appointment.version};
  RETURN_IF_ERROR(tx.InsertLine(bare));
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines, tx.LinesOfReservation(direct.id));
  return std::optional<UnitLine>(lines.at(0));
}

absl::Status CountUnits(store::Tx& tx, const domain::Appointment& appointment, const domain::TreatmentRecord& record,
                        const domain::ProgramRule& rule, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const domain::CoverageFacts facts,
                   LoadFacts(tx, appointment.patient, appointment.course, appointment.program, store::Lock::kWrite));
  const domain::UnitCounts actual = UnitsUsed(record, rule.drug, rule.mg_per_device);
  if (actual.zero()) {
    ASSIGN_OR_RETURN(const std::optional<UnitLine> line, tx.LineOfAppointment(appointment.id));
    if (!line || line->state == LineState::kConsumed) return absl::OkStatus();
    UnitLine released = *line;
    released.state = LineState::kReleased;
    return SaveLine(tx, *line, std::move(released));
  }
  ASSIGN_OR_RETURN(const std::optional<UnitLine> line, LineFor(tx, appointment, facts, day));
  if (!line || line->state == LineState::kConsumed) return absl::OkStatus();
  const domain::PriorAuthorization* auth = nullptr;
  for (const domain::PriorAuthorization& each : facts.authorizations) {
    if (line->authorization && each.id == *line->authorization) auth = &each;
  }
  if (auth == nullptr) {  // uncovered: whatever authorization reaches that day takes what it can
    const domain::Choice choice = Choose(facts, {line->visit_id, line->session_number, day}, actual, {});
    auth = choice.chosen;
    if (auth == nullptr && choice.about != nullptr && Running(choice.about->state) && choice.about->Covers(day)) {
      auth = choice.about;
    }
  }
  UnitLine used = *line;
  used.day = day;
  used.appointment = appointment.id;
  Consume(used, auth, actual);
  RETURN_IF_ERROR(SaveLine(tx, *line, std::move(used)));
  return CoverUncovered(tx, appointment.patient, appointment.program);  // a smaller dose frees units
}

absl::Status TakeStock(store::Tx& tx, const domain::TreatmentRecord& record, const domain::ProgramRule* rule,
                       absl::CivilDay day) {
  std::set<std::string> drugs;
  for (const domain::Dose& dose : record.doses) drugs.insert(dose.drug);
  std::vector<domain::StockLot> lots;
  domain::TreatmentRecord kept = record;  // doses of drugs that the clinic keeps books of
  kept.doses.clear();
  for (const std::string& drug : drugs) {
    ASSIGN_OR_RETURN(const std::vector<domain::StockLot> of_drug, tx.LotsOf(drug, store::Lock::kWrite));
    if (of_drug.empty() && !(rule != nullptr && rule->drug == drug)) continue;
    lots.insert(lots.end(), of_drug.begin(), of_drug.end());
    std::copy_if(record.doses.begin(), record.doses.end(), std::back_inserter(kept.doses),
                 [&](const domain::Dose& dose) { return dose.drug == drug; });
  }
  domain::Taking taking = Take(kept, std::move(lots), day, tx.now());
  for (domain::StockEvent& event : taking.events) {
    ASSIGN_OR_RETURN(const int allocated, tx.AllocatedFor(event.lot, event.appointment));
    event.allocated_delta = -std::min(allocated, event.quantity);
    event.recorded_by = kRecorder;
    event.recorded_at = tx.now();
    RETURN_IF_ERROR(tx.InsertStockEvent(event));
    RETURN_IF_ERROR(
        tx.Publish({.type = "stock.event_recorded",
                    .subject = ResourceName(tx.clinic(), kLots, event.lot),
                    .subject_version = event.id,
                    .state = std::string(Name(event.kind)),
                    .related = {{"appointment", ResourceName(tx.clinic(), kAppointments, event.appointment)}}}));
  }
  for (domain::StockMismatch& mismatch : taking.mismatches) {
    mismatch.id = domain::MismatchId(NewId());
    RETURN_IF_ERROR(tx.InsertMismatch(mismatch));
    tx::Event event{.type = "stock.mismatch_found",
                    .subject = ResourceName(tx.clinic(), kMismatches, mismatch.id),
                    .subject_version = mismatch.version,
                    .related = {{"appointment", ResourceName(tx.clinic(), kAppointments, mismatch.appointment)}}};
    event.work = ToWork({"STOCK_MISMATCH", domain::Role::kNurse, std::nullopt, domain::Urgency::kSoon});
    RETURN_IF_ERROR(tx.Publish(event));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TakeTreatment(store::Tx& tx, const domain::Appointment& appointment, const domain::TreatmentRecord& record,
                           const std::optional<std::vector<std::string>>& medication_classes) {
  ASSIGN_OR_RETURN(const bool first_time, tx.NoteTreated(appointment.id, tx.now()));
  if (!first_time) return absl::OkStatus();
  ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
  const absl::CivilDay day = DayAt(appointment.start_at, moment.zone);
  ASSIGN_OR_RETURN(const std::optional<domain::ProgramRule> rule, tx.FindProgramRule(appointment.program));
  if (rule && rule->payer_billed) RETURN_IF_ERROR(CountUnits(tx, appointment, record, *rule, day));
  RETURN_IF_ERROR(TakeStock(tx, record, rule ? &*rule : nullptr, day));
  if (!rule || !rule->rems_required) return absl::OkStatus();
  if (UnitsUsed(record, rule->drug, rule->mg_per_device).zero()) return WithdrawForm(tx, appointment.id);
  ASSIGN_OR_RETURN(const domain::RemsFacts rems, LoadRems(tx, appointment.patient));
  const domain::RemsSetting* setting = rems.SettingOn(day);
  if (setting != nullptr && setting->type == domain::RemsSetting::Type::kInpatient) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<MonitoringForm> stored, tx.FormOfAppointment(appointment.id));
  MonitoringForm form = stored ? *stored
                               : NewForm(domain::FormId(NewId()), appointment.id, appointment.patient,
                                         appointment.program, day, moment.zone, tx.now());
  return FillForm(tx, stored, std::move(form), record, medication_classes).status();
}

absl::Status OpenForm(store::Tx& tx, const domain::Appointment& appointment) {
  ASSIGN_OR_RETURN(const std::optional<domain::ProgramRule> rule, tx.FindProgramRule(appointment.program));
  if (!rule || !rule->rems_required || appointment.session_number <= 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<MonitoringForm> stored, tx.FormOfAppointment(appointment.id));
  if (stored) return absl::OkStatus();
  ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
  const absl::CivilDay day = DayAt(appointment.start_at, moment.zone);
  ASSIGN_OR_RETURN(const domain::RemsFacts rems, LoadRems(tx, appointment.patient));
  const domain::RemsSetting* setting = rems.SettingOn(day);
  if (setting != nullptr && setting->type == domain::RemsSetting::Type::kInpatient) return absl::OkStatus();
  MonitoringForm form = NewForm(domain::FormId(NewId()), appointment.id, appointment.patient, appointment.program, day,
                                moment.zone, tx.now());
  return SaveForm(tx, std::nullopt, form, {"opened"});
}

absl::Status WithdrawForm(store::Tx& tx, const domain::AppointmentId& appointment) {
  ASSIGN_OR_RETURN(const std::optional<MonitoringForm> stored, tx.FormOfAppointment(appointment));
  if (!stored || stored->state != domain::FormState::kNotDue) return absl::OkStatus();
  MonitoringForm form = *stored;
  RETURN_IF_ERROR(MarkNotRequired(form));
  return SaveForm(tx, stored, form, {"not_required"});
}

absl::StatusOr<MonitoringForm> FillForm(store::Tx& tx, const std::optional<MonitoringForm>& before, MonitoringForm form,
                                        const domain::TreatmentRecord& record,
                                        const std::optional<std::vector<std::string>>& medication_classes) {
  ASSIGN_OR_RETURN(const domain::RemsFacts rems, LoadRems(tx, form.patient));
  domain::FormSources sources;
  if (const domain::RemsSetting* setting = rems.SettingOn(form.session_day)) sources.setting = *setting;
  if (const domain::RemsEnrollment* enrollment = rems.EnrollmentOn(form.session_day)) sources.enrollment = *enrollment;
  ASSIGN_OR_RETURN(const bool treated, tx.TreatedBefore(form.patient, form.program, form.session_day));
  sources.first_treatment = !treated;
  ASSIGN_OR_RETURN(const std::optional<domain::ProgramRule> rule, tx.FindProgramRule(form.program));
  if (rule) sources.concomitant_classes = rule->concomitant_classes;
  if (rule) sources.drug = rule->drug;
  sources.medication_classes = medication_classes;
  RETURN_IF_ERROR(PrepareForm(form, record, sources));
  std::vector<std::string> types = {"prepared"};
  if (!before) types.insert(types.begin(), "opened");
  RETURN_IF_ERROR(SaveForm(tx, before, form, types));
  return form;
}

absl::Status SaveForm(store::Tx& tx, const std::optional<MonitoringForm>& before, MonitoringForm& after,
                      const std::vector<std::string>& types) {
  ASSIGN_OR_RETURN(const domain::Settings settings, tx.LoadSettings());
  ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
  std::vector<domain::WorkItem> work_before;
  // What was announced last stands at the stage that was stored; the clock may have moved on since.
  if (before) work_before = OpenWork(*before, settings, before->updated_at);
  after.escalation_stage = EscalationStage(after, settings, tx.now());
  after.updated_at = tx.now();
  if (before) {
    after.version = before->version + 1;
    RETURN_IF_ERROR(tx.UpdateForm(after));
  } else {
    RETURN_IF_ERROR(tx.InsertForm(after));
  }
  const std::optional<absl::Time> next = NextEscalation(after, settings, moment.zone, tx.now());
  if (next) {
    RETURN_IF_ERROR(tx.Schedule({.kind = kEscalateJob, .key = after.id.str(), .due_at = *next, .payload = "{}"}));
  } else {
    RETURN_IF_ERROR(tx.CancelJob(kEscalateJob, after.id.str()));
  }
  return PublishAll(tx,
                    {.subject = ResourceName(tx.clinic(), kForms, after.id),
                     .subject_version = after.version,
                     .state = std::string(Name(after.state)),
                     .related = {{"patient", ResourceName(tx.clinic(), kPatients, after.patient)},
                                 {"appointment", ResourceName(tx.clinic(), kAppointments, after.appointment)}}},
                    "monitoring_form", types, WorkChanges(work_before, OpenWork(after, settings, tx.now())));
}

absl::Status Escalate(store::Tx& tx, const domain::FormId& id) {
  ASSIGN_OR_RETURN(const MonitoringForm before, tx.FindForm(id, store::Lock::kWrite));
  ASSIGN_OR_RETURN(const domain::Settings settings, tx.LoadSettings());
  if (OpenWork(before, settings, tx.now()).empty()) return absl::OkStatus();
  MonitoringForm after = before;
  return SaveForm(tx, before, after, {"escalated"});
}

}  // namespace kat::authorization
