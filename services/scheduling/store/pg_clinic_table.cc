#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {

pg::Param AfterKey(const ListRange& range, size_t index) {
  return index < range.after.size() ? pg::Param(range.after[index]) : pg::Param(std::nullopt);
}

absl::Status CheckUpdated(const absl::StatusOr<int64_t>& affected, absl::string_view resource_type) {
  RETURN_IF_ERROR(affected.status());
  return *affected == 1 ? absl::OkStatus() : EtagMismatch(resource_type);
}

absl::Status PgClinicTable::Insert(const Clinic& clinic) {
  changed_ = true;
  const absl::Status status =
      db_.Execute(
             "insert into clinics (clinic, display_name, phone, time_zone, holidays, opening_hours, disabled, version, "
             "created_at, updated_at, late_cancel_hours) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
             {clinic_, clinic.display_name, clinic.phone, clinic.time_zone, ToJson(clinic.holidays).dump(),
              ToJson(clinic.opening_hours).dump(), clinic.state == ClinicState::kDisabled, clinic.version,
              clinic.created_at, clinic.updated_at, clinic.late_cancel_hours})
          .status();
  return absl::IsAlreadyExists(status) ? NameTaken("clinic") : status;
}

absl::Status PgClinicTable::Update(const Clinic& clinic) {
  changed_ = true;
  return CheckUpdated(
      db_.Execute(
          "update clinics set display_name = $2, phone = $3, time_zone = $4, holidays = $5, opening_hours = $6, "
          "disabled = $7, version = $8, updated_at = $9, late_cancel_hours = $10 where clinic = $1 and version = "
          "$8::bigint - 1",
          {clinic_, clinic.display_name, clinic.phone, clinic.time_zone, ToJson(clinic.holidays).dump(),
           ToJson(clinic.opening_hours).dump(), clinic.state == ClinicState::kDisabled, clinic.version,
           clinic.updated_at, clinic.late_cancel_hours}),
      "clinic");
}

absl::StatusOr<Clinic> PgClinicTable::Get() {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from clinics where clinic = $1", {clinic_}));
  if (!row) return ResourceNotFound("clinic");
  Clinic clinic{.id = clinic_,
                .display_name = row->Get<std::string>("display_name"),
                .phone = row->Get<std::string>("phone"),
                .time_zone = row->Get<std::string>("time_zone"),
                .late_cancel_hours = row->Get<int>("late_cancel_hours"),
                .state = row->Get<bool>("disabled") ? ClinicState::kDisabled : ClinicState::kActive,
                .version = row->Get<int64_t>("version"),
                .created_at = row->Get<absl::Time>("created_at"),
                .updated_at = row->Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row->Get<std::string>("holidays")), &clinic.holidays);
  FromJson(ParseJson(row->Get<std::string>("opening_hours")), &clinic.opening_hours);
  return clinic;
}

absl::StatusOr<int64_t> PgClinicTable::HoldVersion() { return Version("for share"); }

absl::StatusOr<int64_t> PgClinicTable::LockVersion() { return Version("for no key update"); }

absl::StatusOr<int64_t> PgClinicTable::Version(absl::string_view lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat("select version from clinics where clinic = $1 ", lock), {clinic_}));
  if (!row) return ResourceNotFound("clinic");
  return row->Get<int64_t>("version");
}

absl::StatusOr<bool> PgClinicTable::HasBookings() {
  ASSIGN_OR_RETURN(
      const pg::Row row,
      db_.QueryOne("select exists (select from appointments where clinic = $1 and state in ('BOOKED', 'CONFIRMED', "
                   "'CHECKED_IN')) or exists (select from holds where clinic = $1 and state = 'ACTIVE') as found",
                   {clinic_}));
  return row.Get<bool>("found");
}

}  // namespace kat::scheduling
