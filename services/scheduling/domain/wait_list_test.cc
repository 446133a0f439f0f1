#include "services/scheduling/domain/wait_list.h"

#include <gtest/gtest.h>

#include "libs/base/error.h"
#include "libs/testing/status.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kDay(2026, 12, 1);

WaitListCandidate Candidate(const std::string& id, int waits_days) {
  WaitListCandidate candidate;
  candidate.entry = {.id = WaitListEntryId(id),
                     .patient = PatientId("ann"),
                     .visit_type = VisitTypeId("consult"),
                     .earliest_day = kDay - 30,
                     .latest_day = kDay + 30};
  candidate.entry.created_at = sample::At(kDay - waits_days, 9);
  return candidate;
}

std::string Order(std::vector<WaitListCandidate> candidates, absl::CivilDay day = kDay) {
  Rank(candidates, day);
  std::string order;
  for (const WaitListCandidate& candidate : candidates) order += candidate.entry.id.str();
  return order;
}

TEST(WaitList, WhoHasWaitedLongestComesFirst) {
  EXPECT_EQ(Order({Candidate("a", 1), Candidate("b", 3), Candidate("c", 2)}), "bca");
}

TEST(WaitList, PriorityComesBeforeWait) {
  WaitListCandidate urgent = Candidate("u", 1);
  urgent.entry.priority = WaitPriority::kUrgent;
  WaitListCandidate soon = Candidate("s", 2);
  soon.entry.priority = WaitPriority::kSoon;
  EXPECT_EQ(Order({Candidate("a", 9), soon, urgent}), "usa");
}

TEST(WaitList, WhoseGapItRepairsComesBeforeWhoseAuthorizationEndsAndBothBeforeTheUrgent) {
  WaitListCandidate urgent = Candidate("u", 9);
  urgent.entry.priority = WaitPriority::kUrgent;
  WaitListCandidate ending = Candidate("e", 5);
  ending.entry.authorization_end = kDay + 1;
  WaitListCandidate gap = Candidate("g", 1);
  gap.gap_deadline = kDay + 5;
  WaitListCandidate sooner = Candidate("s", 0);
  sooner.gap_deadline = kDay;
  EXPECT_EQ(Order({urgent, ending, gap, sooner}), "sgeu");
}

TEST(WaitList, CapacityAfterADeadlineOrLongBeforeItRepairsNothing) {
  WaitListCandidate gap = Candidate("g", 1);
  gap.gap_deadline = kDay;
  EXPECT_EQ(RepairOf(gap, kDay), OfferRepair::kBrokenGap);
  EXPECT_EQ(RepairOf(gap, kDay + 1), OfferRepair::kNone);
  EXPECT_EQ(RepairOf(gap, kDay - 14), OfferRepair::kBrokenGap);
  EXPECT_EQ(RepairOf(gap, kDay - 15), OfferRepair::kNone);
  gap.entry.authorization_end = kDay + 3;
  EXPECT_EQ(RepairOf(gap, kDay + 1), OfferRepair::kEndingAuthorization);
}

TEST(WaitList, TheDeadlineIsTheEarliestLongestGapFromWhatStandsToWhatIsNext) {
  const std::vector<VisitLag> lags = {{"i-1", "i-2", {.max_days = 5}},
                                      {"i-1", "t-1", {.max_days = 2}},
                                      {"i-1", "i-3", {.min_days = 4}},
                                      {"i-0", "i-2", {.max_days = 1}}};
  const std::vector<TimedVisit> standing = {{"i-1", sample::At(kDay, 9), sample::At(kDay, 11)}};
  const absl::TimeZone zone = sample::MakeClinic().Zone();
  EXPECT_EQ(GapDeadline(lags, standing, {"i-2", "i-3"}, zone), kDay + 5);
  EXPECT_EQ(GapDeadline(lags, standing, {"i-2", "t-1"}, zone), kDay + 2);
  EXPECT_EQ(GapDeadline(lags, standing, {"i-3"}, zone), std::nullopt);
}

