#ifndef KAT_SERVICES_BILLING_CLIENTS_PEERS_H_
#define KAT_SERVICES_BILLING_CLIENTS_PEERS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/error.h"
#include "services/billing/domain/claim.h"
#include "services/billing/domain/types.h"

// What billing asks other services, as itself and under a clinic. All calls end within seconds: UNAVAILABLE where a
// peer does not answer.
namespace kat::billing {

class SchedulingClient {
 public:
  virtual ~SchedulingClient() = default;
  // The visit as it stands. `late` is not scheduling's to say and stays false.
  virtual absl::StatusOr<Visit> GetVisit(const ClinicId& clinic, const AppointmentId& appointment) = 0;
  // All visits of a course, cancelled ones too.
  virtual absl::StatusOr<std::vector<Visit>> ListVisits(const ClinicId& clinic, const CourseId& course) = 0;
  // Puts what the treatment record says of `facts.drug` into `facts`. NOT_FOUND where the visit has none.
  virtual absl::Status ReadTreatment(const ClinicId& clinic, const AppointmentId& appointment, SessionFacts& facts) = 0;
};

class AuthorizationClient {
 public:
  virtual ~AuthorizationClient() = default;
  // Puts what a claim for the visit needs into `facts`.
  virtual absl::Status ReadClaimAuthorization(const ClinicId& clinic, const AppointmentId& appointment,
                                              SessionFacts& facts) = 0;
};

struct Peers {
  std::shared_ptr<SchedulingClient> scheduling;
  std::shared_ptr<AuthorizationClient> authorization;
};

// Peers that a test fills.
class FakeScheduling final : public SchedulingClient {
 public:
  absl::StatusOr<Visit> GetVisit(const ClinicId&, const AppointmentId& appointment) override {
    if (down) return PeerUnavailable("scheduling");
    const auto found = visits.find(appointment);
    if (found == visits.end()) return ResourceNotFound("appointment");
    return found->second;
  }
  absl::StatusOr<std::vector<Visit>> ListVisits(const ClinicId&, const CourseId& course) override {
    if (down) return PeerUnavailable("scheduling");
    std::vector<Visit> of_course;
    for (const auto& [id, visit] : visits) {
      if (visit.course == course) of_course.push_back(visit);
    }
    return of_course;
  }
  absl::Status ReadTreatment(const ClinicId&, const AppointmentId& appointment, SessionFacts& facts) override {
    if (down) return PeerUnavailable("scheduling");
    const auto found = treatments.find(appointment);
    if (found == treatments.end()) return ResourceNotFound("treatment record");
    const SessionFacts& treatment = found->second;
    facts.completed = treatment.completed;
    facts.dose_micrograms = treatment.dose_micrograms;
    facts.devices = treatment.devices;
    facts.infusion_minutes = treatment.infusion_minutes;
    facts.dose_times_present = treatment.dose_times_present;
    facts.observation_minutes = treatment.observation_minutes;
    facts.blood_pressures = treatment.blood_pressures;
    facts.ndc = treatment.ndc;
    return absl::OkStatus();
  }

  std::map<AppointmentId, Visit> visits;
  std::map<AppointmentId, SessionFacts> treatments;  // the part that a record tells
  bool down = false;
};

class FakeAuthorization final : public AuthorizationClient {
 public:
  absl::Status ReadClaimAuthorization(const ClinicId&, const AppointmentId&, SessionFacts& facts) override {
    if (down) return PeerUnavailable("authorization");
    if (fill) fill(facts);
    return absl::OkStatus();
  }

  std::function<void(SessionFacts&)> fill;
  bool down = false;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_CLIENTS_PEERS_H_
