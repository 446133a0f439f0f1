#include "services/intake/store/pg_policies.h"

#include "services/intake/store/json.h"

namespace kat::intake {

using nlohmann::json;

std::string PolicyMapping<IntakeTemplate>::Body(const IntakeTemplate& p) {
  return ToJson(json{{"title", p.title}, {"steps", p.steps}});
}

void PolicyMapping<IntakeTemplate>::Fill(const std::string& body, const std::string& key, IntakeTemplate& p) {
  const json j = json::parse(body);
  p.program = key;
  p.title = j.at("title").get<std::string>();
  p.steps = j.at("steps").get<std::vector<StepSpec>>();
}

std::string PolicyMapping<ConsentTemplate>::Body(const ConsentTemplate& p) {
  return ToJson(json{{"title", p.title},
                     {"program", p.program},
                     {"drug", p.drug},
                     {"route", p.route},
                     {"validity_days", p.validity_days},
                     {"body", p.body},
                     {"required_statements", p.required_statements}});
}

void PolicyMapping<ConsentTemplate>::Fill(const std::string& body, const std::string& key, ConsentTemplate& p) {
  const json j = json::parse(body);
  p.key = key;
  p.title = j.at("title").get<std::string>();
  p.program = j.at("program").get<std::string>();
  p.drug = j.at("drug").get<std::string>();
  p.route = j.at("route").get<std::string>();
  p.validity_days = j.at("validity_days").get<int>();
  p.body = j.at("body").get<std::string>();
  p.required_statements = j.at("required_statements").get<std::vector<ConsentStatement>>();
}

std::string PolicyMapping<ScreeningRuleSet>::Body(const ScreeningRuleSet& p) { return ToJson(p.rules); }

void PolicyMapping<ScreeningRuleSet>::Fill(const std::string& body, const std::string& key, ScreeningRuleSet& p) {
  p.program = key;
  p.rules = FromJson<std::vector<ScreeningRule>>(body);
}

std::string PolicyMapping<InteractionRuleSet>::Body(const InteractionRuleSet& p) { return ToJson(p.rules); }

void PolicyMapping<InteractionRuleSet>::Fill(const std::string& body, const std::string& key, InteractionRuleSet& p) {
  p.program = key;
  p.rules = FromJson<std::vector<InteractionRule>>(body);
}

std::string PolicyMapping<IntakePolicy>::Body(const IntakePolicy& p) {
  return ToJson(json{{"records_follow_up_days", p.records_follow_up_days},
                     {"risk_review_due_minutes", p.risk_review_due_minutes},
                     {"clearance_due_business_days", p.clearance_due_business_days}});
}

void PolicyMapping<IntakePolicy>::Fill(const std::string& body, const std::string&, IntakePolicy& p) {
  const json j = json::parse(body);
  p.records_follow_up_days = j.at("records_follow_up_days").get<std::vector<int>>();
  p.risk_review_due_minutes = j.at("risk_review_due_minutes").get<int>();
  p.clearance_due_business_days = j.at("clearance_due_business_days").get<int>();
}

}  // namespace kat::intake
