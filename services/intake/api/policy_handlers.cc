#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/clinical_converters.h"
#include "services/intake/api/content_hash.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/patient_converters.h"
#include "services/intake/api/request_converters.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/refresh.h"

// The clinic's dated policies.
namespace kat::intake {
namespace {

// What every kind has: name, days in force, when it was created.
template <class Proto, class Policy>
void SetCommon(const Policy& policy, const ClinicId& clinic, absl::string_view collection, Proto& proto) {
  proto.set_name(absl::StrCat(ClinicName(clinic), "/", collection, "/", policy.id.str()));
  *proto.mutable_effective_from() = rpc::ToProto(policy.effective.from);
  if (policy.effective.until) *proto.mutable_effective_until() = rpc::ToProto(*policy.effective.until);
  *proto.mutable_create_time() = rpc::ToProto(policy.create_time);
}

template <class Proto>
absl::StatusOr<Effective> EffectiveFrom(const Proto& proto, absl::string_view resource) {
  Effective effective;
  ASSIGN_OR_RETURN(effective.from, rpc::FromProto(proto.effective_from(), absl::StrCat(resource, ".effective_from")));
  ASSIGN_OR_RETURN(effective.until, OptionalDay(proto.has_effective_until(), proto.effective_until(),
                                                absl::StrCat(resource, ".effective_until")));
  return effective;
}

v1::IntakeTemplate Shown(const IntakeTemplate& policy, const ClinicId& clinic) {
  v1::IntakeTemplate proto;
  SetCommon(policy, clinic, "intakeTemplates", proto);
  proto.set_program(policy.program);
  proto.set_title(policy.title);
  for (const StepSpec& spec : policy.steps) *proto.add_steps() = ToProto(spec);
  return proto;
}

absl::StatusOr<IntakeTemplate> Read(const v1::IntakeTemplate& proto) {
  IntakeTemplate policy{.program = proto.program(), .title = proto.title()};
  ASSIGN_OR_RETURN(policy.effective, EffectiveFrom(proto, "intake_template"));
  for (const auto& step : proto.steps()) policy.steps.push_back(FromProto(step));
  RETURN_IF_ERROR(ValidateTemplate(policy));
  return policy;
}

v1::ConsentTemplate Shown(const ConsentTemplate& policy, const ClinicId& clinic) {
  v1::ConsentTemplate proto;
  SetCommon(policy, clinic, "consentTemplates", proto);
  proto.set_key(policy.key);
  proto.set_title(policy.title);
  proto.set_program(policy.program);
  proto.set_drug(policy.drug);
  proto.set_route(policy.route);
  proto.set_validity_days(policy.validity_days);
  proto.set_body(policy.body);
  for (const ConsentStatement& statement : policy.required_statements) {
    proto.add_required_statements()->set_code(statement.code);
    proto.mutable_required_statements()->rbegin()->set_text(statement.text);
  }
  proto.set_resign_required(policy.resign_required);
  proto.set_content_hash(policy.content_hash);
  return proto;
}

absl::StatusOr<ConsentTemplate> Read(const v1::ConsentTemplate& proto) {
  ConsentTemplate policy{.key = proto.key(),
                         .title = proto.title(),
                         .program = proto.program(),
                         .drug = proto.drug(),
                         .route = proto.route(),
                         .validity_days = proto.validity_days(),
                         .body = proto.body(),
                         .resign_required = proto.resign_required()};
  ASSIGN_OR_RETURN(policy.effective, EffectiveFrom(proto, "consent_template"));
  for (const auto& statement : proto.required_statements()) {
    policy.required_statements.push_back({statement.code(), statement.text()});
  }
  RETURN_IF_ERROR(ValidateConsentTemplate(policy));
  policy.content_hash = Sha256Hex(ConsentContent(policy));
  return policy;
}

v1::ScreeningRuleSet Shown(const ScreeningRuleSet& policy, const ClinicId& clinic) {
  v1::ScreeningRuleSet proto;
  SetCommon(policy, clinic, "screeningRuleSets", proto);
  proto.set_program(policy.program);
  for (const ScreeningRule& rule : policy.rules) *proto.add_rules() = ToProto(rule);
  return proto;
}

absl::StatusOr<ScreeningRuleSet> Read(const v1::ScreeningRuleSet& proto) {
  ScreeningRuleSet policy{.program = proto.program()};
  ASSIGN_OR_RETURN(policy.effective, EffectiveFrom(proto, "screening_rule_set"));
  RETURN_IF_ERROR(ValidateEffective(policy.effective, "screening_rule_set"));
  for (const auto& rule : proto.rules()) policy.rules.push_back(FromProto(rule));
  RETURN_IF_ERROR(ValidateRules(policy.rules));
  return policy;
}

v1::InteractionRuleSet Shown(const InteractionRuleSet& policy, const ClinicId& clinic) {
  v1::InteractionRuleSet proto;
  SetCommon(policy, clinic, "interactionRuleSets", proto);
  proto.set_program(policy.program);
  for (const InteractionRule& rule : policy.rules) *proto.add_rules() = ToProto(rule);
  return proto;
}

absl::StatusOr<InteractionRuleSet> Read(const v1::InteractionRuleSet& proto) {
  InteractionRuleSet policy{.program = proto.program()};
  ASSIGN_OR_RETURN(policy.effective, EffectiveFrom(proto, "interaction_rule_set"));
  RETURN_IF_ERROR(ValidateEffective(policy.effective, "interaction_rule_set"));
  for (const auto& rule : proto.rules()) policy.rules.push_back(FromProto(rule));
  RETURN_IF_ERROR(ValidateInteractionRules(policy.rules));
  return policy;
}

v1::IntakePolicy Shown(const IntakePolicy& policy, const ClinicId& clinic) {
  v1::IntakePolicy proto;
  SetCommon(policy, clinic, "intakePolicies", proto);
  for (const int day : policy.records_follow_up_days) proto.add_records_follow_up_days(day);
  proto.set_risk_review_due_minutes(policy.risk_review_due_minutes);
  proto.set_clearance_due_business_days(policy.clearance_due_business_days);
  return proto;
}

absl::StatusOr<IntakePolicy> Read(const v1::IntakePolicy& proto) {
  IntakePolicy policy{
      .records_follow_up_days = {proto.records_follow_up_days().begin(), proto.records_follow_up_days().end()},
      .risk_review_due_minutes = proto.risk_review_due_minutes(),
      .clearance_due_business_days = proto.clearance_due_business_days()};
  ASSIGN_OR_RETURN(policy.effective, EffectiveFrom(proto, "intake_policy"));
  RETURN_IF_ERROR(ValidatePolicy(policy));
  return policy;
}

std::string KeyOf(const ConsentTemplate& policy) { return policy.key; }
std::string KeyOf(const IntakePolicy&) { return ""; }
template <class Policy>
std::string KeyOf(const Policy& policy) {
  return policy.program;
}

// The three methods of one kind: its protos, its table, and the fields they stand in.
template <class Kind>
class PolicyMethods final : public Handlers {
  using Proto = typename Kind::Proto;

 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary(Kind::kCreate, this, &PolicyMethods::Create);
    service.Unary(Kind::kGet, this, &PolicyMethods::Get);
    service.Unary(Kind::kList, this, &PolicyMethods::List);
  }

