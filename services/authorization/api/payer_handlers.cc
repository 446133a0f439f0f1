#include "services/authorization/api/payer_handlers.h"

#include <utility>

#include "libs/base/error.h"
#include "services/authorization/api/convert_payer.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/ops/authorizations.h"

namespace kat::authorization::api {

using store::Lock;
using store::Tx;

void PayerHandlers::Register(rpc::Service& service) {
  service.Unary("CreatePayer", this, &PayerHandlers::CreatePayer);
  service.Unary("GetPayer", this, &PayerHandlers::GetPayer);
  service.Unary("ListPayers", this, &PayerHandlers::ListPayers);
  service.Unary("UpdatePayer", this, &PayerHandlers::UpdatePayer);
  service.Unary("CreatePayerPolicy", this, &PayerHandlers::CreatePolicy);
  service.Unary("GetPayerPolicy", this, &PayerHandlers::GetPolicy);
  service.Unary("ListPayerPolicies", this, &PayerHandlers::ListPolicies);
  service.Unary("EndPayerPolicy", this, &PayerHandlers::EndPolicy);
  service.Unary("ListPolicyDifferences", this, &PayerHandlers::ListDifferences);
  service.Unary("GetProgramRule", this, &PayerHandlers::GetProgramRule);
  service.Unary("ListProgramRules", this, &PayerHandlers::ListProgramRules);
  service.Unary("UpdateProgramRule", this, &PayerHandlers::UpdateProgramRule);
  service.Unary("GetAuthorizationSettings", this, &PayerHandlers::GetSettings);
  service.Unary("UpdateAuthorizationSettings", this, &PayerHandlers::UpdateSettings);
}

absl::StatusOr<v1::Payer> PayerHandlers::CreatePayer(rpc::Call& call, const v1::CreatePayerRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payer> {
    domain::Payer payer = FromProto(request.payer());
    payer.id = ChosenId<domain::PayerId>(request.payer_id());
    payer.version = 1;
    payer.created_at = payer.updated_at = tx.now();
    RETURN_IF_ERROR(tx.InsertPayer(payer));
    return ToProto(call.clinic(), payer);
  });
}

absl::StatusOr<v1::Payer> PayerHandlers::GetPayer(rpc::Call& call, const v1::GetPayerRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payer> {
    ASSIGN_OR_RETURN(const domain::Payer payer, tx.FindPayer(IdOf<domain::PayerId>(request.name())));
    return ToProto(call.clinic(), payer);
  });
}

absl::StatusOr<v1::ListPayersResponse> PayerHandlers::ListPayers(rpc::Call& call,
                                                                 const v1::ListPayersRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListPayersResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::Payer> payers, tx.ListPayers(ToSlice(page)));
    v1::ListPayersResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, payers, [](const domain::Payer& p) { return std::vector<std::string>{p.display_name}; }));
    for (const domain::Payer& payer : payers) *response.add_payers() = ToProto(call.clinic(), payer);
    return response;
  });
}

absl::StatusOr<v1::Payer> PayerHandlers::UpdatePayer(rpc::Call& call, const v1::UpdatePayerRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payer> {
    ASSIGN_OR_RETURN(const domain::Payer stored,
                     tx.FindPayer(IdOf<domain::PayerId>(request.payer().name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.payer().etag(), stored.version, "payer"));
    v1::Payer merged = ToProto(call.clinic(), stored);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.payer(), &merged));
    domain::Payer payer = FromProto(merged);
    payer.id = stored.id;
    payer.version = stored.version + 1;
    payer.created_at = stored.created_at;
    payer.updated_at = tx.now();
    if (payer.display_name.empty()) return InvalidField("payer.display_name", "is required");
    RETURN_IF_ERROR(tx.UpdatePayer(payer));
    return ToProto(call.clinic(), payer);
  });
}

