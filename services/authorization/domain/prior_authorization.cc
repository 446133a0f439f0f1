#include "services/authorization/domain/prior_authorization.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/authorization/domain/errors.h"

namespace kat::authorization::domain {
namespace {

// The instant after the last of `days` calendar days that follow `from`.
absl::Time DaysAfter(absl::Time from, int days, const Moment& moment) {
  return InstantOf(DayAt(from, moment.zone) + days + 1, 0, moment.zone);
}

std::optional<absl::Time> ClockEnd(absl::Time from, const Span& span, const Moment& moment) {
  if (span.amount == 0) return std::nullopt;
  return SpanEnd(from, span, moment.zone, moment.calendar);
}

absl::Status CheckSubmission(const Submission& submission, const Moment& moment) {
  if (submission.channel == Channel::kPhone ? submission.representative_name.empty()
                                            : submission.reference_number.empty()) {
    return submission.channel == Channel::kPhone
               ? InvalidField("submission.representative_name", "is required for a telephone call")
               : InvalidField("submission.reference_number", "is required for a portal or a fax");
  }
  return NotInFuture(submission.submitted_at, moment.now, "submission.submit_time");
}

AuthEvent EventOf(Decision::Outcome outcome) {
  switch (outcome) {
    case Decision::Outcome::kDenied:
      return AuthEvent::kDeny;
    case Decision::Outcome::kPended:
      return AuthEvent::kPend;
    case Decision::Outcome::kInformationRequested:
      return AuthEvent::kRequestInfo;
    case Decision::Outcome::kContactPayer:
      return AuthEvent::kContactPayer;
    case Decision::Outcome::kNotRequired:
      return AuthEvent::kNotRequired;
    default:
      return AuthEvent::kApprove;
  }
}

absl::Status CheckDecision(const PriorAuthorization& auth, const Decision& decision, const Moment& moment) {
  std::vector<FieldViolation> wrong;
  if (decision.approves()) {
    if (decision.number.empty()) wrong.push_back({"decision.number", "is required for an approval"});
    if (!decision.valid_from || !decision.valid_until) {
      wrong.push_back({"decision.valid", "needs both days for an approval"});
    } else if (*decision.valid_until <= *decision.valid_from) {
      wrong.push_back({"decision.valid.until", "must be after from"});
    }
    if (decision.units.unlimited()) wrong.push_back({"decision.units", "needs at least one counter for an approval"});
  }
  if (decision.outcome == Decision::Outcome::kDenied && decision.reasons.empty()) {
    wrong.push_back({"decision.reasons", "at least one is required for a denial"});
  }
  if (!wrong.empty()) return InvalidFields(std::move(wrong));
  return NotInFuture(decision.decided_at, moment.now, "decision.decide_time");
}

void CloseContest(PriorAuthorization& auth, Contest::Result result) {
  if (!auth.contests.empty() && auth.contests.back().result == Contest::Result::kOpen)
    auth.contests.back().result = result;
}

// Days in which the denial that `auth` now stands at may be contested by an appeal.
int WindowDays(const PriorAuthorization& auth, const DecisionClock& clock) {
  const bool internal_left = auth.state == AuthState::kDenied || auth.state == AuthState::kPeerToPeerUpheld ||
                             (auth.state == AuthState::kAppealFirstUpheld && clock.appeal_levels >= 2);
  return internal_left ? clock.appeal_days : clock.external_review_days;
}

}  // namespace

bool Decision::approves() const {
  return outcome == Outcome::kApprovedInTotal || outcome == Outcome::kApprovedInPart ||
         outcome == Outcome::kApprovedModified;
}

absl::StatusOr<PriorAuthorization> NewAuthorization(const PriorAuthorization& draft, const Insurance& insurance,
                                                    const PayerPolicy& policy, const Moment& moment) {
  if (!policy.authorization_required) return NotRequired();
  if (draft.kind == AuthorizationKind::kRenewal && draft.previous.empty()) {
    return InvalidField("prior_authorization.previous", "is required for a renewal");
  }
  PriorAuthorization auth = draft;
  const Grant& grant = policy.GrantFor(auth.kind);
  if (!auth.requested_until) auth.requested_until = Add(auth.requested_from, grant.duration);
  if (*auth.requested_until <= auth.requested_from) {
    return InvalidField("prior_authorization.requested_until", "must be after requested_from");
  }
  if (auth.requested_units.unlimited()) auth.requested_units = grant.units;
  if (auth.priority == Priority::kUnspecified) auth.priority = Priority::kStandard;
  auth.insurance = insurance.id;
  auth.payer = policy.payer;
  auth.policy = policy.id;
  auth.state = AuthState::kDraft;
  auth.version = 1;
  auth.created_at = auth.updated_at = moment.now;
  return auth;
}

absl::Status TakePacket(PriorAuthorization& auth, Packet& packet, const Moment& moment) {
  const AuthEvent event = packet.complete() ? AuthEvent::kPacketComplete : AuthEvent::kPacketGaps;
  ASSIGN_OR_RETURN(auth.state, Transition(auth.state, event, "given a new packet"));
  packet.authorization = auth.id;
  packet.version = ++auth.packet_version;
  packet.created_at = moment.now;
  auth.unmet_criteria = packet.Count(Finding::Result::kUnmet);
  auth.unknown_criteria = packet.Count(Finding::Result::kUnknown);
  return absl::OkStatus();
}

absl::Status Submit(PriorAuthorization& auth, const Packet& packet, Submission submission,
                    const std::string& gap_reason, const DecisionClock* clock, const Moment& moment) {
  ASSIGN_OR_RETURN(const AuthState next, Transition(auth.state, AuthEvent::kSubmit, "submitted"));
  RETURN_IF_ERROR(CheckSubmission(submission, moment));
  if (!packet.complete() && gap_reason.empty()) {
    std::vector<PreconditionViolation> gaps;
    for (const Finding& finding : packet.findings) {
      if (finding.result == Finding::Result::kMet) continue;
      gaps.push_back({finding.result == Finding::Result::kUnmet ? "CRITERION_UNMET" : "CRITERION_UNKNOWN",
                      finding.criterion_id,
                      absl::StrCat("criterion ", finding.criterion_id, " is not shown; see the packet")});
    }
    return PacketIncomplete(std::move(gaps));
  }
  submission.packet_version = packet.version;
  auth.state = next;
  auth.decision_due_at =
      clock == nullptr ? std::nullopt
                       : ClockEnd(submission.submitted_at,
                                  auth.priority == Priority::kExpedited ? clock->urgent : clock->standard, moment);
  auth.decision_overdue = false;
  auth.response_due_at.reset();
  auth.submission = std::move(submission);
  return absl::OkStatus();
}

absl::Status RecordDecision(PriorAuthorization& auth, Decision decision, const DecisionClock* clock,
                            const Moment& moment) {
  ASSIGN_OR_RETURN(const AuthState next, Transition(auth.state, EventOf(decision.outcome), "given this decision"));
  RETURN_IF_ERROR(CheckDecision(auth, decision, moment));
  if (decision.approves() && !Fits(decision.units, {}, auth.consumed)) return DecisionBelowUse();
  auth.state = next;
  if (decision.approves()) {
    auth.number = decision.number;
    auth.valid_from = decision.valid_from;
    auth.valid_until = decision.valid_until;
    auth.authorized = decision.units;
    auth.renewal_stage = 0;
    auth.decision_due_at.reset();
    auth.response_due_at.reset();
    CloseContest(auth, Contest::Result::kOverturned);
  } else if (decision.outcome == Decision::Outcome::kDenied) {
    auth.decision_due_at.reset();
    auth.response_due_at.reset();
    CloseContest(auth, Contest::Result::kUpheld);
    if (Contestable(auth.state) && clock != nullptr) {
      if (const int days = WindowDays(auth, *clock); days > 0) {
        auth.response_due_at = DaysAfter(decision.decided_at, days, moment);
      }
    }
  } else if (decision.outcome == Decision::Outcome::kPended) {
    if (decision.answer_due_at) auth.decision_due_at = decision.answer_due_at;
  } else {
    if (decision.outcome != Decision::Outcome::kInformationRequested || next == AuthState::kInfoRequested) {
      auth.decision_due_at.reset();
    }
    auth.response_due_at = decision.answer_due_at;
  }
  auth.decision_overdue = false;
  auth.decision = std::move(decision);
  return absl::OkStatus();
}

absl::Status Cancel(PriorAuthorization& auth, const std::string& reason, const Moment& moment) {
  ASSIGN_OR_RETURN(auth.state, Transition(auth.state, AuthEvent::kCancel, "cancelled"));
  auth.close_reason = reason;
  auth.decision_due_at.reset();
  auth.response_due_at.reset();
  return absl::OkStatus();
}

absl::Status Terminate(PriorAuthorization& auth, const std::string& reason, const Moment& moment) {
  ASSIGN_OR_RETURN(auth.state, Transition(auth.state, AuthEvent::kTerminate, "terminated"));
  auth.close_reason = reason;
  return absl::OkStatus();
}

absl::Status SchedulePeerToPeer(PriorAuthorization& auth, absl::Time at, const std::string& reference,
                                const DecisionClock* clock, const Moment& moment) {
  ASSIGN_OR_RETURN(const AuthState next,
                   Transition(auth.state, AuthEvent::kPeerToPeer, "taken to a peer-to-peer call"));
  if (clock == nullptr || clock->peer_to_peer_days == 0 || !auth.decision ||
      at >= DaysAfter(auth.decision->decided_at, clock->peer_to_peer_days, moment)) {
    return ContestWindowClosed("a peer-to-peer call");
  }
  if (auth.state == AuthState::kPeerToPeer) {
    auth.contests.back().at = at;
    auth.contests.back().reference_number = reference;
  } else {
    auth.contests.push_back({Contest::Level::kPeerToPeer, at, reference, at});
  }
  auth.state = next;
  auth.decision_due_at = at;
  auth.decision_overdue = false;
  return absl::OkStatus();
}

absl::Status FileAppeal(PriorAuthorization& auth, Contest::Level level, const Submission& submission,
                        const DecisionClock* clock, const Moment& moment) {
  AuthEvent event = AuthEvent::kAppealFirst;
  if (level == Contest::Level::kPeerToPeer) {
    return InvalidField("level", "a peer-to-peer call is agreed with SchedulePeerToPeer");
  }
  if (level == Contest::Level::kSecondAppeal) event = AuthEvent::kAppealSecond;
  if (level == Contest::Level::kExternalReview) event = AuthEvent::kExternalReview;
  ASSIGN_OR_RETURN(const AuthState next, Transition(auth.state, event, "appealed at this level"));
  RETURN_IF_ERROR(CheckSubmission(submission, moment));
  if (level == Contest::Level::kSecondAppeal && (clock == nullptr || clock->appeal_levels < 2)) {
    return ContestWindowClosed("a second internal appeal");
  }
  if (clock == nullptr || !auth.response_due_at || submission.submitted_at >= *auth.response_due_at) {
    return ContestWindowClosed("this appeal");
  }
  CloseContest(auth, Contest::Result::kUpheld);
  const Span& span =
      level == Contest::Level::kExternalReview ? clock->external_review_decision : clock->appeal_decision;
  auth.state = next;
  auth.decision_due_at = ClockEnd(submission.submitted_at, span, moment);
  auth.decision_overdue = false;
  auth.response_due_at.reset();
  auth.contests.push_back({level, submission.submitted_at, submission.reference_number, auth.decision_due_at});
  return absl::OkStatus();
}

}  // namespace kat::authorization::domain
