#include "services/intake/store/pg_patients.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"
#include "services/intake/store/json.h"

namespace kat::intake {
namespace {

// External ids come as two arrays in the same order.
constexpr const char* kSelect =
    "select id, given_name, family_name, preferred_name, birth_date, sex, phone, email, address, time_zone, emergency, "
    "language_code, version, created_at, updated_at, deleted_at, "
    "array(select system from patient_external_ids e where e.patient = p.id order by system, value) as systems, "
    "array(select value from patient_external_ids e where e.patient = p.id order by system, value) as system_values "
    "from patients p ";

std::string MatchName(const Patient& patient) {
  return absl::StrCat(MatchKey(patient.family_name), "|", MatchKey(patient.given_name));
}

template <class T>
std::optional<std::string> OptionalJson(const std::optional<T>& value) {
  return value ? std::optional(ToJson(*value)) : std::nullopt;
}

template <class T>
std::optional<T> OptionalFromJson(const pg::Row& row, absl::string_view column) {
  const auto text = row.Get<std::optional<std::string>>(column);
  return text ? std::optional(FromJson<T>(*text)) : std::nullopt;
}

Patient FromRow(const pg::Row& row) {
  Patient patient{.id = row.Get<PatientId>("id"),
                  .given_name = row.Get<std::string>("given_name"),
                  .family_name = row.Get<std::string>("family_name"),
                  .preferred_name = row.Get<std::string>("preferred_name"),
                  .birth_date = row.Get<absl::CivilDay>("birth_date"),
                  .sex = static_cast<Sex>(row.Get<int>("sex")),
                  .phone = row.Get<std::string>("phone"),
                  .email = row.Get<std::string>("email"),
                  .address = OptionalFromJson<PostalAddress>(row, "address"),
                  .time_zone = row.Get<std::string>("time_zone"),
                  .emergency_contact = OptionalFromJson<EmergencyContact>(row, "emergency"),
                  .language_code = row.Get<std::string>("language_code"),
                  .version = row.Get<int64_t>("version"),
                  .create_time = row.Get<absl::Time>("created_at"),
                  .update_time = row.Get<absl::Time>("updated_at"),
                  .delete_time = row.Get<std::optional<absl::Time>>("deleted_at")};
  const auto systems = row.Get<std::vector<std::string>>("systems");
  const auto values = row.Get<std::vector<std::string>>("system_values");
  for (size_t i = 0; i < systems.size(); ++i) patient.external_ids.push_back({systems[i], values[i]});
  return patient;
}

std::string LikePrefix(absl::string_view prefix) {
  return absl::StrCat(absl::StrReplaceAll(absl::AsciiStrToLower(prefix), {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}}),
                      "%");
}

}  // namespace

absl::Status PgPatientTable::InsertExternalIds(const Patient& patient) {
  // In one order for all, so that two transactions with the same ids never wait for each other.
  std::vector<ExternalId> ids = patient.external_ids;
  std::sort(ids.begin(), ids.end(), [](const ExternalId& a, const ExternalId& b) {
    return std::tie(a.system, a.value) < std::tie(b.system, b.value);
  });
  for (const ExternalId& id : ids) {
    ASSIGN_OR_RETURN(const auto row,
                     db_.QueryOptional("insert into patient_external_ids (clinic, system, value, patient) "
                                       "values ($1, $2, $3, $4) on conflict do nothing returning patient",
                                       {clinic_, id.system, id.value, patient.id}));
    if (row) continue;
    ASSIGN_OR_RETURN(const pg::Row owner,
                     db_.QueryOne("select patient from patient_external_ids where system = $1 and value = $2",
                                  {id.system, id.value}));
    return ExternalIdTaken(absl::StrCat("clinics/", clinic_.str(), "/patients/", owner.Get<std::string>("patient")));
  }
  return absl::OkStatus();
}

absl::Status PgPatientTable::Insert(const Patient& p) {
  RETURN_IF_ERROR(
      db_.Execute("insert into patients (clinic, id, given_name, family_name, preferred_name, match_name, birth_date, "
                  "sex, phone, email, address, time_zone, emergency, language_code, version, created_at, updated_at) "
                  "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
                  {clinic_, p.id, p.given_name, p.family_name, p.preferred_name, MatchName(p), p.birth_date,
                   static_cast<int>(p.sex), p.phone, p.email, OptionalJson(p.address), p.time_zone,
                   OptionalJson(p.emergency_contact), p.language_code, p.version, p.create_time, p.update_time})
          .status());
  return InsertExternalIds(p);
}

