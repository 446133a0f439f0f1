#ifndef KAT_SERVICES_SCHEDULING_API_CLINIC_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_CLINIC_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// The clinic itself.
class ClinicHandlers {
 public:
  explicit ClinicHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Clinic> CreateClinic(rpc::Call& call, const v1::CreateClinicRequest& request);
  absl::StatusOr<v1::Clinic> GetClinic(rpc::Call& call, const v1::GetClinicRequest& request);
  absl::StatusOr<v1::Clinic> UpdateClinic(rpc::Call& call, const v1::UpdateClinicRequest& request);
  absl::StatusOr<v1::Clinic> DisableClinic(rpc::Call& call, const v1::DisableClinicRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CLINIC_HANDLERS_H_
