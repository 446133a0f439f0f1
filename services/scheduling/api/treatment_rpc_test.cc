#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_NURSE;

// The first session of a Spravato course, on its day.
class TreatmentRpcTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    visit_ = MakeBooking(Propose(MakeCourse("spravato-trd"), 1).proposals(0).plan()).appointments(0);
    record_ = absl::StrCat(visit_.name(), "/treatmentRecord");
    Service().clock().Set(absl::FromUnixSeconds(visit_.start_time().seconds()));
  }

  google::protobuf::Timestamp Now() { return rpc::ToProto(Service().clock().Now()); }

  absl::StatusOr<v1::TreatmentRecord> CheckIn(const std::string& monitored_by = "staff/nora-kim") {
    v1::CheckInRequest request;
    request.set_name(visit_.name());
    request.mutable_transport()->set_driver_arranged(true);
    request.mutable_transport()->set_driver_name("Robin");
    if (!monitored_by.empty()) request.set_monitored_by(Name(monitored_by));
    request.set_request_id(NewId());
    return Call(&Stub::CheckIn, request, {ROLE_NURSE});
  }
  absl::StatusOr<v1::TreatmentRecord> Measure(v1::VitalSigns::Point point, int systolic = 120) {
    v1::RecordVitalSignsRequest request;
    request.set_name(record_);
    request.mutable_vital_signs()->set_point(point);
    *request.mutable_vital_signs()->mutable_measure_time() = Now();
    request.mutable_vital_signs()->set_systolic(systolic);
    request.mutable_vital_signs()->set_diastolic(80);
    request.mutable_vital_signs()->set_oxygen_saturation(98);
    request.set_request_id(NewId());
    return Call(&Stub::RecordVitalSigns, request, {ROLE_NURSE});
  }
  v1::RecordDoseRequest Dose() {
    v1::RecordDoseRequest request;
    request.set_name(record_);
    request.mutable_dose()->set_drug("esketamine");
    request.mutable_dose()->set_amount_micrograms(56000);
    request.mutable_dose()->set_route("nasal");
    request.mutable_dose()->set_lot_number("L1");
    *request.mutable_dose()->mutable_give_time() = Now();
    request.mutable_dose()->set_given_by(Name("staff/sam-ortiz"));
    request.set_last_dose(true);
    request.set_request_id(NewId());
    return request;
  }
  v1::DischargePatientRequest Leave(const std::string& decided_by = "staff/sam-ortiz") {
    v1::DischargePatientRequest request;
    request.set_name(record_);
    *request.mutable_discharge()->mutable_monitoring_end_time() = Now();
    request.mutable_discharge()->set_stable(true);
    if (!decided_by.empty()) request.mutable_discharge()->set_decided_by(Name(decided_by));
    request.set_request_id(NewId());
    return request;
  }
  // Checked in, dosed and observed for two hours, with every reading.
  void TreatWhole(const std::string& monitored_by = "staff/nora-kim") {
    ASSERT_OK(CheckIn(monitored_by));
    ASSERT_OK(Measure(v1::VitalSigns::BASELINE));
    ASSERT_OK(Call(&Stub::RecordDose, Dose(), {ROLE_NURSE}));
    Service().clock().Advance(absl::Minutes(40));
    ASSERT_OK(Measure(v1::VitalSigns::POST_DOSE));
    Service().clock().Advance(absl::Minutes(80));
    ASSERT_OK(Measure(v1::VitalSigns::BEFORE_DISCHARGE));
  }
  std::string FieldOf(const absl::Status& status) {
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    return detail && !detail->fields.empty() ? detail->fields[0].field : "";
  }

  v1::Appointment visit_;
  std::string record_;
};

