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
    return AddVitalSigns(record_,
                         {.point = point,
                          .measured_at = At(minute),
                          .systolic = systolic,
                          .diastolic = diastolic,
                          .oxygen_saturation = 98},
                         At(minute));
  }
  absl::Status Give(int minute, bool last = true, std::optional<PressureDecision> decision = std::nullopt) {
    return AddDose(record_, {.drug = "esketamine", .amount_micrograms = 56000, .given_at = At(minute)}, last, decision,
                   monitoring_, At(minute));
  }
  absl::Status Leave(int minute, std::string short_reason = "", bool stable = true) {
    return Leave({.monitoring_end_at = At(minute), .stable = stable, .short_observation_reason = short_reason}, minute);
  }
  absl::Status Leave(const Discharge& discharge, int minute, Decider decider = Decider::kPrescriber) {
    return DischargePatient(record_, discharge, decider, monitoring_, At(minute), "clinics/a/appointments/b");
  }
  // A session with every reading; the only dose at minute 10.
  void TreatWhole() {
    ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
    ASSERT_TRUE(Give(10).ok());
    ASSERT_TRUE(Vitals(VitalSigns::Point::kPostDose, 50).ok());
    ASSERT_TRUE(Vitals(VitalSigns::Point::kBeforeDischarge, 125).ok());
  }
  std::vector<std::string> Unmet(const absl::Status& status) {
    std::vector<std::string> types;
    for (const PreconditionViolation& v : GetErrorDetail(status).value_or(ErrorDetail{}).preconditions)
      types.push_back(v.type);
    return types;
  }
  TreatmentRecord record_ =
      OpenRecord({.id = AppointmentId("b"), .session_number = 1}, {}, ResourceKey("staff/nurse"), kNine);
  Monitoring monitoring_ = kSpravato;
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

TEST_F(Treatment, WhereTheClinicSaysSoObservationCountsFromTheLastDose) {
  monitoring_.observation_from_last_dose = true;
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Give(10, false).ok());
  ASSERT_TRUE(Give(20).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kPostDose, 60).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBeforeDischarge, 135).ok());
  EXPECT_EQ(Unmet(Leave(139)), std::vector<std::string>{"OBSERVATION_TOO_SHORT"});
  EXPECT_TRUE(Leave(140).ok());
}

TEST_F(Treatment, TheRemsHoldsForEsketamineWhateverTheClinicHasSetUp) {
  monitoring_ = {};
  record_.monitored_by = ResourceKey();
  EXPECT_EQ(ErrorReason(Give(10)), "BASELINE_VITALS_MISSING");
  ASSERT_TRUE(
      AddVitalSigns(record_,
                    {.point = VitalSigns::Point::kBaseline, .measured_at = At(5), .systolic = 150, .diastolic = 80},
                    At(5))
          .ok());
  ASSERT_TRUE(Give(10).ok());
  EXPECT_EQ(Unmet(Leave(60)),
            (std::vector<std::string>{"MONITOR_MISSING", "POST_DOSE_VITALS_MISSING", "DISCHARGE_VITALS_MISSING",
                                      "OXYGEN_SATURATION_MISSING", "OBSERVATION_TOO_SHORT"}));
}

TEST_F(Treatment, AnotherDrugIsHeldToTheClinicsRuleAlone) {
  monitoring_ = {};
  ASSERT_TRUE(AddDose(record_, {.drug = "ketamine", .amount_micrograms = 40000, .given_at = At(10)}, true, std::nullopt,
                      monitoring_, At(10))
                  .ok());
  EXPECT_TRUE(Leave(11).ok());
}

TEST_F(Treatment, AReadingFromBeforeTheLastDoseIsNoReadingAfterIt) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kPostDose, 6).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBeforeDischarge, 7).ok());
  ASSERT_TRUE(Give(10).ok());
  EXPECT_EQ(Unmet(Leave(130)), (std::vector<std::string>{"POST_DOSE_VITALS_MISSING", "DISCHARGE_VITALS_MISSING"}));
}

TEST_F(Treatment, ABaselineTakenLaterDoesNotHideTheOneBeforeTheDose) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 20).ok());
  EXPECT_TRUE(AddDose(record_, {.drug = "esketamine", .amount_micrograms = 28000, .given_at = At(10)}, true,
                      std::nullopt, monitoring_, At(25))
                  .ok());
}

TEST_F(Treatment, ADischargeAlwaysHasItsTimeWhichIsNotYetToCome) {
  TreatWhole();
  const Discharge future{.monitoring_end_at = At(130), .discharged_at = At(132), .stable = true};
  EXPECT_EQ(GetErrorDetail(Leave(future, 131))->fields.at(0).field, "discharge.discharge_time");
  const Discharge early{.monitoring_end_at = At(130), .discharged_at = At(129), .stable = true};
  EXPECT_EQ(GetErrorDetail(Leave(early, 131))->fields.at(0).field, "discharge.discharge_time");
  ASSERT_TRUE(Leave({.monitoring_end_at = At(130), .stable = true}, 131).ok());
  EXPECT_EQ(record_.discharge->discharged_at, At(131));
}

TEST_F(Treatment, MonitoringDoesNotEndBeforeTheLastDose) {
  TreatWhole();
  const Discharge impossible{.monitoring_end_at = At(9), .stable = true, .short_observation_reason = "typo"};
  EXPECT_EQ(GetErrorDetail(Leave(impossible, 131))->fields.at(0).field, "discharge.monitoring_end_time");
}

TEST_F(Treatment, ANurseReleasesAndAPrescriberCutsShort) {
  TreatWhole();
  const Discharge whole{.monitoring_end_at = At(130), .stable = true};
  const Discharge cut{.monitoring_end_at = At(126), .stable = true, .short_observation_reason = "her ride leaves"};
  EXPECT_EQ(GetErrorDetail(Leave(whole, 131, Decider::kNone))->fields.at(0).field, "discharge.decided_by");
  EXPECT_EQ(GetErrorDetail(Leave(cut, 131, Decider::kNurse))->fields.at(0).field, "discharge.decided_by");
  EXPECT_TRUE(Leave(whole, 131, Decider::kNurse).ok());
}

TEST_F(Treatment, APatientWhoLeftBeforeReleaseIsRecordedAsSuch) {
  ASSERT_TRUE(Vitals(VitalSigns::Point::kBaseline, 5).ok());
  ASSERT_TRUE(Give(10).ok());
  Discharge left{.monitoring_end_at = At(40), .left_before_release = true};
  EXPECT_EQ(GetErrorDetail(Leave(left, 41))->fields.at(0).field, "discharge.short_observation_reason");
  left.short_observation_reason = "taken to hospital";
  EXPECT_FALSE(Leave(left, 41, Decider::kNurse).ok());
  EXPECT_TRUE(Leave(left, 41).ok());
  EXPECT_EQ(record_.state, TreatmentState::kCompleted);
}

TEST_F(Treatment, WhatBecomesKnownAfterDischargeIsStillRecorded) {
  TreatWhole();
  ASSERT_TRUE(Leave(130).ok());
  EXPECT_TRUE(AddAdverseEvent(record_, {.kind = 2, .onset_at = At(60), .serious = true}, At(500)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(
      AddAdverseEvent(record_, {.kind = 2, .onset_at = At(60), .resolved_at = At(501)}, At(500))));
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
