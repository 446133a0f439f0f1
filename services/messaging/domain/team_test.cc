#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/messaging/domain/care.h"
#include "services/messaging/domain/policy.h"
#include "services/messaging/domain/summary.h"
#include "services/messaging/domain/work.h"

namespace kat::messaging {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1790000000);

WorkSignal Signal(int64_t version, bool closed = false) {
  WorkSignal signal;
  signal.owner = "intake";
  signal.kind = "RISK_REVIEW";
  signal.subject = "clinics/c/cases/1";
  signal.subject_version = version;
  signal.closed = closed;
  signal.urgency = Urgency::kUrgent;
  return signal;
}

TEST(Work, SignalsOpenCloseAndOpenAgainTheSameItem) {
  const auto opened = ApplySignal(std::nullopt, Signal(1), kNow);
  ASSERT_TRUE(opened.has_value());
  EXPECT_FALSE(ApplySignal(std::nullopt, Signal(1, true), kNow).has_value());
  const auto closed = ApplySignal(opened, Signal(2, true), kNow);
  EXPECT_EQ(closed->state, WorkState::kResolved);
  EXPECT_FALSE(ApplySignal(closed, Signal(1), kNow).has_value()) << "an old signal must not open it again";
  EXPECT_FALSE(ApplySignal(closed, Signal(2), kNow).has_value());
  const auto again = ApplySignal(closed, Signal(3), kNow);
  EXPECT_EQ(again->state, WorkState::kOpen);
  EXPECT_EQ(again->id, opened->id);
}

TEST(Work, OnlyTheHolderReleasesWhatIsClaimed) {
  WorkItem item = *ApplySignal(std::nullopt, Signal(1), kNow);
  EXPECT_TRUE(Claim(item, "ana", kNow).ok());
  EXPECT_TRUE(Claim(item, "ana", kNow).ok());
  EXPECT_EQ(ErrorReason(Claim(item, "ben", kNow)), "CLAIMED_BY_ANOTHER");
  EXPECT_TRUE(Release(item, kNow).ok());
  EXPECT_EQ(ErrorReason(Release(item, kNow)), "STATE_FORBIDS");
}

TEST(Work, AnotherServicesItemEndsThere) {
  WorkItem item = *ApplySignal(std::nullopt, Signal(1), kNow);
  const absl::Status refused = Resolve(item, "done", kNow);
  EXPECT_EQ(ErrorReason(refused), "CLOSED_BY_OWNER");
  EXPECT_EQ(GetErrorDetail(refused)->metadata.at("owner"), "intake");
  item.owner = "messaging";
  item.kind = "CALL_TO_CONFIRM";
  EXPECT_TRUE(Resolve(item, "called", kNow).ok());
  EXPECT_EQ(ErrorReason(Resolve(item, "again", kNow)), "STATE_FORBIDS");
}

TEST(Work, UrgentWorkIsNotPutOffAndTheRestOnlyUntilItIsDue) {
  WorkItem item = *ApplySignal(std::nullopt, Signal(1), kNow);
  EXPECT_EQ(ErrorReason(Snooze(item, kNow + absl::Hours(1), "later", kNow)), "URGENT_WORK");
  item.urgency = Urgency::kRoutine;
  item.due_at = kNow + absl::Hours(5);
  EXPECT_FALSE(Snooze(item, kNow + absl::Hours(6), "later", kNow).ok());
  EXPECT_FALSE(Snooze(item, kNow, "later", kNow).ok());
  EXPECT_TRUE(Snooze(item, kNow + absl::Hours(1), "later", kNow).ok());
  Wake(item, kNow + absl::Minutes(59));
  EXPECT_EQ(item.state, WorkState::kSnoozed);
  Wake(item, kNow + absl::Hours(1));
  EXPECT_EQ(item.state, WorkState::kOpen);
}

TEST(Work, AKindThatNoTableKnowsStillReads) { EXPECT_EQ(Describe("billing", "CLAIM_DENIED").title, "Claim denied"); }

TEST(Care, OnlyTheNamedRecipientAcknowledges) {
  RoutedDocument draft;
  draft.recipient = "therapist";
  draft.due_at = kNow + absl::Hours(8);
  RoutedDocument document = *NewRoutedDocument(draft, "desk", kNow);
  EXPECT_EQ(ErrorReason(Acknowledge(document, "desk", "", kNow)), "NOT_THE_RECIPIENT");
  EXPECT_FALSE(MarkOverdue(document, kNow));
  EXPECT_TRUE(MarkOverdue(document, kNow + absl::Hours(8)));
  EXPECT_FALSE(MarkOverdue(document, kNow + absl::Hours(9)));
  EXPECT_TRUE(Reroute(document, "desk", "nurse", kNow + absl::Hours(20), "on leave", kNow + absl::Hours(9)).ok());
  EXPECT_EQ(document.hops.size(), 2u);
  EXPECT_TRUE(Acknowledge(document, "nurse", "read", kNow + absl::Hours(10)).ok());
  EXPECT_EQ(ErrorReason(Acknowledge(document, "nurse", "", kNow)), "STATE_FORBIDS");
  EXPECT_EQ(ErrorReason(Reroute(document, "desk", "ben", kNow + absl::Hours(20), "x", kNow)), "STATE_FORBIDS");
}

