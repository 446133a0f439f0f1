#include "services/authorization/domain/authorization_states.h"

#include "libs/base/error.h"

namespace kat::authorization::domain {
namespace {

constexpr absl::string_view kNames[kAuthStates] = {"STATE_UNSPECIFIED",
                                                   "DRAFT",
                                                   "READY",
                                                   "SUBMITTED",
                                                   "PENDED",
                                                   "INFO_REQUESTED",
                                                   "CONTACT_PAYER",
                                                   "NOT_REQUIRED",
                                                   "APPROVED",
                                                   "ACTIVE",
                                                   "EXPIRING",
                                                   "EXHAUSTED",
                                                   "EXPIRED",
                                                   "TERMINATED",
                                                   "DENIED",
                                                   "PEER_TO_PEER",
                                                   "PEER_TO_PEER_UPHELD",
                                                   "APPEAL_FIRST",
                                                   "APPEAL_FIRST_UPHELD",
                                                   "APPEAL_SECOND",
                                                   "APPEAL_SECOND_UPHELD",
                                                   "EXTERNAL_REVIEW",
                                                   "DENIED_FINAL",
                                                   "CANCELLED"};

// Short names keep the table readable: a row is a state, a column an event.
constexpr AuthState no = AuthState::kUnspecified;
constexpr AuthState Dr = AuthState::kDraft;
constexpr AuthState Rd = AuthState::kReady;
constexpr AuthState Su = AuthState::kSubmitted;
constexpr AuthState Pn = AuthState::kPended;
constexpr AuthState IR = AuthState::kInfoRequested;
constexpr AuthState CP = AuthState::kContactPayer;
constexpr AuthState NR = AuthState::kNotRequired;
constexpr AuthState Ap = AuthState::kApproved;
constexpr AuthState Ac = AuthState::kActive;
constexpr AuthState Xg = AuthState::kExpiring;
constexpr AuthState Xh = AuthState::kExhausted;
constexpr AuthState Xd = AuthState::kExpired;
constexpr AuthState Tm = AuthState::kTerminated;
constexpr AuthState De = AuthState::kDenied;
constexpr AuthState PP = AuthState::kPeerToPeer;
constexpr AuthState PU = AuthState::kPeerToPeerUpheld;
constexpr AuthState A1 = AuthState::kAppealFirst;
constexpr AuthState F1 = AuthState::kAppealFirstUpheld;
constexpr AuthState A2 = AuthState::kAppealSecond;
constexpr AuthState F2 = AuthState::kAppealSecondUpheld;
constexpr AuthState ER = AuthState::kExternalReview;
constexpr AuthState DF = AuthState::kDeniedFinal;
constexpr AuthState Ca = AuthState::kCancelled;

// clang-format off
constexpr AuthState kNext[kAuthStates][kAuthEvents] = {
  //  columns, in order of AuthEvent: packet complete, gaps | submit | pend, info, contact, not required, approve, deny | cancel |
  //  peer-to-peer, appeal 1, appeal 2, external | begin, run low, replenish, exhaust, expire, terminate | window close
  /* UNSPECIFIED          */ {no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no},
  /* DRAFT                */ {Rd, Dr, Su, no, no, no, no, no, no, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* READY                */ {Rd, Dr, Su, no, no, no, no, no, no, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* SUBMITTED            */ {no, no, no, Pn, IR, CP, NR, Ap, De, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* PENDED               */ {no, no, Su, Pn, IR, CP, NR, Ap, De, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* INFO_REQUESTED       */ {IR, IR, Su, Pn, IR, CP, NR, Ap, De, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* CONTACT_PAYER        */ {no, no, Su, Pn, IR, CP, NR, Ap, De, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* NOT_REQUIRED         */ {no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no},
  /* APPROVED             */ {no, no, no, no, no, no, no, Ap, no, no, no, no, no, no, Ac, no, no, no, Xd, Tm, no},
  /* ACTIVE               */ {no, no, no, no, no, no, no, Ap, no, no, no, no, no, no, no, Xg, no, Xh, Xd, Tm, no},
  /* EXPIRING             */ {no, no, no, no, no, no, no, Ap, no, no, no, no, no, no, no, Xg, Ac, Xh, Xd, Tm, no},
  /* EXHAUSTED            */ {no, no, no, no, no, no, no, Ap, no, no, no, no, no, no, no, no, Xg, no, Xd, Tm, no},
  /* EXPIRED              */ {no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no},
  /* TERMINATED           */ {no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no},
  /* DENIED               */ {De, De, no, no, no, no, no, Ap, no, Ca, PP, A1, no, no, no, no, no, no, no, no, DF},
  /* PEER_TO_PEER         */ {no, no, no, no, no, no, no, Ap, PU, Ca, PP, A1, no, no, no, no, no, no, no, no, no},
  /* PEER_TO_PEER_UPHELD  */ {PU, PU, no, no, no, no, no, Ap, no, Ca, no, A1, no, no, no, no, no, no, no, no, DF},
  /* APPEAL_FIRST         */ {A1, A1, no, A1, A1, no, no, Ap, F1, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* APPEAL_FIRST_UPHELD  */ {F1, F1, no, no, no, no, no, Ap, no, Ca, no, no, A2, ER, no, no, no, no, no, no, DF},
  /* APPEAL_SECOND        */ {A2, A2, no, A2, A2, no, no, Ap, F2, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* APPEAL_SECOND_UPHELD */ {F2, F2, no, no, no, no, no, Ap, no, Ca, no, no, no, ER, no, no, no, no, no, no, DF},
  /* EXTERNAL_REVIEW      */ {no, no, no, ER, no, no, no, Ap, DF, Ca, no, no, no, no, no, no, no, no, no, no, no},
  /* DENIED_FINAL         */ {no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no},
  /* CANCELLED            */ {no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no},
};
// clang-format on

}  // namespace

absl::string_view Name(AuthState state) { return kNames[static_cast<int>(state)]; }

AuthState Next(AuthState state, AuthEvent event) { return kNext[static_cast<int>(state)][static_cast<int>(event)]; }

absl::StatusOr<AuthState> Transition(AuthState state, AuthEvent event, absl::string_view action) {
  const AuthState next = Next(state, event);
  if (next == AuthState::kUnspecified) return WrongState("prior authorization", Name(state), action);
  return next;
}

bool Running(AuthState state) {
  return state == AuthState::kApproved || state == AuthState::kActive || state == AuthState::kExpiring ||
         state == AuthState::kExhausted;
}

bool AwaitsDecision(AuthState state) {
  return state == AuthState::kSubmitted || state == AuthState::kPended || state == AuthState::kPeerToPeer ||
         state == AuthState::kAppealFirst || state == AuthState::kAppealSecond || state == AuthState::kExternalReview;
}

bool Contestable(AuthState state) {
  return state == AuthState::kDenied || state == AuthState::kPeerToPeerUpheld ||
         state == AuthState::kAppealFirstUpheld || state == AuthState::kAppealSecondUpheld;
}

}  // namespace kat::authorization::domain
