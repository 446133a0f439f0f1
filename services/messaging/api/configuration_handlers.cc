#include "services/messaging/api/configuration_handlers.h"

#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/message_effects.h"

namespace kat::messaging {
namespace {

// Words that no SMS of the clinic may hold: of every policy that holds on the template's first day or later, so that a template does not become
// forbidden the day after it was accepted.
absl::StatusOr<std::vector<std::string>> RestrictedWords(Tx& tx, absl::CivilDay from) {
  ASSIGN_OR_RETURN(const std::vector<MessagingPolicy> policies, tx.AllPolicies());
  std::vector<std::string> words;
  for (const MessagingPolicy& policy : policies) {
    if (policy.effective_until && *policy.effective_until <= from) continue;
    words.insert(words.end(), policy.restricted_words.begin(), policy.restricted_words.end());
  }
  return words;
}

std::vector<std::string> MadeKeys(absl::Time created_at, const std::string& id) { return {TimeKey(created_at), id}; }

}  // namespace

void ConfigurationHandlers::Register(rpc::Service& service) {
  service.Unary("CreateMessageTemplate", this, &ConfigurationHandlers::CreateTemplate);
  service.Unary("GetMessageTemplate", this, &ConfigurationHandlers::GetTemplate);
  service.Unary("ListMessageTemplates", this, &ConfigurationHandlers::ListTemplates);
  service.Unary("RetireMessageTemplate", this, &ConfigurationHandlers::RetireTemplate);
  service.Unary("PreviewMessageTemplate", this, &ConfigurationHandlers::PreviewTemplate);
  service.Unary("CreateCadencePolicy", this, &ConfigurationHandlers::CreateCadence);
  service.Unary("GetCadencePolicy", this, &ConfigurationHandlers::GetCadence);
  service.Unary("ListCadencePolicies", this, &ConfigurationHandlers::ListCadences);
  service.Unary("CreateMessagingPolicy", this, &ConfigurationHandlers::CreatePolicy);
  service.Unary("GetMessagingPolicy", this, &ConfigurationHandlers::GetPolicy);
  service.Unary("ListMessagingPolicies", this, &ConfigurationHandlers::ListPolicies);
}

absl::StatusOr<v1::MessageTemplate> ConfigurationHandlers::CreateTemplate(rpc::Call& call,
                                                                          const v1::CreateMessageTemplateRequest& request) {
  ASSIGN_OR_RETURN(const MessageTemplate draft, FromProto(request.message_template()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MessageTemplate> {
    ASSIGN_OR_RETURN(const std::vector<std::string> restricted, RestrictedWords(tx, draft.effective_from));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    ASSIGN_OR_RETURN(const int latest, tx.LatestTemplateVersion(draft));
    ASSIGN_OR_RETURN(const MessageTemplate made,
                     NewTemplate(draft, restricted, clinic.display_name, latest + 1, tx.now()));
    RETURN_IF_ERROR(tx.InsertTemplate(made));
    return ToProto(tx.clinic(), made);
  });
}

absl::StatusOr<v1::MessageTemplate> ConfigurationHandlers::GetTemplate(rpc::Call& call, const v1::GetMessageTemplateRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::MessageTemplate> {
    ASSIGN_OR_RETURN(const MessageTemplate found, tx.GetTemplate(TemplateId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), found);
  });
}

absl::StatusOr<v1::ListMessageTemplatesResponse> ConfigurationHandlers::ListTemplates(
    rpc::Call& call, const v1::ListMessageTemplatesRequest& request) {
  const TemplateFilter filter{static_cast<Purpose>(request.purpose()), static_cast<Channel>(request.channel()), request.show_retired()};
  return ServeList<v1::ListMessageTemplatesResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListTemplates(filter, slice); },
      [&](auto& response, const MessageTemplate& t) { *response.add_message_templates() = ToProto(call.clinic(), t); }, TemplateKeys);
}

