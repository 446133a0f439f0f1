#include "services/scheduling/domain/course_decision.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/protocol_check.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

constexpr int kPsychiatrist = 4;  // kat.common.v1.ROLE_PSYCHIATRIST
constexpr int kNurse = 6;
const absl::CivilDay kMonday(2026, 11, 30);

// Induction, then decided: weekly, every two weeks, or the end; each of the two decided on again, going on as it is
// until then.
ProtocolVersion MakeProtocol() {
  ProtocolVersion protocol = sample::MakeSpravatoProtocol();
  protocol.phases[1].id = "weekly";
  protocol.phases[2].id = "biweekly";
  protocol.phases[2].open_ended = false;
  const std::vector<DecisionOption> options = {
      {"weekly", "Weekly", "weekly"}, {"biweekly", "Every two weeks", "biweekly"}, {"end", "End", ""}};
  protocol.phases[0].decision_point = {{kPsychiatrist}, options, ""};
  protocol.phases[1].decision_point = {{kPsychiatrist}, options, "weekly"};
  protocol.phases[2].decision_point = {{kPsychiatrist}, options, "biweekly"};
  return protocol;
}

class CourseDecisionTest : public ::testing::Test {
 protected:
  void Book(std::vector<std::string> phases, AppointmentState state = AppointmentState::kCompleted) {
    Block block{.number = static_cast<int>(course_.blocks.size()) + 1, .phases = std::move(phases)};
    Appointment appointment{.id = AppointmentId(block.phases.front()), .state = state};
    appointment.block = block.number;
    appointments_.push_back(appointment);
    course_.blocks.push_back(block);
  }

  absl::StatusOr<CourseDecision> Wish(const std::string& phase, const std::string& option,
                                      std::set<int> roles = {kPsychiatrist}) {
    return Decide(course_, protocol_, appointments_,
                  {.phase = phase, .option = option, .reason = "PHQ-9 halved", .decided_by = "dr", .roles = roles});
  }

  absl::Status Record(const std::string& phase, const std::string& option) {
    absl::StatusOr<CourseDecision> decision = Wish(phase, option);
    if (decision.ok()) course_.decisions.push_back(*decision);
    return decision.status();
  }

  ProtocolVersion protocol_ = MakeProtocol();
  Course course_ = sample::MakeCourse(protocol_, kMonday);
  std::vector<Appointment> appointments_;
};

TEST_F(CourseDecisionTest, NothingIsPlannedPastADecisionPointUntilSomebodyDecides) {
  EXPECT_EQ(ErrorReason(PhasesOfBlock(course_, protocol_, {"induction", "weekly"}).status()), "DECISION_PENDING");
  Book({"induction"});
  EXPECT_TRUE(NextOf(course_, protocol_).undecided);
  const absl::Status pending = PhasesOfBlock(course_, protocol_, {}).status();
  EXPECT_EQ(ErrorReason(pending), "DECISION_PENDING");
  EXPECT_EQ(GetErrorDetail(pending)->metadata.at("options"), "weekly,biweekly,end");
  ASSERT_TRUE(Record("induction", "biweekly").ok());
  EXPECT_EQ(*PhasesOfBlock(course_, protocol_, {}), std::vector<int>{2});
  EXPECT_FALSE(PhasesOfBlock(course_, protocol_, {"weekly"}).ok());
}

TEST_F(CourseDecisionTest, ADefaultIsPlannedProvisionallyAndADecisionForItSettlesIt) {
  Book({"induction"});
  ASSERT_TRUE(Record("induction", "weekly").ok());
  Book({"weekly"});
  EXPECT_TRUE(NextOf(course_, protocol_).provisional);
  Book({"weekly"}, AppointmentState::kBooked);
  EXPECT_EQ(ProvisionalBlocks(course_, protocol_), std::vector<int>{3});
  // The second weekly block has not begun: what is decided on is the first.
  EXPECT_EQ(ErrorReason(Record("weekly", "biweekly")), "FOLLOWING_BLOCK_STANDS");
  ASSERT_TRUE(Record("weekly", "weekly").ok());
  EXPECT_EQ(course_.decisions.back().occurrence, 1);
  EXPECT_TRUE(ProvisionalBlocks(course_, protocol_).empty());
}

TEST_F(CourseDecisionTest, ADecisionThatABookedBlockContradictsIsRefused) {
  Book({"induction"});
  ASSERT_TRUE(Record("induction", "weekly").ok());
  Book({"weekly"});
  EXPECT_EQ(ErrorReason(Record("induction", "biweekly")), "FOLLOWING_BLOCK_STANDS");
  EXPECT_TRUE(Record("induction", "weekly").ok());
}

