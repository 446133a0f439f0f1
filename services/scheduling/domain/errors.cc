#include "services/scheduling/domain/errors.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kat::scheduling {
namespace {

absl::Status Fail(absl::StatusCode code, absl::string_view reason, absl::string_view message) {
  return MakeError(code, message, {.reason = std::string(reason)});
}

// One violation for each reason; the first also as metadata, for a caller that shows one.
absl::Status Reasons(absl::string_view error_reason, absl::string_view what, const std::vector<Reason>& reasons) {
  ErrorDetail detail{.reason = std::string(error_reason)};
  for (const Reason& reason : reasons) {
    const std::string subject = reason.to_visit.empty() ? reason.from_visit : reason.to_visit;
    detail.preconditions.push_back({ReasonName(reason.kind), subject, reason.description});
  }
  if (!reasons.empty()) {
    const Reason& first = reasons.front();
    detail.metadata = {{"rule", ReasonName(first.kind)},
                       {"from_visit", first.from_visit},
                       {"to_visit", first.to_visit},
                       {"allowed", absl::StrCat(first.allowed)},
                       {"asked", absl::StrCat(first.asked)}};
  }
  const std::string first = reasons.empty() ? "" : absl::StrCat(": ", reasons.front().description);
  return MakeError(absl::StatusCode::kFailedPrecondition, absl::StrCat(what, first), std::move(detail));
}

}  // namespace

absl::Status NameTaken(absl::string_view resource_type) {
  return Fail(absl::StatusCode::kAlreadyExists, "NAME_TAKEN",
              absl::StrCat("a ", resource_type, " of this name exists; choose another id"));
}

absl::Status ExternalIdTaken(absl::string_view resource_type) {
  return Fail(absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN",
              absl::StrCat("another ", resource_type, " has one of these external ids"));
}

absl::Status LoginSubjectTaken() {
  return Fail(absl::StatusCode::kAlreadyExists, "LOGIN_SUBJECT_TAKEN",
              "another member of staff has this login subject");
}

absl::Status TimeZoneInUse() {
  return Fail(absl::StatusCode::kFailedPrecondition, "TIME_ZONE_IN_USE",
              "the time zone cannot change while appointments or holds stand; they were agreed on its clock");
}

absl::Status ProtocolUnsatisfiable(const std::vector<VisitLag>& contradiction) {
  std::vector<PreconditionViolation> rules;
  for (const VisitLag& lag : contradiction) rules.push_back({"RULE_CONTRADICTED", lag.to_visit, DescribeLag(lag)});
  return Conditions("PROTOCOL_UNSATISFIABLE", "no calendar can satisfy these rules together; loosen one of them",
                    std::move(rules));
}

absl::Status NoProtocolInEffect(absl::string_view program) {
  return MakeError(absl::StatusCode::kNotFound,
                   "the program has no protocol in effect on that day; create one or choose a version",
                   {.reason = "NO_PROTOCOL_IN_EFFECT", .metadata = {{"program", std::string(program)}}});
}

absl::Status CourseBooked() {
  return Fail(absl::StatusCode::kFailedPrecondition, "COURSE_BOOKED",
              "every phase of the protocol is booked; there is nothing left to plan");
}

absl::Status DecisionPending(const Phase& phase) {
  std::vector<std::string> options;
  for (const DecisionOption& option : phase.decision_point->options) options.push_back(option.id);
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      "how the course goes on after this phase is not decided; record the decision first",
      {.reason = "DECISION_PENDING", .metadata = {{"phase", phase.id}, {"options", absl::StrJoin(options, ",")}}});
}

absl::Status DecisionForbidden() {
  return Fail(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDS",
              "the protocol leaves this decision to other roles than yours");
}

absl::Status DecisionNotDue(absl::string_view phase) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "no visit of this phase has taken place yet; there is nothing to decide on",
                   {.reason = "DECISION_NOT_DUE", .metadata = {{"phase", std::string(phase)}}});
}

absl::Status FollowingBlockStands(int block, absl::string_view phase) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "a block is booked that this decision does not lead to; cancel it first",
                   {.reason = "FOLLOWING_BLOCK_STANDS",
                    .metadata = {{"block", absl::StrCat(block)}, {"phase", std::string(phase)}}});
}

absl::Status AppointmentsStand() {
  return Fail(absl::StatusCode::kFailedPrecondition, "APPOINTMENTS_STAND",
              "appointments of this course are still booked; cancel them first");
}

absl::Status CourseAlreadyHeld() {
  return Fail(absl::StatusCode::kFailedPrecondition, "COURSE_ALREADY_HELD",
              "the course has an active hold; book or release it first");
}

absl::Status HoldEnded() {
  return Fail(absl::StatusCode::kFailedPrecondition, "HOLD_ENDED", "the hold has ended; propose again");
}

absl::Status PlanStale() {
  return Fail(absl::StatusCode::kAborted, "PLAN_STALE", "the course has changed since this was planned; propose again");
}

absl::Status PlanInvalid(const std::vector<Reason>& reasons) {
  return Reasons("PLAN_INVALID", "the plan cannot be booked", reasons);
}

