#include "services/authorization/domain/settings.h"

#include <algorithm>
#include <functional>

#include "libs/base/error.h"

namespace kat::authorization::domain {

absl::Status ValidateSettings(const Settings& settings) {
  const auto strictly = [](const std::vector<int>& days, auto compare) {
    return std::adjacent_find(days.begin(), days.end(), [&](int a, int b) { return !compare(a, b); }) == days.end();
  };
  std::vector<FieldViolation> wrong;
  if (settings.renewal_days.empty() || !strictly(settings.renewal_days, std::greater<int>())) {
    wrong.push_back({"authorization_settings.renewal_days", "must be at least one day count, descending"});
  }
  if (settings.monitoring_form_days.empty() || !strictly(settings.monitoring_form_days, std::less<int>())) {
    wrong.push_back({"authorization_settings.monitoring_form_days", "must be at least one day count, ascending"});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

UnitCounts ProgramRule::Planned(int session_number, int devices) const {
  if (session_number <= 0) return {};
  if (devices <= 0) {
    for (const PlannedDose& dose : planned_doses) {
      if (dose.from_session <= session_number) devices = dose.devices;
    }
  }
  return {.visits = 1, .drug_mg = devices * mg_per_device, .devices = devices};
}

absl::Status ValidateProgramRule(const ProgramRule& rule) {
  std::vector<FieldViolation> wrong;
  for (size_t i = 1; i < rule.planned_doses.size(); ++i) {
    if (rule.planned_doses[i].from_session <= rule.planned_doses[i - 1].from_session) {
      wrong.push_back({"program_rule.planned_doses", "must be ascending by from_session"});
      break;
    }
  }
  if (!rule.planned_doses.empty() && rule.planned_doses[0].from_session != 1) {
    wrong.push_back({"program_rule.planned_doses[0].from_session", "must be 1"});
  }
  if (rule.rems_required && (rule.drug.empty() || rule.mg_per_device <= 0)) {
    wrong.push_back({"program_rule.drug", "a program under the REMS needs its drug and mg_per_device"});
  }
  if (rule.payer_billed && rule.planned_doses.empty()) {
    wrong.push_back({"program_rule.planned_doses", "a program billed to payers needs planned doses"});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

}  // namespace kat::authorization::domain
