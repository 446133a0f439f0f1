#include "services/scheduling/api/convert_calendar.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

// google.type.DayOfWeek counts Monday 1 to Sunday 7, absl::Weekday Monday 0 to Sunday 6.
absl::Weekday WeekdayOf(google::type::DayOfWeek day) { return static_cast<absl::Weekday>(static_cast<int>(day) - 1); }
google::type::DayOfWeek DayOfWeekOf(absl::Weekday day) {
  return static_cast<google::type::DayOfWeek>(static_cast<int>(day) + 1);
}

absl::StatusOr<CalendarException> ExceptionFromProto(const v1::CalendarException& exception, const std::string& field) {
  CalendarException out{
      .available = exception.available(), .reason = exception.reason(), .imported = exception.imported()};
  ASSIGN_OR_RETURN(out.from, rpc::FromProto(exception.start_date(), absl::StrCat(field, ".start_date")));
  ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> until,
                   DayFromProto(exception.has_end_date(), exception.end_date(), absl::StrCat(field, ".end_date")));
  out.until = until.value_or(out.from + 1);
  if (exception.has_start_time() || exception.has_end_time()) {
    ASSIGN_OR_RETURN(out.minutes.from,
                     rpc::MinuteFromProto(exception.start_time(), absl::StrCat(field, ".start_time")));
    ASSIGN_OR_RETURN(out.minutes.to, rpc::MinuteFromProto(exception.end_time(), absl::StrCat(field, ".end_time")));
  }
  return out;
}

}  // namespace

absl::StatusOr<std::optional<absl::CivilDay>> DayFromProto(bool present, const google::type::Date& date,
                                                           absl::string_view field) {
  if (!present) return std::optional<absl::CivilDay>();
  ASSIGN_OR_RETURN(const absl::CivilDay day, rpc::FromProto(date, field));
  return std::optional<absl::CivilDay>(day);
}

absl::StatusOr<std::vector<WeeklySpan>> FromProto(const WeeklyHoursList& hours, const std::string& field) {
  std::vector<WeeklySpan> out;
  for (int i = 0; i < hours.size(); ++i) {
    const v1::WeeklyHours& from = hours[i];
    const std::string at = absl::StrCat(field, "[", i, "]");
    WeeklySpan span{.weekday = WeekdayOf(from.day_of_week())};
    ASSIGN_OR_RETURN(span.minutes.from, rpc::MinuteFromProto(from.start_time(), absl::StrCat(at, ".start_time")));
    ASSIGN_OR_RETURN(span.minutes.to, rpc::MinuteFromProto(from.end_time(), absl::StrCat(at, ".end_time")));
    ASSIGN_OR_RETURN(span.effective_from, DayFromProto(from.has_effective_from(), from.effective_from(),
                                                       absl::StrCat(at, ".effective_from")));
    ASSIGN_OR_RETURN(span.effective_until, DayFromProto(from.has_effective_until(), from.effective_until(),
                                                        absl::StrCat(at, ".effective_until")));
    out.push_back(span);
  }
  return out;
}

void ToProto(const std::vector<WeeklySpan>& weekly, WeeklyHoursList* out) {
  for (const WeeklySpan& span : weekly) {
    v1::WeeklyHours& to = *out->Add();
    to.set_day_of_week(DayOfWeekOf(span.weekday));
    *to.mutable_start_time() = rpc::MinuteToProto(span.minutes.from);
    *to.mutable_end_time() = rpc::MinuteToProto(span.minutes.to);
    if (span.effective_from) *to.mutable_effective_from() = rpc::ToProto(*span.effective_from);
    if (span.effective_until) *to.mutable_effective_until() = rpc::ToProto(*span.effective_until);
  }
}

