#include <map>

#include "libs/base/error.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

// Writes the columns that a rule uses; the rest keep their defaults.
struct RuleWriter {
  Columns& c;

  void operator()(const domain::TrialsRule& r) {
    c.Set("kind", "TRIALS")
        .Set("drug_classes", r.drug_classes)
        .Set("min_trials", r.min_trials)
        .Set("min_weeks", r.min_weeks_each)
        .Set("min_distinct_classes", r.min_distinct_classes)
        .Set("look_back_months", r.look_back_months)
        .Set("current_episode", r.current_episode)
        .Set("adherent", r.adherent)
        .Set("partial_response_counts", r.partial_response_counts)
        .Set("intolerance_counts", r.intolerance_counts);
  }
  void operator()(const domain::SeverityRule& r) {
    std::vector<std::string> tools;
    std::vector<int> scores;
    for (const domain::Threshold& t : r.thresholds) tools.push_back(t.tool), scores.push_back(t.min_score);
    c.Set("kind", "SEVERITY")
        .Set("tools", tools)
        .Set("min_scores", IntArray(scores))
        .Set("max_age_days", r.max_age_days);
  }
  void operator()(const domain::AgeRule& r) {
    c.Set("kind", "AGE").Set("min_years", r.min_years).Set("max_years", r.max_years);
  }
  void operator()(const domain::DiagnosisRule& r) {
    c.Set("kind", "DIAGNOSIS").Set("codes", r.codes).Set("except_codes", r.except_codes);
  }
  void operator()(const domain::SpecialistRule& r) { c.Set("kind", "SPECIALIST").Set("max_age_days", r.max_age_days); }
  void operator()(const domain::PsychotherapyRule&) { c.Set("kind", "PSYCHOTHERAPY"); }
  void operator()(const domain::OralAntidepressantRule& r) {
    c.Set("kind", "ORAL_ANTIDEPRESSANT").Set("drug_classes", r.drug_classes).Set("min_weeks", r.min_weeks);
  }
  void operator()(const domain::ExclusionRule& r) {
    c.Set("kind", "EXCLUSION").Set("codes", r.contraindications).Set("max_age_days", r.max_age_days);
  }
  void operator()(const domain::ResponseRule& r) {
    c.Set("kind", "RESPONSE")
        .Set("tools", r.tools)
        .Set("min_drop_percent", r.min_drop_percent)
        .Set("max_age_days", r.max_age_days);
  }
};

domain::CriterionRule ReadRule(const pg::Row& row) {
  const auto number = [&](const char* column) { return row.Get<int>(column); };
  const auto list = [&](const char* column) { return row.Get<std::vector<std::string>>(column); };
  const std::string kind = row.Get<std::string>("kind");
  if (kind == "TRIALS") {
    return domain::TrialsRule{.drug_classes = list("drug_classes"),
                              .min_trials = number("min_trials"),
                              .min_weeks_each = number("min_weeks"),
                              .min_distinct_classes = number("min_distinct_classes"),
                              .look_back_months = number("look_back_months"),
                              .current_episode = row.Get<bool>("current_episode"),
                              .adherent = row.Get<bool>("adherent"),
                              .partial_response_counts = row.Get<bool>("partial_response_counts"),
                              .intolerance_counts = row.Get<bool>("intolerance_counts")};
  }
  if (kind == "SEVERITY") {
    domain::SeverityRule rule{.max_age_days = number("max_age_days")};
    const std::vector<std::string> tools = list("tools");
    const std::vector<int> scores = IntsAt(row, "min_scores");
    for (size_t i = 0; i < tools.size() && i < scores.size(); ++i) rule.thresholds.push_back({tools[i], scores[i]});
    return rule;
  }
  if (kind == "AGE") return domain::AgeRule{number("min_years"), number("max_years")};
  if (kind == "DIAGNOSIS") return domain::DiagnosisRule{list("codes"), list("except_codes")};
  if (kind == "SPECIALIST") return domain::SpecialistRule{number("max_age_days")};
  if (kind == "ORAL_ANTIDEPRESSANT") return domain::OralAntidepressantRule{list("drug_classes"), number("min_weeks")};
  if (kind == "EXCLUSION") return domain::ExclusionRule{list("codes"), number("max_age_days")};
  if (kind == "RESPONSE") {
    return domain::ResponseRule{list("tools"), number("min_drop_percent"), number("max_age_days")};
  }
  return domain::PsychotherapyRule{};
}