absl::StatusOr<v1::PayerPolicy> PayerHandlers::CreatePolicy(rpc::Call& call,
                                                            const v1::CreatePayerPolicyRequest& request) {
  ASSIGN_OR_RETURN(const domain::PayerPolicy draft, FromProto(request.payer_policy()));
  RETURN_IF_ERROR(ValidatePolicy(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PayerPolicy> {
    domain::PayerPolicy policy = draft;
    policy.id = ChosenId<domain::PolicyId>(request.payer_policy_id());
    policy.payer = IdOf<domain::PayerId>(request.parent());
    policy.created_at = tx.now();
    RETURN_IF_ERROR(tx.FindPayer(policy.payer, Lock::kWrite).status());
    ASSIGN_OR_RETURN(const std::vector<domain::PayerPolicy> others, tx.PoliciesOf(policy.payer, policy.program));
    for (const domain::PayerPolicy& other : others) {
      if (other.plan == policy.plan && !other.effective_until && other.effective_from < policy.effective_from) {
        RETURN_IF_ERROR(tx.EndPolicy(other.id, policy.effective_from));
      }
    }
    RETURN_IF_ERROR(tx.InsertPolicy(policy));
    RETURN_IF_ERROR(tx.Publish({.type = "payer_policy.created",
                                .subject = PolicyName(call.clinic(), policy.payer, policy.id),
                                .subject_version = 1,
                                .related = {{"payer", ResourceName(call.clinic(), kPayers, policy.payer)}}}));
    return ToProto(call.clinic(), policy);
  });
}

absl::StatusOr<v1::PayerPolicy> PayerHandlers::GetPolicy(rpc::Call& call, const v1::GetPayerPolicyRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PayerPolicy> {
    ASSIGN_OR_RETURN(const domain::PayerPolicy policy, tx.FindPolicy(IdOf<domain::PolicyId>(request.name())));
    if (policy.payer.str() != rpc::SegmentAfter(request.name(), "payers")) return ResourceNotFound("payer policy");
    return ToProto(call.clinic(), policy);
  });
}

absl::StatusOr<v1::ListPayerPoliciesResponse> PayerHandlers::ListPolicies(rpc::Call& call,
                                                                          const v1::ListPayerPoliciesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  ASSIGN_OR_RETURN(const auto as_of, OptionalDay(request.has_as_of_date(), request.as_of_date(), "as_of_date"));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListPayerPoliciesResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::PayerPolicy> policies,
                     tx.ListPolicies(IdOf<domain::PayerId>(request.parent()), request.program(), as_of, ToSlice(page)));
    v1::ListPayerPoliciesResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, policies, [](const domain::PayerPolicy& p) {
      return std::vector<std::string>{FormatDay(p.effective_from), p.id.str()};
    }));
    for (const domain::PayerPolicy& policy : policies) *response.add_payer_policies() = ToProto(call.clinic(), policy);
    return response;
  });
}

absl::StatusOr<v1::PayerPolicy> PayerHandlers::EndPolicy(rpc::Call& call, const v1::EndPayerPolicyRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay until, rpc::FromProto(request.effective_until(), "effective_until"));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PayerPolicy> {
    ASSIGN_OR_RETURN(domain::PayerPolicy policy, tx.FindPolicy(IdOf<domain::PolicyId>(request.name()), Lock::kWrite));
    if (policy.effective_until) return domain::PolicyEnded();
    if (until <= policy.effective_from) return InvalidField("effective_until", "must be after effective_from");
    RETURN_IF_ERROR(tx.EndPolicy(policy.id, until));
    policy.effective_until = until;
    RETURN_IF_ERROR(tx.Publish({.type = "payer_policy.ended",
                                .subject = PolicyName(call.clinic(), policy.payer, policy.id),
                                .subject_version = 2,
                                .related = {{"payer", ResourceName(call.clinic(), kPayers, policy.payer)}}}));
    return ToProto(call.clinic(), policy);
  });
}

