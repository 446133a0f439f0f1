#include "services/scheduling/domain/course.h"

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

Course SpravatoCourse(std::vector<Block> blocks) {
  Course course = sample::MakeCourse(sample::MakeSpravatoProtocol(), kMonday);
  course.blocks = std::move(blocks);
  return course;
}

TEST(CourseTest, TheFirstBlockIsTheFirstPhase) {
  EXPECT_EQ(*PhasesOfBlock(SpravatoCourse({}), sample::MakeSpravatoProtocol(), {}), (std::vector<int>{0}));
}

TEST(CourseTest, ABlockMayHaveSeveralPhasesInOrder) {
  const Course course = SpravatoCourse({});
  EXPECT_EQ(*PhasesOfBlock(course, sample::MakeSpravatoProtocol(), {"induction", "weekly"}), (std::vector<int>{0, 1}));
  EXPECT_FALSE(PhasesOfBlock(course, sample::MakeSpravatoProtocol(), {"weekly"}).ok());
  EXPECT_FALSE(PhasesOfBlock(course, sample::MakeSpravatoProtocol(), {"induction", "maintenance"}).ok());
}

TEST(CourseTest, MaintenanceComesBlockByBlock) {
  const Course course = SpravatoCourse({{.number = 1, .phases = {"induction", "weekly", "maintenance"}}});
  EXPECT_EQ(NextOf(course, sample::MakeSpravatoProtocol()).phase, 2);
  EXPECT_EQ(CountBooked(course, sample::MakeSpravatoProtocol()).at("dose"), 16);
}

TEST(CourseTest, ACancelledBlockIsBookedAgain) {
  const Course course = SpravatoCourse({{.number = 1, .phases = {"induction"}, .state = BlockState::kCancelled}});
  EXPECT_EQ(NextOf(course, sample::MakeSpravatoProtocol()).phase, 0);
  EXPECT_TRUE(CountBooked(course, sample::MakeSpravatoProtocol()).empty());
}

TEST(CourseTest, AProtocolThatIsBookedToItsEndHasNoNextBlock) {
  Course course = sample::MakeCourse(sample::MakeIvProtocol(), kMonday);
  course.blocks = {{.number = 1, .phases = {"induction"}}};
  EXPECT_EQ(ErrorReason(PhasesOfBlock(course, sample::MakeIvProtocol(), {}).status()), "COURSE_BOOKED");
}

TEST(CourseTest, AStoppedCourseIsNotPlanned) {
  Course course = SpravatoCourse({});
  course.state = CourseState::kStopped;
  EXPECT_EQ(ErrorReason(PhasesOfBlock(course, sample::MakeSpravatoProtocol(), {}).status()), "STATE_FORBIDS");
}

}  // namespace
}  // namespace kat::scheduling
