#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_AUTHORIZATION_STATES_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_AUTHORIZATION_STATES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kat::authorization::domain {

// Where a prior authorization stands; numbers of kat.authorization.v1.PriorAuthorization.State.
enum class AuthState {
  kUnspecified,
  kDraft,
  kReady,
  kSubmitted,
  kPended,
  kInfoRequested,
  kContactPayer,
  kNotRequired,
  kApproved,
  kActive,
  kExpiring,
  kExhausted,
  kExpired,
  kTerminated,
  kDenied,
  kPeerToPeer,
  kPeerToPeerUpheld,
  kAppealFirst,
  kAppealFirstUpheld,
  kAppealSecond,
  kAppealSecondUpheld,
  kExternalReview,
  kDeniedFinal,
  kCancelled
};
inline constexpr int kAuthStates = 24;

// What happens to one.
enum class AuthEvent {
  kPacketComplete,
  kPacketGaps,
  kSubmit,
  kPend,
  kRequestInfo,
  kContactPayer,
  kNotRequired,
  kApprove,
  kDeny,
  kCancel,
  kPeerToPeer,
  kAppealFirst,
  kAppealSecond,
  kExternalReview,
  kBegin,      // its dates begin
  kRunLow,     // its dates or units are close to their end
  kReplenish,  // they are not any more
  kExhaust,
  kExpire,
  kTerminate,
  kWindowClose  // the time to contest a denial has passed
};
inline constexpr int kAuthEvents = 21;

absl::string_view Name(AuthState state);  // as in the proto: INFO_REQUESTED

// The state after `event`; kUnspecified where it is not allowed.
AuthState Next(AuthState state, AuthEvent event);

// Next, or FAILED_PRECONDITION (STATE_FORBIDS): "a prior authorization in state DRAFT cannot be <action>".
absl::StatusOr<AuthState> Transition(AuthState state, AuthEvent event, absl::string_view action);

// Whether its units may be held and used: APPROVED (for days to come), ACTIVE, EXPIRING, EXHAUSTED (nothing left to
// hold).
bool Running(AuthState state);
// Whether the payer's answer is awaited.
bool AwaitsDecision(AuthState state);
// Whether a denial stands that can still be contested.
bool Contestable(AuthState state);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_AUTHORIZATION_STATES_H_
