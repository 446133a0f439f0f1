#include <map>

#include "libs/base/error.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

using domain::RemsEnrollment;
using domain::RemsSetting;

Columns SettingColumns(const RemsSetting& s) {
  Columns columns;
  columns.Set("rems_setting", s.id)
      .Set("display_name", s.display_name)
      .Set("setting_type", static_cast<int>(s.type))
      .Set("representative_name", s.representative_name)
      .Set("representative_title", s.representative_title)
      .Set("representative_phone", s.representative_phone)
      .Set("representative_email", s.representative_email)
      .Set("acquires_patient_specific", s.acquires_patient_specific)
      .Set("acquires_bulk", s.acquires_bulk)
      .Set("state", Name(s.state))
      .Set("rems_id", s.rems_id)
      .Set("certified_from", s.certified_from)
      .Set("suspended_from", s.suspended_from)
      .Set("reenrollment_due", s.reenrollment_due)
      .Set("version", s.version)
      .Set("created_at", s.created_at)
      .Set("updated_at", s.updated_at);
  return columns;
}

RemsSetting ReadSetting(const pg::Row& row) {
  RemsSetting s;
  s.id = row.Get<domain::SettingId>("rems_setting");
  s.display_name = row.Get<std::string>("display_name");
  s.type = static_cast<RemsSetting::Type>(row.Get<int>("setting_type"));
  s.representative_name = row.Get<std::string>("representative_name");
  s.representative_title = row.Get<std::string>("representative_title");
  s.representative_phone = row.Get<std::string>("representative_phone");
  s.representative_email = row.Get<std::string>("representative_email");
  s.acquires_patient_specific = row.Get<bool>("acquires_patient_specific");
  s.acquires_bulk = row.Get<bool>("acquires_bulk");
  s.state = EnumOf<RemsSetting::State>(row.Get<std::string>("state"), 4);
  s.rems_id = row.Get<std::string>("rems_id");
  s.certified_from = row.Get<std::optional<absl::CivilDay>>("certified_from");
  s.suspended_from = row.Get<std::optional<absl::CivilDay>>("suspended_from");
  s.reenrollment_due = row.Get<bool>("reenrollment_due");
  s.version = row.Get<int64_t>("version");
  s.created_at = row.Get<absl::Time>("created_at");
  s.updated_at = row.Get<absl::Time>("updated_at");
  return s;
}

Columns EnrollmentColumns(const RemsEnrollment& e) {
  Columns columns;
  columns.Set("rems_enrollment", e.id)
      .Set("patient", e.patient)
      .Set("rems_setting", e.setting)
      .Set("prescriber_name", e.prescriber_name)
      .Set("patient_signed", e.patient_signed)
      .Set("prescriber_signed", e.prescriber_signed)
      .Set("state", Name(e.state))
      .Set("channel", static_cast<int>(e.channel))
      .Set("confirmation", e.confirmation)
      .Set("submitted_at", e.submitted_at)
      .Set("rems_patient_id", e.rems_patient_id)
      .Set("enrolled_from", e.enrolled_from)
      .Set("ended_from", e.ended_from)
      .Set("end_reason", e.end_reason)
      .Set("version", e.version)
      .Set("created_at", e.created_at)
      .Set("updated_at", e.updated_at);
  return columns;
}

RemsEnrollment ReadEnrollment(const pg::Row& row) {
  return {.id = row.Get<domain::EnrollmentId>("rems_enrollment"),
          .patient = row.Get<PatientId>("patient"),
          .setting = row.Get<domain::SettingId>("rems_setting"),
          .prescriber_name = row.Get<std::string>("prescriber_name"),
          .patient_signed = row.Get<std::optional<absl::CivilDay>>("patient_signed"),
          .prescriber_signed = row.Get<std::optional<absl::CivilDay>>("prescriber_signed"),
          .state = EnumOf<RemsEnrollment::State>(row.Get<std::string>("state"), 5),
          .channel = static_cast<domain::Channel>(row.Get<int>("channel")),
          .confirmation = row.Get<std::string>("confirmation"),
          .submitted_at = row.Get<std::optional<absl::Time>>("submitted_at"),
          .rems_patient_id = row.Get<std::string>("rems_patient_id"),
          .enrolled_from = row.Get<std::optional<absl::CivilDay>>("enrolled_from"),
          .ended_from = row.Get<std::optional<absl::CivilDay>>("ended_from"),
          .end_reason = row.Get<std::string>("end_reason"),
          .version = row.Get<int64_t>("version"),
          .created_at = row.Get<absl::Time>("created_at"),
          .updated_at = row.Get<absl::Time>("updated_at")};
}

}  // namespace

