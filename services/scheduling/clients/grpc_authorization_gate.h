#ifndef KAT_SERVICES_SCHEDULING_CLIENTS_GRPC_AUTHORIZATION_GATE_H_
#define KAT_SERVICES_SCHEDULING_CLIENTS_GRPC_AUTHORIZATION_GATE_H_

#include <memory>

#include "grpcpp/channel.h"
#include "services/scheduling/clients/gates.h"

namespace kat::scheduling {

std::unique_ptr<CoverageGate> MakeAuthorizationGate(std::shared_ptr<grpc::Channel> channel);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_CLIENTS_GRPC_AUTHORIZATION_GATE_H_
