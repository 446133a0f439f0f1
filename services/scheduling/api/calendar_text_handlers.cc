#include "services/scheduling/api/calendar_text_handlers.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/ical/calendar_text.h"
#include "services/scheduling/ops/resource_change.h"

namespace kat::scheduling {

void CalendarTextHandlers::Register(rpc::Service& service) {
  service.Unary("ExportCalendar", this, &CalendarTextHandlers::Export);
  service.Unary("ImportTimeOff", this, &CalendarTextHandlers::Import);
}

absl::StatusOr<v1::ExportCalendarResponse> CalendarTextHandlers::Export(rpc::Call& call,
                                                                        const v1::ExportCalendarRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, rpc::FromProto(request.start_date(), "start_date"));
  const int days = request.days() == 0 ? limits::kDefaultExportDays : request.days();
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ExportCalendarResponse> {
    RETURN_IF_ERROR(CheckDayInReach(first, tx.now(), "start_date"));
    ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
    ASSIGN_OR_RETURN(const Resource resource, tx.resources().Get(KeyOf(request.name())));
    ASSIGN_OR_RETURN(const std::vector<VisitType> types, tx.visit_types().All());
    std::map<VisitTypeId, std::string> names;
    for (const VisitType& type : types) names[type.id] = type.display_name;
    const absl::TimeZone zone = clinic.Zone();
    const AppointmentFilter filter{.resource = resource.key,
                                   .from = absl::FromCivil(first, zone),
                                   .until = absl::FromCivil(first + days, zone),
                                   .states = {AppointmentState::kBooked, AppointmentState::kConfirmed,
                                              AppointmentState::kCheckedIn, AppointmentState::kCompleted}};
    std::vector<CalendarEntry> entries;
    ListRange range{.limit = limits::kExportPage};
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<Appointment> page, tx.appointments().List(filter, range));
      for (const Appointment& appointment : page) {
        entries.push_back({.uid = absl::StrCat(appointment.id.str(), "@", tx.clinic().str()),
                           .time = appointment.time,
                           .summary = names[appointment.visit_type],
                           .confirmed = appointment.state != AppointmentState::kBooked,
                           .version = appointment.version,
                           .updated_at = appointment.updated_at});
      }
      if (static_cast<int>(page.size()) < limits::kExportPage) break;
      range.after = {absl::StrCat(absl::ToUnixMicros(page.back().time.start)), page.back().id.str()};
    }
    v1::ExportCalendarResponse response;
    response.set_calendar(WriteCalendar(entries));
    return response;
  });
}

absl::StatusOr<v1::ImportTimeOffResponse> CalendarTextHandlers::Import(rpc::Call& call,
                                                                       const v1::ImportTimeOffRequest& request) {
  ASSIGN_OR_RETURN(const auto wanted, DayFromProto(request.has_start_date(), request.start_date(), "start_date"));
  const int days = request.days() == 0 ? limits::kMaxExceptionDays : request.days();
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ImportTimeOffResponse> {
    ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
    const absl::CivilDay first = wanted.value_or(DayAt(tx.now(), clinic.Zone()));
    RETURN_IF_ERROR(CheckDayInReach(first, tx.now(), "start_date"));
    ASSIGN_OR_RETURN(const Resource before, tx.resources().Get(KeyOf(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), before.version, "resource"));
    ASSIGN_OR_RETURN(std::vector<CalendarException> busy, ReadBusy(request.calendar(), first, days, clinic.Zone()));
    Resource after = before;
    std::vector<CalendarException>& exceptions = after.availability.exceptions;
    v1::ImportTimeOffResponse response;
    response.set_replaced_count(static_cast<int>(
        std::erase_if(exceptions, [](const CalendarException& exception) { return exception.imported; })));
    if (exceptions.size() + busy.size() > limits::kMaxExceptions) {
      return InvalidField("calendar", absl::StrCat("has more busy times than fit: ", limits::kMaxExceptions,
                                                   " departures in all; ask for fewer days"));
    }
    Resource shown{.availability = {}};
    for (CalendarException& exception : busy) {
      exception.reason = "busy in another calendar";
      exception.imported = true;
      exceptions.push_back(exception);
      shown.availability.exceptions.push_back(exception);
    }
    RETURN_IF_ERROR(ChangeResource(tx, before, after));
    *response.mutable_exceptions() = ToProto(shown.availability).exceptions();
    response.set_etag(rpc::Etag(after.version));
    return response;
  });
}

}  // namespace kat::scheduling