TEST(Care, APosterTakesPartAndAClosedThreadTakesNothing) {
  CareThread thread;
  EXPECT_EQ(Post(thread, "ana", "hello", kNow)->number, 1);
  EXPECT_EQ(Post(thread, "ben", "hi", kNow)->number, 2);
  EXPECT_EQ(thread.participants, (std::vector<std::string>{"ana", "ben"}));
  EXPECT_TRUE(Close(thread, kNow).ok());
  EXPECT_FALSE(Post(thread, "ana", "more", kNow).ok());
  EXPECT_FALSE(Join(thread, "cy", kNow).ok());
}

TEST(Care, UpdatesAndCallsGoTheirWayOnce) {
  ProviderUpdate draft;
  draft.due_at = kNow + absl::Hours(1);
  ProviderUpdate update = *NewProviderUpdate(draft, kNow);
  EXPECT_FALSE(MarkAcknowledged(update, kNow).ok());
  EXPECT_TRUE(MarkOverdue(update, kNow + absl::Hours(1)));
  EXPECT_TRUE(MarkSent(update, "fax receipt", kNow).ok());
  EXPECT_FALSE(Cancel(update, "x", kNow).ok());
  EXPECT_TRUE(MarkAcknowledged(update, kNow).ok());

  CoordinationCall call_draft;
  call_draft.due_at = kNow + absl::Hours(1);
  CoordinationCall call = *NewCoordinationCall(call_draft, kNow);
  EXPECT_TRUE(ScheduleAt(call, kNow + absl::Hours(3), AppointmentId(""), kNow).ok());
  EXPECT_FALSE(MarkOverdue(call, kNow + absl::Hours(2)));
  EXPECT_TRUE(MarkOverdue(call, kNow + absl::Hours(3)));
  EXPECT_TRUE(Complete(call, "agreed", kNow).ok());
  EXPECT_FALSE(ScheduleAt(call, kNow + absl::Hours(9), AppointmentId(""), kNow).ok());
}

TEST(Summary, ChangesCountFromTheVersionMarkedAsReadAndAnOutageChangesNothing) {
  SummarySection section{
      "scheduling", "appointments", Availability::kAvailable, {{"APPOINTMENT", "a/1", "Infusion 1", "BOOKED"}}};
  SummaryReading reading;
  EXPECT_TRUE(Show(reading, {section}));
  EXPECT_FALSE(Show(reading, {section}));
  EXPECT_EQ(Changes({section}, reading.read).at(0).kind, ChangeKind::kAdded);
  EXPECT_EQ(ErrorReason(MarkRead(reading, 2, kNow)), "VERSION_NOT_SHOWN");
  EXPECT_TRUE(MarkRead(reading, 1, kNow).ok());
  EXPECT_TRUE(Changes({section}, reading.read).empty());

  SummarySection down{"scheduling", "appointments", Availability::kUnavailable};
  EXPECT_FALSE(Show(reading, {down}));
  EXPECT_TRUE(Changes({down}, reading.read).empty());

  section.items[0].state = "CONFIRMED";
  section.items.push_back({"APPOINTMENT", "a/2", "Infusion 2", "BOOKED"});
  EXPECT_TRUE(Show(reading, {section}));
  const auto changes = Changes({section}, reading.read);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].kind, ChangeKind::kChanged);
  EXPECT_TRUE(MarkRead(reading, 2, kNow).ok());
  section.items.clear();
  EXPECT_EQ(Changes({section}, reading.read).size(), 2u);
  EXPECT_EQ(Changes({section}, reading.read)[0].kind, ChangeKind::kRemoved);
}

TEST(Policy, ACadenceWithContradictionsIsRefusedWithAllOfThem) {
  CadencePolicy draft;
  draft.least_lead_minutes = 60;
  draft.driver_by_minutes = 60;
  draft.steps = {{"a", Purpose::kReminder, 30, {Channel::kSms}},
                 {"a", Purpose::kBookingConfirmation, 5, {Channel::kSms}},
                 {"answer", Purpose::kAdHoc, 100, {}}};
  const auto refused = NewCadence(draft, kNow);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(GetErrorDetail(refused.status())->fields.size(), 7u);
}

TEST(Policy, TheLatestOfThoseThatHoldCounts) {
  std::vector<MessagingPolicy> policies(2);
  policies[0] = {.id = PolicyId("old"), .effective_from = absl::CivilDay(2026, 1, 1), .created_at = kNow};
  policies[1] = {
      .id = PolicyId("new"), .effective_from = absl::CivilDay(2027, 1, 31), .created_at = kNow + absl::Hours(1)};
  EXPECT_EQ(ChoosePolicy(policies, absl::CivilDay(2026, 9, 1))->id.str(), "old");
  EXPECT_EQ(ChoosePolicy(policies, absl::CivilDay(2027, 2, 1))->id.str(), "new");
  EXPECT_EQ(ChoosePolicy(policies, absl::CivilDay(2025, 2, 1)), nullptr);
}

}  // namespace
}  // namespace kat::messaging
