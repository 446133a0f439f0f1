#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/authorization/api/convert_payer.h"

namespace kat::authorization::api {
namespace {

domain::Span FromProto(const v1::DecisionClock::Span& proto) {
  return {proto.amount(), static_cast<domain::Span::Unit>(proto.unit())};
}

void ToProto(const domain::Span& span, v1::DecisionClock::Span* proto) {
  proto->set_amount(span.amount);
  proto->set_unit(static_cast<v1::DecisionClock::Span::Unit>(span.unit));
}

domain::Grant FromProto(const v1::PolicyGrant& proto) {
  return {{proto.duration().months(), proto.duration().days()}, api::FromProto(proto.units())};
}

v1::PolicyGrant ToProto(const domain::Grant& grant) {
  v1::PolicyGrant proto;
  proto.mutable_duration()->set_months(grant.duration.months);
  proto.mutable_duration()->set_days(grant.duration.days);
  *proto.mutable_units() = api::ToProto(grant.units);
  return proto;
}

absl::StatusOr<domain::CriterionRule> RuleFromProto(const v1::PolicyCriterion& proto, const std::string& path) {
  switch (proto.rule_case()) {
    case v1::PolicyCriterion::kTrials: {
      const v1::TrialsRule& r = proto.trials();
      return domain::TrialsRule{.drug_classes = Texts(r.drug_classes()),
                                .min_trials = r.min_trials(),
                                .min_weeks_each = r.min_weeks_each(),
                                .min_distinct_classes = r.min_distinct_classes(),
                                .look_back_months = r.look_back_months(),
                                .current_episode = r.current_episode(),
                                .adherent = r.adherent(),
                                .partial_response_counts = r.partial_response_counts(),
                                .intolerance_counts = r.intolerance_counts()};
    }
    case v1::PolicyCriterion::kSeverity: {
      domain::SeverityRule rule{.max_age_days = proto.severity().max_age_days()};
      for (const auto& t : proto.severity().thresholds()) rule.thresholds.push_back({t.tool(), t.min_score()});
      return rule;
    }
    case v1::PolicyCriterion::kAge:
      return domain::AgeRule{proto.age().min_years(), proto.age().max_years()};
    case v1::PolicyCriterion::kDiagnosis:
      return domain::DiagnosisRule{Texts(proto.diagnosis().codes()), Texts(proto.diagnosis().except_codes())};
    case v1::PolicyCriterion::kSpecialist:
      return domain::SpecialistRule{proto.specialist().max_age_days()};
    case v1::PolicyCriterion::kPsychotherapy:
      return domain::PsychotherapyRule{};
    case v1::PolicyCriterion::kOralAntidepressant:
      return domain::OralAntidepressantRule{Texts(proto.oral_antidepressant().drug_classes()),
                                            proto.oral_antidepressant().min_weeks()};
    case v1::PolicyCriterion::kExclusion:
      return domain::ExclusionRule{Texts(proto.exclusion().contraindications()), proto.exclusion().max_age_days()};
    case v1::PolicyCriterion::kResponse:
      return domain::ResponseRule{Texts(proto.response().tools()), proto.response().min_drop_percent(),
                                  proto.response().max_age_days()};
    case v1::PolicyCriterion::RULE_NOT_SET:
      break;
  }
  return InvalidField(path, "needs one rule");
}

struct RuleToProto {
  v1::PolicyCriterion* proto;

