#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_UNCOVERED_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_UNCOVERED_H_

#include <string>
#include <vector>

#include "services/authorization/domain/coverage.h"

// Visits that no authorization covers, and when a renewal has to be asked for so that one does.
namespace kat::authorization::domain {

// Whether a renewal would cover the visit that Choose refused with `code`: it is past the last day, or the units, of an
// authorization of the payer that runs, none begins later, and the payer has not denied the renewal.
bool RenewalWouldCover(const CoverageFacts& facts, const Visit& visit, const std::string& code);

// The day by which a renewal is to be asked for so that it is there on `day`: so many calendar days earlier as the
// payer takes, the longest of the policy in force on that day and those of the authorizations that run.
absl::CivilDay RenewalRequestBy(const CoverageFacts& facts, absl::CivilDay day);

// Finds `first_uncovered` and `renewal_request_by` of `coverage`, whose `uncovered` is complete: among the visits asked
// about and the other visits of the course that are booked and uncovered.
void FindFirstUncovered(const CoverageFacts& facts, const std::vector<Visit>& asked, Coverage& coverage);

// Says on a line for which there are no units why, by when a renewal is to be asked for, and that it is uncovered.
void MarkUncovered(const CoverageFacts& facts, const std::string& code, UnitLine& line);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_UNCOVERED_H_
