#include "services/scheduling/domain/protocol_change.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

// A Spravato course with its induction booked on Mondays and Thursdays.
class ProtocolChangeTest : public ::testing::Test {
 protected:
  ProtocolChangeTest() {
    course_.blocks = {{.number = 1, .phases = {"induction"}}};
    for (int i = 0; i < 8; ++i) {
      const absl::Time start = sample::At(kMonday + 7 * (i / 2) + 3 * (i % 2), 9);
      appointments_.push_back({.id = AppointmentId(absl::StrCat("a", i + 1)),
                               .visit_id = absl::StrCat("dose-", i + 1),
                               .time = {start, start + absl::Minutes(150)}});
      appointments_.back().state = i == 0 ? AppointmentState::kCompleted : AppointmentState::kBooked;
    }
    to_ = from_;
    to_.version = 2;
  }

  ProtocolChange Compare() {
    return CompareProtocols({clinic_, resources_, types_, from_, course_, appointments_, sample::At(kMonday, 12)}, to_);
  }

  static int Count(const ProtocolChange& change, VisitChangeKind kind) {
    return static_cast<int>(std::count_if(change.visits.begin(), change.visits.end(),
                                          [&](const VisitChange& visit) { return visit.kind == kind; }));
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_;
  VisitTypeMap types_;
  ProtocolVersion from_ = sample::MakeSpravatoProtocol();
  ProtocolVersion to_;
  Course course_ = sample::MakeCourse(from_, kMonday);
  std::vector<Appointment> appointments_;
};

TEST_F(ProtocolChangeTest, AVersionThatSaysTheSameKeepsEveryVisitAndBreaksNothing) {
  const ProtocolChange change = Compare();
  EXPECT_EQ(Count(change, VisitChangeKind::kKept), 16);
  EXPECT_EQ(change.visits.size(), 16u);
  EXPECT_EQ(change.visits[2].appointment, AppointmentId("a3"));
  EXPECT_EQ(change.visits[8].appointment, AppointmentId());
  EXPECT_TRUE(change.broken.empty());
  EXPECT_TRUE(CheckProtocolChange(course_, to_, change).ok());
}

TEST_F(ProtocolChangeTest, VisitsOfPhasesToComeAreAddedRemovedAndChanged) {
  to_.phases[1].visits[0].count = 6;
  ProtocolChange change = Compare();
  EXPECT_EQ(Count(change, VisitChangeKind::kAdded), 2);
  EXPECT_EQ(Count(change, VisitChangeKind::kChanged), 2);  // dose-13 and dose-14 are weekly now
  EXPECT_TRUE(CheckProtocolChange(course_, to_, change).ok());
  to_.phases.pop_back();
  to_.phases[1].visits[0].count = 2;
  change = Compare();
  EXPECT_EQ(Count(change, VisitChangeKind::kRemoved), 6);
  EXPECT_EQ(change.visits.back().visit.visit_id, "dose-16");
}

TEST_F(ProtocolChangeTest, GapsOfBookedVisitsThatAreNowOutOfRangeAreShown) {
  to_.phases[0].spacings[0].gap.min_days = 4;
  const ProtocolChange change = Compare();
  ASSERT_EQ(change.broken.size(), 4u);  // the four Mondays to Thursdays
  EXPECT_EQ(change.broken[0].kind, ReasonKind::kMinDays);
  EXPECT_EQ(change.broken[0].allowed, 4);
  EXPECT_EQ(change.broken[0].asked, 3);
  EXPECT_TRUE(CheckProtocolChange(course_, to_, change).ok());
}

TEST_F(ProtocolChangeTest, AGapThatWasOutOfRangeBeforeIsNoNews) {
  appointments_[1].time.start += absl::Hours(24 * 2);  // 5 days after the first and 2 before the third
  appointments_[2].time.start += absl::Hours(24 * 2);
  from_.phases[0].spacings[0].gap.max_days = 4;
  to_.phases[0].spacings[0].gap.max_days = 4;
  EXPECT_TRUE(Compare().broken.empty());
}

TEST_F(ProtocolChangeTest, ABookedPhaseThatTheNewVersionHasOtherwiseBlocksTheChange) {
  to_.phases[0].visits[0].count = 6;
  const ProtocolChange fewer = Compare();
  EXPECT_EQ(fewer.blocking_phases, std::vector<std::string>{"induction"});
  EXPECT_EQ(ErrorReason(CheckProtocolChange(course_, to_, fewer)), "BOOKED_PHASES_DIFFER");
  to_.phases[0].id = "start";
  EXPECT_EQ(Compare().blocking_phases, std::vector<std::string>{"induction"});
  course_.blocks[0].state = BlockState::kCancelled;
  EXPECT_TRUE(CheckProtocolChange(course_, to_, Compare()).ok());
}

TEST_F(ProtocolChangeTest, AChangeThatMakesNoSenseIsRefused) {
  EXPECT_EQ(CheckProtocolChange(course_, from_, Compare()).code(), absl::StatusCode::kInvalidArgument);
  course_.state = CourseState::kStopped;
  EXPECT_EQ(ErrorReason(CheckProtocolChange(course_, to_, Compare())), "STATE_FORBIDS");
  course_.state = CourseState::kActive;
  to_.program = "iv-ketamine";
  EXPECT_EQ(CheckProtocolChange(course_, to_, Compare()).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kat::scheduling
