#ifndef KAT_SERVICES_MESSAGING_API_CONFIGURATION_HANDLERS_H_
#define KAT_SERVICES_MESSAGING_API_CONFIGURATION_HANDLERS_H_

#include "kat/messaging/v1/messaging_service.pb.h"
#include "libs/rpc/service.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Serves templates, cadences and messaging policies.
class ConfigurationHandlers {
 public:
  explicit ConfigurationHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::MessageTemplate> CreateTemplate(rpc::Call& call, const v1::CreateMessageTemplateRequest& request);
  absl::StatusOr<v1::MessageTemplate> GetTemplate(rpc::Call& call, const v1::GetMessageTemplateRequest& request);
  absl::StatusOr<v1::ListMessageTemplatesResponse> ListTemplates(rpc::Call& call, const v1::ListMessageTemplatesRequest& request);
  absl::StatusOr<v1::MessageTemplate> RetireTemplate(rpc::Call& call, const v1::RetireMessageTemplateRequest& request);
  absl::StatusOr<v1::PreviewMessageTemplateResponse> PreviewTemplate(rpc::Call& call,
                                                                     const v1::PreviewMessageTemplateRequest& request);
  absl::StatusOr<v1::CadencePolicy> CreateCadence(rpc::Call& call, const v1::CreateCadencePolicyRequest& request);
  absl::StatusOr<v1::CadencePolicy> GetCadence(rpc::Call& call, const v1::GetCadencePolicyRequest& request);
  absl::StatusOr<v1::ListCadencePoliciesResponse> ListCadences(rpc::Call& call, const v1::ListCadencePoliciesRequest& request);
  absl::StatusOr<v1::MessagingPolicy> CreatePolicy(rpc::Call& call, const v1::CreateMessagingPolicyRequest& request);
  absl::StatusOr<v1::MessagingPolicy> GetPolicy(rpc::Call& call, const v1::GetMessagingPolicyRequest& request);
  absl::StatusOr<v1::ListMessagingPoliciesResponse> ListPolicies(rpc::Call& call, const v1::ListMessagingPoliciesRequest& request);

  Store& store_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_CONFIGURATION_HANDLERS_H_
