#ifndef KAT_SERVICES_BILLING_DOMAIN_CODE_SET_H_
#define KAT_SERVICES_BILLING_DOMAIN_CODE_SET_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/billing/domain/price.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

// One code of a payer's code set, and when and how often it applies to a session.
struct CodeRule {
  enum class Kind {
    kUnspecified = 0,
    kSessionBundle = 1,
    kDrug = 2,
    kEvaluation = 3,
    kProlonged = 4,
    kAdministration = 5,
    kAdministrationAdditional = 6,
  };
  enum class UnitBasis { kUnspecified = 0, kPerSession = 1, kPerMilligram = 2, kPerAdditionalHour = 3 };

  std::string code;
  Kind kind = Kind::kUnspecified;
  UnitBasis unit_basis = UnitBasis::kUnspecified;
  int above_dose_mg = 0;
  int up_to_dose_mg = 0;  // 0: no upper bound
  std::optional<absl::CivilDay> service_from;
  std::optional<absl::CivilDay> service_until;
  std::vector<std::string> modifiers;
  Minor unit_charge = 0;
  int max_units_per_week = 0;  // 0: no limit

  // Whether the payer's rule is for services of `day`.
  bool InForce(absl::CivilDay day) const;
};

// How one payer wants one program's dosing sessions coded.
struct PayerCodeSet {
  enum class Structure { kUnspecified = 0, kBundled = 1, kItemized = 2 };

  Id<struct PayerCodeSetTag> id;
  PayerId payer;  // empty: every payer without its own
  std::string program;
  EffectiveDays effective;
  Structure structure = Structure::kUnspecified;
  std::vector<CodeRule> rules;
  std::string place_of_service;
  std::vector<std::string> diagnosis_prefixes;
  int timely_filing_days = 0;
  int min_observation_minutes = 0;
  int min_blood_pressures = 0;
  std::string ndc_unit;
  bool authorization_required = false;
  bool rems_required = false;
  bool government = false;
  absl::Time create_time;
};

// INVALID_ARGUMENT where its rules contradict the structure or each other.
absl::Status CheckCodeSet(const PayerCodeSet& set);

// What was done and is to be billed.
struct SessionDose {
  absl::CivilDay service_date;
  int64_t dose_micrograms = 0;
  int infusion_minutes = 0;
  bool drug_supplied_by_clinic = true;
};

struct ClaimLine {
  std::string code;
  CodeRule::Kind kind = CodeRule::Kind::kUnspecified;
  std::vector<std::string> modifiers;
  int units = 0;
  Minor charge = 0;
  std::string drug_identification;
};

// The lines that the code set gives for a session; `ndc` and `devices` go into the drug line's identification.
std::vector<ClaimLine> BuildLines(const PayerCodeSet& set, const SessionDose& session, absl::string_view ndc,
                                  int devices);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_CODE_SET_H_
