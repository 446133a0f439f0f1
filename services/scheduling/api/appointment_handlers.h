#ifndef KAT_SERVICES_SCHEDULING_API_APPOINTMENT_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_APPOINTMENT_HANDLERS_H_

#include "absl/functional/function_ref.h"
#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/api/booking_gates.h"
#include "services/scheduling/planning/planner.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Single appointments.
class AppointmentHandlers {
 public:
  AppointmentHandlers(Store& store, Planner& planner, BookingGates& gates)
      : store_(store), planner_(planner), gates_(gates) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Appointment> CreateAppointment(rpc::Call& call, const v1::CreateAppointmentRequest& request);
  absl::StatusOr<v1::Appointment> GetAppointment(rpc::Call& call, const v1::GetAppointmentRequest& request);
  absl::StatusOr<v1::ListAppointmentsResponse> ListAppointments(rpc::Call& call,
                                                                const v1::ListAppointmentsRequest& request);
  absl::StatusOr<v1::Appointment> UpdateAppointment(rpc::Call& call, const v1::UpdateAppointmentRequest& request);
  absl::StatusOr<v1::Appointment> CancelAppointment(rpc::Call& call, const v1::CancelAppointmentRequest& request);
  absl::StatusOr<v1::Appointment> ConfirmAppointment(rpc::Call& call, const v1::ConfirmAppointmentRequest& request);
  absl::StatusOr<v1::Appointment> MarkNoShow(rpc::Call& call, const v1::MarkNoShowRequest& request);
  absl::StatusOr<v1::Appointment> CompleteAppointment(rpc::Call& call, const v1::CompleteAppointmentRequest& request);
  absl::StatusOr<v1::MoveAppointmentResponse> MoveAppointment(rpc::Call& call,
                                                              const v1::MoveAppointmentRequest& request);

  // Whether the dosing visits of a move may stand on their new days.
  absl::StatusOr<VisitConditions> CheckGates(rpc::Call& call, const v1::MoveAppointmentRequest& request);

  Store& store_;
  Planner& planner_;
  BookingGates& gates_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_APPOINTMENT_HANDLERS_H_
