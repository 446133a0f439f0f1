#include "services/scheduling/store/pg_store.h"

#include <string>
#include <utility>

#include "libs/tx/pg_transaction.h"
#include "services/scheduling/store/pg_booking_tables.h"
#include "services/scheduling/store/pg_decision_table.h"
#include "services/scheduling/store/pg_improvement_table.h"
#include "services/scheduling/store/pg_picture_table.h"
#include "services/scheduling/store/pg_repair_table.h"
#include "services/scheduling/store/pg_setup_tables.h"
#include "services/scheduling/store/pg_treatment_table.h"
#include "services/scheduling/store/pg_wait_list_table.h"

namespace kat::scheduling {
namespace {

class PgTx final : public tx::PgTransaction<Tx> {
 public:
  PgTx(pg::Tx& db, const ClinicId& clinic, absl::Time now, std::string trace_id, KeptSetups& kept)
      : tx::PgTransaction<Tx>(db, clinic, now, std::move(trace_id)),
        clinics_(db, clinic),
        resources_(db, clinic),
        visit_types_(db, clinic),
        setups_(db, clinic, kept, clinics_, resources_, visit_types_),
        protocols_(db, clinic, kept),
        courses_(db, clinic),
        appointments_(db, clinic),
        holds_(db, clinic),
        occupancy_(db, clinic),
        pictures_(db, clinic),
        gate_attempts_(db, clinic),
        treatments_(db, clinic),
        wait_list_(db, clinic),
        repairs_(db, clinic),
        decisions_(db, clinic),
        improvements_(db, clinic) {}

  ClinicTable& clinics() override { return clinics_; }
  ResourceTable& resources() override { return resources_; }
  VisitTypeTable& visit_types() override { return visit_types_; }
  SetupTable& setups() override { return setups_; }
  ProtocolTable& protocols() override { return protocols_; }
  CourseTable& courses() override { return courses_; }
  AppointmentTable& appointments() override { return appointments_; }
  HoldTable& holds() override { return holds_; }
  OccupancyTable& occupancy() override { return occupancy_; }
  PictureTable& pictures() override { return pictures_; }
  GateAttemptTable& gate_attempts() override { return gate_attempts_; }
  TreatmentTable& treatments() override { return treatments_; }
  WaitListTable& wait_list() override { return wait_list_; }
  RepairTable& repairs() override { return repairs_; }
  DecisionTable& decisions() override { return decisions_; }
  ImprovementTable& improvements() override { return improvements_; }

 private:
  PgClinicTable clinics_;
  PgResourceTable resources_;
  PgVisitTypeTable visit_types_;
  PgSetupTable setups_;
  PgProtocolTable protocols_;
  PgCourseTable courses_;
  PgAppointmentTable appointments_;
  PgHoldTable holds_;
  PgOccupancyTable occupancy_;
  PgPictureTable pictures_;
  PgGateAttemptTable gate_attempts_;
  PgTreatmentTable treatments_;
  PgWaitListTable wait_list_;
  PgRepairTable repairs_;
  PgDecisionTable decisions_;
  PgImprovementTable improvements_;
};

}  // namespace

std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock) {
  return std::make_unique<tx::PgStore<Tx, PgTx, KeptSetups>>(database, clock);
}

}  // namespace kat::scheduling
