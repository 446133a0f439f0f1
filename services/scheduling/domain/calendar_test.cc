#include "services/scheduling/domain/calendar.h"

#include "gtest/gtest.h"
#include "services/scheduling/domain/absence.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/on_call.h"
#include "services/scheduling/domain/resource.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 23);
const absl::CivilDay kThanksgiving(2026, 11, 26);

TEST(CalendarTest, AResourceWithoutHoursWorksWhenTheClinicIsOpen) {
  EXPECT_EQ(WorkingMinutes({}, sample::MakeClinic(), kMonday), (std::vector<Span>{{480, 1080}}));
  EXPECT_TRUE(WorkingMinutes({}, sample::MakeClinic(), kMonday + 6).empty());
}

TEST(CalendarTest, ItsOwnHoursCountWhileTheyAreInEffect) {
  Availability availability;
  availability.weekly = {{.weekday = absl::Weekday::monday, .minutes = {540, 720}, .effective_until = kMonday + 7},
                         {.weekday = absl::Weekday::monday, .minutes = {750, 900}}};
  EXPECT_EQ(WorkingMinutes(availability, sample::MakeClinic(), kMonday), (std::vector<Span>{{540, 720}, {750, 900}}));
  EXPECT_EQ(WorkingMinutes(availability, sample::MakeClinic(), kMonday + 7), (std::vector<Span>{{750, 900}}));
}

TEST(CalendarTest, NobodyWorksOnAHolidayUnlessAnExceptionSaysSo) {
  Availability availability;
  EXPECT_TRUE(WorkingMinutes(availability, sample::MakeClinic(), kThanksgiving).empty());
  availability.exceptions = {{kThanksgiving, kThanksgiving + 1, {600, 660}, /*available=*/true, "emergency"}};
  EXPECT_EQ(WorkingMinutes(availability, sample::MakeClinic(), kThanksgiving), (std::vector<Span>{{600, 660}}));
}

TEST(CalendarTest, TimeOffWinsOverExtraHours) {
  Availability availability;
  availability.exceptions = {{kMonday, kMonday + 1, {1080, 1200}, true, "late clinic"},
                             {kMonday, kMonday + 3, {720, 1140}, false, "training"}};
  EXPECT_EQ(WorkingMinutes(availability, sample::MakeClinic(), kMonday), (std::vector<Span>{{480, 720}, {1140, 1200}}));
}

TEST(CalendarTest, TheHourOfAClockChangeIsCutOut) {
  Availability nights;
  nights.weekly = {{.weekday = absl::Weekday::sunday, .minutes = {0, 360}}};
  EXPECT_EQ(WorkingMinutes(nights, sample::MakeClinic(), absl::CivilDay(2026, 11, 1)),
            (std::vector<Span>{{0, 60}, {120, 360}}));
  EXPECT_EQ(WorkingMinutes(nights, sample::MakeClinic(), absl::CivilDay(2027, 3, 14)),
            (std::vector<Span>{{0, 120}, {180, 360}}));
}

TEST(CalendarTest, SpansThatMeetAtMidnightAreOneOnTheLine) {
  Availability availability;
  availability.weekly = {{.weekday = absl::Weekday::monday, .minutes = {1200, 1440}},
                         {.weekday = absl::Weekday::tuesday, .minutes = {0, 120}}};
  EXPECT_EQ(WorkingLine(availability, sample::MakeClinic(), kMonday, 2), (std::vector<Span>{{1200, 1560}}));
}

TEST(CalendarTest, TimeOnCallIsBesideWorkHolidaysIncludedAndTimeOffEndsIt) {
  Availability availability;
  availability.weekly = {{.weekday = absl::Weekday::monday, .minutes = {540, 1020}}};
  availability.on_call = {{.weekday = absl::Weekday::monday, .minutes = {480, 1440}},
                          {.weekday = absl::Weekday::tuesday, .minutes = {0, 420}, .effective_until = kMonday + 8}};
  Clinic clinic = sample::MakeClinic();
  EXPECT_EQ(OnCallLine(availability, clinic, kMonday, 2), (std::vector<Span>{{480, 540}, {1020, 1440 + 420}}));
  EXPECT_EQ(OnCallLine(availability, clinic, kMonday + 8, 1), std::vector<Span>());  // no longer on Tuesdays
  clinic.holidays[kMonday] = "Holiday";
  EXPECT_EQ(OnCallLine(availability, clinic, kMonday, 1), (std::vector<Span>{{480, 1440}}));
  availability.exceptions = {{.from = kMonday, .until = kMonday + 1, .minutes = {480, 600}},
                             {.from = kMonday, .until = kMonday + 1, .minutes = {700, 800}, .available = true}};
  EXPECT_EQ(OnCallLine(availability, clinic, kMonday, 1), (std::vector<Span>{{600, 700}, {800, 1440}}));
  availability.on_call[0].minutes = {600, 600};
  EXPECT_FALSE(ValidateAvailability(availability, "staff.availability").ok());
}

TEST(OnCallTest, WhoCouldBeCalledInHasTheTagAndIsOnCallForAllThatTheRoleDoes) {
  const Clinic clinic = sample::MakeClinic();
  const VisitRole role{.role = "nurse", .tag = "rn", .segments = {{0, 15, 12}, {60, 120, 3}}};
  Resource nurse{.key = ResourceKey("staff/nina"), .kind = ResourceKind::kStaff, .tags = {{.tag = "rn"}}};
  nurse.availability.weekly = {{.weekday = absl::Weekday::sunday, .minutes = {540, 600}}};
  nurse.availability.on_call = {{.weekday = absl::Weekday::monday, .minutes = {600, 720}}};
  const auto asked = [&](int hour) { return OnCallFor(role, sample::At(kMonday, hour), clinic, {{nurse.key, nurse}}); };
  EXPECT_EQ(asked(10), std::vector<ResourceKey>{nurse.key});
  EXPECT_EQ(asked(11), std::vector<ResourceKey>());  // until one o'clock, and she ends at noon
  nurse.tags[0].valid_until = kMonday;
  EXPECT_EQ(asked(10), std::vector<ResourceKey>());
}

TEST(OnCallTest, WhoIsOnCallOnlyCanBeAbsentToo) {
  Resource nurse{.key = ResourceKey("staff/nina"), .kind = ResourceKind::kStaff};
  nurse.availability.weekly = {{.weekday = absl::Weekday::sunday, .minutes = {540, 600}}};
  nurse.availability.on_call = {{.weekday = absl::Weekday::monday, .minutes = {600, 720}}};
  const Absence ill{nurse.key, {sample::At(kMonday, 8), sample::At(kMonday, 18)}, "ill"};
  const Resource without = WithAbsence(nurse, sample::MakeClinic(), ill);
  EXPECT_EQ(OnCallLine(without.availability, sample::MakeClinic(), kMonday, 1), std::vector<Span>());
}

TEST(CalendarTest, HoursThatEndBeforeTheyStartAreRefused) {
  Availability availability;
  availability.weekly = {{.weekday = absl::Weekday::monday, .minutes = {600, 600}}};
  EXPECT_FALSE(ValidateAvailability(availability, "room.availability").ok());
}

TEST(ResourceTest, ALicenceIsGoneTheDayAfterItsLast) {
  Resource nurse{.tags = {{.tag = "rn", .valid_until = kMonday + 1}}};
  EXPECT_TRUE(nurse.HasTag("rn", kMonday));
  EXPECT_FALSE(nurse.HasTag("rn", kMonday + 1));
}

}  // namespace
}  // namespace kat::scheduling