TEST_F(TreatmentRpcTest, ASessionEndsWithADischargeTimeWhetherTheCallerSaysItOrNot) {
  TreatWhole();
  ASSERT_OK_AND_ASSIGN(const v1::TreatmentRecord done, Call(&Stub::DischargePatient, Leave(), {ROLE_NURSE}));
  EXPECT_EQ(done.state(), v1::TreatmentRecord::COMPLETED);
  EXPECT_EQ(done.discharge().discharge_time().seconds(), Now().seconds());
  EXPECT_EQ(Get(visit_.name()).state(), v1::Appointment::COMPLETED);
  EXPECT_EQ(Service().Events(clinic_).back().type(), "treatment.completed");
}

TEST_F(TreatmentRpcTest, CheckInIsRefusedWithEveryUnmetConditionOfEveryService) {
  Readiness().unmet = {{"CONSENT_MISSING", "", "sign it"}};
  Billing().unmet = {{"DEPOSIT_MISSING", "", "pay"}};
  Authorization().unmet = {{"REMS_PATIENT_NOT_ENROLLED", "", "enroll"}};
  v1::CheckInRequest request;
  request.set_name(visit_.name());
  request.set_request_id(NewId());
  const auto refused = Call(&Stub::CheckIn, request, {ROLE_NURSE});
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "CHECK_IN_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.size(), 4u);  // the driver too
  Readiness().error = PeerUnavailable("intake");
  EXPECT_ERROR(Call(&Stub::CheckIn, request, {ROLE_NURSE}), Code::kUnavailable, "PEER_UNAVAILABLE");
  EXPECT_EQ(Get(visit_.name()).state(), v1::Appointment::BOOKED);
}

TEST_F(TreatmentRpcTest, ADischargeTooEarlyOrWithoutItsReadingsIsRefused) {
  ASSERT_OK(CheckIn());
  ASSERT_OK(Measure(v1::VitalSigns::BASELINE));
  ASSERT_OK(Call(&Stub::RecordDose, Dose(), {ROLE_NURSE}));
  Service().clock().Advance(absl::Minutes(119));
  const auto refused = Call(&Stub::DischargePatient, Leave(), {ROLE_NURSE});
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "DISCHARGE_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.size(), 3u);  // two pressures and a minute
  EXPECT_EQ(Get(visit_.name()).state(), v1::Appointment::CHECKED_IN);
}

TEST_F(TreatmentRpcTest, ADepartureFromTheRuleIsAPrescribersWithAReason) {
  ASSERT_OK(CheckIn());
  ASSERT_OK(Measure(v1::VitalSigns::BASELINE));
  ASSERT_OK(Call(&Stub::RecordDose, Dose(), {ROLE_NURSE}));
  Service().clock().Advance(absl::Minutes(30));
  v1::DischargePatientRequest left = Leave("staff/nora-kim");
  left.mutable_discharge()->set_stable(false);
  left.mutable_discharge()->set_left_before_release(true);
  left.mutable_discharge()->set_short_observation_reason("against advice");
  EXPECT_EQ(FieldOf(Call(&Stub::DischargePatient, left, {ROLE_NURSE}).status()), "discharge.decided_by");
  left.mutable_discharge()->set_decided_by(Name("staff/nobody"));
  EXPECT_EQ(FieldOf(Call(&Stub::DischargePatient, left, {ROLE_NURSE}).status()), "discharge.decided_by");
  left.mutable_discharge()->set_decided_by(Name("staff/priya-shah"));
  ASSERT_OK_AND_ASSIGN(const v1::TreatmentRecord done, Call(&Stub::DischargePatient, left, {ROLE_NURSE}));
  EXPECT_TRUE(done.discharge().left_before_release());
}

