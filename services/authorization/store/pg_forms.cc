#include <map>

#include "libs/base/error.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

using domain::FormContent;
using domain::FormState;
using domain::MonitoringForm;

Columns FormColumns(const MonitoringForm& f) {
  Columns columns;
  columns.Set("monitoring_form", f.id)
      .Set("appointment", f.appointment)
      .Set("patient", f.patient)
      .Set("program", f.program)
      .Set("state", Name(f.state))
      .Set("session_day", f.session_day)
      .Set("due_at", f.due_at)
      .Set("missing_fields", f.missing_fields)
      .Set("filled", f.content.has_value())
      .Set("channel", static_cast<int>(f.channel))
      .Set("confirmation", f.confirmation)
      .Set("submitted_at", f.submitted_at)
      .Set("submitted_by", f.submitted_by)
      .Set("evidence_document", f.evidence_document)
      .Set("correction_note", f.correction_note)
      .Set("escalation_stage", f.escalation_stage)
      .Set("version", f.version)
      .Set("created_at", f.created_at)
      .Set("updated_at", f.updated_at);
  if (!f.content) return columns;
  const FormContent& c = *f.content;
  std::vector<std::string> taken, not_taken;
  for (const auto& [drug_class, is_taken] : c.concomitant) (is_taken ? taken : not_taken).push_back(drug_class);
  columns.Set("rems_patient_id", c.rems_patient_id)
      .Set("first_treatment", c.first_treatment)
      .Set("rems_setting_id", c.rems_setting_id)
      .Set("setting_name", c.setting_name)
      .Set("region_code", c.setting_address.region_code)
      .Set("postal_code", c.setting_address.postal_code)
      .Set("administrative_area", c.setting_address.administrative_area)
      .Set("locality", c.setting_address.locality)
      .Set("address_lines", c.setting_address.lines)
      .Set("monitoring_clinician", c.monitoring_clinician)
      .Set("dose_mg", c.dose_mg)
      .Set("devices", c.devices)
      .Set("lots", c.lots)
      .Set("first_device_at", c.first_device_at)
      .Set("monitoring_end_at", c.monitoring_end_at)
      .Set("discharge_at", c.discharge_at)
      .Set("monitoring_minutes", c.monitoring_minutes)
      .Set("ready_to_leave_minutes", c.ready_to_leave_minutes)
      .Set("concomitant_taken", taken)
      .Set("concomitant_not_taken", not_taken);
  return columns;
}

FormContent ReadContent(const pg::Row& row) {
  FormContent c;
  c.rems_patient_id = row.Get<std::string>("rems_patient_id");
  c.first_treatment = row.Get<bool>("first_treatment");
  c.rems_setting_id = row.Get<std::string>("rems_setting_id");
  c.setting_name = row.Get<std::string>("setting_name");
  c.setting_address = {row.Get<std::string>("region_code"), row.Get<std::string>("postal_code"),
                       row.Get<std::string>("administrative_area"), row.Get<std::string>("locality"),
                       row.Get<std::vector<std::string>>("address_lines")};
  c.monitoring_clinician = row.Get<std::string>("monitoring_clinician");
  c.dose_mg = row.Get<int>("dose_mg");
  c.devices = row.Get<int>("devices");
  c.lots = row.Get<std::vector<std::string>>("lots");
  c.first_device_at = row.Get<std::optional<absl::Time>>("first_device_at");
  c.monitoring_end_at = row.Get<std::optional<absl::Time>>("monitoring_end_at");
  c.discharge_at = row.Get<std::optional<absl::Time>>("discharge_at");
  c.monitoring_minutes = row.Get<int>("monitoring_minutes");
  c.ready_to_leave_minutes = row.Get<int>("ready_to_leave_minutes");
  for (const std::string& drug_class : row.Get<std::vector<std::string>>("concomitant_taken")) {
    c.concomitant[drug_class] = true;
  }
  for (const std::string& drug_class : row.Get<std::vector<std::string>>("concomitant_not_taken")) {
    c.concomitant[drug_class] = false;
  }
  return c;
}

MonitoringForm ReadForm(const pg::Row& row) {
  MonitoringForm f;
  f.id = row.Get<domain::FormId>("monitoring_form");
  f.appointment = row.Get<domain::AppointmentId>("appointment");
  f.patient = row.Get<PatientId>("patient");
  f.program = row.Get<std::string>("program");
  f.state = EnumOf<FormState>(row.Get<std::string>("state"), 8);
  f.session_day = row.Get<absl::CivilDay>("session_day");
  f.due_at = row.Get<absl::Time>("due_at");
  f.missing_fields = row.Get<std::vector<std::string>>("missing_fields");
  if (row.Get<bool>("filled")) f.content = ReadContent(row);
  f.channel = static_cast<domain::Channel>(row.Get<int>("channel"));
  f.confirmation = row.Get<std::string>("confirmation");
  f.submitted_at = row.Get<std::optional<absl::Time>>("submitted_at");
  f.submitted_by = row.Get<std::string>("submitted_by");
  f.evidence_document = row.Get<std::string>("evidence_document");
  f.correction_note = row.Get<std::string>("correction_note");
  f.escalation_stage = row.Get<int>("escalation_stage");
  f.version = row.Get<int64_t>("version");
  f.created_at = row.Get<absl::Time>("created_at");
  f.updated_at = row.Get<absl::Time>("updated_at");
  return f;
}

}  // namespace

