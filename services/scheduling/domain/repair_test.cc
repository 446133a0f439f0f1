#include "services/scheduling/domain/repair.h"

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);
const absl::Time kNow = sample::At(absl::CivilDay(2026, 11, 23), 12);

Assignment Of(const char* role, const char* resource) { return {role, ResourceKey(resource)}; }

RepairOption OptionOf(absl::Time from, absl::Time to, const char* nurse_before, const char* nurse_after) {
  return {.moves = {{.appointment = AppointmentId("a"),
                     .current_start = from,
                     .current_assignments = {Of("nurse", nurse_before), Of("clinician", "staff/carla")},
                     .start = to,
                     .assignments = {Of("nurse", nurse_after), Of("clinician", "staff/carla")}}}};
}

TEST(AbsenceTest, DaysInPartAndWholeDaysBetweenAreSaidApart) {
  const Clinic clinic = sample::MakeClinic();
  const Absence absence{ResourceKey("staff/nora"), {sample::At(kMonday, 13), sample::At(kMonday + 3, 10, 30)}, "ill"};
  const auto exceptions = ExceptionsOf(absence, clinic.Zone());
  ASSERT_EQ(exceptions.size(), 3u);
  EXPECT_EQ(exceptions[0].minutes, (Span{13 * 60, 1440}));
  EXPECT_EQ(exceptions[1].from, kMonday + 1);
  EXPECT_EQ(exceptions[1].until, kMonday + 3);
  EXPECT_EQ(exceptions[2].minutes, (Span{0, 10 * 60 + 30}));
  Resource nora = sample::AsMap(sample::MakeResources())[absence.resource];
  EXPECT_TRUE(OnDutyWithin(nora, clinic, absence.time));
  nora = WithAbsence(nora, clinic, absence);
  EXPECT_FALSE(OnDutyWithin(nora, clinic, absence.time));
  EXPECT_TRUE(OnDutyWithin(nora, clinic, {sample::At(kMonday, 12), sample::At(kMonday, 13)}));
  EXPECT_EQ(WithAbsence(nora, clinic, absence).availability.exceptions.size(), 3u);  // said once
}

TEST(AbsenceTest, AnAbsenceThatEndsAtMidnightLeavesTheNextDayAlone) {
  const Absence absence{ResourceKey("staff/nora"), {sample::At(kMonday, 0), sample::At(kMonday + 1, 0)}, ""};
  const auto exceptions = ExceptionsOf(absence, sample::MakeClinic().Zone());
  ASSERT_EQ(exceptions.size(), 1u);
  EXPECT_EQ(exceptions[0].minutes, (Span{0, 1440}));
  EXPECT_EQ(exceptions[0].until, kMonday + 1);
}

TEST(RepairTest, WhoIsToldAreThoseWhoseDayChanges) {
  const absl::Time nine = sample::At(kMonday, 9);
  const std::set<ResourceKey> swapped = StaffToTell(OptionOf(nine, nine, "staff/nora", "staff/ned"));
  EXPECT_EQ(swapped, (std::set<ResourceKey>{ResourceKey("staff/nora"), ResourceKey("staff/ned")}));
  const std::set<ResourceKey> moved = StaffToTell(OptionOf(nine, sample::At(kMonday, 11), "staff/nora", "staff/nora"));
  EXPECT_EQ(moved, (std::set<ResourceKey>{ResourceKey("staff/nora"), ResourceKey("staff/carla")}));
}

TEST(RepairTest, PartsThatNeedItComeFirstAndTheLeastDisruptionBeforeMore) {
  std::vector<RepairPart> parts(3);
  const int64_t costs[] = {40, 3, 1};
  for (int i = 0; i < 3; ++i) {
    parts[i].course = CourseId(std::string(1, static_cast<char>('a' + i)));
    parts[i].options = {
        {.cost = 100 - costs[i], .terms = {{CostKind::kGap, 1, 60, ""}, {CostKind::kMove, 1, costs[i], ""}}}};
  }
  parts[2].makes_way = true;
  RankParts(parts);
  EXPECT_EQ(parts[0].Id(), "b");
  EXPECT_EQ(parts[1].Id(), "a");
  EXPECT_EQ(parts[2].Id(), "c");
}

TEST(RepairTest, APartIsAppliedOnceAndTheRepairWhenAllAre) {
  Repair repair;
  for (const char* id : {"a", "b"}) repair.parts.push_back({.course = CourseId(id), .options = {{}, {}}});
  EXPECT_EQ(ErrorReason(MarkApplied(repair, "x", 0, kNow)), "FIELD_INVALID");
  EXPECT_EQ(ErrorReason(MarkApplied(repair, "a", 2, kNow)), "FIELD_INVALID");
  EXPECT_TRUE(MarkApplied(repair, "a", 1, kNow).ok());
  EXPECT_EQ(repair.state, RepairState::kPartlyApplied);
  EXPECT_EQ(ErrorReason(MarkApplied(repair, "a", 0, kNow)), "STATE_FORBIDS");
  EXPECT_TRUE(MarkApplied(repair, "b", 0, kNow).ok());
  EXPECT_EQ(repair.state, RepairState::kApplied);
}

TEST(RepairTest, TermsOfSeveralPartsAddUp) {
  RepairPart part{.options = {{.terms = {{CostKind::kMove, 1, 25, "1 appointments that get another time"}}}}};
  const std::vector<CostTerm> sum = SumTerms({part, part});
  ASSERT_EQ(sum.size(), 1u);
  EXPECT_EQ(sum[0].count, 2);
  EXPECT_EQ(sum[0].cost, 50);
  EXPECT_EQ(sum[0].explanation, "2 appointments that get another time");
}

TEST(RepairTest, AnAbsenceInThePastOrBackwardsIsRefused) {
  Absence absence{ResourceKey("staff/nora"), {kNow, kNow}, ""};
  EXPECT_EQ(ErrorReason(ValidateTrigger(absence, kNow)), "FIELD_INVALID");
  absence.time = {kNow - absl::Hours(4), kNow - absl::Hours(2)};
  EXPECT_EQ(ErrorReason(ValidateTrigger(absence, kNow)), "FIELD_INVALID");
  absence.time.end = kNow + absl::Hours(2);
  EXPECT_TRUE(ValidateTrigger(absence, kNow).ok());
  const absl::CivilDay today(2026, 11, 23);
  EXPECT_EQ(ErrorReason(ValidateTrigger(CourseShift{CourseId("c"), "", today, today}, kNow)), "FIELD_INVALID");
  EXPECT_EQ(ErrorReason(ValidateTrigger(CourseShift{CourseId("c"), "", today, today + 93}, kNow)), "FIELD_INVALID");
}

}  // namespace
}  // namespace kat::scheduling
