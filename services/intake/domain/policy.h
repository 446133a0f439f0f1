#ifndef KAT_SERVICES_INTAKE_DOMAIN_POLICY_H_
#define KAT_SERVICES_INTAKE_DOMAIN_POLICY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/intake_case.h"
#include "services/intake/domain/medication.h"
#include "services/intake/domain/screening.h"

// What a clinic decides about its intake, each version in force for a run of days.
namespace kat::intake {

// Days [from, until).
struct Effective {
  absl::CivilDay from;
  std::optional<absl::CivilDay> until;

  bool Contains(absl::CivilDay day) const { return day >= from && (!until || day < *until); }
};

struct IntakeTemplate {
  IntakeTemplateId id;
  std::string program;
  std::string title;
  Effective effective;
  std::vector<StepSpec> steps;
  absl::Time create_time;
};

struct ConsentStatement {
  std::string code;
  std::string text;
};

struct ConsentTemplate {
  ConsentTemplateId id;
  std::string key;
  std::string title;
  Effective effective;
  std::string program;
  std::string drug;
  std::string route;
  int validity_days = 0;
  std::string body;
  std::vector<ConsentStatement> required_statements;
  bool resign_required = false;
  std::string content_hash;
  absl::Time create_time;
};

struct ScreeningRuleSet {
  ScreeningRuleSetId id;
  std::string program;
  Effective effective;
  std::vector<ScreeningRule> rules;
  absl::Time create_time;
};

struct InteractionRuleSet {
  InteractionRuleSetId id;
  std::string program;
  Effective effective;
  std::vector<InteractionRule> rules;
  absl::Time create_time;
};

struct IntakePolicy {
  IntakePolicyId id;
  Effective effective;
  std::vector<int> records_follow_up_days;
  int risk_review_due_minutes = 0;
  int clearance_due_business_days = 0;
  absl::Time create_time;
};

// INVALID_ARGUMENT with every field that is wrong.
absl::Status ValidateEffective(const Effective& effective, absl::string_view resource);
absl::Status ValidateTemplate(const IntakeTemplate& intake_template);
absl::Status ValidateConsentTemplate(const ConsentTemplate& consent_template);
absl::Status ValidatePolicy(const IntakePolicy& policy);

// The text whose SHA-256 is a consent template's version: every part that the signer sees, each after its length, so
// that no two contents run together.
std::string ConsentContent(const ConsentTemplate& consent_template);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_POLICY_H_
