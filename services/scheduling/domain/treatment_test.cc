#include "services/scheduling/domain/treatment.h"

#include "gtest/gtest.h"

namespace kat::scheduling {
namespace {

const absl::Time kNine = absl::FromUnixSeconds(1'800'000'000);
constexpr Monitoring kSpravato{.observation_minutes = 120,
                               .baseline_systolic_max = 140,
                               .baseline_diastolic_max = 90,
                               .post_dose_vitals_required = true};

class Treatment : public ::testing::Test {
 protected:
  static absl::Time At(int minute) { return kNine + absl::Minutes(minute); }
  absl::Status Vitals(VitalSigns::Point point, int minute, int systolic = 120, int diastolic = 80) {
    return AddVitalSigns(
        record_, {.point = point, .measured_at = At(minute), .systolic = systolic, .diastolic = diastolic}, At(minute));
  }
  absl::Status Give(int minute, bool last = true, std::optional<PressureDecision> decision = std::nullopt) {
    return AddDose(record_, {.drug = "esketamine", .amount_micrograms = 56000, .given_at = At(minute)}, last, decision,
                   kSpravato, At(minute));
  }
  absl::Status Leave(int minute, std::string short_reason = "", bool stable = true) {
    return DischargePatient(
        record_,
        {.monitoring_end_at = At(minute), .stable = stable, .short_observation_reason = std::move(short_reason)},
        kSpravato, At(minute), "clinics/a/appointments/b");
  }
  std::vector<std::string> Unmet(const absl::Status& status) {
    std::vector<std::string> types;
    for (const PreconditionViolation& v : GetErrorDetail(status).value_or(ErrorDetail{}).preconditions)
      types.push_back(v.type);
    return types;
  }
  TreatmentRecord record_ =
      OpenRecord({.id = AppointmentId("b"), .session_number = 1}, {}, ResourceKey("staff/nurse"), kNine);
};

TEST_F(Treatment, GoesFromCheckInToDischarge) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Give(10, false).ok());
  EXPECT_EQ(record_.state, TreatmentState::kTreating);
  ASSERT_TRUE(Give(15).ok());
  EXPECT_EQ(record_.state, TreatmentState::kObserving);
  ASSERT_TRUE(Vitals(VitalSigns::Point::kPostDose, 55).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBeforeDischarge, 129).ok());
  ASSERT_TRUE(Leave(130).ok());
  EXPECT_EQ(record_.state, TreatmentState::kCompleted);
}

TEST_F(Treatment, NeedsABaselineBeforeTheFirstDose) { EXPECT_EQ(ErrorReason(Give(10)), "BASELINE_VITALS_MISSING"); }

TEST_F(Treatment, AtTheLimitIsNotAboveIt) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5, 140, 90).ok());
  EXPECT_TRUE(Give(10).ok());
}

TEST_F(Treatment, AboveTheLimitNeedsADecision) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5, 141, 90).ok());
  EXPECT_EQ(ErrorReason(Give(10)), "PRESSURE_ABOVE_LIMIT");
  EXPECT_TRUE(Give(10, true, PressureDecision{ResourceKey("staff/dr"), "usual for this patient"}).ok());
}

TEST_F(Treatment, ALaterAcceptableBaselineReplacesAHighOne) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5, 160, 95).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 20, 135, 85).ok());
  EXPECT_TRUE(Give(25).ok());
}

TEST_F(Treatment, DischargeNamesEverythingThatIsMissing) {
  EXPECT_EQ(Unmet(Leave(10, "", false)), (std::vector<std::string>{"DOSE_MISSING", "POST_DOSE_VITALS_MISSING",
                                                                   "DISCHARGE_VITALS_MISSING", "NOT_STABLE"}));
}

TEST_F(Treatment, ObservationCountsFromTheFirstDoseToTheMinute) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Give(10, false).ok());
  ASSERT_TRUE(Give(20).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kPostDose, 60).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBeforeDischarge, 120).ok());
  EXPECT_EQ(Unmet(Leave(129)), std::vector<std::string>{"OBSERVATION_TOO_SHORT"});
  EXPECT_TRUE(Leave(130).ok());
}

TEST_F(Treatment, AShortObservationIsAllowedWithItsReason) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Give(10).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kPostDose, 50).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBeforeDischarge, 60).ok());
  EXPECT_TRUE(Leave(70, "left against advice").ok());
}

TEST_F(Treatment, RefusesTimesThatCannotBe) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      AddVitalSigns(record_, {.measured_at = At(-1), .systolic = 120, .diastolic = 80}, At(5))));
  EXPECT_TRUE(
      absl::IsInvalidArgument(AddVitalSigns(record_, {.measured_at = At(6), .systolic = 120, .diastolic = 80}, At(5))));
  EXPECT_TRUE(
      absl::IsInvalidArgument(AddVitalSigns(record_, {.measured_at = At(5), .systolic = 80, .diastolic = 80}, At(5))));
}

TEST_F(Treatment, NothingIsAddedToACompleteRecord) {
  ASSERT_TRUE(EndWithoutTreatment(record_, "patient felt unwell").ok());
  EXPECT_EQ(ErrorReason(Vitals(VitalSigns::Point::kOther, 5)), "STATE_FORBIDS");
  EXPECT_EQ(ErrorReason(Give(6)), "STATE_FORBIDS");
  EXPECT_EQ(ErrorReason(EndWithoutTreatment(record_, "again")), "STATE_FORBIDS");
}

TEST_F(Treatment, ADoseForbidsEndingWithoutTreatment) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Give(10).ok());
  EXPECT_EQ(ErrorReason(EndWithoutTreatment(record_, "no")), "STATE_FORBIDS");
}

TEST_F(Treatment, TheDoorAsksForTheDayAndTheDriver) {
  const VisitType type{.dosing = true, .preparation = {.driver_required = true}};
  const absl::CivilDay today(2026, 12, 1);
  EXPECT_EQ(UnmetAtCheckIn(today + 1, today, type, {}, "x").size(), 2u);
  EXPECT_TRUE(UnmetAtCheckIn(today, today, type, {.driver_arranged = true, .driver_name = "Robin"}, "x").empty());
}

}  // namespace
}  // namespace kat::scheduling
