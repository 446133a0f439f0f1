#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using TreatmentTableTest = StoreTest;

TreatmentRecord MakeRecord() {
  const absl::Time nine = sample::At(absl::CivilDay(2026, 11, 30), 9);
  return {.appointment = AppointmentId("b"),
          .patient = PatientId("ann"),
          .course = CourseId("course-a"),
          .program = "spravato-trd",
          .session_number = 1,
          .state = TreatmentState::kCompleted,
          .checked_in_at = nine,
          .transport = {true, "Robin", "+12125550100"},
          .monitored_by = ResourceKey("staff/nurse"),
          .doses = {{.drug = "esketamine",
                     .amount_micrograms = 56000,
                     .route = "nasal",
                     .lot_number = "L1",
                     .units = 2,
                     .given_at = nine + absl::Minutes(10)}},
          .vital_signs = {{.point = VitalSigns::Point::kBaseline,
                           .measured_at = nine,
                           .systolic = 120,
                           .diastolic = 80,
                           .oxygen_saturation = 98}},
          .adverse_events = {{.kind = 2,
                              .onset_at = nine + absl::Minutes(20),
                              .resolved_at = nine + absl::Minutes(60),
                              .description = "floating"}},
          .pressure_decision = PressureDecision{ResourceKey("staff/dr"), "usual"},
          .discharge = Discharge{.monitoring_end_at = nine + absl::Minutes(130),
                                 .discharged_at = nine + absl::Minutes(135),
                                 .stable = true},
          .updated_at = nine};
}

TEST_F(TreatmentTableTest, ARecordComesBackWhole) {
  ASSERT_OK(Run([](Tx& tx) { return tx.treatments().Insert(MakeRecord()); }));
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const TreatmentRecord read, tx.treatments().Get(AppointmentId("b"), Lock::kForUpdate));
    const TreatmentRecord wrote = MakeRecord();
    EXPECT_EQ(read.state, TreatmentState::kCompleted);
    EXPECT_EQ(read.transport.driver_name, "Robin");
    EXPECT_EQ(read.doses[0].given_at, wrote.doses[0].given_at);
    EXPECT_EQ(read.doses[0].lot_number, "L1");
    EXPECT_EQ(read.vital_signs[0].oxygen_saturation, 98);
    EXPECT_EQ(read.adverse_events[0].resolved_at, wrote.adverse_events[0].resolved_at);
    EXPECT_EQ(read.pressure_decision->reason, "usual");
    EXPECT_EQ(read.discharge->discharged_at, wrote.discharge->discharged_at);
    EXPECT_EQ(read.monitored_by, wrote.monitored_by);
    return absl::OkStatus();
  }));
}

TEST_F(TreatmentTableTest, RecordsOfSeveralAppointmentsComeTogetherWithTheirExtensions) {
  TreatmentRecord record = MakeRecord();
  record.extensions = {{.until = record.checked_in_at + absl::Hours(4),
                        .decided_by = ResourceKey("staff/nurse"),
                        .reason = "dizzy",
                        .decided_at = record.checked_in_at + absl::Hours(2)}};
  ASSERT_OK(Run([&](Tx& tx) { return tx.treatments().Insert(record); }));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto read, tx.treatments().Of({AppointmentId("a"), AppointmentId("b")}));
    EXPECT_EQ(read.size(), 1u);
    const TreatmentRecord& found = read.at(AppointmentId("b"));
    EXPECT_EQ(found.extensions.at(0).until, record.extensions[0].until);
    EXPECT_EQ(found.extensions.at(0).reason, "dizzy");
    return absl::OkStatus();
  }));
}

TEST_F(TreatmentTableTest, AStaleVersionIsRefused) {
  ASSERT_OK(Run([](Tx& tx) { return tx.treatments().Insert(MakeRecord()); }));
  const auto update = [](Tx& tx) {
    TreatmentRecord next = MakeRecord();
    next.version = 2;
    return tx.treatments().Update(next);
  };
  EXPECT_OK(Run(update));
  EXPECT_ERROR(Run(update), absl::StatusCode::kAborted, "ETAG_MISMATCH");
}

TEST_F(TreatmentTableTest, AnAppointmentWithoutCheckInHasNone) {
  EXPECT_ERROR(Run([](Tx& tx) { return tx.treatments().Get(AppointmentId("none"), Lock::kNo).status(); }),
               absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace kat::scheduling