domain::Span ReadSpan(const pg::Row& row, const std::string& prefix) {
  return {row.Get<int>(prefix + "_amount"), static_cast<domain::Span::Unit>(row.Get<int>(prefix + "_unit"))};
}

void SetSpan(Columns& columns, const std::string& prefix, const domain::Span& span) {
  columns.Set(prefix + "_amount", span.amount).Set(prefix + "_unit", static_cast<int>(span.unit));
}

domain::Grant ReadGrant(const pg::Row& row, const std::string& prefix) {
  return {{row.Get<int>(prefix + "_months"), row.Get<int>(prefix + "_days")}, LimitsAt(row, prefix)};
}

void SetGrant(Columns& columns, const std::string& prefix, const domain::Grant& grant) {
  columns.Set(prefix + "_months", grant.duration.months)
      .Set(prefix + "_days", grant.duration.days)
      .Set(prefix, grant.units);
}

domain::PayerPolicy ReadPolicy(const pg::Row& row) {
  return {.id = row.Get<domain::PolicyId>("policy"),
          .payer = row.Get<domain::PayerId>("payer"),
          .program = row.Get<std::string>("program"),
          .plan = row.Get<std::string>("plan"),
          .title = row.Get<std::string>("title"),
          .source = row.Get<std::string>("source"),
          .effective_from = row.Get<absl::CivilDay>("effective_from"),
          .effective_until = row.Get<std::optional<absl::CivilDay>>("effective_until"),
          .policy_version = row.Get<int>("policy_version"),
          .authorization_required = row.Get<bool>("authorization_required"),
          .initial = ReadGrant(row, "initial"),
          .renewal = ReadGrant(row, "renewal"),
          .weekly_limit = LimitsAt(row, "weekly"),
          .weekly_limit_blocks = row.Get<bool>("weekly_limit_blocks"),
          .turnaround_days = row.Get<int>("turnaround_days"),
          .created_at = row.Get<absl::Time>("created_at")};
}

}  // namespace