absl::Status ProtocolViolated(const std::vector<Reason>& reasons) {
  return Reasons("PROTOCOL_VIOLATED", "the protocol does not allow this", reasons);
}

absl::Status BelongsToCourse() {
  return Fail(absl::StatusCode::kFailedPrecondition, "BELONGS_TO_COURSE",
              "a dosing visit is booked with a block of its course, where readiness, money and coverage are checked");
}

absl::Status VisitStands() {
  return Fail(absl::StatusCode::kFailedPrecondition, "VISIT_STANDS",
              "the visit has been booked anew already; move that appointment instead");
}

absl::Status RepairStale(absl::string_view what, absl::string_view course) {
  ErrorDetail detail{.reason = "REPAIR_STALE", .metadata = {{"changed", std::string(what)}}};
  if (!course.empty()) detail.metadata["course"] = std::string(course);
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the ", what, " that this repair rests on has changed since; propose it again"),
                   std::move(detail));
}

absl::Status ImprovementRunning(absl::string_view name) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "an improvement of this clinic is queued or runs; wait for it, or cancel it",
                   {.reason = "IMPROVEMENT_RUNNING", .metadata = {{"improvement", std::string(name)}}});
}

absl::Status PartsNeeded(const std::vector<std::string>& courses) {
  std::vector<PreconditionViolation> needed;
  for (const std::string& course : courses) {
    needed.push_back({"PART_NEEDED", course, "goes away from where another part goes; apply it too"});
  }
  return Conditions("PARTS_NEEDED", "these courses move together with others; name all of them", std::move(needed));
}

absl::Status MoveRefused(std::vector<PreconditionViolation> unmet) {
  return Conditions("MOVE_REFUSED",
                    "conditions of visits on their new days are not met; each is listed with what to do",
                    std::move(unmet));
}

absl::Status SetupChanged() {
  return Fail(absl::StatusCode::kAborted, "SETUP_CHANGED",
              "hours, rooms or staff have changed in the same moment; try again");
}

absl::Status SlotTaken(absl::string_view what) {
  return MakeError(absl::StatusCode::kAborted,
                   what == "patient" ? "the patient has another visit at one of these times; propose again"
                                     : "some of this capacity was taken in the meantime; propose again",
                   {.reason = "SLOT_TAKEN", .metadata = {{"taken", std::string(what)}}});
}

absl::Status BookingRefused(std::vector<PreconditionViolation> unmet) {
  return Conditions("BOOKING_REFUSED", "conditions of this booking are not met; each is listed with what to do",
                    std::move(unmet));
}

absl::Status NotADosingVisit() {
  return Fail(absl::StatusCode::kFailedPrecondition, "NOT_A_DOSING_VISIT",
              "no drug is given at this kind of visit; it needs no check-in");
}

absl::Status DosingVisit() {
  return Fail(absl::StatusCode::kFailedPrecondition, "DOSING_VISIT",
              "a drug is given at this kind of visit; its treatment record completes it: check the patient in");
}

absl::Status BaselineVitalsMissing() {
  return Fail(absl::StatusCode::kFailedPrecondition, "BASELINE_VITALS_MISSING",
              "record the baseline vital signs before the dose");
}

absl::Status PressureAboveLimit() {
  return Fail(absl::StatusCode::kFailedPrecondition, "PRESSURE_ABOVE_LIMIT",
              "the baseline pressure is above the limit of this kind of visit; measure again, or send a clinician's "
              "decision with its reason");
}

absl::Status CheckInRefused(std::vector<PreconditionViolation> unmet) {
  return Conditions("CHECK_IN_REFUSED", "conditions of this visit are not met; each is listed with what to do",
                    std::move(unmet));
}

absl::Status AlreadyWaiting() {
  return Fail(absl::StatusCode::kAlreadyExists, "ALREADY_WAITING",
              "the course is on the wait list already; remove that entry first");
}

absl::Status OfferTaken() {
  return Fail(absl::StatusCode::kFailedPrecondition, "OFFER_TAKEN", "the offer was accepted before");
}

absl::Status OfferDeclined() {
  return Fail(absl::StatusCode::kFailedPrecondition, "OFFER_DECLINED", "the offer was declined; another may come");
}

absl::Status OfferExpired() {
  return Fail(absl::StatusCode::kFailedPrecondition, "OFFER_EXPIRED",
              "the offer has expired, and went to the next; another may come");
}

absl::Status OfferWithdrawn() {
  return Fail(absl::StatusCode::kFailedPrecondition, "OFFER_WITHDRAWN",
              "what was waited for is over: the offer was withdrawn, and went to the next");
}

absl::Status NotYetDue() {
  return Fail(absl::StatusCode::kFailedPrecondition, "NOT_YET_DUE", "the appointment has not started yet");
}

absl::Status BookedPhasesDiffer(const std::vector<std::string>& phases) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "phases that are booked are not, or not with the same visits, in this version; take one that adds a "
                   "phase after them, or cancel their block first",
                   {.reason = "BOOKED_PHASES_DIFFER", .metadata = {{"phases", absl::StrJoin(phases, ",")}}});
}

}  // namespace kat::scheduling