  static void Add(google::protobuf::RepeatedPtrField<std::string>* to, const std::vector<std::string>& from) {
    to->Add(from.begin(), from.end());
  }
  void operator()(const domain::TrialsRule& r) const {
    v1::TrialsRule* to = proto->mutable_trials();
    Add(to->mutable_drug_classes(), r.drug_classes);
    to->set_min_trials(r.min_trials);
    to->set_min_weeks_each(r.min_weeks_each);
    to->set_min_distinct_classes(r.min_distinct_classes);
    to->set_look_back_months(r.look_back_months);
    to->set_current_episode(r.current_episode);
    to->set_adherent(r.adherent);
    to->set_partial_response_counts(r.partial_response_counts);
    to->set_intolerance_counts(r.intolerance_counts);
  }
  void operator()(const domain::SeverityRule& r) const {
    for (const domain::Threshold& t : r.thresholds) {
      auto* to = proto->mutable_severity()->add_thresholds();
      to->set_tool(t.tool);
      to->set_min_score(t.min_score);
    }
    proto->mutable_severity()->set_max_age_days(r.max_age_days);
  }
  void operator()(const domain::AgeRule& r) const {
    proto->mutable_age()->set_min_years(r.min_years);
    proto->mutable_age()->set_max_years(r.max_years);
  }
  void operator()(const domain::DiagnosisRule& r) const {
    Add(proto->mutable_diagnosis()->mutable_codes(), r.codes);
    Add(proto->mutable_diagnosis()->mutable_except_codes(), r.except_codes);
  }
  void operator()(const domain::SpecialistRule& r) const {
    proto->mutable_specialist()->set_max_age_days(r.max_age_days);
  }
  void operator()(const domain::PsychotherapyRule&) const { proto->mutable_psychotherapy(); }
  void operator()(const domain::OralAntidepressantRule& r) const {
    Add(proto->mutable_oral_antidepressant()->mutable_drug_classes(), r.drug_classes);
    proto->mutable_oral_antidepressant()->set_min_weeks(r.min_weeks);
  }
  void operator()(const domain::ExclusionRule& r) const {
    Add(proto->mutable_exclusion()->mutable_contraindications(), r.contraindications);
    proto->mutable_exclusion()->set_max_age_days(r.max_age_days);
  }
  void operator()(const domain::ResponseRule& r) const {
    Add(proto->mutable_response()->mutable_tools(), r.tools);
    proto->mutable_response()->set_min_drop_percent(r.min_drop_percent);
    proto->mutable_response()->set_max_age_days(r.max_age_days);
  }
};

}  // namespace

absl::StatusOr<domain::PayerPolicy> FromProto(const v1::PayerPolicy& proto) {
  domain::PayerPolicy policy{.program = proto.program(),
                             .plan = proto.plan(),
                             .title = proto.title(),
                             .source = proto.source(),
                             .authorization_required = proto.authorization_required(),
                             .initial = FromProto(proto.initial()),
                             .renewal = FromProto(proto.renewal()),
                             .weekly_limit = FromProto(proto.weekly_limit()),
                             .weekly_limit_blocks = proto.weekly_limit_blocks(),
                             .turnaround_days = proto.turnaround_days()};
  ASSIGN_OR_RETURN(policy.effective_from, rpc::FromProto(proto.effective_from(), "payer_policy.effective_from"));
  ASSIGN_OR_RETURN(policy.effective_until,
                   OptionalDay(proto.has_effective_until(), proto.effective_until(), "payer_policy.effective_until"));
  for (int i = 0; i < proto.criteria_size(); ++i) {
    const v1::PolicyCriterion& c = proto.criteria(i);
    ASSIGN_OR_RETURN(domain::CriterionRule rule, RuleFromProto(c, absl::StrCat("payer_policy.criteria[", i, "].rule")));
    policy.criteria.push_back(
        {c.id(), c.text(), static_cast<domain::Criterion::AppliesTo>(c.applies_to()), std::move(rule)});
  }
  for (const v1::DecisionClock& c : proto.clocks()) {
    policy.clocks.push_back({.line_of_business = static_cast<domain::LineOfBusiness>(c.line_of_business()),
                             .standard = FromProto(c.standard()),
                             .urgent = FromProto(c.urgent()),
                             .peer_to_peer_days = c.peer_to_peer_days(),
                             .appeal_days = c.appeal_days(),
                             .appeal_decision = FromProto(c.appeal_decision()),
                             .appeal_levels = std::max(1, c.appeal_levels()),
                             .external_review_days = c.external_review_days(),
                             .external_review_decision = FromProto(c.external_review_decision()),
                             .source = c.source()});
  }
  return policy;
}

v1::PayerPolicy ToProto(const ClinicId& clinic, const domain::PayerPolicy& policy) {
  v1::PayerPolicy proto;
  proto.set_name(PolicyName(clinic, policy.payer, policy.id));
  proto.set_program(policy.program);
  proto.set_plan(policy.plan);
  proto.set_title(policy.title);
  proto.set_source(policy.source);
  *proto.mutable_effective_from() = rpc::ToProto(policy.effective_from);
  if (policy.effective_until) *proto.mutable_effective_until() = rpc::ToProto(*policy.effective_until);
  proto.set_version(policy.policy_version);
  proto.set_authorization_required(policy.authorization_required);
  for (const domain::Criterion& criterion : policy.criteria) {
    v1::PolicyCriterion* to = proto.add_criteria();
    to->set_id(criterion.id);
    to->set_text(criterion.text);
    to->set_applies_to(static_cast<v1::PolicyCriterion::AppliesTo>(criterion.applies_to));
    std::visit(RuleToProto{to}, criterion.rule);
  }
  *proto.mutable_initial() = ToProto(policy.initial);
  *proto.mutable_renewal() = ToProto(policy.renewal);
  *proto.mutable_weekly_limit() = ToProto(policy.weekly_limit);
  proto.set_weekly_limit_blocks(policy.weekly_limit_blocks);
  for (const domain::DecisionClock& clock : policy.clocks) {
    v1::DecisionClock* to = proto.add_clocks();
    to->set_line_of_business(static_cast<v1::LineOfBusiness>(clock.line_of_business));
    ToProto(clock.standard, to->mutable_standard());
    ToProto(clock.urgent, to->mutable_urgent());
    to->set_peer_to_peer_days(clock.peer_to_peer_days);
    to->set_appeal_days(clock.appeal_days);
    if (clock.appeal_decision.amount > 0) ToProto(clock.appeal_decision, to->mutable_appeal_decision());
    to->set_appeal_levels(clock.appeal_levels);
    to->set_external_review_days(clock.external_review_days);
    if (clock.external_review_decision.amount > 0) {
      ToProto(clock.external_review_decision, to->mutable_external_review_decision());
    }
    to->set_source(clock.source);
  }
  proto.set_turnaround_days(policy.turnaround_days);
  *proto.mutable_create_time() = rpc::ToProto(policy.created_at);
  return proto;
}

}  // namespace kat::authorization::api
