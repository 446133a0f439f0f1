#include "services/scheduling/domain/improvement.h"

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kToday(2026, 11, 23);
const absl::Time kNow = sample::At(kToday, 12);

ImprovementWish Wish(int notice_days = 2) {
  ImprovementWish wish{.notice_days = notice_days};
  EXPECT_TRUE(CompleteWish(sample::MakeClinic(), std::nullopt, std::nullopt, kNow, wish).ok());
  return wish;
}

Appointment At(absl::CivilDay day, const char* course = "c") {
  return {.id = AppointmentId("a"), .course = CourseId(course), .time = {sample::At(day, 9), sample::At(day, 11)}};
}

bool May(const Appointment& appointment, const ImprovementWish& wish = Wish()) {
  return MayImprove(wish, sample::MakeClinic(), appointment, kNow);
}

TEST(ImprovementWishTest, ItsDaysBeginAfterTheNoticeAndEndFourWeeksLater) {
  const ImprovementWish wish = Wish();
  EXPECT_EQ(wish.first_day, kToday + 3);
  EXPECT_EQ(wish.end_day, kToday + 3 + 28);
  ImprovementWish early{};
  EXPECT_TRUE(CompleteWish(sample::MakeClinic(), kToday, kToday + 10, kNow, early).ok());
  EXPECT_EQ(early.first_day, kToday + 3);
  EXPECT_EQ(early.end_day, kToday + 10);
}

TEST(ImprovementWishTest, DaysOutOfOrderOrReachOrTooManyAreRefusedByField) {
  const auto field = [](std::optional<absl::CivilDay> first, std::optional<absl::CivilDay> end) {
    ImprovementWish wish;
    const auto detail = GetErrorDetail(CompleteWish(sample::MakeClinic(), first, end, kNow, wish));
    return detail && !detail->fields.empty() ? detail->fields[0].field : "";
  };
  EXPECT_EQ(field(std::nullopt, kToday + 3), "improvement.end_date");
  EXPECT_EQ(field(kToday + 10, kToday + 10 + 93), "improvement.end_date");
  EXPECT_EQ(field(kToday + 1000, std::nullopt), "improvement.start_date");
}

TEST(MayImproveTest, OnlyVisitsOfCoursesThatAreComingAndNotPinnedMayMove) {
  EXPECT_TRUE(May(At(kToday + 3)));
  EXPECT_FALSE(May(At(kToday)));
  EXPECT_FALSE(May(At(kToday + 2)));      // within the notice
  EXPECT_FALSE(May(At(kToday + 31)));     // past its days
  EXPECT_FALSE(May(At(kToday + 3, "")));  // by itself
  Appointment pinned = At(kToday + 3);
  pinned.pinned = true;
  EXPECT_FALSE(May(pinned));
  for (AppointmentState state : {AppointmentState::kCheckedIn, AppointmentState::kCompleted,
                                 AppointmentState::kCancelled, AppointmentState::kNoShow}) {
    Appointment other = At(kToday + 3);
    other.state = state;
    EXPECT_FALSE(May(other)) << StateName(state);
  }
  ImprovementWish keeps = Wish();
  keeps.keep = {CourseId("c")};
  EXPECT_FALSE(May(At(kToday + 3), keeps));
}

// Courses a and b of one group, of which b may go alone, and c by itself.
Improvement Ready() {
  Improvement improvement{.wish = Wish(), .state = ImprovementState::kReady};
  for (const char* course : {"a", "b", "c"}) {
    ImprovementPart part{
        .part = {.course = CourseId(course)}, .group = *course == 'c' ? 2 : 1, .alone = *course != 'a'};
    part.part.options = {{.moves = {{.current_start = sample::At(kToday + 5, 9), .start = sample::At(kToday + 4, 9)}}}};
    improvement.parts.push_back(part);
  }
  return improvement;
}

size_t Count(const Improvement& improvement, const std::vector<CourseId>& courses) {
  const auto chosen = ChooseParts(ClinicId("lakeside"), improvement, courses);
  return chosen.ok() ? chosen->size() : 0;
}

TEST(ChoosePartsTest, WithoutACourseItIsAllThatWasNotAppliedYet) {
  Improvement improvement = Ready();
  EXPECT_EQ(Count(improvement, {}), 3u);
  MarkApplied(improvement, {CourseId("b")}, kNow);
  EXPECT_EQ(improvement.state, ImprovementState::kPartlyApplied);
  EXPECT_EQ(Count(improvement, {}), 2u);
  MarkApplied(improvement, {CourseId("a"), CourseId("c")}, kNow);
  EXPECT_EQ(improvement.state, ImprovementState::kApplied);
  EXPECT_EQ(ErrorReason(ChooseParts(ClinicId("lakeside"), improvement, {}).status()), "STATE_FORBIDS");
}

TEST(ChoosePartsTest, APartThatNeedsAnotherIsRefusedWithoutItAndSaysWhich) {
  Improvement improvement = Ready();
  const absl::Status refused = ChooseParts(ClinicId("lakeside"), improvement, {CourseId("a")}).status();
  EXPECT_EQ(ErrorReason(refused), "PARTS_NEEDED");
  ASSERT_EQ(GetErrorDetail(refused)->preconditions.size(), 1u);
  EXPECT_EQ(GetErrorDetail(refused)->preconditions[0].subject, "clinics/lakeside/courses/b");
  EXPECT_EQ(Count(improvement, {CourseId("b")}), 1u);
  EXPECT_EQ(Count(improvement, {CourseId("a"), CourseId("b")}), 2u);
  MarkApplied(improvement, {CourseId("b")}, kNow);
  EXPECT_EQ(Count(improvement, {CourseId("a")}), 1u);
}

TEST(ChoosePartsTest, CoursesThatItDoesNotMoveOrThatWereAppliedOrNamedTwiceAreRefused) {
  Improvement improvement = Ready();
  const auto reason = [&](const std::vector<CourseId>& courses) {
    return ErrorReason(ChooseParts(ClinicId("lakeside"), improvement, courses).status());
  };
  EXPECT_EQ(reason({CourseId("x")}), "FIELD_INVALID");
  EXPECT_EQ(reason({CourseId("c"), CourseId("c")}), "FIELD_INVALID");
  MarkApplied(improvement, {CourseId("c")}, kNow);
  EXPECT_EQ(reason({CourseId("c")}), "STATE_FORBIDS");
  improvement.state = ImprovementState::kRunning;
  EXPECT_EQ(reason({}), "STATE_FORBIDS");
  improvement = {.state = ImprovementState::kReady};
  EXPECT_EQ(reason({}), "STATE_FORBIDS");
}

TEST(NoticeTest, APartIsTooLateOnceEitherOfItsDaysIsWithinTheNotice) {
  const Improvement improvement = Ready();  // from day 5 to day 4
  const auto late = [&](absl::CivilDay day) {
    return IsWithinNotice(improvement.wish, sample::MakeClinic(), improvement.parts[0], sample::At(day, 12));
  };
  EXPECT_FALSE(late(kToday));
  EXPECT_FALSE(late(kToday + 1));
  EXPECT_TRUE(late(kToday + 2));
}

}  // namespace
}  // namespace kat::scheduling