 private:
  absl::StatusOr<Proto> Create(rpc::Call& call, const typename Kind::CreateRequest& request) {
    ASSIGN_OR_RETURN(const auto draft, Read(Kind::Of(request)));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<Proto> {
      auto policy = draft;
      policy.id = decltype(policy.id)(NewId());
      policy.create_time = tx.now();
      RETURN_IF_ERROR(Kind::Table(tx).Insert(policy));
      // Every patient in intake is looked at anew on the day it comes into force, or now where that has come.
      ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
      const absl::Time from = InstantOf(policy.effective.from, 0, clinic.zone);
      RETURN_IF_ERROR(tx.Schedule(
          {.kind = "policy.effective", .key = policy.id.str(), .due_at = std::max(from, tx.now()), .payload = "{}"}));
      // And anew on the day it ends, where nothing may follow it.
      if (policy.effective.until) {
        const absl::Time until = InstantOf(*policy.effective.until, 0, clinic.zone);
        RETURN_IF_ERROR(tx.Schedule({.kind = "policy.effective",
                                     .key = absl::StrCat(policy.id.str(), "/until"),
                                     .due_at = std::max(until, tx.now()),
                                     .payload = "{}"}));
      }
      return Shown(policy, tx.clinic());
    });
  }

  absl::StatusOr<Proto> Get(rpc::Call& call, const typename Kind::GetRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<Proto> {
      ASSIGN_OR_RETURN(const auto policy, Kind::Table(tx).Get(rpc::LastSegment(request.name())));
      return Shown(policy, tx.clinic());
    });
  }

  absl::StatusOr<typename Kind::ListResponse> List(rpc::Call& call, const typename Kind::ListRequest& request) {
    PolicyQuery query{.key = Kind::Key(request)};
    ASSIGN_OR_RETURN(query.as_of, OptionalDay(request.has_as_of_date(), request.as_of_date(), "as_of_date"));
    return ServePage<typename Kind::ListResponse>(
        call, request, query, [](Tx& tx, const PolicyQuery& q) { return Kind::Table(tx).List(q); },
        [](const auto& row) {
          return std::vector<std::string>{KeyOf(row), FormatDay(row.effective.from), row.id.str()};
        },
        [](Tx& tx, const auto& row, auto& out) { *Kind::Add(out) = Shown(row, tx.clinic()); });
  }
};

