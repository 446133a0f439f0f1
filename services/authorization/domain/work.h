#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_WORK_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_WORK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/authorization/domain/monitoring_form.h"
#include "services/authorization/domain/prior_authorization.h"

// Which pieces of work a resource has open, as a function of how it stands. What changes between two of its versions is
// what is announced.
namespace kat::authorization::domain {

// Who does it: numbers of kat.common.v1.Role.
enum class Role { kNone = 0, kClinicAdmin = 2, kAssistant = 3, kPsychiatrist = 4, kNurse = 6, kBiller = 8 };
enum class Urgency { kRoutine = 1, kSoon = 2, kUrgent = 3 };  // numbers of WorkSignal.Urgency

struct WorkItem {
  std::string kind;
  Role role = Role::kAssistant;
  std::optional<absl::Time> due_at;
  Urgency urgency = Urgency::kRoutine;
  bool closed = false;

  friend bool operator==(const WorkItem&, const WorkItem&) = default;
};

// Overrun units are not among it: they come with the session that uses them.
std::vector<WorkItem> OpenWork(const PriorAuthorization& auth, absl::TimeZone zone);
std::vector<WorkItem> OpenWork(const MonitoringForm& form, const Settings& settings, absl::Time now);

// What to announce: new or changed items, and closed ones.
std::vector<WorkItem> WorkChanges(const std::vector<WorkItem>& before, const std::vector<WorkItem>& after);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_WORK_H_
