#ifndef KAT_SERVICES_SCHEDULING_API_DAY_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_DAY_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// The day as it runs.
class DayHandlers {
 public:
  explicit DayHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::DayProjection> ProjectDay(rpc::Call& call, const v1::ProjectDayRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_DAY_HANDLERS_H_
