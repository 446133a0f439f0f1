#ifndef KAT_SERVICES_INTAKE_DOMAIN_LIMITS_H_
#define KAT_SERVICES_INTAKE_DOMAIN_LIMITS_H_

#include <cstdint>

// Every limit of the intake service, with its reason.
namespace kat::intake {

// A document travels in one gRPC message, whose usual limit is 4 MiB; this leaves room for its metadata.
inline constexpr int64_t kMaxDocumentBytes = 3'500'000;
// The oldest person on record reached 122 years; an older birth date is a typing error.
inline constexpr int kMaxAgeYears = 130;
// Medications that are not stopped. A readiness check reads the whole list; nobody takes so many, and an importing loop
// would.
inline constexpr int kMaxMedications = 200;
// Duplicates named in one refusal: more than a person reads.
inline constexpr int kMaxDuplicatesNamed = 10;
// Duplicates found by a search: a household shares a phone, and not even a shelter has so many.
inline constexpr int kMaxDuplicatesFound = 50;
// Measures shown as evidence go back this far: payers' look-back for scores is at most a year.
inline constexpr int kEvidenceMeasureDays = 366;
// Items of PHQ-9 that may be missing for the total to be prorated.
inline constexpr int kMaxMissingPhq9Items = 2;
// Signatures recorded from paper reach back this far at most: an older one needs a new signature.
inline constexpr int kMaxSignatureAgeDays = 3660;
// Days asked about by readiness: plans reach two years ahead at most, evidence ten years back.
inline constexpr int kMaxDaysAhead = 732;
inline constexpr int kMaxDaysBack = 3660;

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_LIMITS_H_
