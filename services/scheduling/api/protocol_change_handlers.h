#ifndef KAT_SERVICES_SCHEDULING_API_PROTOCOL_CHANGE_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_PROTOCOL_CHANGE_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Moving courses to other versions of their protocols.
class ProtocolChangeHandlers {
 public:
  explicit ProtocolChangeHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::ProtocolChange> PreviewProtocolChange(rpc::Call& call,
                                                           const v1::PreviewProtocolChangeRequest& request);
  absl::StatusOr<v1::Course> ChangeProtocol(rpc::Call& call, const v1::ChangeProtocolRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_PROTOCOL_CHANGE_HANDLERS_H_
