#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_SETTINGS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/authorization/domain/units.h"

namespace kat::authorization::domain {

// When the clinic wants to be told; practice conventions, so the clinic's data.
struct Settings {
  std::vector<int> renewal_days = {30, 21, 14};  // before the end, descending
  int renewal_visits_left = 4;
  std::vector<int> monitoring_form_days = {3, 5, 7};  // after the session, ascending
  bool refuse_conditional_visits = false;
  int64_t version = 0;  // 0 before the clinic sets anything
};
absl::Status ValidateSettings(const Settings& settings);

struct PlannedDose {
  int from_session = 1;
  int devices = 0;
};

// How the clinic handles one program.
struct ProgramRule {
  std::string program;
  bool payer_billed = false;
  bool rems_required = false;
  std::string drug;
  int mg_per_device = 0;
  std::vector<PlannedDose> planned_doses;  // ascending by from_session
  std::vector<std::string> concomitant_classes;
  int64_t version = 0;
  absl::Time updated_at;

  // Units planned for a session; `devices` above 0 replaces the plan. Nothing for session 0, which has no dose.
  UnitCounts Planned(int session_number, int devices = 0) const;
};
absl::Status ValidateProgramRule(const ProgramRule& rule);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_SETTINGS_H_
