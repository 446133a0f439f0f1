#include <gtest/gtest.h>

#include "libs/base/error.h"
#include "services/authorization/domain/monitoring_form.h"
#include "services/authorization/domain/stock.h"
#include "services/authorization/domain/work.h"

// What follows from a treatment: the monitoring form and what leaves the cabinet.
namespace kat::authorization::domain {
namespace {

absl::TimeZone Zone() { return *LoadZone("America/New_York"); }
const absl::CivilDay kSession(2026, 3, 5);
absl::Time At(int hour, int minute = 0, int day = 0) { return InstantOf(kSession + day, hour * 60 + minute, Zone()); }

TreatmentRecord Record() {
  TreatmentRecord record{
      .appointment = AppointmentId("appt"), .patient = PatientId("pat"), .session_number = 2, .completed = true};
  for (int i = 0; i < 3; ++i) record.doses.push_back({"esketamine", "L1", 28000, 1, At(10, 5 * i)});
  using Point = VitalSigns::Point;
  record.vitals = {{Point::kBaseline, 120, 80, 98, At(9, 50)},
                   {Point::kPostDose, 130, 85, 97, At(10, 40)},
                   {Point::kBeforeDischarge, 122, 80, 98, At(12, 5)}};
  record.monitoring_end_at = At(12, 5);
  record.discharge_at = At(12, 15);
  record.monitored_by = "clinics/c/staff/n1";
  return record;
}
FormSources Sources() {
  FormSources sources;
  sources.setting = RemsSetting{.display_name = "Clinic", .sites = {{.display_name = "Main"}}, .rems_id = "S-1"};
  sources.enrollment = RemsEnrollment{.rems_patient_id = "P-1"};
  sources.concomitant_classes = {"benzodiazepine", "maoi"};
  sources.medication_classes = std::vector<std::string>{"ssri", "maoi"};
  return sources;
}
MonitoringForm Form() {
  return NewForm(FormId("f"), AppointmentId("appt"), PatientId("pat"), "spravato-trd", kSession, Zone(), At(10));
}

TEST(MonitoringForm, IsDueAtTheEndOfTheSeventhCalendarDayInTheClinicsZone) {
  EXPECT_EQ(Form().due_at, InstantOf(kSession + 8, 0, Zone()));  // across the change to summer time on March 8
  EXPECT_EQ(Form().state, FormState::kNotDue);
}

TEST(MonitoringForm, ACompleteRecordMakesItReady) {
  MonitoringForm form = Form();
  ASSERT_TRUE(PrepareForm(form, Record(), Sources()).ok());
  EXPECT_EQ(form.state, FormState::kReady);
  EXPECT_EQ(form.content->devices, 3);
  EXPECT_EQ(form.content->dose_mg, 84);
  EXPECT_EQ(form.content->monitoring_minutes, 125);
  EXPECT_TRUE(form.content->concomitant.at("maoi"));
  EXPECT_FALSE(form.content->concomitant.at("benzodiazepine"));
}

TEST(MonitoringForm, EachMissingFieldIsNamedAndTheFormCannotBeSent) {
  TreatmentRecord record = Record();
  record.discharge_at.reset();
  record.vitals.erase(record.vitals.begin() + 1);
  record.doses[1].lot_number.clear();
  record.events = {{.kind = "SERIOUS_ADVERSE_EVENT", .start_at = At(11), .serious = true}};
  FormSources sources = Sources();
  sources.enrollment.reset();
  sources.medication_classes.reset();
  MonitoringForm form = Form();
  ASSERT_TRUE(PrepareForm(form, record, sources).ok());
  EXPECT_EQ(form.state, FormState::kDraft);
  EXPECT_EQ(form.missing_fields, (std::vector<std::string>{"rems_patient_id", "doses.lot_number", "vitals.post_40",
                                                           "discharge_time", "concomitant", "events[0].description"}));
  const absl::Status refused = MarkSubmitted(form, Channel::kPortal, "C", At(13), "me", "", At(13), Zone());
  EXPECT_EQ(ErrorReason(refused), "FORM_INCOMPLETE");
  const ErrorDetail detail = *GetErrorDetail(refused);
  ASSERT_EQ(detail.preconditions.size(), 6u);
  EXPECT_EQ(detail.preconditions[3].type, "FIELD_MISSING");
  EXPECT_EQ(detail.preconditions[3].subject, "discharge_time");
  EXPECT_EQ(
      detail.preconditions[3].description,
      "discharge_time is missing: the treatment record does not say when the patient left; discharge the patient");
}

TEST(MonitoringForm, ReportsTheProgramsDrugAlone) {
  TreatmentRecord record = Record();
  record.doses.insert(record.doses.begin(), {"ondansetron", "Z9", 4000, 1, At(9, 40)});
  record.doses[0].lot_number.clear();
  FormSources sources = Sources();
  sources.drug = "esketamine";
  MonitoringForm form = Form();
  ASSERT_TRUE(PrepareForm(form, record, sources).ok());
  EXPECT_EQ(form.state, FormState::kReady);
  EXPECT_EQ(form.content->dose_mg, 84);
  EXPECT_EQ(form.content->devices, 3);
  EXPECT_EQ(form.content->lots, std::vector<std::string>{"L1"});
  EXPECT_EQ(form.content->first_device_at, At(10));
  EXPECT_EQ(form.content->monitoring_minutes, 125);
}

TEST(MonitoringForm, OfASessionThatNobodyCompletesIsAskedForAndOfOneWithoutADoseIsNot) {
  const Settings settings;
  MonitoringForm form = Form();
  const std::optional<absl::Time> first = NextEscalation(form, settings, Zone(), At(10));
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(OpenWork(form, settings, *first - absl::Minutes(1)).empty());
  ASSERT_EQ(OpenWork(form, settings, *first).size(), 1u);
  EXPECT_EQ(OpenWork(form, settings, *first)[0].role, Role::kNurse);
  EXPECT_EQ(OpenWork(form, settings, form.due_at)[0].urgency, Urgency::kUrgent);
  ASSERT_TRUE(MarkNotRequired(form).ok());
  EXPECT_TRUE(OpenWork(form, settings, form.due_at).empty());
  EXPECT_FALSE(NextEscalation(form, settings, Zone(), At(10)));
  EXPECT_EQ(ErrorReason(PrepareForm(form, Record(), Sources())), "STATE_FORBIDS");
  MonitoringForm filled = Form();
  ASSERT_TRUE(PrepareForm(filled, Record(), Sources()).ok());
  EXPECT_EQ(ErrorReason(MarkNotRequired(filled)), "STATE_FORBIDS");
}

TEST(MonitoringForm, ShortObservationNeedsItsReason) {
  TreatmentRecord record = Record();
  record.monitoring_end_at = At(11, 59);
  MonitoringForm form = Form();
  ASSERT_TRUE(PrepareForm(form, record, Sources()).ok());
  EXPECT_EQ(form.missing_fields, std::vector<std::string>{"short_observation_reason"});
  EXPECT_EQ(form.content->ready_to_leave_minutes, 119);
  record.short_observation_reason = "left against advice";
  ASSERT_TRUE(PrepareForm(form, record, Sources()).ok());
  EXPECT_EQ(form.state, FormState::kReady);
}

TEST(MonitoringForm, IsSentAnsweredCorrectedAndSentAgain) {
  MonitoringForm form = Form();
  EXPECT_EQ(ErrorReason(MarkSubmitted(form, Channel::kFax, "C", At(13), "me", "", At(13), Zone())), "STATE_FORBIDS");
  ASSERT_TRUE(PrepareForm(form, Record(), Sources()).ok());
  EXPECT_FALSE(MarkSubmitted(form, Channel::kPhone, "C", At(13), "me", "", At(13), Zone()).ok());
  EXPECT_FALSE(MarkSubmitted(form, Channel::kFax, "C", At(14), "me", "", At(13), Zone()).ok());
  ASSERT_TRUE(MarkSubmitted(form, Channel::kFax, "C", At(13), "me", "doc", At(13), Zone()).ok());
  EXPECT_FALSE(PrepareForm(form, Record(), Sources()).ok());
  EXPECT_FALSE(RecordResponse(form, false, "").ok());
  ASSERT_TRUE(RecordResponse(form, false, "wrong lot").ok());
  ASSERT_TRUE(PrepareForm(form, Record(), Sources()).ok());
  ASSERT_TRUE(MarkSubmitted(form, Channel::kPortal, "D", At(14), "me", "doc", At(14), Zone()).ok());
  ASSERT_TRUE(RecordResponse(form, true, "").ok());
  EXPECT_EQ(ErrorReason(RecordResponse(form, true, "")), "STATE_FORBIDS");
}

TEST(MonitoringForm, ItsWorkRisesOnTheClinicsDaysAndClosesWhenItIsSent) {
  const Settings settings;
  MonitoringForm form = Form();
  EXPECT_TRUE(OpenWork(form, settings, At(10)).empty());
  ASSERT_TRUE(PrepareForm(form, Record(), Sources()).ok());
  EXPECT_EQ(OpenWork(form, settings, At(13))[0].urgency, Urgency::kRoutine);
  EXPECT_EQ(OpenWork(form, settings, At(13, 0, 3))[0].urgency, Urgency::kSoon);
  EXPECT_EQ(OpenWork(form, settings, At(13, 0, 7))[0].urgency, Urgency::kUrgent);
  const absl::Time first = *NextEscalation(form, settings, Zone(), At(13));
  EXPECT_EQ(DayAt(first + absl::Hours(1), Zone()), kSession + 3);
  EXPECT_FALSE(NextEscalation(form, settings, Zone(), form.due_at));
  ASSERT_TRUE(MarkSubmitted(form, Channel::kPortal, "C", At(13), "me", "", At(13), Zone()).ok());
  EXPECT_TRUE(OpenWork(form, settings, At(13, 0, 8)).empty());
}

StockLot Lot(const char* id, int on_hand, const char* patient = "") {
  return {.id = LotId(id),
          .drug = "esketamine",
          .lot_number = "L1",
          .expiry_day = kSession + 100,
          .patient = PatientId(patient),
          .received = on_hand,
          .on_hand = on_hand};
}

TEST(Take, TakesDevicesByLotTheFirstToExpireFirst) {
  StockLot later = Lot("b", 10);
  StockLot sooner = Lot("a", 2);
  sooner.expiry_day = kSession + 10;
  const Taking taking = Take(Record(), {later, sooner}, kSession, At(13));
  ASSERT_EQ(taking.events.size(), 2u);
  EXPECT_EQ(taking.events[0].lot, LotId("a"));
  EXPECT_EQ(taking.events[0].quantity, 2);
  EXPECT_EQ(taking.events[1].quantity, 1);
  EXPECT_TRUE(taking.mismatches.empty());
}

TEST(Take, WhatCannotBeTakenIsAMismatchAndNothingGoesBelowZero) {
  using Cause = StockMismatch::Cause;
  const auto cause = [](std::vector<StockLot> lots) {
    return Take(Record(), std::move(lots), kSession, At(13)).mismatches[0];
  };
  EXPECT_EQ(cause({}).cause, Cause::kLotUnknown);
  EXPECT_EQ(cause({Lot("a", 2)}).cause, Cause::kQuantityShort);
  EXPECT_EQ(cause({Lot("a", 2)}).quantity, 1);
  EXPECT_EQ(cause({Lot("a", 9, "someone-else")}).cause, Cause::kOtherPatientsStock);
  StockLot old = Lot("a", 9);
  old.expiry_day = kSession - 1;
  EXPECT_EQ(cause({old}).cause, Cause::kLotExpired);
  TreatmentRecord bare = Record();
  for (Dose& dose : bare.doses) dose.lot_number.clear();
  EXPECT_EQ(Take(bare, {Lot("a", 9)}, kSession, At(13)).mismatches[0].cause, Cause::kLotMissing);
}

TEST(Effect, EachKindOfEventMovesItsQuantitiesAndNeedsItsProof) {
  StockLot lot = Lot("a", 10);
  lot.quarantined = 2;
  const auto effect = [&](StockEvent event) {
    event.occurred_at = At(9);
    event.recorded_by = "nurse";
    const absl::Status status = Effect(lot, 0, At(10), kSession, event);
    return std::pair(status, event);
  };
  EXPECT_EQ(effect({.kind = StockEventKind::kQuarantined, .quantity = 3, .reason = "dropped"}).second.quarantined_delta,
            3);
  EXPECT_FALSE(effect({.kind = StockEventKind::kQuarantined, .quantity = 3}).first.ok());
  EXPECT_FALSE(effect({.kind = StockEventKind::kWasted, .quantity = 1}).first.ok());
  EXPECT_FALSE(effect({.kind = StockEventKind::kWasted, .quantity = 1, .witness = "nurse"}).first.ok());
  EXPECT_TRUE(effect({.kind = StockEventKind::kWasted, .quantity = 1, .witness = "other"}).first.ok());
  EXPECT_EQ(
      effect({.kind = StockEventKind::kReturned, .quantity = 2, .from_quarantine = true}).second.quarantined_delta, -2);
  EXPECT_EQ(ErrorReason(effect({.kind = StockEventKind::kReturned, .quantity = 3, .from_quarantine = true}).first),
            "STOCK_SHORT");
  EXPECT_EQ(ErrorReason(effect({.kind = StockEventKind::kReturned, .quantity = 11}).first), "STOCK_SHORT");
  lot.allocated = 9;
  EXPECT_EQ(ErrorReason(effect({.kind = StockEventKind::kReturned, .quantity = 2}).first), "STOCK_SHORT");
  EXPECT_EQ(effect({.kind = StockEventKind::kLost, .quantity = 2, .reason = "missing"}).second.allocated_delta, -1);
  lot.patient = PatientId("pat");
  EXPECT_EQ(ErrorReason(effect({.kind = StockEventKind::kAdministered,
                                .quantity = 1,
                                .appointment = AppointmentId("x"),
                                .patient = PatientId("other")})
                            .first),
            "STOCK_OF_OTHER_PATIENT");
}

TEST(UnitsUsed, CountsTheDrugOfTheProgramAndDevicesFromMilligramsWhereNotCounted) {
  TreatmentRecord record = Record();
  EXPECT_EQ(UnitsUsed(record, "esketamine", 28), (UnitCounts{1, 84, 3}));
  EXPECT_TRUE(UnitsUsed(record, "ketamine", 0).zero());
  record.doses = {{"esketamine", "L1", 56000, 0, At(10)}};
  EXPECT_EQ(UnitsUsed(record, "esketamine", 28), (UnitCounts{1, 56, 2}));
}

TEST(RemsEnrollment, NeedsBothSignaturesBeforeItIsSent) {
  RemsEnrollment enrollment;
  EXPECT_EQ(ErrorReason(SubmitEnrollment(enrollment, Channel::kPortal, "c", At(9), kSession, std::nullopt, At(10))),
            "ENROLLMENT_UNSIGNED");
  EXPECT_FALSE(ConfirmEnrollment(enrollment, "P", kSession, kSession).ok());
  ASSERT_TRUE(SubmitEnrollment(enrollment, Channel::kPortal, "c", At(9), kSession, kSession, At(10)).ok());
  EXPECT_FALSE(ConfirmEnrollment(enrollment, "P", kSession + 1, kSession).ok());
  ASSERT_TRUE(ConfirmEnrollment(enrollment, "P", kSession, kSession).ok());
  EXPECT_TRUE(enrollment.Holds(kSession));
  EXPECT_FALSE(enrollment.Holds(kSession - 1));
  ASSERT_TRUE(EndEnrollment(enrollment, kSession + 5, "moved").ok());
  EXPECT_FALSE(enrollment.Holds(kSession + 5));
  EXPECT_FALSE(EndEnrollment(enrollment, kSession + 6, "again").ok());
}

}  // namespace
}  // namespace kat::authorization::domain
