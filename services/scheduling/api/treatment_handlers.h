#ifndef KAT_SERVICES_SCHEDULING_API_TREATMENT_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_TREATMENT_HANDLERS_H_

#include <string>

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/service.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// The day of treatment: check-in, and the treatment record.
class TreatmentHandlers {
 public:
  TreatmentHandlers(Store& store, ReadinessGate& readiness, ReservingGate& billing, ReservingGate& authorization)
      : store_(store), readiness_(readiness), billing_(billing), authorization_(authorization) {}

  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::TreatmentRecord> CheckIn(rpc::Call& call, const v1::CheckInRequest& request);
  absl::StatusOr<v1::TreatmentRecord> RecordDose(rpc::Call& call, const v1::RecordDoseRequest& request);
  absl::StatusOr<v1::TreatmentRecord> RecordVitalSigns(rpc::Call& call, const v1::RecordVitalSignsRequest& request);
  absl::StatusOr<v1::TreatmentRecord> RecordAdverseEvent(rpc::Call& call, const v1::RecordAdverseEventRequest& request);
  absl::StatusOr<v1::TreatmentRecord> ExtendObservation(rpc::Call& call, const v1::ExtendObservationRequest& request);
  absl::StatusOr<v1::TreatmentRecord> Discharge(rpc::Call& call, const v1::DischargePatientRequest& request);
  absl::StatusOr<v1::TreatmentRecord> EndWithout(rpc::Call& call, const v1::EndWithoutTreatmentRequest& request);
  absl::StatusOr<v1::TreatmentRecord> Get(rpc::Call& call, const v1::GetTreatmentRecordRequest& request);

  Store& store_;
  ReadinessGate& readiness_;
  ReservingGate& billing_;
  ReservingGate& authorization_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_TREATMENT_HANDLERS_H_
