#ifndef KAT_SERVICES_SCHEDULING_API_IMPROVEMENT_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_IMPROVEMENT_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/api/booking_gates.h"
#include "services/scheduling/ops/improvement.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Improvements.
class ImprovementHandlers {
 public:
  ImprovementHandlers(Store& store, BookingGates& gates) : store_(store), gates_(gates) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Improvement> StartImprovement(rpc::Call& call, const v1::StartImprovementRequest& request);
  absl::StatusOr<v1::Improvement> GetImprovement(rpc::Call& call, const v1::GetImprovementRequest& request);
  absl::StatusOr<v1::ListImprovementsResponse> ListImprovements(rpc::Call& call,
                                                                const v1::ListImprovementsRequest& request);
  absl::StatusOr<v1::Improvement> CancelImprovement(rpc::Call& call, const v1::CancelImprovementRequest& request);
  absl::StatusOr<v1::ApplyImprovementResponse> ApplyImprovement(rpc::Call& call,
                                                                const v1::ApplyImprovementRequest& request);

  // Asks the gates about every part that would be applied; which visits stay conditional.
  absl::StatusOr<ConditionsOfCourses> CheckGates(rpc::Call& call, const v1::ApplyImprovementRequest& request);

  Store& store_;
  BookingGates& gates_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_IMPROVEMENT_HANDLERS_H_
