#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_ERRORS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/base/error.h"

// Every failure of this service beside those that all services share.
namespace kat::authorization::domain {

absl::Status NameTaken(absl::string_view resource_type);  // ALREADY_EXISTS, NAME_TAKEN
absl::Status PayerExists();                               // ALREADY_EXISTS
absl::Status PolicyOverlaps();                            // ALREADY_EXISTS
absl::Status PolicyEnded();                               // FAILED_PRECONDITION
absl::Status CoverageOverlaps();                          // ALREADY_EXISTS
absl::Status SelfPayOverlaps();                           // ALREADY_EXISTS
absl::Status EnrollmentExists();                          // ALREADY_EXISTS
absl::Status EnrollmentUnsigned();                        // FAILED_PRECONDITION
absl::Status InsuranceMissing();                          // FAILED_PRECONDITION, INSURANCE_COVERAGE_MISSING
absl::Status PolicyMissing();                             // FAILED_PRECONDITION, PAYER_POLICY_MISSING
absl::Status NotRequired();                               // FAILED_PRECONDITION, AUTHORIZATION_NOT_REQUIRED
absl::Status PacketMissing();                             // FAILED_PRECONDITION, PACKET_MISSING
absl::Status PacketIncomplete(std::vector<PreconditionViolation> gaps);   // FAILED_PRECONDITION
absl::Status FormIncomplete(std::vector<PreconditionViolation> missing);  // FAILED_PRECONDITION
absl::Status ContestWindowClosed(absl::string_view what);                 // FAILED_PRECONDITION
absl::Status DecisionBelowUse();                                          // FAILED_PRECONDITION, UNITS_BELOW_USE
absl::Status CoverageUnmet(std::vector<PreconditionViolation> unmet);     // FAILED_PRECONDITION, COVERAGE_UNMET
absl::Status StockShort(int on_hand);                                     // FAILED_PRECONDITION
absl::Status StockOfOtherPatient();                                       // FAILED_PRECONDITION
absl::Status LotExpired();                                                // FAILED_PRECONDITION

// INVALID_ARGUMENT on `field` where `time` is after `now`.
absl::Status NotInFuture(absl::Time time, absl::Time now, absl::string_view field);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_ERRORS_H_
