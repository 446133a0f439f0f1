#ifndef KAT_SERVICES_BILLING_CLIENTS_GRPC_PEERS_H_
#define KAT_SERVICES_BILLING_CLIENTS_GRPC_PEERS_H_

#include <memory>

#include "grpcpp/channel.h"
#include "services/billing/clients/peers.h"

namespace kat::billing {

std::shared_ptr<SchedulingClient> MakeSchedulingClient(std::shared_ptr<grpc::Channel> channel);
std::shared_ptr<AuthorizationClient> MakeAuthorizationClient(std::shared_ptr<grpc::Channel> channel);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_CLIENTS_GRPC_PEERS_H_
