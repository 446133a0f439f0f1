#include "services/scheduling/store/pg_treatment_table.h"

#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/store/json.h"

namespace kat::scheduling {
namespace {

int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }
absl::Time Time(const Json& json, const char* key) { return absl::FromUnixMicros(json.value(key, int64_t{0})); }
std::optional<absl::Time> OptionalTime(const Json& json, const char* key) {
  if (!json.contains(key)) return std::nullopt;
  return Time(json, key);
}

Json ToJson(const Dose& dose) {
  return {{"drug", dose.drug},
          {"amount_micrograms", dose.amount_micrograms},
          {"route", dose.route},
          {"lot_number", dose.lot_number},
          {"ndc", dose.ndc},
          {"units", dose.units},
          {"given_at", Micros(dose.given_at)},
          {"given_by", dose.given_by.str()}};
}

Dose DoseOf(const Json& json) {
  return {.drug = json.value("drug", ""),
          .amount_micrograms = json.value("amount_micrograms", int64_t{0}),
          .route = json.value("route", ""),
          .lot_number = json.value("lot_number", ""),
          .ndc = json.value("ndc", ""),
          .units = json.value("units", 0),
          .given_at = Time(json, "given_at"),
          .given_by = ResourceKey(json.value("given_by", ""))};
}

Json ToJson(const VitalSigns& vital_signs) {
  return {{"point", static_cast<int>(vital_signs.point)},
          {"measured_at", Micros(vital_signs.measured_at)},
          {"systolic", vital_signs.systolic},
          {"diastolic", vital_signs.diastolic},
          {"heart_rate", vital_signs.heart_rate},
          {"oxygen_saturation", vital_signs.oxygen_saturation},
          {"respiratory_rate", vital_signs.respiratory_rate}};
}

VitalSigns VitalSignsOf(const Json& json) {
  return {.point = static_cast<VitalSigns::Point>(json.value("point", 4)),
          .measured_at = Time(json, "measured_at"),
          .systolic = json.value("systolic", 0),
          .diastolic = json.value("diastolic", 0),
          .heart_rate = json.value("heart_rate", 0),
          .oxygen_saturation = json.value("oxygen_saturation", 0),
          .respiratory_rate = json.value("respiratory_rate", 0)};
}

Json ToJson(const AdverseEvent& event) {
  Json json = {{"kind", event.kind},
               {"onset_at", Micros(event.onset_at)},
               {"serious", event.serious},
               {"description", event.description}};
  if (event.resolved_at) json["resolved_at"] = Micros(*event.resolved_at);
  return json;
}

AdverseEvent AdverseEventOf(const Json& json) {
  return {.kind = json.value("kind", 0),
          .onset_at = Time(json, "onset_at"),
          .resolved_at = OptionalTime(json, "resolved_at"),
          .serious = json.value("serious", false),
          .description = json.value("description", "")};
}

Json ToJson(const Discharge& discharge) {
  Json json = {{"monitoring_end_at", Micros(discharge.monitoring_end_at)},
               {"stable", discharge.stable},
               {"decided_by", discharge.decided_by.str()},
               {"short_observation_reason", discharge.short_observation_reason},
               {"left_before_release", discharge.left_before_release}};
  if (discharge.discharged_at) json["discharged_at"] = Micros(*discharge.discharged_at);
  return json;
}

Discharge DischargeOf(const Json& json) {
  return {.monitoring_end_at = Time(json, "monitoring_end_at"),
          .discharged_at = OptionalTime(json, "discharged_at"),
          .stable = json.value("stable", false),
          .decided_by = ResourceKey(json.value("decided_by", "")),
          .short_observation_reason = json.value("short_observation_reason", ""),
          .left_before_release = json.value("left_before_release", false)};
}

Json ToJson(const ObservationExtension& extension) {
  return {{"until", Micros(extension.until)},
          {"decided_by", extension.decided_by.str()},
          {"reason", extension.reason},
          {"decided_at", Micros(extension.decided_at)}};
}

ObservationExtension ExtensionOf(const Json& json) {
  return {.until = Time(json, "until"),
          .decided_by = ResourceKey(json.value("decided_by", "")),
          .reason = json.value("reason", ""),
          .decided_at = Time(json, "decided_at")};
}

template <class Entry>
Json ListJson(const std::vector<Entry>& entries) {
  Json list = Json::array();
  for (const Entry& entry : entries) list.push_back(ToJson(entry));
  return list;
}

std::string BodyOf(const TreatmentRecord& record) {
  Json body = {{"driver_arranged", record.transport.driver_arranged},
               {"driver_name", record.transport.driver_name},
               {"driver_phone", record.transport.driver_phone},
               {"monitored_by", record.monitored_by.str()},
               {"doses", ListJson(record.doses)},
               {"vital_signs", ListJson(record.vital_signs)},
               {"adverse_events", ListJson(record.adverse_events)},
               {"not_treated_reason", record.not_treated_reason}};
  body["extensions"] = ListJson(record.extensions);
  if (record.discharge) body["discharge"] = ToJson(*record.discharge);
  if (record.pressure_decision) {
    body["pressure_decision"] = {{"decided_by", record.pressure_decision->decided_by.str()},
                                 {"reason", record.pressure_decision->reason}};
  }
  return body.dump();
}

void ReadBody(const Json& body, TreatmentRecord* record) {
  record->transport = {.driver_arranged = body.value("driver_arranged", false),
                       .driver_name = body.value("driver_name", ""),
                       .driver_phone = body.value("driver_phone", "")};
  record->monitored_by = ResourceKey(body.value("monitored_by", ""));
  for (const Json& dose : body.value("doses", Json::array())) record->doses.push_back(DoseOf(dose));
  for (const Json& entry : body.value("vital_signs", Json::array())) record->vital_signs.push_back(VitalSignsOf(entry));
  for (const Json& event : body.value("adverse_events", Json::array()))
    record->adverse_events.push_back(AdverseEventOf(event));
  record->not_treated_reason = body.value("not_treated_reason", "");
  for (const Json& entry : body.value("extensions", Json::array())) record->extensions.push_back(ExtensionOf(entry));
  if (body.contains("discharge")) record->discharge = DischargeOf(body["discharge"]);
  if (body.contains("pressure_decision")) {
    const Json& decision = body["pressure_decision"];
    record->pressure_decision = {ResourceKey(decision.value("decided_by", "")), decision.value("reason", "")};
  }
}

TreatmentState StateOf(const std::string& name) {
  for (int state = 1; state <= 5; ++state) {
    if (StateName(static_cast<TreatmentState>(state)) == name) return static_cast<TreatmentState>(state);
  }
  return TreatmentState::kNotTreated;
}

TreatmentRecord RecordOf(const pg::Row& row) {
  TreatmentRecord record{.appointment = row.Get<AppointmentId>("appointment"),
                         .patient = row.Get<PatientId>("patient"),
                         .course = row.Get<CourseId>("course"),
                         .program = row.Get<std::string>("program"),
                         .session_number = row.Get<int>("session_number"),
                         .state = StateOf(row.Get<std::string>("state")),
                         .checked_in_at = row.Get<absl::Time>("checked_in_at"),
                         .version = row.Get<int64_t>("version"),
                         .updated_at = row.Get<absl::Time>("updated_at")};
  ReadBody(ParseJson(row.Get<std::string>("body")), &record);
  return record;
}

}  // namespace

