#ifndef KAT_SERVICES_MESSAGING_CLIENTS_FAKES_H_
#define KAT_SERVICES_MESSAGING_CLIENTS_FAKES_H_

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kat/common/v1/events.pb.h"
#include "libs/base/error.h"
#include "services/messaging/clients/peers.h"

// Peers for tests: they hold the truth that messages must follow. Thread-safe.
namespace kat::messaging {

// Appointments as scheduling keeps them, with the events that each change publishes.
class FakeScheduling final : public SchedulingClient {
 public:
  absl::StatusOr<Appointment> GetAppointment(const ClinicId& clinic, const AppointmentId& id) override {
    const std::lock_guard lock(mutex_);
    if (down_) return PeerUnavailable("scheduling");
    const auto found = appointments_.find({clinic, id});
    if (found == appointments_.end()) return ResourceNotFound("appointment");
    return found->second;
  }

  absl::Status ConfirmAppointment(const ClinicId& clinic, const AppointmentId& id, int64_t version,
                                  const std::string& request_id) override {
    const std::lock_guard lock(mutex_);
    if (down_) return PeerUnavailable("scheduling");
    if (!confirmed_requests_.insert(clinic.str() + request_id).second) return absl::OkStatus();
    Appointment& a = appointments_.at({clinic, id});
    if (a.version != version) return EtagMismatch("appointment");
    if (a.standing != Standing::kUpcoming) return WrongState("appointment", "OVER", "be confirmed");
    a.confirmed = true;
    Publish(clinic, a, "appointment.confirmed");
    return absl::OkStatus();
  }

  absl::StatusOr<bool> IsStaff(const rpc::Call&, const std::string& subject) override {
    const std::lock_guard lock(mutex_);
    return staff.count(subject) > 0;
  }

  // Keeps `a` as changed and publishes `type` about it at the next version.
  Appointment Put(const ClinicId& clinic, Appointment a, const std::string& type) {
    const std::lock_guard lock(mutex_);
    Appointment& kept = appointments_[{clinic, a.id}];
    a.version = kept.version;
    kept = a;
    Publish(clinic, kept, type);
    return kept;
  }

  Appointment Get(const ClinicId& clinic, const AppointmentId& id) {
    const std::lock_guard lock(mutex_);
    return appointments_.at({clinic, id});
  }

  // The oldest event not yet taken.
  std::optional<common::v1::Event> Next() {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return std::nullopt;
    common::v1::Event event = events_.front();
    events_.pop_front();
    return event;
  }

  void set_down(bool down) {
    const std::lock_guard lock(mutex_);
    down_ = down;
  }

  std::set<std::string> staff;

 private:
  void Publish(const ClinicId& clinic, Appointment& a, const std::string& type) {
    ++a.version;
    common::v1::Event event;
    event.set_type(type);
    event.set_clinic(absl::StrCat("clinics/", clinic.str()));
    event.set_subject(absl::StrCat(event.clinic(), "/appointments/", a.id.str()));
    event.set_subject_version(a.version);
    (*event.mutable_related())["patient"] = absl::StrCat(event.clinic(), "/patients/", a.patient.str());
    if (!a.course.empty()) (*event.mutable_related())["course"] = absl::StrCat(event.clinic(), "/courses/", a.course.str());
    events_.push_back(std::move(event));
  }

  std::mutex mutex_;
  bool down_ = false;
  std::map<std::pair<ClinicId, AppointmentId>, Appointment> appointments_;
  std::set<std::string> confirmed_requests_;
  std::deque<common::v1::Event> events_;
};

class FakeIntake final : public IntakeClient {
 public:
  absl::StatusOr<Contact> GetContact(const ClinicId& clinic, const PatientId& id) override {
    const std::lock_guard lock(mutex_);
    const auto found = contacts_.find({clinic, id});
    if (found == contacts_.end()) return ResourceNotFound("patient");
    return found->second;
  }
  void Put(const ClinicId& clinic, const Contact& contact) {
    const std::lock_guard lock(mutex_);
    contacts_[{clinic, contact.id}] = contact;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<ClinicId, PatientId>, Contact> contacts_;
};

// Says what the test puts in.
class FakeSummary final : public SummarySource {
 public:
  absl::StatusOr<std::vector<SummarySection>> Read(const rpc::Call&, const PatientId&) override {
    if (!status.ok()) return status;
    return sections;
  }
  std::vector<SummarySection> sections;
  absl::Status status;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_CLIENTS_FAKES_H_