TEST(WaitList, StartsAreOnTheGridAfterTheNoticeAndOnTheDaysThatWillDo) {
  WaitListEntry entry = Candidate("a", 1).entry;
  const absl::TimeZone zone = sample::MakeClinic().Zone();
  const TimeSpan freed{sample::At(kDay, 10, 2), sample::At(kDay, 10, 40)};
  const absl::Time now = sample::At(kDay, 8);
  EXPECT_EQ(StartsToTry(entry, freed, now, zone),
            (std::vector<absl::Time>{sample::At(kDay, 10, 5), sample::At(kDay, 10, 20), sample::At(kDay, 10, 35)}));
  entry.notice_minutes = 150;
  EXPECT_EQ(StartsToTry(entry, freed, now, zone), (std::vector<absl::Time>{sample::At(kDay, 10, 30)}));
  EXPECT_EQ(StartsToTry(Candidate("a", 1).entry, freed, sample::At(kDay, 10, 20), zone),
            (std::vector<absl::Time>{sample::At(kDay, 10, 25)}))
      << "an offer stands for five minutes at least";
  entry.notice_minutes = 180;
  EXPECT_TRUE(StartsToTry(entry, freed, now, zone).empty());
  entry = Candidate("a", 1).entry;
  entry.earliest_day = kDay + 1;
  EXPECT_TRUE(StartsToTry(entry, freed, now, zone).empty());
}

TEST(WaitList, AnEntryIsForACourseOrAVisitAndForDaysInOrder) {
  const auto refused = [](auto change) {
    WaitListEntry entry = Candidate("a", 1).entry;
    change(entry);
    const absl::Status status = CompleteEntry(entry);
    return status.ok() ? std::string("ok") : GetErrorDetail(status)->fields[0].field;
  };
  EXPECT_EQ(refused([](WaitListEntry&) {}), "ok");
  EXPECT_EQ(refused([](WaitListEntry& e) { e.course = CourseId("c"); }), "wait_list_entry.course");
  EXPECT_EQ(refused([](WaitListEntry& e) { e.visit_type = {}; }), "wait_list_entry.course");
  EXPECT_EQ(refused([](WaitListEntry& e) { e.patient = {}; }), "wait_list_entry.patient");
  EXPECT_EQ(refused([](WaitListEntry& e) { e.latest_day = e.earliest_day - 1; }), "wait_list_entry.latest_date");
  EXPECT_EQ(refused([](WaitListEntry& e) { e.latest_day = e.earliest_day + 367; }), "wait_list_entry.latest_date");
  EXPECT_EQ(refused([](WaitListEntry& e) { e.offer_minutes = 4; }), "wait_list_entry.offer_minutes");
}

TEST(WaitList, ABookedVisitIsOfferedOnlyTimesThatEndBeforeItBegins) {
  const TimeSpan standing{sample::At(kDay, 12), sample::At(kDay, 13)};
  EXPECT_EQ(EarlierOf({sample::At(kDay, 10), sample::At(kDay, 11), sample::At(kDay, 11, 5), sample::At(kDay, 13)},
                      standing),
            (std::vector<absl::Time>{sample::At(kDay, 10), sample::At(kDay, 11)}));
}

TEST(WaitList, AnEntryMayBeForAnAppointmentAloneAndNeedsNoPatientThen) {
  WaitListEntry entry = Candidate("a", 1).entry;
  entry.appointment = AppointmentId("booked");
  EXPECT_ERROR(CompleteEntry(entry), Code::kInvalidArgument, "FIELD_INVALID");
  entry.visit_type = VisitTypeId();
  entry.patient = PatientId();
  EXPECT_OK(CompleteEntry(entry));
}

TEST(WaitList, OnlyAnOpenOfferCanBeAnsweredAndOnlyInTime) {
  const absl::Time now = sample::At(kDay, 8);
  WaitListOffer offer{.expires_at = now + absl::Minutes(1)};
  EXPECT_OK(CheckOpen(offer, now));
  EXPECT_ERROR(CheckOpen(offer, offer.expires_at), Code::kFailedPrecondition, "OFFER_EXPIRED");
  offer.state = OfferState::kAccepted;
  EXPECT_ERROR(CheckOpen(offer, now), Code::kFailedPrecondition, "OFFER_TAKEN");
  offer.state = OfferState::kDeclined;
  EXPECT_ERROR(CheckOpen(offer, now), Code::kFailedPrecondition, "OFFER_DECLINED");
  offer.state = OfferState::kExpired;
  EXPECT_ERROR(CheckOpen(offer, now), Code::kFailedPrecondition, "OFFER_EXPIRED");
}

}  // namespace
}  // namespace kat::scheduling
