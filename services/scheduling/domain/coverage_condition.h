#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_COVERAGE_CONDITION_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_COVERAGE_CONDITION_H_

#include <map>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"

namespace kat::scheduling {

// Why a visit is conditional: no authorization covers it. The authorization service says so, and decides on it.
struct CoverageCondition {
  std::string code;                                  // AUTHORIZATION_DATES_EXCEEDED, AUTHORIZATION_UNITS_EXCEEDED, …
  std::string since_visit;                           // the first of the course that none covers
  std::optional<absl::CivilDay> renewal_request_by;  // absent where a renewal would not help

  friend bool operator==(const CoverageCondition&, const CoverageCondition&) = default;
};

using VisitConditions = std::map<std::string, CoverageCondition>;  // by visit id

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_COVERAGE_CONDITION_H_
