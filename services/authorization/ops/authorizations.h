#ifndef KAT_SERVICES_AUTHORIZATION_OPS_AUTHORIZATIONS_H_
#define KAT_SERVICES_AUTHORIZATION_OPS_AUTHORIZATIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/authorization/domain/coverage.h"
#include "services/authorization/store/store.h"

// What handlers, jobs and consumers do to authorizations and their units within one transaction.
namespace kat::authorization {

inline constexpr char kLookJob[] = "authorization.look";
inline constexpr char kUncoveredJob[] = "coverage_visit.uncovered";

// Now, in the clinic's zone and calendar.
absl::StatusOr<domain::Moment> MomentOf(store::Tx& tx);

// Everything that decides on a patient's visits of a program. With kWrite the patient's authorizations are locked, so
// that what is decided holds until the transaction ends.
absl::StatusOr<domain::CoverageFacts> LoadFacts(store::Tx& tx, const PatientId& patient, const domain::CourseId& course,
                                                const std::string& program, store::Lock lock);

// The clock of the authorization's policy for its insurance; nullopt where the policy has none.
absl::StatusOr<std::optional<domain::DecisionClock>> ClockOf(store::Tx& tx, const domain::PriorAuthorization& auth);

// Saves a changed authorization (locked, read as `before`): does what time and use bring, bumps the version, tells what
// happened and which work changed, sets the job for the next look. `types` are what the caller did.
absl::Status SaveChange(store::Tx& tx, const domain::PriorAuthorization& before, domain::PriorAuthorization& after,
                        std::vector<std::string> types);

// Looks at an authorization whose units or time have moved on, and saves it where that changes it.
absl::Status Look(store::Tx& tx, const domain::AuthorizationId& id);

// Takes the units away from lines that `auth`, changed and not yet saved, does not cover any more: the latest visits
// first.
absl::Status FitLines(store::Tx& tx, const domain::PriorAuthorization& auth);

// Gives units to visits that were booked, or took place, without any, as far as running authorizations reach.
absl::Status CoverUncovered(store::Tx& tx, const PatientId& patient, const std::string& program);

// Says anew of visits that stay uncovered why, and by when a renewal is to be asked for, after what decides on that has
// changed; tells of those whose work opens or waits again.
absl::Status ReviewUncovered(store::Tx& tx, const PatientId& patient, const std::string& program);

// The day has come by which a renewal was to be asked for: a visit that is still uncovered becomes a person's work.
absl::Status WarnUncovered(store::Tx& tx, int64_t line);

// Counts units that were used beyond `id`, after a decision that adds to it.
absl::Status SettleOverrun(store::Tx& tx, const domain::AuthorizationId& id);

// Writes a changed line, tells where it became covered or uncovered, and looks at the authorizations concerned.
absl::Status SaveLine(store::Tx& tx, const domain::UnitLine& before, domain::UnitLine after);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_OPS_AUTHORIZATIONS_H_
