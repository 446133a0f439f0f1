#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_POLICY_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_POLICY_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/business_time.h"
#include "services/authorization/domain/ids.h"
#include "services/authorization/domain/units.h"

// Payers and what they ask for, as dated data. Enums carry the numbers of kat.authorization.v1.
namespace kat::authorization::domain {

enum class LineOfBusiness {
  kUnspecified,
  kCommercialErisa,
  kCommercialState,
  kMarketplace,
  kMedicareAdvantage,
  kMedicarePartD,
  kMedicareFfs,
  kMedicaidFfs,
  kMedicaidManagedCare,
  kOther
};
enum class Benefit { kUnspecified, kMedical, kPharmacy };
enum class AuthorizationKind { kUnspecified, kInitial, kRenewal };

struct Payer {
  PayerId id;
  std::string display_name;
  std::string electronic_payer_id;
  std::string portal_uri;
  std::string phone;
  std::string fax;
  int64_t version = 0;
  absl::Time created_at, updated_at;
};

struct TrialsRule {
  std::vector<std::string> drug_classes;  // empty: all
  int min_trials = 1;
  int min_weeks_each = 0;
  int min_distinct_classes = 0;
  int look_back_months = 0;  // 0: without limit
  bool current_episode = false;
  bool adherent = false;
  bool partial_response_counts = false;
  bool intolerance_counts = false;
};
struct Threshold {
  std::string tool;
  int min_score = 0;
};
struct SeverityRule {
  std::vector<Threshold> thresholds;  // any one suffices
  int max_age_days = 0;               // 0: any age
};
struct AgeRule {
  int min_years = 0;
  int max_years = 0;  // 0: no limit
};
struct DiagnosisRule {
  std::vector<std::string> codes;  // ICD-10-CM; each takes the codes below it
  std::vector<std::string> except_codes;
};
struct SpecialistRule {
  int max_age_days = 0;
};
struct PsychotherapyRule {};
struct OralAntidepressantRule {
  std::vector<std::string> drug_classes;
  int min_weeks = 0;
};
struct ExclusionRule {
  std::vector<std::string> contraindications;
  int max_age_days = 0;
};
struct ResponseRule {
  std::vector<std::string> tools;
  int min_drop_percent = 0;
  int max_age_days = 0;
};
using CriterionRule = std::variant<TrialsRule, SeverityRule, AgeRule, DiagnosisRule, SpecialistRule, PsychotherapyRule,
                                   OralAntidepressantRule, ExclusionRule, ResponseRule>;

struct Criterion {
  enum class AppliesTo { kUnspecified, kInitial, kRenewal, kBoth };
  std::string id;
  std::string text;
  AppliesTo applies_to = AppliesTo::kBoth;
  CriterionRule rule;

  bool For(AuthorizationKind kind) const;
};

struct CalendarDuration {
  int months = 0;
  int days = 0;
};
// The day `duration` after `day`: months first (the last of a shorter month where the day does not exist), then days.
absl::CivilDay Add(absl::CivilDay day, const CalendarDuration& duration);

struct Grant {
  CalendarDuration duration;
  UnitLimits units;
};

struct Span {
  enum class Unit { kUnspecified, kHours, kCalendarDays, kBusinessDays };
  int amount = 0;  // 0: no clock
  Unit unit = Unit::kHours;
};
// When a clock of `span` that starts at `start` ends. Days end with the last of them, in `zone`.
absl::Time SpanEnd(absl::Time start, const Span& span, absl::TimeZone zone, const BusinessCalendar& calendar);

struct DecisionClock {
  LineOfBusiness line_of_business = LineOfBusiness::kUnspecified;
  Span standard, urgent;
  int peer_to_peer_days = 0;
  int appeal_days = 0;
  Span appeal_decision;
  int appeal_levels = 1;
  int external_review_days = 0;
  Span external_review_decision;
  std::string source;
};

struct PayerPolicy {
  PolicyId id;
  PayerId payer;
  std::string program;
  std::string plan;  // "": every plan without a policy of its own
  std::string title;
  std::string source;
  absl::CivilDay effective_from;
  std::optional<absl::CivilDay> effective_until;  // exclusive
  int policy_version = 1;
  bool authorization_required = true;
  std::vector<Criterion> criteria;
  Grant initial, renewal;
  UnitLimits weekly_limit;  // of any 7 days
  bool weekly_limit_blocks = false;
  std::vector<DecisionClock> clocks;
  int turnaround_days = 0;
  absl::Time created_at;

  bool InForce(absl::CivilDay day) const;
  const DecisionClock* ClockFor(LineOfBusiness line) const;
  const Grant& GrantFor(AuthorizationKind kind) const;
};

// INVALID_ARGUMENT, naming every field, where a policy contradicts itself.
absl::Status ValidatePolicy(const PayerPolicy& policy);

// Of `policies` of one payer and program, the one in force on `day` for `plan`: the plan's own before the one for all
// plans.
const PayerPolicy* PolicyInForce(const std::vector<PayerPolicy>& policies, const std::string& plan, absl::CivilDay day);

// What differs between two policies, in words for staff; empty where nothing that counts does.
std::vector<std::string> Differences(const PayerPolicy& before, const PayerPolicy& after);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_POLICY_H_