TEST_F(CourseDecisionTest, ADecisionMayBeChangedUntilWhatFollowsIsBooked) {
  Book({"induction"});
  ASSERT_TRUE(Record("induction", "end").ok());
  EXPECT_EQ(ErrorReason(PhasesOfBlock(course_, protocol_, {}).status()), "COURSE_BOOKED");
  ASSERT_TRUE(Record("induction", "biweekly").ok());
  EXPECT_EQ(NextOf(course_, protocol_).phase, 2);
  EXPECT_EQ(course_.decisions.back().number, 2);
}

TEST_F(CourseDecisionTest, EachTimeThatAPhaseComesIsDecidedOnAnew) {
  Book({"induction"});
  ASSERT_TRUE(Record("induction", "weekly").ok());
  Book({"weekly"});
  ASSERT_TRUE(Record("weekly", "weekly").ok());
  Book({"weekly"});
  ASSERT_TRUE(Record("weekly", "biweekly").ok());
  EXPECT_EQ(course_.decisions.back().occurrence, 2);
  EXPECT_EQ(NextOf(course_, protocol_).phase, 2);
}

TEST_F(CourseDecisionTest, OnlyARoleOfTheDecisionPointDecides) {
  Book({"induction"});
  EXPECT_EQ(ErrorReason(Wish("induction", "weekly", {kNurse}).status()), "ROLE_FORBIDS");
  EXPECT_EQ(Wish("induction", "weekly", {kNurse, kPsychiatrist})->role, kPsychiatrist);
}

TEST_F(CourseDecisionTest, AWishThatMakesNoSenseIsRefused) {
  Book({"induction"});
  EXPECT_EQ(Wish("induction", "monthly").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Wish("other", "weekly").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(Wish("weekly", "weekly").status()), "DECISION_NOT_DUE");
  course_.state = CourseState::kStopped;
  EXPECT_EQ(ErrorReason(Wish("induction", "weekly").status()), "STATE_FORBIDS");
}

TEST_F(CourseDecisionTest, EveryFaultOfADecisionPointIsListed) {
  const VisitDurations types = {{VisitTypeId("spravato"), 150}};
  EXPECT_TRUE(ValidateProtocol(protocol_, types).ok());
  protocol_.phases[0].decision_point->options[1].id = "weekly";
  protocol_.phases[0].decision_point->options[1].next_phase = "monthly";
  protocol_.phases[1].decision_point->default_option = "monthly";
  protocol_.phases[1].decision_point->roles = {kNurse};
  protocol_.phases[2].open_ended = true;
  EXPECT_EQ(GetErrorDetail(ValidateProtocol(protocol_, types))->fields.size(), 5u);
}

TEST_F(CourseDecisionTest, APhaseThatNothingLeadsToIsRefused) {
  for (Phase& phase : protocol_.phases) {
    if (phase.decision_point) phase.decision_point->options.erase(phase.decision_point->options.begin() + 1);
  }
  protocol_.phases[2].decision_point->default_option = "";
  const absl::Status status = ValidateProtocol(protocol_, {{VisitTypeId("spravato"), 150}});
  ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status)->fields.at(0).field, "protocol_version.phases[2]");
}

TEST_F(CourseDecisionTest, ManyOptionsThatLeadToOnePhaseAreOneWay) {
  for (Phase& phase : protocol_.phases) {
    for (int i = 0; i < 6; ++i) {
      phase.decision_point->options.push_back({absl::StrCat("weekly-", i), "", "weekly"});
    }
  }
  EXPECT_TRUE(ValidateProtocol(protocol_, {{VisitTypeId("spravato"), 150}}).ok());
}

TEST_F(CourseDecisionTest, PhasesThatAllLeadToEachOtherHaveTooManyWays) {
  for (int i = 0; i < 4; ++i) {
    Phase more = protocol_.phases[2];
    more.id = absl::StrCat("more-", i);
    protocol_.phases.push_back(more);
  }
  std::vector<DecisionOption> options;
  for (const Phase& phase : protocol_.phases) options.push_back({phase.id, "", phase.id});
  for (Phase& phase : protocol_.phases) phase.decision_point = {{kPsychiatrist}, options, ""};
  const absl::Status status = ValidateProtocol(protocol_, {{VisitTypeId("spravato"), 150}});
  ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status)->fields.at(0).field, "protocol_version.phases");
}

TEST_F(CourseDecisionTest, AContradictionOnOneWayIsFound) {
  // From every two weeks back to weekly: the last dose before would be at least 60 days off by one rule, 9 by another.
  protocol_.phases[1].spacings.push_back({"dose", 4, {.min_days = 60}});
  EXPECT_EQ(ErrorReason(ValidateProtocol(protocol_, {{VisitTypeId("spravato"), 150}})), "PROTOCOL_UNSATISFIABLE");
}

}  // namespace
}  // namespace kat::scheduling
