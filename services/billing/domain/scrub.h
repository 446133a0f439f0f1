#ifndef KAT_SERVICES_BILLING_DOMAIN_SCRUB_H_
#define KAT_SERVICES_BILLING_DOMAIN_SCRUB_H_

#include <map>
#include <string>
#include <vector>

#include "services/billing/domain/claim.h"

namespace kat::billing {

// All that a scrub looks at.
struct ScrubInput {
  const Claim& claim;
  const SessionFacts& session;
  const BillingArrangement& arrangement;
  const BillingSettings& settings;
  const PayerCodeSet& set;
  // Codes of the table that are in force on the day of service.
  std::vector<std::string> codes_in_force;
  // Units of each code on the patient's other claims to the payer that stand for the day of service or the 6 days
  // before.
  std::map<std::string, int> units_this_week;
  // Whether another claim of the patient and payer stands for the same day.
  bool duplicate = false;
  absl::CivilDay today;
  absl::Time now;
};

// Runs every rule; findings that block come first. Empty: clean.
std::vector<ScrubFinding> Scrub(const ScrubInput& input);

// Whether any of them blocks.
bool Blocks(const std::vector<ScrubFinding>& findings);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_SCRUB_H_
