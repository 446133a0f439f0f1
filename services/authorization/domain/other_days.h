#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_OTHER_DAYS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_OTHER_DAYS_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/authorization/domain/coverage.h"

// Where else visits could stand, as far as payers, the REMS and the drug cabinet are concerned: what a search for other
// times may do.
namespace kat::authorization::domain {

// Days, the last one exclusive.
struct DaySpan {
  absl::CivilDay from;
  absl::CivilDay until;

  friend bool operator==(const DaySpan&, const DaySpan&) = default;
};

// The days from `span` on which `visit` could stand, were it moved by itself: as well covered as where it stands, by
// the same authorization, or without any where it needs none, and with no condition unmet but that of a weekly limit.
std::vector<DaySpan> FindOtherDays(const CoverageFacts& facts, const Visit& visit, const DaySpan& span);

// Two visits of a course that may not stand closer.
struct VisitSpacing {
  std::string from_visit;
  std::string to_visit;
  int min_days = 0;

  friend bool operator==(const VisitSpacing&, const VisitSpacing&) = default;
};

// Visits that weekly limits which block keep apart, in the order in which they stand: the ones from the first to the
// second have more units than a payer gives in 7 days. As long as the visits keep their order, these are enough for
// them among themselves.
std::vector<VisitSpacing> FindSpacings(const CoverageFacts& facts, const std::vector<Visit>& visits);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_OTHER_DAYS_H_
