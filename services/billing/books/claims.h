#ifndef KAT_SERVICES_BILLING_BOOKS_CLAIMS_H_
#define KAT_SERVICES_BILLING_BOOKS_CLAIMS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "services/billing/clients/peers.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// What the peers say about a visit's session: the treatment record and the authorization.
absl::StatusOr<SessionFacts> ReadSession(const Peers& peers, const ClinicId& clinic, const AppointmentId& appointment);

// Makes the claim of an insured visit, once; nothing for a visit that the patient pays.
absl::StatusOr<std::optional<Claim>> DraftClaim(Tx& tx, const Visit& visit, const SessionFacts& session);

// Rebuilds a claim that is not submitted and runs every rule: READY or SCRUB_FAILED, with the work that follows.
absl::Status ScrubClaim(Tx& tx, Claim& claim, const SessionFacts& session);

// Stores the claim's next version and publishes it with its work: to complete, to submit, to follow up, or none.
absl::Status SaveClaim(Tx& tx, Claim& claim, const char* type);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_CLAIMS_H_