absl::StatusOr<Availability> FromProto(const v1::Availability& availability, const std::string& field) {
  Availability out;
  ASSIGN_OR_RETURN(out.weekly, FromProto(availability.weekly_hours(), absl::StrCat(field, ".weekly_hours")));
  ASSIGN_OR_RETURN(out.on_call, FromProto(availability.on_call_hours(), absl::StrCat(field, ".on_call_hours")));
  for (int i = 0; i < availability.exceptions_size(); ++i) {
    ASSIGN_OR_RETURN(CalendarException exception,
                     ExceptionFromProto(availability.exceptions(i), absl::StrCat(field, ".exceptions[", i, "]")));
    out.exceptions.push_back(std::move(exception));
  }
  return out;
}

v1::Availability ToProto(const Availability& availability) {
  v1::Availability out;
  ToProto(availability.weekly, out.mutable_weekly_hours());
  ToProto(availability.on_call, out.mutable_on_call_hours());
  for (const CalendarException& exception : availability.exceptions) {
    v1::CalendarException& to = *out.add_exceptions();
    *to.mutable_start_date() = rpc::ToProto(exception.from);
    *to.mutable_end_date() = rpc::ToProto(exception.until);
    if (exception.minutes != Span{0, limits::kMinutesPerDay}) {
      *to.mutable_start_time() = rpc::MinuteToProto(exception.minutes.from);
      *to.mutable_end_time() = rpc::MinuteToProto(exception.minutes.to);
    }
    to.set_available(exception.available);
    to.set_reason(exception.reason);
    to.set_imported(exception.imported);
  }
  return out;
}

absl::StatusOr<Clinic> FromProto(const v1::Clinic& clinic) {
  Clinic out{.id = ClinicId(rpc::LastSegment(clinic.name())),
             .display_name = clinic.display_name(),
             .phone = clinic.phone(),
             .time_zone = clinic.time_zone(),
             .late_cancel_hours = clinic.late_cancel_hours()};
  for (int i = 0; i < clinic.holidays_size(); ++i) {
    ASSIGN_OR_RETURN(const absl::CivilDay day,
                     rpc::FromProto(clinic.holidays(i).date(), absl::StrCat("clinic.holidays[", i, "].date")));
    out.holidays[day] = clinic.holidays(i).display_name();
  }
  ASSIGN_OR_RETURN(out.opening_hours, FromProto(clinic.opening_hours(), "clinic.opening_hours"));
  return out;
}

v1::Clinic ToProto(const Clinic& clinic) {
  v1::Clinic out;
  out.set_name(NameOf(clinic.id));
  out.set_display_name(clinic.display_name);
  out.set_phone(clinic.phone);
  out.set_time_zone(clinic.time_zone);
  for (const auto& [day, name] : clinic.holidays) {
    v1::Holiday& holiday = *out.add_holidays();
    *holiday.mutable_date() = rpc::ToProto(day);
    holiday.set_display_name(name);
  }
  ToProto(clinic.opening_hours, out.mutable_opening_hours());
  out.set_late_cancel_hours(clinic.late_cancel_hours);
  out.set_state(clinic.state == ClinicState::kActive ? v1::Clinic::ACTIVE : v1::Clinic::DISABLED);
  out.set_etag(rpc::Etag(clinic.version));
  *out.mutable_create_time() = rpc::ToProto(clinic.created_at);
  *out.mutable_update_time() = rpc::ToProto(clinic.updated_at);
  return out;
}

std::vector<ExternalId> FromProto(const ExternalIdList& ids) {
  std::vector<ExternalId> out;
  for (const common::v1::ExternalId& id : ids) out.push_back({id.system(), id.value()});
  return out;
}

void ToProto(const std::vector<ExternalId>& ids, ExternalIdList* out) {
  for (const ExternalId& id : ids) {
    common::v1::ExternalId& to = *out->Add();
    to.set_system(id.system);
    to.set_value(id.value);
  }
}

std::optional<ExternalId> FilterId(bool present, const common::v1::ExternalId& id) {
  return present ? std::optional(ExternalId{id.system(), id.value()}) : std::nullopt;
}

v1::TimeSpan ToProto(const TimeSpan& span) {
  v1::TimeSpan out;
  *out.mutable_start_time() = rpc::ToProto(span.start);
  *out.mutable_end_time() = rpc::ToProto(span.end);
  return out;
}

}  // namespace kat::scheduling
