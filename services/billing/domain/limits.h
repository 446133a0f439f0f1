#ifndef KAT_SERVICES_BILLING_DOMAIN_LIMITS_H_
#define KAT_SERVICES_BILLING_DOMAIN_LIMITS_H_

#include <cstdint>

namespace kat::billing::limits {

// A written agreement of more installments makes who extends it a creditor under the Truth in Lending Act: 12 CFR
// 1026.2(a)(17)(i). A down payment is not counted.
inline constexpr int kMaxInstallments = 4;

// A good faith estimate may cover recurring services for this long: 45 CFR 149.610(b)(1)(x).
inline constexpr int kGoodFaithMonths = 12;

// Business days to give a good faith estimate in: 45 CFR 149.610(b)(1)(vi).
inline constexpr int kGoodFaithDaysOnRequest = 3;
inline constexpr int kGoodFaithDaysScheduledFar = 3;
inline constexpr int kGoodFaithDaysScheduledNear = 1;
// Scheduled at least this many business days ahead counts as far, and at least this many as near; nearer needs none.
inline constexpr int kGoodFaithFarLead = 10;
inline constexpr int kGoodFaithNearLead = 3;

// Where a clinic has set nothing: tell the team $50 before the $400 of 45 CFR 149.620(b) at which a patient may
// dispute.
inline constexpr int64_t kDefaultGoodFaithAlert = 35'000;

// Largest amount of one line, payment or refund: ten million dollars, far above any course and far below overflow of a
// sum.
inline constexpr int64_t kMaxAmount = 1'000'000'000;

// How long a booking may keep clearance: a booking takes seconds, a person at a desk minutes.
inline constexpr int kDefaultReservationMinutes = 15;
inline constexpr int kMaxReservationMinutes = 24 * 60;

// Card numbers have 13 to 19 digits (ISO/IEC 7812-1).
inline constexpr int kMinCardDigits = 13;
inline constexpr int kMaxCardDigits = 19;

// After this long the answer of a processor that timed out is asked for again.
inline constexpr int kResolveAfterSeconds = 60;

}  // namespace kat::billing::limits

#endif  // KAT_SERVICES_BILLING_DOMAIN_LIMITS_H_
