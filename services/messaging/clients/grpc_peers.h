#ifndef KAT_SERVICES_MESSAGING_CLIENTS_GRPC_PEERS_H_
#define KAT_SERVICES_MESSAGING_CLIENTS_GRPC_PEERS_H_

#include <memory>

#include "grpcpp/channel.h"
#include "services/messaging/clients/peers.h"

namespace kat::messaging {

std::unique_ptr<SchedulingClient> MakeSchedulingClient(std::shared_ptr<grpc::Channel> channel);
std::unique_ptr<IntakeClient> MakeIntakeClient(std::shared_ptr<grpc::Channel> channel);

// What each service says in a clinical summary.
std::unique_ptr<SummarySource> MakeIntakeSummary(std::shared_ptr<grpc::Channel> channel);
std::unique_ptr<SummarySource> MakeSchedulingSummary(std::shared_ptr<grpc::Channel> channel);
std::unique_ptr<SummarySource> MakeAuthorizationSummary(std::shared_ptr<grpc::Channel> channel);
std::unique_ptr<SummarySource> MakeBillingSummary(std::shared_ptr<grpc::Channel> channel);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_CLIENTS_GRPC_PEERS_H_