absl::Status PgTx::WriteSites(const RemsSetting& setting) {
  RETURN_IF_ERROR(db().Execute("delete from rems_sites where rems_setting = $1", {setting.id}).status());
  for (size_t i = 0; i < setting.sites.size(); ++i) {
    const domain::RemsSite& site = setting.sites[i];
    Columns row;
    row.Set("rems_setting", setting.id)
        .Set("position", static_cast<int>(i))
        .Set("display_name", site.display_name)
        .Set("region_code", site.address.region_code)
        .Set("postal_code", site.address.postal_code)
        .Set("administrative_area", site.address.administrative_area)
        .Set("locality", site.address.locality)
        .Set("address_lines", site.address.lines)
        .Set("phone", site.phone)
        .Set("dea_number", site.dea_number);
    RETURN_IF_ERROR(row.Insert(db(), "rems_sites"));
  }
  return absl::OkStatus();
}

absl::Status PgTx::InsertSetting(const RemsSetting& setting) {
  RETURN_IF_ERROR(OnTakenName(SettingColumns(setting).Insert(db(), "rems_settings"), "rems_settings", "REMS setting"));
  return WriteSites(setting);
}

absl::Status PgTx::UpdateSetting(const RemsSetting& setting) {
  RETURN_IF_ERROR(SettingColumns(setting).Update(db(), "rems_settings", "rems_setting", setting.id));
  return WriteSites(setting);
}

absl::StatusOr<std::vector<RemsSetting>> PgTx::ReadSettings(absl::string_view where,
                                                            const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db().Query(absl::StrCat("select * from rems_settings where ", where), params));
  std::vector<RemsSetting> settings;
  std::map<std::string, size_t> at;
  std::vector<std::string> ids;
  for (const pg::Row& row : rows) {
    settings.push_back(ReadSetting(row));
    at[settings.back().id.str()] = settings.size() - 1;
    ids.push_back(settings.back().id.str());
  }
  if (ids.empty()) return settings;
  ASSIGN_OR_RETURN(const pg::Rows sites,
                   db().Query("select * from rems_sites where rems_setting = any($1) order by position", {ids}));
  for (const pg::Row& row : sites) {
    settings[at[row.Get<std::string>("rems_setting")]].sites.push_back(
        {.display_name = row.Get<std::string>("display_name"),
         .address = {row.Get<std::string>("region_code"), row.Get<std::string>("postal_code"),
                     row.Get<std::string>("administrative_area"), row.Get<std::string>("locality"),
                     row.Get<std::vector<std::string>>("address_lines")},
         .phone = row.Get<std::string>("phone"),
         .dea_number = row.Get<std::string>("dea_number")});
  }
  return settings;
}

absl::StatusOr<RemsSetting> PgTx::FindSetting(const domain::SettingId& id, Lock lock) {
  ASSIGN_OR_RETURN(std::vector<RemsSetting> found, ReadSettings(absl::StrCat("rems_setting = $1", Suffix(lock)), {id}));
  if (found.empty()) return ResourceNotFound("REMS setting");
  return std::move(found[0]);
}

absl::StatusOr<std::vector<RemsSetting>> PgTx::ListSettings(const Slice& slice) {
  const bool first = slice.after.size() < 2;
  return ReadSettings("(display_name, rems_setting) > ($1, $2) order by display_name, rems_setting limit $3",
                      {first ? "" : slice.after[0], first ? "" : slice.after[1], slice.limit});
}

absl::Status PgTx::InsertEnrollment(const RemsEnrollment& enrollment) {
  return OnConstraint(EnrollmentColumns(enrollment).Insert(db(), "rems_enrollments"), "rems_enrollment_of_patient",
                      domain::EnrollmentExists);
}

absl::Status PgTx::UpdateEnrollment(const RemsEnrollment& enrollment) {
  return EnrollmentColumns(enrollment).Update(db(), "rems_enrollments", "rems_enrollment", enrollment.id);
}

absl::StatusOr<RemsEnrollment> PgTx::FindEnrollment(const domain::EnrollmentId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db().QueryOptional(
                       absl::StrCat("select * from rems_enrollments where rems_enrollment = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("REMS enrollment");
  return ReadEnrollment(*row);
}

absl::StatusOr<std::vector<RemsEnrollment>> PgTx::ListEnrollments(const PatientId& patient, const Slice& slice) {
  const bool first = slice.after.size() < 2;
  ASSIGN_OR_RETURN(const pg::Rows rows, db().Query("select * from rems_enrollments where ($1 = '' or patient = $1) "
                                                   "and (created_at, rems_enrollment) < ($2::timestamptz, $3) "
                                                   "order by created_at desc, rems_enrollment desc limit $4",
                                                   {patient, first ? absl::InfiniteFuture() : TimeKey(slice, 0),
                                                    first ? "" : slice.after[1], slice.limit}));
  std::vector<RemsEnrollment> enrollments;
  for (const pg::Row& row : rows) enrollments.push_back(ReadEnrollment(row));
  return enrollments;
}

}  // namespace kat::authorization::store