absl::Status PgTx::WriteFormRows(const MonitoringForm& form) {
  for (const char* table : {"form_vitals", "form_events"}) {
    RETURN_IF_ERROR(
        db().Execute(absl::StrCat("delete from ", table, " where monitoring_form = $1"), {form.id}).status());
  }
  if (!form.content) return absl::OkStatus();
  for (size_t i = 0; i < form.content->vitals.size(); ++i) {
    const domain::VitalSigns& v = form.content->vitals[i];
    Columns row;
    row.Set("monitoring_form", form.id)
        .Set("position", static_cast<int>(i))
        .Set("point", static_cast<int>(v.point))
        .Set("systolic", v.systolic)
        .Set("diastolic", v.diastolic)
        .Set("spo2", v.spo2)
        .Set("taken_at", v.at);
    RETURN_IF_ERROR(row.Insert(db(), "form_vitals"));
  }
  for (size_t i = 0; i < form.content->events.size(); ++i) {
    const domain::TreatmentEvent& e = form.content->events[i];
    Columns row;
    row.Set("monitoring_form", form.id)
        .Set("position", static_cast<int>(i))
        .Set("kind", e.kind)
        .Set("start_at", e.start_at)
        .Set("end_at", e.end_at)
        .Set("serious", e.serious)
        .Set("description", e.description);
    RETURN_IF_ERROR(row.Insert(db(), "form_events"));
  }
  return absl::OkStatus();
}

absl::Status PgTx::InsertForm(const MonitoringForm& form) {
  RETURN_IF_ERROR(FormColumns(form).Insert(db(), "monitoring_forms"));
  return WriteFormRows(form);
}

absl::Status PgTx::UpdateForm(const MonitoringForm& form) {
  RETURN_IF_ERROR(FormColumns(form).Update(db(), "monitoring_forms", "monitoring_form", form.id));
  return WriteFormRows(form);
}

absl::StatusOr<std::vector<MonitoringForm>> PgTx::ReadForms(absl::string_view where,
                                                            const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query(absl::StrCat("select * from monitoring_forms where ", where), params));
  std::vector<MonitoringForm> forms;
  std::map<std::string, size_t> at;
  std::vector<std::string> ids;
  for (const pg::Row& row : rows) {
    forms.push_back(ReadForm(row));
    at[forms.back().id.str()] = forms.size() - 1;
    ids.push_back(forms.back().id.str());
  }
  if (ids.empty()) return forms;
  ASSIGN_OR_RETURN(const pg::Rows vitals,
                   db().Query("select * from form_vitals where monitoring_form = any($1) order by position", {ids}));
  for (const pg::Row& row : vitals) {
    forms[at[row.Get<std::string>("monitoring_form")]].content->vitals.push_back(
        {.point = static_cast<domain::VitalSigns::Point>(row.Get<int>("point")),
         .systolic = row.Get<int>("systolic"),
         .diastolic = row.Get<int>("diastolic"),
         .spo2 = row.Get<int>("spo2"),
         .at = row.Get<absl::Time>("taken_at")});
  }
  ASSIGN_OR_RETURN(const pg::Rows events,
                   db().Query("select * from form_events where monitoring_form = any($1) order by position", {ids}));
  for (const pg::Row& row : events) {
    forms[at[row.Get<std::string>("monitoring_form")]].content->events.push_back(
        {.kind = row.Get<std::string>("kind"),
         .start_at = row.Get<std::optional<absl::Time>>("start_at"),
         .end_at = row.Get<std::optional<absl::Time>>("end_at"),
         .serious = row.Get<bool>("serious"),
         .description = row.Get<std::string>("description")});
  }
  return forms;
}

absl::StatusOr<MonitoringForm> PgTx::FindForm(const domain::FormId& id, Lock lock) {
  ASSIGN_OR_RETURN(std::vector<MonitoringForm> found,
                   ReadForms(absl::StrCat("monitoring_form = $1", Suffix(lock)), {id}));
  if (found.empty()) return ResourceNotFound("monitoring form");
  return std::move(found[0]);
}

absl::StatusOr<std::optional<MonitoringForm>> PgTx::FormOfAppointment(const domain::AppointmentId& id) {
  ASSIGN_OR_RETURN(std::vector<MonitoringForm> found, ReadForms("appointment = $1 for update", {id}));
  return found.empty() ? std::optional<MonitoringForm>() : std::move(found[0]);
}

absl::StatusOr<std::vector<MonitoringForm>> PgTx::ListForms(const FormFilter& filter, const Slice& slice) {
  std::vector<std::string> states;
  for (FormState state : filter.states) states.emplace_back(Name(state));
  const bool first = slice.after.size() < 2;
  return ReadForms(
      "($1 = '' or patient = $1) and ($2 = '' or appointment = $2) and (cardinality($3::text[]) = 0 or state = "
      "any($3)) "
      "and due_at < $4::timestamptz and (due_at, monitoring_form) > ($5::timestamptz, $6) "
      "order by due_at, monitoring_form limit $7",
      {filter.patient, filter.appointment, states, filter.due_before.value_or(absl::InfiniteFuture()),
       first ? absl::InfinitePast() : TimeKey(slice, 0), first ? "" : slice.after[1], slice.limit});
}

absl::StatusOr<int> PgTx::CountOverdueForms(absl::Time now) {
  ASSIGN_OR_RETURN(const pg::Row row,
                   db().QueryOne("select count(*)::integer as overdue from monitoring_forms "
                                 "where due_at <= $1 and state in ('NOT_DUE', 'DRAFT', 'READY', 'NEEDS_CORRECTION')",
                                 {now}));
  return row.Get<int>("overdue");
}

absl::StatusOr<bool> PgTx::TreatedBefore(const PatientId& patient, const std::string& program, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db().QueryOptional("select 1 as one from monitoring_forms where patient = $1 and program = $2 "
                                      "and session_day < $3 and filled limit 1",
                                      {patient, program, day}));
  return row.has_value();
}

}  // namespace kat::authorization::store
