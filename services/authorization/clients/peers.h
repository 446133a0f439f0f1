#ifndef KAT_SERVICES_AUTHORIZATION_CLIENTS_PEERS_H_
#define KAT_SERVICES_AUTHORIZATION_CLIENTS_PEERS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "grpcpp/channel.h"
#include "libs/rpc/call.h"
#include "services/authorization/domain/evidence.h"
#include "services/authorization/domain/treatment.h"

// What this service asks of others, in its own terms. Thread-safe.
namespace kat::authorization {

// On whose behalf a peer is asked: a caller's, or this service's own for a clinic.
struct As {
  const rpc::Call* call = nullptr;
  ClinicId clinic;

  static As Caller(const rpc::Call& call) { return {&call, call.clinic()}; }
  static As Service(const ClinicId& clinic) { return {nullptr, clinic}; }
};

class IntakeClient {
 public:
  virtual ~IntakeClient() = default;
  // What intake can show about a patient as of a day. NOT_FOUND for an unknown patient; UNAVAILABLE.
  virtual absl::StatusOr<domain::PatientEvidence> Evidence(const As& as, const PatientId& patient,
                                                           const std::string& program, absl::CivilDay as_of) = 0;
};

class SchedulingClient {
 public:
  virtual ~SchedulingClient() = default;
  virtual absl::StatusOr<domain::Appointment> FindAppointment(const As& as, const domain::AppointmentId& id) = 0;
  // The live appointments of a course by visit id.
  virtual absl::StatusOr<std::map<std::string, domain::Appointment>> AppointmentsOf(const As& as,
                                                                                    const domain::CourseId& course) = 0;
  virtual absl::StatusOr<domain::TreatmentRecord> FindTreatmentRecord(const As& as,
                                                                      const domain::AppointmentId& id) = 0;
};

struct Peers {
  std::shared_ptr<IntakeClient> intake;
  std::shared_ptr<SchedulingClient> scheduling;
};

std::shared_ptr<IntakeClient> MakeIntakeClient(std::shared_ptr<grpc::Channel> channel);
std::shared_ptr<SchedulingClient> MakeSchedulingClient(std::shared_ptr<grpc::Channel> channel);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_CLIENTS_PEERS_H_
