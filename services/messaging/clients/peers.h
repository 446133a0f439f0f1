#ifndef KAT_SERVICES_MESSAGING_CLIENTS_PEERS_H_
#define KAT_SERVICES_MESSAGING_CLIENTS_PEERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/rpc/call.h"
#include "services/messaging/domain/appointment.h"
#include "services/messaging/domain/summary.h"

// The other services, as messaging needs them. All thread-safe. UNAVAILABLE, PEER_UNAVAILABLE, where one cannot be reached.
namespace kat::messaging {

class SchedulingClient {
 public:
  virtual ~SchedulingClient() = default;
  // As messaging itself. NOT_FOUND.
  virtual absl::StatusOr<Appointment> GetAppointment(const ClinicId& clinic, const AppointmentId& id) = 0;
  // Notes that the patient has confirmed, as messaging itself; ABORTED where the appointment is no longer at `version`.
  virtual absl::Status ConfirmAppointment(const ClinicId& clinic, const AppointmentId& id, int64_t version,
                                          const std::string& request_id) = 0;
  // Whether `subject` is the login of somebody who works at the clinic, as the caller.
  virtual absl::StatusOr<bool> IsStaff(const rpc::Call& call, const std::string& subject) = 0;
};

class IntakeClient {
 public:
  virtual ~IntakeClient() = default;
  // How to reach a patient, as messaging itself. NOT_FOUND.
  virtual absl::StatusOr<Contact> GetContact(const ClinicId& clinic, const PatientId& id) = 0;
};

// A service that has something to say in a clinical summary.
class SummarySource {
 public:
  virtual ~SummarySource() = default;
  // Its sections, read as the caller. What the caller may not read is NOT_PERMITTED, what cannot be read now UNAVAILABLE. NOT_FOUND only where the
  // service owns patients and has no such one.
  virtual absl::StatusOr<std::vector<SummarySection>> Read(const rpc::Call& call, const PatientId& patient) = 0;
};

// All of them. Outlives the service's parts.
struct Peers {
  SchedulingClient* scheduling = nullptr;
  IntakeClient* intake = nullptr;
  std::vector<SummarySource*> summary;  // in the order in which they are shown
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_CLIENTS_PEERS_H_