TEST_F(TreatmentRpcTest, ADoseAboveThePressureLimitIsAPrescribersDecision) {
  ASSERT_OK(CheckIn());
  ASSERT_OK(Measure(v1::VitalSigns::BASELINE, 150));
  v1::RecordDoseRequest dose = Dose();
  EXPECT_ERROR(Call(&Stub::RecordDose, dose, {ROLE_NURSE}), Code::kFailedPrecondition, "PRESSURE_ABOVE_LIMIT");
  dose.mutable_pressure_decision()->set_decided_by(Name("staff/nora-kim"));
  dose.mutable_pressure_decision()->set_reason("usual for this patient");
  EXPECT_EQ(FieldOf(Call(&Stub::RecordDose, dose, {ROLE_NURSE}).status()), "pressure_decision.decided_by");
  dose.mutable_pressure_decision()->set_decided_by(Name("staff/sam-ortiz"));
  dose.mutable_dose()->set_given_by(Name("staff/nobody"));
  EXPECT_EQ(FieldOf(Call(&Stub::RecordDose, dose, {ROLE_NURSE}).status()), "dose.given_by");
  dose.mutable_dose()->set_given_by(Name("staff/sam-ortiz"));
  dose.set_etag("v1");
  EXPECT_ERROR(Call(&Stub::RecordDose, dose, {ROLE_NURSE}), Code::kAborted, "ETAG_MISMATCH");
  dose.clear_etag();
  EXPECT_OK(Call(&Stub::RecordDose, dose, {ROLE_NURSE}));
}

TEST_F(TreatmentRpcTest, WhoMonitoredIsNamedAtDischargeAtTheLatest) {
  EXPECT_EQ(FieldOf(CheckIn("staff/nobody").status()), "monitored_by");
  TreatWhole("");
  v1::DischargePatientRequest leave = Leave();
  const auto refused = Call(&Stub::DischargePatient, leave, {ROLE_NURSE});
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "DISCHARGE_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.at(0).type, "MONITOR_MISSING");
  leave.set_monitored_by(Name("staff/ben-adler"));
  ASSERT_OK_AND_ASSIGN(const v1::TreatmentRecord done, Call(&Stub::DischargePatient, leave, {ROLE_NURSE}));
  EXPECT_EQ(done.monitored_by(), Name("staff/ben-adler"));
}

TEST_F(TreatmentRpcTest, AVisitWithoutADoseEndsAndFreesItsResources) {
  ASSERT_OK(CheckIn());
  v1::EndWithoutTreatmentRequest end;
  end.set_name(record_);
  end.set_reason("unwell");
  end.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::TreatmentRecord ended, Call(&Stub::EndWithoutTreatment, end, {ROLE_NURSE}));
  EXPECT_EQ(ended.state(), v1::TreatmentRecord::NOT_TREATED);
  EXPECT_EQ(Get(visit_.name()).state(), v1::Appointment::CANCELLED);
}

TEST_F(TreatmentRpcTest, APatientWhoIsHereIsNotCancelledAwayFromTheirRecord) {
  TreatWhole();
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(visit_.name());
  cancel.set_etag(Get(visit_.name()).etag());
  cancel.set_reason("mistake");
  cancel.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CancelAppointment, cancel), Code::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_OK(Call(&Stub::DischargePatient, Leave(), {ROLE_NURSE}));
}