absl::Status PgTreatmentTable::Insert(const TreatmentRecord& record) {
  return db_
      .Execute(
          "insert into treatment_records (clinic, appointment, patient, course, program, session_number, state, "
          "checked_in_at, body, "
          "version, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
          {clinic_, record.appointment, record.patient, record.course, record.program, record.session_number,
           StateName(record.state), record.checked_in_at, BodyOf(record), record.version, record.updated_at})
      .status();
}

absl::Status PgTreatmentTable::Update(const TreatmentRecord& record) {
  ASSIGN_OR_RETURN(const int64_t updated,
                   db_.Execute("update treatment_records set state = $3, body = $4, version = $5, updated_at = $6 "
                               "where clinic = $1 and appointment = $2 and version = $5::bigint - 1",
                               {clinic_, record.appointment, StateName(record.state), BodyOf(record), record.version,
                                record.updated_at}));
  return updated == 1 ? absl::OkStatus() : EtagMismatch("treatment record");
}

absl::StatusOr<TreatmentRecord> PgTreatmentTable::Get(const AppointmentId& appointment, Lock lock) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db_.QueryOptional(absl::StrCat("select * from treatment_records where clinic = $1 and appointment = $2",
                                     lock == Lock::kForUpdate ? " for update" : ""),
                        {clinic_, appointment}));
  if (!row) return ResourceNotFound("treatment record");
  return RecordOf(*row);
}

absl::StatusOr<std::map<AppointmentId, TreatmentRecord>> PgTreatmentTable::Of(
    const std::vector<AppointmentId>& appointments) {
  std::vector<std::string> ids;
  for (const AppointmentId& id : appointments) ids.push_back(id.str());
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select * from treatment_records where clinic = $1 and appointment = any ($2::text[])",
                             {clinic_, ids}));
  std::map<AppointmentId, TreatmentRecord> records;
  for (const pg::Row& row : rows) {
    TreatmentRecord record = RecordOf(row);
    records.emplace(record.appointment, std::move(record));
  }
  return records;
}

absl::StatusOr<std::map<AppointmentId, TreatmentState>> PgTreatmentTable::StatesOf(
    const std::vector<AppointmentId>& appointments) {
  std::map<AppointmentId, TreatmentState> states;
  if (appointments.empty()) return states;
  std::vector<std::string> ids;
  for (const AppointmentId& id : appointments) ids.push_back(id.str());
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query("select appointment, state from treatment_records where clinic = $1 "
                                                  "and appointment = any ($2::text[])",
                                                  {clinic_, ids}));
  for (const pg::Row& row : rows) {
    states[row.Get<AppointmentId>("appointment")] = StateOf(row.Get<std::string>("state"));
  }
  return states;
}

}  // namespace kat::scheduling