absl::StatusOr<v1::MessageTemplate> ConfigurationHandlers::RetireTemplate(rpc::Call& call,
                                                                          const v1::RetireMessageTemplateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MessageTemplate> {
    ASSIGN_OR_RETURN(MessageTemplate found, tx.GetTemplate(TemplateId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), found.revision, "message template"));
    if (found.retired) return WrongState("message template", "RETIRED", "be retired");
    found.retired = true;
    found.updated_at = tx.now();
    ++found.revision;
    RETURN_IF_ERROR(tx.UpdateTemplate(found));
    return ToProto(tx.clinic(), found);
  });
}

absl::StatusOr<v1::PreviewMessageTemplateResponse> ConfigurationHandlers::PreviewTemplate(
    rpc::Call& call, const v1::PreviewMessageTemplateRequest& request) {
  ASSIGN_OR_RETURN(const MessageTemplate draft, FromProto(request.message_template()));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PreviewMessageTemplateResponse> {
    ASSIGN_OR_RETURN(const std::vector<std::string> restricted, RestrictedWords(tx, draft.effective_from));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    v1::PreviewMessageTemplateResponse response;
    response.set_body(RenderSample(draft.body, draft.channel));
    if (draft.channel == Channel::kSms) response.set_longest_characters(LongestCharacters(draft.body).value_or(0));
    for (const std::string& problem : TemplateProblems(draft, restricted, clinic.display_name)) {
      response.add_problems(problem);
    }
    return response;
  });
}

absl::StatusOr<v1::CadencePolicy> ConfigurationHandlers::CreateCadence(rpc::Call& call, const v1::CreateCadencePolicyRequest& request) {
  ASSIGN_OR_RETURN(const CadencePolicy draft, FromProto(request.cadence_policy()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CadencePolicy> {
    ASSIGN_OR_RETURN(const CadencePolicy made, NewCadence(draft, tx.now()));
    RETURN_IF_ERROR(tx.InsertCadence(made));
    return ToProto(tx.clinic(), made);
  });
}

absl::StatusOr<v1::CadencePolicy> ConfigurationHandlers::GetCadence(rpc::Call& call, const v1::GetCadencePolicyRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::CadencePolicy> {
    ASSIGN_OR_RETURN(const CadencePolicy found, tx.GetCadence(CadenceId(rpc::LastSegment(request.name()))));
    return ToProto(tx.clinic(), found);
  });
}

absl::StatusOr<v1::ListCadencePoliciesResponse> ConfigurationHandlers::ListCadences(rpc::Call& call,
                                                                                    const v1::ListCadencePoliciesRequest& request) {
  return ServeList<v1::ListCadencePoliciesResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListCadences(slice); },
      [&](auto& response, const CadencePolicy& c) { *response.add_cadence_policies() = ToProto(call.clinic(), c); },
      [](const CadencePolicy& c) { return MadeKeys(c.created_at, c.id.str()); });
}

absl::StatusOr<v1::MessagingPolicy> ConfigurationHandlers::CreatePolicy(rpc::Call& call,
                                                                        const v1::CreateMessagingPolicyRequest& request) {
  ASSIGN_OR_RETURN(const MessagingPolicy draft, FromProto(request.messaging_policy()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MessagingPolicy> {
    ASSIGN_OR_RETURN(const MessagingPolicy made, NewMessagingPolicy(draft, tx.now()));
    RETURN_IF_ERROR(tx.InsertPolicy(made));
    return ToProto(tx.clinic(), made);
  });
}

absl::StatusOr<v1::MessagingPolicy> ConfigurationHandlers::GetPolicy(rpc::Call& call, const v1::GetMessagingPolicyRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::MessagingPolicy> {
    ASSIGN_OR_RETURN(const MessagingPolicy found, tx.GetPolicy(PolicyId(rpc::LastSegment(request.name()))));
    return ToProto(tx.clinic(), found);
  });
}

absl::StatusOr<v1::ListMessagingPoliciesResponse> ConfigurationHandlers::ListPolicies(
    rpc::Call& call, const v1::ListMessagingPoliciesRequest& request) {
  return ServeList<v1::ListMessagingPoliciesResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListPolicies(slice); },
      [&](auto& response, const MessagingPolicy& p) { *response.add_messaging_policies() = ToProto(call.clinic(), p); },
      [](const MessagingPolicy& p) { return MadeKeys(p.created_at, p.id.str()); });
}

}  // namespace kat::messaging
