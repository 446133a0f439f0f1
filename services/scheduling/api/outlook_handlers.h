#ifndef KAT_SERVICES_SCHEDULING_API_OUTLOOK_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_OUTLOOK_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/ops/outlook.h"
#include "services/scheduling/planning/outlook.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// The weeks ahead.
class OutlookHandlers {
 public:
  OutlookHandlers(Store& store, OutlookPlanner& planner, ReadinessGate& intake)
      : store_(store), planner_(planner), intake_(intake) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Outlook> ProjectOutlook(rpc::Call& call, const v1::ProjectOutlookRequest& request);
  absl::StatusOr<std::vector<Prospect>> Prospects(rpc::Call& call, const OutlookWish& wish);

  Store& store_;
  OutlookPlanner& planner_;
  ReadinessGate& intake_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_OUTLOOK_HANDLERS_H_
