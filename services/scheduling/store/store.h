#ifndef KAT_SERVICES_SCHEDULING_STORE_STORE_H_
#define KAT_SERVICES_SCHEDULING_STORE_STORE_H_

#include "libs/tx/transaction.h"
#include "services/scheduling/store/booking_tables.h"
#include "services/scheduling/store/decision_table.h"
#include "services/scheduling/store/improvement_table.h"
#include "services/scheduling/store/picture_table.h"
#include "services/scheduling/store/repair_table.h"
#include "services/scheduling/store/tables.h"
#include "services/scheduling/store/treatment_table.h"
#include "services/scheduling/store/wait_list_table.h"

namespace kat::scheduling {

// One transaction of this service: its tables, each a part of it.
class Tx : public tx::Transaction {
 public:
  virtual ClinicTable& clinics() = 0;
  virtual ResourceTable& resources() = 0;
  virtual VisitTypeTable& visit_types() = 0;
  virtual SetupTable& setups() = 0;
  virtual ProtocolTable& protocols() = 0;
  virtual CourseTable& courses() = 0;
  virtual AppointmentTable& appointments() = 0;
  virtual HoldTable& holds() = 0;
  virtual OccupancyTable& occupancy() = 0;
  virtual PictureTable& pictures() = 0;
  virtual GateAttemptTable& gate_attempts() = 0;
  virtual TreatmentTable& treatments() = 0;
  virtual WaitListTable& wait_list() = 0;
  virtual RepairTable& repairs() = 0;
  virtual DecisionTable& decisions() = 0;
  virtual ImprovementTable& improvements() = 0;
};

using Store = tx::Store<Tx>;

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_STORE_H_
