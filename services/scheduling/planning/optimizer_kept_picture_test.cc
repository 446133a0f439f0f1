#include "services/scheduling/planning/optimizer_kept_picture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/scheduling/planning/optimizer_planner.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);
const ResourceKey kRoom("rooms/infusion-1");

// One infusion, in a picture that begins before and ends after the days that are asked for.
class OptimizerKeptPictureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto kept = planner_.Keep(clinic_, resources_, types_, kMonday - 10, 100);
    ASSERT_TRUE(kept.ok()) << kept.status();
    kept_ = *std::move(kept);
  }

  PlanningQuestion Question() const {
    PlanningQuestion question{.earliest_day = kMonday, .max_plans = 3};
    question.visits = {{.visit_id = "infusion", .type = VisitTypeId("iv-infusion")}};
    return question;
  }
  PlanningAnswer Ask(const PlanningQuestion& question, int days = 14,
                     const std::vector<PatientTime>& patient_times = {}) {
    const auto answer = kept_->Plan({now_, kMonday, days, patient_times}, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(PlanningAnswer());
  }
  absl::Time FirstStart(int days = 14, const std::vector<PatientTime>& patient_times = {}) {
    const PlanningAnswer answer = Ask(Question(), days, patient_times);
    return answer.plans.empty() ? absl::InfiniteFuture() : answer.plans[0].visits[0].start;
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_ = sample::AsMap(sample::MakeResources());
  VisitTypeMap types_ = sample::AsMap(sample::MakeVisitTypes());
  absl::Time now_ = sample::At(kMonday - 7, 12);
  OptimizerPlanner planner_;
  std::unique_ptr<KeptPicture> kept_;
};

TEST_F(OptimizerKeptPictureTest, NothingStartsBeforeTheDaysOrTheInstantAskedFor) {
  EXPECT_EQ(FirstStart(), sample::At(kMonday, 8));
  now_ = sample::At(kMonday, 12);
  EXPECT_GT(FirstStart(), now_);
}

TEST_F(OptimizerKeptPictureTest, NothingStartsAfterTheDaysAskedFor) {
  for (int day = 0; day < 2; ++day) {
    for (const char* room : {"rooms/infusion-1", "rooms/infusion-2"}) {
      kept_->Add(ResourceKey(room), {sample::At(kMonday + day, 0), sample::At(kMonday + day, 23)}, 1);
    }
  }
  EXPECT_EQ(FirstStart(2), absl::InfiniteFuture());
  EXPECT_EQ(FirstStart(3), sample::At(kMonday + 2, 8));
  EXPECT_EQ(FirstStart(2), absl::InfiniteFuture());
}

TEST_F(OptimizerKeptPictureTest, ALoadThatIsTakenAwayLeavesNoTrace) {
  const absl::Time before = FirstStart();
  const TimeSpan morning{sample::At(kMonday, 7), sample::At(kMonday, 13)};
  const ResourceKey carla("staff/carla");
  kept_->Add(carla, morning, 12);
  EXPECT_GE(FirstStart(), morning.end - absl::Minutes(15));
  kept_->Remove(carla, morning, 12);
  EXPECT_EQ(FirstStart(), before);
  kept_->Add(ResourceKey("rooms/nowhere"), morning, 1);
  EXPECT_EQ(FirstStart(), before);
}

TEST_F(OptimizerKeptPictureTest, APatientsTimeIsForgottenWithTheQuestion) {
  const std::vector<PatientTime> busy = {{"appointments/x", {sample::At(kMonday, 8), sample::At(kMonday, 12)}}};
  EXPECT_EQ(FirstStart(14, busy), sample::At(kMonday, 12));
  EXPECT_EQ(FirstStart(), sample::At(kMonday, 8));
}

TEST_F(OptimizerKeptPictureTest, AVisitStandsWithAResourceThatIsRetiredSince) {
  resources_.at(ResourceKey("staff/ned")).retired = true;
  SetUp();
  PlanningQuestion question = Question();
  question.visits.push_back(
      {.visit_id = "before",
       .type = VisitTypeId("iv-infusion"),
       .current = VisitToPlan::Standing{sample::At(kMonday - 5, 9), {{"nurse", ResourceKey("staff/ned")}}},
       .fixed = true});
  question.preferences.continuity_roles = {"nurse"};
  const PlanningAnswer answer = Ask(question);
  ASSERT_FALSE(answer.plans.empty());
  const auto& terms = answer.plans[0].terms;
  EXPECT_TRUE(std::any_of(terms.begin(), terms.end(),
                          [](const CostTerm& term) { return term.kind == CostKind::kHandoff && term.count == 1; }));
}

}  // namespace
}  // namespace kat::scheduling