absl::Status PgTx::InsertPolicy(domain::PayerPolicy& policy) {
  // Versions of one payer, program and plan are counted under a lock on the payer.
  RETURN_IF_ERROR(FindPayer(policy.payer, Lock::kWrite).status());
  ASSIGN_OR_RETURN(const pg::Row last,
                   db().QueryOne("select coalesce(max(policy_version), 0) as last from payer_policies "
                                 "where payer = $1 and program = $2 and plan = $3",
                                 {policy.payer, policy.program, policy.plan}));
  policy.policy_version = last.Get<int>("last") + 1;
  Columns columns;
  columns.Set("policy", policy.id)
      .Set("payer", policy.payer)
      .Set("program", policy.program)
      .Set("plan", policy.plan)
      .Set("title", policy.title)
      .Set("source", policy.source)
      .Set("effective_from", policy.effective_from)
      .Set("effective_until", policy.effective_until)
      .Set("policy_version", policy.policy_version)
      .Set("authorization_required", policy.authorization_required)
      .Set("weekly", policy.weekly_limit)
      .Set("weekly_limit_blocks", policy.weekly_limit_blocks)
      .Set("turnaround_days", policy.turnaround_days)
      .Set("created_at", policy.created_at);
  SetGrant(columns, "initial", policy.initial);
  SetGrant(columns, "renewal", policy.renewal);
  RETURN_IF_ERROR(OnConstraint(OnTakenName(columns.Insert(db(), "payer_policies"), "payer_policies", "payer policy"),
                               "payer_policy_days", domain::PolicyOverlaps));
  for (size_t i = 0; i < policy.criteria.size(); ++i) {
    const domain::Criterion& criterion = policy.criteria[i];
    Columns row;
    row.Set("policy", policy.id)
        .Set("position", static_cast<int>(i))
        .Set("criterion", criterion.id)
        .Set("words", criterion.text)
        .Set("applies_to", static_cast<int>(criterion.applies_to));
    std::visit(RuleWriter{row}, criterion.rule);
    RETURN_IF_ERROR(row.Insert(db(), "policy_criteria"));
  }
  for (const domain::DecisionClock& clock : policy.clocks) {
    Columns row;
    row.Set("policy", policy.id)
        .Set("line_of_business", static_cast<int>(clock.line_of_business))
        .Set("peer_to_peer_days", clock.peer_to_peer_days)
        .Set("appeal_days", clock.appeal_days)
        .Set("appeal_levels", clock.appeal_levels)
        .Set("external_review_days", clock.external_review_days)
        .Set("source", clock.source);
    SetSpan(row, "standard", clock.standard);
    SetSpan(row, "urgent", clock.urgent);
    SetSpan(row, "appeal", clock.appeal_decision);
    SetSpan(row, "external_review", clock.external_review_decision);
    RETURN_IF_ERROR(row.Insert(db(), "decision_clocks"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<domain::PayerPolicy>> PgTx::ReadPolicies(absl::string_view where,
                                                                    const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db().Query(absl::StrCat("select * from payer_policies where ", where), params));
  std::vector<domain::PayerPolicy> policies;
  std::map<std::string, size_t> at;
  std::vector<std::string> ids;
  for (const pg::Row& row : rows) {
    policies.push_back(ReadPolicy(row));
    at[policies.back().id.str()] = policies.size() - 1;
    ids.push_back(policies.back().id.str());
  }
  if (ids.empty()) return policies;
  ASSIGN_OR_RETURN(const pg::Rows criteria,
                   db().Query("select * from policy_criteria where policy = any($1) order by policy, position", {ids}));
  for (const pg::Row& row : criteria) {
    policies[at[row.Get<std::string>("policy")]].criteria.push_back(
        {row.Get<std::string>("criterion"), row.Get<std::string>("words"),
         static_cast<domain::Criterion::AppliesTo>(row.Get<int>("applies_to")), ReadRule(row)});
  }
  ASSIGN_OR_RETURN(const pg::Rows clocks,
                   db().Query("select * from decision_clocks where policy = any($1) order by line_of_business", {ids}));
  for (const pg::Row& row : clocks) {
    policies[at[row.Get<std::string>("policy")]].clocks.push_back(
        {.line_of_business = static_cast<domain::LineOfBusiness>(row.Get<int>("line_of_business")),
         .standard = ReadSpan(row, "standard"),
         .urgent = ReadSpan(row, "urgent"),
         .peer_to_peer_days = row.Get<int>("peer_to_peer_days"),
         .appeal_days = row.Get<int>("appeal_days"),
         .appeal_decision = ReadSpan(row, "appeal"),
         .appeal_levels = row.Get<int>("appeal_levels"),
         .external_review_days = row.Get<int>("external_review_days"),
         .external_review_decision = ReadSpan(row, "external_review"),
         .source = row.Get<std::string>("source")});
  }
  return policies;
}

absl::Status PgTx::EndPolicy(const domain::PolicyId& id, absl::CivilDay until) {
  return db().Execute("update payer_policies set effective_until = $2 where policy = $1", {id, until}).status();
}

absl::StatusOr<domain::PayerPolicy> PgTx::FindPolicy(const domain::PolicyId& id, Lock lock) {
  ASSIGN_OR_RETURN(std::vector<domain::PayerPolicy> found,
                   ReadPolicies(absl::StrCat("policy = $1", Suffix(lock)), {id}));
  if (found.empty()) return ResourceNotFound("payer policy");
  return std::move(found[0]);
}

absl::StatusOr<std::vector<domain::PayerPolicy>> PgTx::PoliciesOf(const domain::PayerId& payer,
                                                                  const std::string& program) {
  return ReadPolicies("payer = $1 and program = $2 order by effective_from", {payer, program});
}

absl::StatusOr<std::vector<domain::PayerPolicy>> PgTx::ListPolicies(const domain::PayerId& payer,
                                                                    const std::string& program,
                                                                    std::optional<absl::CivilDay> as_of,
                                                                    const Slice& slice) {
  const bool first = slice.after.size() < 2;
  return ReadPolicies(
      "payer = $1 and ($2 = '' or program = $2) "
      "and ($3::date is null or (effective_from <= $3 and (effective_until is null or effective_until > $3))) "
      "and (effective_from, policy) < ($4::date, $5) "
      "order by effective_from desc, policy desc limit $6",
      {payer, program, as_of, first ? "infinity" : slice.after[0], first ? "" : slice.after[1], slice.limit});
}

}  // namespace kat::authorization::store