TEST_F(TreatmentRpcTest, APatientWhoIsToBeObservedForLongerIsNotDischargedBefore) {
  ASSERT_OK(CheckIn());
  v1::ExtendObservationRequest extend;
  extend.set_name(record_);
  *extend.mutable_until_time() = rpc::ToProto(Service().clock().Now() + absl::Minutes(150));
  extend.set_decided_by(Name("staff/nora-kim"));
  extend.set_reason("pressure still high");
  extend.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::ExtendObservation, extend, {ROLE_NURSE}), Code::kFailedPrecondition, "STATE_FORBIDS");
  ASSERT_OK(Measure(v1::VitalSigns::BASELINE));
  ASSERT_OK(Call(&Stub::RecordDose, Dose(), {ROLE_NURSE}));
  extend.set_decided_by(Name("staff/tess-rivera"));
  EXPECT_EQ(FieldOf(Call(&Stub::ExtendObservation, extend, {ROLE_NURSE}).status()), "decided_by");
  extend.set_decided_by(Name("staff/nora-kim"));
  ASSERT_OK_AND_ASSIGN(v1::TreatmentRecord record, Call(&Stub::ExtendObservation, extend, {ROLE_NURSE}));
  ASSERT_EQ(record.observation_extensions_size(), 1);
  EXPECT_EQ(record.observation_extensions(0).reason(), "pressure still high");
  EXPECT_EQ(record.phases_size(), 3);
  Service().clock().Advance(absl::Minutes(40));
  ASSERT_OK(Measure(v1::VitalSigns::POST_DOSE));
  Service().clock().Advance(absl::Minutes(80));
  ASSERT_OK(Measure(v1::VitalSigns::BEFORE_DISCHARGE));
  const auto refused = Call(&Stub::DischargePatient, Leave(), {ROLE_NURSE});
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "DISCHARGE_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.at(0).type, "OBSERVATION_TOO_SHORT");
  Service().clock().Advance(absl::Minutes(30));
  ASSERT_OK_AND_ASSIGN(record, Call(&Stub::DischargePatient, Leave(), {ROLE_NURSE}));
  ASSERT_EQ(record.phases_size(), 4);
  EXPECT_EQ(record.phases(2).kind(), v1::VisitPhase::OBSERVATION);
  EXPECT_EQ(record.phases(2).end_time().seconds() - record.phases(2).start_time().seconds(), 150 * 60);
}

TEST_F(TreatmentRpcTest, TheDayIsProjectedFromWhatHasHappenedOfIt) {
  v1::ProjectDayRequest ask;
  ask.set_parent(absl::StrCat("clinics/", clinic_));
  ASSERT_OK_AND_ASSIGN(v1::DayProjection day, Call(&Stub::ProjectDay, ask, {ROLE_NURSE}));
  ASSERT_EQ(day.visits_size(), 1);
  EXPECT_EQ(day.visits(0).appointment(), visit_.name());
  EXPECT_EQ(day.visits(0).expected_end_time().seconds(), visit_.end_time().seconds());
  EXPECT_EQ(day.warnings_size(), 0);

  Service().clock().Advance(absl::Minutes(20));
  ASSERT_OK_AND_ASSIGN(day, Call(&Stub::ProjectDay, ask, {ROLE_NURSE}));
  ASSERT_EQ(day.warnings_size(), 1);
  EXPECT_EQ(day.warnings(0).kind(), v1::DayWarning::NOT_HERE);

  ASSERT_OK(CheckIn());
  ASSERT_OK(Measure(v1::VitalSigns::BASELINE));
  Service().clock().Advance(absl::Minutes(45));
  ASSERT_OK(Call(&Stub::RecordDose, Dose(), {ROLE_NURSE}));
  ASSERT_OK_AND_ASSIGN(day, Call(&Stub::ProjectDay, ask, {ROLE_NURSE}));
  EXPECT_EQ(day.visits(0).state(), v1::Appointment::CHECKED_IN);
  // Two hours from the dose, which came 65 minutes after the planned start.
  EXPECT_EQ(day.visits(0).expected_end_time().seconds() - visit_.start_time().seconds(), (65 + 120) * 60);
  EXPECT_EQ(day.visits(0).phases_size(), 3);
  bool runs_over = false;
  for (const v1::DayWarning& warning : day.warnings()) runs_over |= warning.kind() == v1::DayWarning::RUNS_OVER;
  EXPECT_TRUE(runs_over);
  *ask.mutable_date() = rpc::ToProto(absl::CivilDay(2031, 1, 1));
  EXPECT_ERROR(Call(&Stub::ProjectDay, ask, {ROLE_NURSE}), Code::kInvalidArgument, "FIELD_INVALID");
}

}  // namespace
}  // namespace kat::scheduling
