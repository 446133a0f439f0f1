#ifndef KAT_SERVICES_SCHEDULING_API_VISIT_TYPE_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_VISIT_TYPE_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Visit types and protocols.
class VisitTypeHandlers {
 public:
  explicit VisitTypeHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::VisitType> CreateVisitType(rpc::Call& call, const v1::CreateVisitTypeRequest& request);
  absl::StatusOr<v1::VisitType> GetVisitType(rpc::Call& call, const v1::GetVisitTypeRequest& request);
  absl::StatusOr<v1::ListVisitTypesResponse> ListVisitTypes(rpc::Call& call, const v1::ListVisitTypesRequest& request);
  absl::StatusOr<v1::VisitType> UpdateVisitType(rpc::Call& call, const v1::UpdateVisitTypeRequest& request);

  absl::StatusOr<v1::ProtocolVersion> CreateProtocolVersion(rpc::Call& call,
                                                            const v1::CreateProtocolVersionRequest& request);
  absl::StatusOr<v1::ProtocolVersion> GetProtocolVersion(rpc::Call& call, const v1::GetProtocolVersionRequest& request);
  absl::StatusOr<v1::ListProtocolVersionsResponse> ListProtocolVersions(rpc::Call& call,
                                                                        const v1::ListProtocolVersionsRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_VISIT_TYPE_HANDLERS_H_
