#ifndef KAT_SERVICES_AUTHORIZATION_CLIENTS_FAKE_PEERS_H_
#define KAT_SERVICES_AUTHORIZATION_CLIENTS_FAKE_PEERS_H_

#include <map>
#include <string>

#include "libs/base/error.h"
#include "services/authorization/clients/peers.h"

namespace kat::authorization {

// Peers that answer what a test put in. Not for use from several threads while a test changes them.
class FakeIntake final : public IntakeClient {
 public:
  std::map<PatientId, domain::PatientEvidence> patients;
  bool down = false;
  absl::CivilDay asked_as_of;  // the day last asked about

  absl::StatusOr<domain::PatientEvidence> Evidence(const As&, const PatientId& patient, const std::string&,
                                                   absl::CivilDay as_of) override {
    asked_as_of = as_of;
    if (down) return PeerUnavailable("intake");
    const auto found = patients.find(patient);
    if (found == patients.end()) return ResourceNotFound("patient");
    return found->second;
  }
};

class FakeScheduling final : public SchedulingClient {
 public:
  std::map<domain::AppointmentId, domain::Appointment> appointments;
  std::map<domain::AppointmentId, domain::TreatmentRecord> records;

  absl::StatusOr<domain::Appointment> FindAppointment(const As&, const domain::AppointmentId& id) override {
    const auto found = appointments.find(id);
    if (found == appointments.end()) return ResourceNotFound("appointment");
    return found->second;
  }
  absl::StatusOr<std::map<std::string, domain::Appointment>> AppointmentsOf(const As&,
                                                                            const domain::CourseId& course) override {
    std::map<std::string, domain::Appointment> found;
    for (const auto& [id, appointment] : appointments) {
      if (appointment.course == course) found[appointment.visit_id] = appointment;
    }
    return found;
  }
  absl::StatusOr<domain::TreatmentRecord> FindTreatmentRecord(const As&, const domain::AppointmentId& id) override {
    const auto found = records.find(id);
    if (found == records.end()) return ResourceNotFound("treatment record");
    return found->second;
  }
};

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_CLIENTS_FAKE_PEERS_H_
