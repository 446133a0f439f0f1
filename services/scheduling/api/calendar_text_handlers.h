#ifndef KAT_SERVICES_SCHEDULING_API_CALENDAR_TEXT_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_CALENDAR_TEXT_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Calendars of resources as iCalendar text.
class CalendarTextHandlers {
 public:
  explicit CalendarTextHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::ExportCalendarResponse> Export(rpc::Call& call, const v1::ExportCalendarRequest& request);
  absl::StatusOr<v1::ImportTimeOffResponse> Import(rpc::Call& call, const v1::ImportTimeOffRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CALENDAR_TEXT_HANDLERS_H_
