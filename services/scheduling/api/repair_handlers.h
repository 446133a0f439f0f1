#ifndef KAT_SERVICES_SCHEDULING_API_REPAIR_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_REPAIR_HANDLERS_H_

#include <string>
#include <vector>

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/api/booking_gates.h"
#include "services/scheduling/ops/repair.h"
#include "services/scheduling/planning/repairer.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Repairs.
class RepairHandlers {
 public:
  RepairHandlers(Store& store, Repairer& repairer, BookingGates& gates)
      : store_(store), repairer_(repairer), gates_(gates) {}
  void Register(rpc::Service& service);

 private:
  // A part that is applied, what the gates are asked about it, and what is reserved for it.
  struct Passage {
    RepairChoice choice;
    GateQuestion moved;
    GateQuestion booked_anew;
    std::string attempt_key;
    GateAttempt attempt;
    Reservations reservations;
    VisitConditions conditional;  // of those that move
  };

  absl::StatusOr<v1::Repair> ProposeRepair(rpc::Call& call, const v1::ProposeRepairRequest& request);
  absl::StatusOr<v1::Repair> GetRepair(rpc::Call& call, const v1::GetRepairRequest& request);
  absl::StatusOr<v1::ListRepairsResponse> ListRepairs(rpc::Call& call, const v1::ListRepairsRequest& request);
  absl::StatusOr<v1::ApplyRepairResponse> ApplyRepair(rpc::Call& call, const v1::ApplyRepairRequest& request);

  absl::StatusOr<std::vector<Passage>> Prepare(rpc::Call& call, const v1::ApplyRepairRequest& request);
  // Asks the gates about every passage, and reserves where visits are booked anew.
  absl::Status Pass(rpc::Call& call, std::vector<Passage>& passages);
  void GiveUpAll(rpc::Call& call, const std::vector<Passage>& passages);

  Store& store_;
  Repairer& repairer_;
  BookingGates& gates_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_REPAIR_HANDLERS_H_