absl::StatusOr<v1::ListPolicyDifferencesResponse> PayerHandlers::ListDifferences(
    rpc::Call& call, const v1::ListPolicyDifferencesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  ASSIGN_OR_RETURN(const auto as_of, OptionalDay(request.has_as_of_date(), request.as_of_date(), "as_of_date"));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListPolicyDifferencesResponse> {
    using domain::AuthState;
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    const absl::CivilDay day = as_of.value_or(moment.today());
    // A page is one of running authorizations; those without a difference are left out of it.
    ASSIGN_OR_RETURN(std::vector<domain::PriorAuthorization> auths,
                     tx.ListAuthorizations({.states = {AuthState::kApproved, AuthState::kActive, AuthState::kExpiring,
                                                       AuthState::kExhausted}},
                                           ToSlice(page)));
    v1::ListPolicyDifferencesResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, auths, [](const domain::PriorAuthorization& a) {
      return std::vector<std::string>{MicrosKey(a.created_at), a.id.str()};
    }));
    for (const domain::PriorAuthorization& auth : auths) {
      ASSIGN_OR_RETURN(const domain::PayerPolicy kept, tx.FindPolicy(auth.policy));
      ASSIGN_OR_RETURN(const std::vector<domain::PayerPolicy> policies, tx.PoliciesOf(auth.payer, auth.program));
      ASSIGN_OR_RETURN(const domain::Insurance insurance, tx.FindInsurance(auth.insurance));
      const domain::PayerPolicy* current = PolicyInForce(policies, insurance.plan, day);
      if (current != nullptr && current->id == kept.id) continue;
      v1::PolicyDifference* difference = response.add_differences();
      difference->set_prior_authorization(ResourceName(call.clinic(), kAuthorizations, auth.id));
      difference->set_kept_policy(PolicyName(call.clinic(), kept.payer, kept.id));
      if (current == nullptr) continue;
      difference->set_current_policy(PolicyName(call.clinic(), current->payer, current->id));
      for (std::string& change : Differences(kept, *current)) difference->add_changes(std::move(change));
    }
    return response;
  });
}

absl::StatusOr<v1::ProgramRule> PayerHandlers::GetProgramRule(rpc::Call& call,
                                                              const v1::GetProgramRuleRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProgramRule> {
    ASSIGN_OR_RETURN(const auto rule, tx.FindProgramRule(rpc::LastSegment(request.name())));
    if (!rule) return ResourceNotFound("program rule");
    return ToProto(call.clinic(), *rule);
  });
}

absl::StatusOr<v1::ListProgramRulesResponse> PayerHandlers::ListProgramRules(
    rpc::Call& call, const v1::ListProgramRulesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListProgramRulesResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::ProgramRule> rules, tx.ListProgramRules(ToSlice(page)));
    v1::ListProgramRulesResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, rules, [](const domain::ProgramRule& r) { return std::vector<std::string>{r.program}; }));
    for (const domain::ProgramRule& rule : rules) *response.add_program_rules() = ToProto(call.clinic(), rule);
    return response;
  });
}

absl::StatusOr<v1::ProgramRule> PayerHandlers::UpdateProgramRule(rpc::Call& call,
                                                                 const v1::UpdateProgramRuleRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProgramRule> {
    ASSIGN_OR_RETURN(const auto stored, tx.FindProgramRule(rpc::LastSegment(request.program_rule().name())));
    v1::ProgramRule merged = stored ? ToProto(call.clinic(), *stored) : request.program_rule();
    if (stored) {
      RETURN_IF_ERROR(rpc::CheckEtag(request.program_rule().etag(), stored->version, "program rule"));
      RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.program_rule(), &merged));
    }
    domain::ProgramRule rule = FromProto(merged);
    RETURN_IF_ERROR(ValidateProgramRule(rule));
    rule.version = stored ? stored->version + 1 : 1;
    rule.updated_at = tx.now();
    RETURN_IF_ERROR(tx.SaveProgramRule(rule));
    return ToProto(call.clinic(), rule);
  });
}

absl::StatusOr<v1::AuthorizationSettings> PayerHandlers::GetSettings(
    rpc::Call& call, const v1::GetAuthorizationSettingsRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::AuthorizationSettings> {
    ASSIGN_OR_RETURN(const domain::Settings settings, tx.LoadSettings());
    return ToProto(call.clinic(), settings);
  });
}

absl::StatusOr<v1::AuthorizationSettings> PayerHandlers::UpdateSettings(
    rpc::Call& call, const v1::UpdateAuthorizationSettingsRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::AuthorizationSettings> {
    ASSIGN_OR_RETURN(const domain::Settings stored, tx.LoadSettings());
    RETURN_IF_ERROR(rpc::CheckEtag(request.authorization_settings().etag(), stored.version, "authorization settings"));
    v1::AuthorizationSettings merged = ToProto(call.clinic(), stored);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.authorization_settings(), &merged));
    domain::Settings settings = FromProto(merged);
    RETURN_IF_ERROR(ValidateSettings(settings));
    settings.version = stored.version + 1;
    RETURN_IF_ERROR(tx.SaveSettings(settings));
    return ToProto(call.clinic(), settings);
  });
}

}  // namespace kat::authorization::api
