#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_LIMITS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_LIMITS_H_

#include "absl/time/time.h"

// Every limit of this service that is not a payer's or the clinic's.
namespace kat::authorization::domain {

// A booking is confirmed within seconds; a day lets a person finish a proposal, and keeps forgotten holds from starving
// other visits.
inline constexpr absl::Duration kLongestReservation = absl::Hours(24);

// Days on which visits could stand instead: appointments reach a year ahead, and each day of each visit is decided on.
inline constexpr int kMostOtherDays = 366;

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_LIMITS_H_