#define KAT_POLICY_KIND(NAME, PLURAL, field, fields, table, key)                        \
  struct NAME##Kind {                                                                   \
    using Proto = v1::NAME;                                                             \
    using CreateRequest = v1::Create##NAME##Request;                                    \
    using GetRequest = v1::Get##NAME##Request;                                          \
    using ListRequest = v1::List##PLURAL##Request;                                      \
    using ListResponse = v1::List##PLURAL##Response;                                    \
    static constexpr const char* kCreate = "Create" #NAME;                              \
    static constexpr const char* kGet = "Get" #NAME;                                    \
    static constexpr const char* kList = "List" #PLURAL;                                \
    static const Proto& Of(const CreateRequest& request) { return request.field(); }    \
    static auto& Table(Tx& tx) { return tx.table(); }                                   \
    static std::string Key([[maybe_unused]] const ListRequest& request) { return key; } \
    static Proto* Add(ListResponse& response) { return response.add_##fields(); }       \
  };

KAT_POLICY_KIND(IntakeTemplate, IntakeTemplates, intake_template, intake_templates, intake_templates, request.program())
KAT_POLICY_KIND(ConsentTemplate, ConsentTemplates, consent_template, consent_templates, consent_templates,
                request.key())
KAT_POLICY_KIND(ScreeningRuleSet, ScreeningRuleSets, screening_rule_set, screening_rule_sets, screening_rules,
                request.program())
KAT_POLICY_KIND(InteractionRuleSet, InteractionRuleSets, interaction_rule_set, interaction_rule_sets, interaction_rules,
                request.program())
KAT_POLICY_KIND(IntakePolicy, IntakePolicies, intake_policy, intake_policies, intake_policies, "")
#undef KAT_POLICY_KIND

class PolicyHandlers final : public Handlers {
 public:
  explicit PolicyHandlers(Store& store)
      : Handlers(store),
        templates_(store),
        consents_(store),
        screening_(store),
        interactions_(store),
        policies_(store) {}

  void Register(rpc::Service& service) override {
    templates_.Register(service);
    consents_.Register(service);
    screening_.Register(service);
    interactions_.Register(service);
    policies_.Register(service);
  }

 private:
  PolicyMethods<IntakeTemplateKind> templates_;
  PolicyMethods<ConsentTemplateKind> consents_;
  PolicyMethods<ScreeningRuleSetKind> screening_;
  PolicyMethods<InteractionRuleSetKind> interactions_;
  PolicyMethods<IntakePolicyKind> policies_;
};

}  // namespace

std::unique_ptr<Handlers> MakePolicyHandlers(Store& store) { return std::make_unique<PolicyHandlers>(store); }

}  // namespace kat::intake
