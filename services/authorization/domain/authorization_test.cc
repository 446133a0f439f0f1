#include <gtest/gtest.h>

#include "libs/base/error.h"
#include "services/authorization/domain/prior_authorization.h"
#include "services/authorization/domain/work.h"

namespace kat::authorization::domain {
namespace {

absl::TimeZone Zone() { return *LoadZone("America/Los_Angeles"); }
absl::CivilDay Day(const char* text) { return *ParseDay(text); }
Moment At(const char* day, int hour = 12) { return {InstantOf(Day(day), hour * 60, Zone()), Zone(), {}}; }

PayerPolicy Policy() {
  PayerPolicy policy{.id = PolicyId("p1"), .payer = PayerId("payer"), .program = "spravato-trd"};
  policy.initial = {{.months = 3}, {.devices = 23}};
  policy.renewal = {{.months = 6}, {.visits = 24}};
  policy.turnaround_days = 14;
  policy.clocks = {{.line_of_business = LineOfBusiness::kCommercialErisa,
                    .standard = {15, Span::Unit::kCalendarDays},
                    .urgent = {72, Span::Unit::kHours},
                    .peer_to_peer_days = 14,
                    .appeal_days = 180,
                    .appeal_decision = {30, Span::Unit::kCalendarDays},
                    .appeal_levels = 1,
                    .external_review_days = 120,
                    .external_review_decision = {45, Span::Unit::kCalendarDays}}};
  return policy;
}
const DecisionClock* Clock() {
  static const PayerPolicy policy = Policy();
  return policy.ClockFor(LineOfBusiness::kCommercialErisa);
}
ProgramRule Rule() {
  return {.program = "spravato-trd",
          .payer_billed = true,
          .rems_required = true,
          .drug = "esketamine",
          .mg_per_device = 28,
          .planned_doses = {{1, 2}, {2, 3}}};
}

PriorAuthorization New() {
  PriorAuthorization draft{.id = AuthorizationId("a"),
                           .patient = PatientId("pat"),
                           .program = "spravato-trd",
                           .requested_from = Day("2026-03-02")};
  return *NewAuthorization(draft, {.id = InsuranceId("i")}, Policy(), At("2026-02-20"));
}
Submission Portal(const char* day) {
  return {.channel = Channel::kPortal, .reference_number = "R-1", .submitted_at = At(day, 9).now};
}
Decision Approval(const char* day, int devices = 23) {
  return {.outcome = Decision::Outcome::kApprovedInTotal,
          .number = "PA-1",
          .valid_from = Day("2026-03-02"),
          .valid_until = Day("2026-06-02"),
          .units = {.devices = devices},
          .decided_at = At(day, 9).now};
}
Decision Denial(const char* day) {
  return {.outcome = Decision::Outcome::kDenied, .reasons = {2}, .decided_at = At(day, 9).now};
}
PriorAuthorization Submitted() {
  PriorAuthorization auth = New();
  EXPECT_TRUE(Submit(auth, Packet{}, Portal("2026-02-20"), "", Clock(), At("2026-02-20")).ok());
  return auth;
}
PriorAuthorization Denied() {
  PriorAuthorization auth = Submitted();
  EXPECT_TRUE(RecordDecision(auth, Denial("2026-02-25"), Clock(), At("2026-02-25")).ok());
  return auth;
}

TEST(AuthorizationStates, EveryStateOfTheTableIsReachedFromDraftAndFinalStatesStay) {
  std::set<AuthState> reached = {AuthState::kDraft};
  for (bool grew = true; grew;) {
    grew = false;
    for (AuthState state : std::set<AuthState>(reached)) {
      for (int e = 0; e < kAuthEvents; ++e) {
        const AuthState next = Next(state, static_cast<AuthEvent>(e));
        if (next != AuthState::kUnspecified) grew = reached.insert(next).second || grew;
      }
    }
  }
  EXPECT_EQ(reached.size(), kAuthStates - 1u);
  for (AuthState state : {AuthState::kExpired, AuthState::kTerminated, AuthState::kDeniedFinal, AuthState::kCancelled,
                          AuthState::kNotRequired}) {
    for (int e = 0; e < kAuthEvents; ++e) EXPECT_EQ(Next(state, static_cast<AuthEvent>(e)), AuthState::kUnspecified);
  }
}

TEST(Authorization, TakesDatesAndUnitsThatTheDraftLeavesOpenFromThePolicy) {
  const PriorAuthorization auth = New();
  EXPECT_EQ(auth.requested_until, Day("2026-06-02"));
  EXPECT_EQ(auth.requested_units.devices, 23);
  EXPECT_EQ(auth.state, AuthState::kDraft);
}

TEST(Authorization, RefusesARequestThatThePolicyDoesNotAsk) {
  PayerPolicy policy = Policy();
  policy.authorization_required = false;
  EXPECT_EQ(ErrorReason(NewAuthorization({}, {}, policy, At("2026-02-20")).status()), "AUTHORIZATION_NOT_REQUIRED");
}

TEST(Authorization, APacketWithGapsIsSentOnlyWithAReasonAndNamesEveryGap) {
  PriorAuthorization auth = New();
  Packet packet;
  packet.findings = {{.criterion_id = "a", .result = Finding::Result::kMet},
                     {.criterion_id = "b", .result = Finding::Result::kUnmet},
                     {.criterion_id = "c", .result = Finding::Result::kUnknown}};
  ASSERT_TRUE(TakePacket(auth, packet, At("2026-02-20")).ok());
  EXPECT_EQ(auth.state, AuthState::kDraft);
  const absl::Status refused = Submit(auth, packet, Portal("2026-02-20"), "", Clock(), At("2026-02-20"));
  EXPECT_EQ(ErrorReason(refused), "PACKET_INCOMPLETE");
  EXPECT_EQ(GetErrorDetail(refused)->preconditions.size(), 2u);
  EXPECT_EQ(auth.state, AuthState::kDraft);
  EXPECT_TRUE(Submit(auth, packet, Portal("2026-02-20"), "records follow", Clock(), At("2026-02-20")).ok());
  EXPECT_EQ(auth.submission->packet_version, 1);
}

TEST(Authorization, TheDecisionClockEndsWithTheFifteenthDayInTheClinicsZone) {
  EXPECT_EQ(*Submitted().decision_due_at, InstantOf(Day("2026-03-08"), 0, Zone()));  // across the change to summer time
  PriorAuthorization urgent = New();
  urgent.priority = Priority::kExpedited;
  ASSERT_TRUE(Submit(urgent, Packet{}, Portal("2026-02-20"), "", Clock(), At("2026-02-20")).ok());
  EXPECT_EQ(*urgent.decision_due_at, At("2026-02-20", 9).now + absl::Hours(72));
}

TEST(Authorization, AManualSubmissionNeedsTheProofOfItsChannel) {
  PriorAuthorization auth = New();
  Submission call{.channel = Channel::kPhone, .submitted_at = At("2026-02-20", 9).now};
  EXPECT_FALSE(Submit(auth, Packet{}, call, "", Clock(), At("2026-02-20")).ok());
  call.representative_name = "R. Lee";
  EXPECT_TRUE(Submit(auth, Packet{}, call, "", Clock(), At("2026-02-20")).ok());
  PriorAuthorization late = New();
  EXPECT_FALSE(Submit(late, Packet{}, Portal("2026-02-21"), "", Clock(), At("2026-02-20")).ok());
}

TEST(Authorization, AnApprovalNeedsNumberDatesAndUnits) {
  PriorAuthorization auth = Submitted();
  const absl::Status bare =
      RecordDecision(auth, {.outcome = Decision::Outcome::kApprovedInTotal}, Clock(), At("2026-02-25"));
  EXPECT_EQ(GetErrorDetail(bare)->fields.size(), 3u);
  EXPECT_EQ(auth.state, AuthState::kSubmitted);
  ASSERT_TRUE(RecordDecision(auth, Approval("2026-02-25"), Clock(), At("2026-02-25")).ok());
  EXPECT_EQ(auth.state, AuthState::kApproved);
  EXPECT_FALSE(auth.decision_due_at);
}

TEST(Authorization, BeginsRunsLowByDateAndEnds) {
  PriorAuthorization auth = Submitted();
  ASSERT_TRUE(RecordDecision(auth, Approval("2026-02-25", 200), Clock(), At("2026-02-25")).ok());
  const Settings settings;
  EXPECT_EQ(*NextLook(auth, settings, 14, At("2026-02-25")), InstantOf(Day("2026-03-02"), 0, Zone()));
  EXPECT_TRUE(Advance(auth, settings, Rule(), 14, At("2026-03-01")).empty());
  EXPECT_EQ(Advance(auth, settings, Rule(), 14, At("2026-03-02", 0)), std::vector<std::string>{"activated"});
  EXPECT_EQ(*NextLook(auth, settings, 14, At("2026-03-02")), InstantOf(Day("2026-05-03"), 0, Zone()));
  EXPECT_EQ(Advance(auth, settings, Rule(), 14, At("2026-05-03", 0)), std::vector<std::string>{"expiring"});
  EXPECT_EQ(OpenWork(auth, Zone())[0].kind, "AUTHORIZATION_RENEWAL");
  EXPECT_EQ(OpenWork(auth, Zone())[0].urgency, Urgency::kRoutine);
  EXPECT_EQ(Advance(auth, settings, Rule(), 14, At("2026-05-12", 0)), std::vector<std::string>{"renewal_due"});
  EXPECT_EQ(OpenWork(auth, Zone())[0].urgency, Urgency::kSoon);
  EXPECT_EQ(Advance(auth, settings, Rule(), 14, At("2026-05-19", 0)), std::vector<std::string>{"renewal_due"});
  EXPECT_EQ(OpenWork(auth, Zone())[0].urgency, Urgency::kUrgent);
  auth.renewed_by = AuthorizationId("next");
  EXPECT_TRUE(OpenWork(auth, Zone()).empty());
  EXPECT_EQ(Advance(auth, settings, Rule(), 14, At("2026-06-02", 0)), std::vector<std::string>{"expired"});
  EXPECT_FALSE(NextLook(auth, settings, 14, At("2026-06-02")));
}

TEST(Authorization, RunsLowByUnitsLongBeforeItsDatesEnd) {
  PriorAuthorization auth = Submitted();
  ASSERT_TRUE(RecordDecision(auth, Approval("2026-02-25"), Clock(), At("2026-02-25")).ok());
  Advance(auth, {}, Rule(), 14, At("2026-03-02"));
  auth.consumed = {.visits = 3, .drug_mg = 224, .devices = 8};  // 15 of 23 left: 5 visits of 3
  EXPECT_EQ(VisitsLeft(auth, Rule()), 5);
  EXPECT_TRUE(Advance(auth, {}, Rule(), 14, At("2026-03-12")).empty());
  auth.consumed.devices = 11;
  EXPECT_EQ(Advance(auth, {}, Rule(), 14, At("2026-03-16")), std::vector<std::string>{"expiring"});
  auth.consumed.devices = 23;
  EXPECT_EQ(Advance(auth, {}, Rule(), 14, At("2026-03-26")), std::vector<std::string>{"exhausted"});
  EXPECT_EQ(OpenWork(auth, Zone())[0].urgency, Urgency::kUrgent);
}

TEST(Authorization, ADecisionThatIsNotThereInTimeIsToldOnce) {
  PriorAuthorization auth = Submitted();
  EXPECT_EQ(Advance(auth, {}, Rule(), 14, At("2026-03-08")), std::vector<std::string>{"decision_overdue"});
  EXPECT_EQ(OpenWork(auth, Zone())[0].urgency, Urgency::kUrgent);
  EXPECT_TRUE(Advance(auth, {}, Rule(), 14, At("2026-03-09")).empty());
}

TEST(Authorization, ADenialGoesThroughTheCallTheAppealAndTheReview) {
  PriorAuthorization auth = Denied();
  EXPECT_EQ(*auth.response_due_at, InstantOf(Day("2026-02-25") + 181, 0, Zone()));
  EXPECT_EQ(ErrorReason(SchedulePeerToPeer(auth, At("2026-03-20").now, "", Clock(), At("2026-02-26"))),
            "CONTEST_WINDOW_CLOSED");
  ASSERT_TRUE(SchedulePeerToPeer(auth, At("2026-03-02").now, "", Clock(), At("2026-02-26")).ok());
  ASSERT_TRUE(RecordDecision(auth, Denial("2026-03-02"), Clock(), At("2026-03-02")).ok());
  EXPECT_EQ(auth.state, AuthState::kPeerToPeerUpheld);
  ASSERT_TRUE(FileAppeal(auth, Contest::Level::kFirstAppeal, Portal("2026-03-03"), Clock(), At("2026-03-03")).ok());
  EXPECT_EQ(*auth.decision_due_at, InstantOf(Day("2026-03-03") + 31, 0, Zone()));
  ASSERT_TRUE(RecordDecision(auth, Denial("2026-03-20"), Clock(), At("2026-03-20")).ok());
  EXPECT_EQ(auth.state, AuthState::kAppealFirstUpheld);
  EXPECT_EQ(
      ErrorReason(FileAppeal(auth, Contest::Level::kSecondAppeal, Portal("2026-03-21"), Clock(), At("2026-03-21"))),
      "CONTEST_WINDOW_CLOSED");  // this line of business has one level
  ASSERT_TRUE(FileAppeal(auth, Contest::Level::kExternalReview, Portal("2026-03-21"), Clock(), At("2026-03-21")).ok());
  ASSERT_TRUE(RecordDecision(auth, Approval("2026-04-20"), Clock(), At("2026-04-20")).ok());
  EXPECT_EQ(auth.state, AuthState::kApproved);
  ASSERT_EQ(auth.contests.size(), 3u);
  EXPECT_EQ(auth.contests[0].result, Contest::Result::kUpheld);
  EXPECT_EQ(auth.contests[2].result, Contest::Result::kOverturned);
}

TEST(Authorization, ADenialThatNobodyContestsBecomesFinal) {
  PriorAuthorization auth = Denied();
  EXPECT_EQ(*NextLook(auth, {}, 14, At("2026-02-26")), *auth.response_due_at);
  EXPECT_EQ(Advance(auth, {}, Rule(), 14, {*auth.response_due_at, Zone(), {}}),
            std::vector<std::string>{"denied_final"});
  EXPECT_TRUE(OpenWork(auth, Zone()).empty());
}

TEST(Authorization, ALaterDecisionCannotGoBelowWhatWasUsed) {
  PriorAuthorization auth = Submitted();
  ASSERT_TRUE(RecordDecision(auth, Approval("2026-02-25"), Clock(), At("2026-02-25")).ok());
  auth.consumed.devices = 5;
  EXPECT_EQ(ErrorReason(RecordDecision(auth, Approval("2026-02-26", 4), Clock(), At("2026-02-26"))), "UNITS_BELOW_USE");
  EXPECT_TRUE(RecordDecision(auth, Approval("2026-02-26", 30), Clock(), At("2026-02-26")).ok());
}

TEST(Work, ChangesAreWhatOpenedChangedAndClosed) {
  const std::vector<WorkItem> before = {{"A"}, {"B"}};
  const std::vector<WorkItem> after = {{"B", Role::kAssistant, std::nullopt, Urgency::kUrgent}, {"C"}};
  const std::vector<WorkItem> changes = WorkChanges(before, after);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_TRUE(changes[0].closed);
  EXPECT_EQ(changes[1].kind, "B");
  EXPECT_EQ(changes[2].kind, "C");
  EXPECT_TRUE(WorkChanges(after, after).empty());
}

}  // namespace
}  // namespace kat::authorization::domain