absl::Status PgPatientTable::Update(const Patient& p) {
  ASSIGN_OR_RETURN(
      const int64_t changed,
      db_.Execute("update patients set given_name = $2, family_name = $3, preferred_name = $4, match_name = $5, "
                  "birth_date = $6, sex = $7, phone = $8, email = $9, address = $10, time_zone = $11, emergency = $12, "
                  "language_code = $13, version = $14, updated_at = $15, deleted_at = $16 where id = $1",
                  {p.id, p.given_name, p.family_name, p.preferred_name, MatchName(p), p.birth_date,
                   static_cast<int>(p.sex), p.phone, p.email, OptionalJson(p.address), p.time_zone,
                   OptionalJson(p.emergency_contact), p.language_code, p.version, p.update_time, p.delete_time}));
  if (changed != 1) return ResourceNotFound("patient");
  RETURN_IF_ERROR(db_.Execute("delete from patient_external_ids where patient = $1", {p.id}).status());
  return InsertExternalIds(p);
}

absl::StatusOr<std::vector<Patient>> PgPatientTable::Select(const std::string& tail,
                                                            const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(absl::StrCat(kSelect, tail), params));
  std::vector<Patient> patients;
  for (const pg::Row& row : rows) patients.push_back(FromRow(row));
  return patients;
}

absl::StatusOr<Patient> PgPatientTable::SelectOne(const PatientId& id, const std::string& tail) {
  ASSIGN_OR_RETURN(std::vector<Patient> found, Select(absl::StrCat("where id = $1", tail), {id}));
  if (found.empty()) return ResourceNotFound("patient");
  return std::move(found[0]);
}

absl::StatusOr<Patient> PgPatientTable::Get(const PatientId& id) { return SelectOne(id, ""); }

absl::StatusOr<Patient> PgPatientTable::Lock(const PatientId& id) { return SelectOne(id, " for no key update of p"); }

absl::StatusOr<std::vector<Patient>> PgPatientTable::List(const PatientQuery& query) {
  std::vector<pg::Param> params;
  std::vector<std::string> where = {query.deleted ? "deleted_at is not null" : "deleted_at is null"};
  const auto next = [&](pg::Param value) {
    params.push_back(std::move(value));
    return absl::StrCat("$", params.size());
  };
  if (query.external_id) {
    const std::string system = next(query.external_id->system);
    where.push_back(absl::StrCat("id in (select patient from patient_external_ids where system = ", system,
                                 " and value = ", next(query.external_id->value), ")"));
  }
  if (!query.name_prefix.empty()) {
    const std::string prefix = next(LikePrefix(query.name_prefix));
    where.push_back(absl::StrCat("(lower(family_name) like ", prefix, " or lower(given_name) like ", prefix,
                                 " or lower(preferred_name) like ", prefix, ")"));
  }
  if (!query.phone.empty()) where.push_back(absl::StrCat("phone = ", next(query.phone)));
  if (query.birth_date) where.push_back(absl::StrCat("birth_date = ", next(*query.birth_date)));
  if (!query.page.after.empty()) {
    const std::string family = next(query.page.after[0]);
    const std::string given = next(query.page.after[1]);
    where.push_back(absl::StrCat("(lower(family_name), lower(given_name), id) > (lower(", family, "), lower(", given,
                                 "), ", next(query.page.after[2]), ")"));
  }
  const std::string tail = absl::StrCat("where ", absl::StrJoin(where, " and "),
                                        " order by lower(family_name), lower(given_name), id limit ");
  const std::string limit = next(query.page.limit);
  return Select(tail + limit, params);
}

absl::Status PgPatientTable::LockIdentity(const Patient& patient) {
  // Always in this order, so that two transactions never wait for each other.
  std::vector<std::string> keys = {absl::StrCat("name.", FormatDay(patient.birth_date), ".", MatchName(patient))};
  if (!patient.phone.empty()) keys.push_back(absl::StrCat("phone.", patient.phone));
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(
        db_.Query(
               "select pg_advisory_xact_lock(hashtextextended('intake.identity.' || $1::text || '.' || $2::text, 0))",
               {clinic_, key})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Patient>> PgPatientTable::Alike(const Patient& patient) {
  std::vector<std::string> ids;
  for (const ExternalId& id : patient.external_ids) ids.push_back(absl::StrCat(id.system, "\t", id.value));
  return Select(
      "where (match_name = $1 and birth_date = $2) or (phone = $3 and phone <> '') or "
      "id in (select patient from patient_external_ids where system || E'\\t' || value = any ($4::text[])) "
      "order by created_at, id",
      {MatchName(patient), patient.birth_date, patient.phone, ids});
}

absl::StatusOr<int64_t> PgPatientTable::MedicationListVersion(const PatientId& id) {
  ASSIGN_OR_RETURN(const auto row,
                   db_.QueryOptional("select medication_list_version as v from patients where id = $1", {id}));
  if (!row) return ResourceNotFound("patient");
  return row->Get<int64_t>("v");
}

absl::StatusOr<int64_t> PgPatientTable::ChangeMedicationList(const PatientId& id) {
  ASSIGN_OR_RETURN(const pg::Row row,
                   db_.QueryOne("update patients set medication_list_version = medication_list_version + 1 "
                                "where id = $1 returning medication_list_version as v",
                                {id}));
  return row.Get<int64_t>("v");
}

}  // namespace kat::intake
