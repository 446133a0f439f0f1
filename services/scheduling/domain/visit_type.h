#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_VISIT_TYPE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_VISIT_TYPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/ids.h"

namespace kat::scheduling {

// Use of a resource in minutes [from, to) after the visit's start.
struct UsageSegment {
  int from_minute = 0;
  int to_minute = 0;
  int load = 1;
};

// One place in a visit, filled by one resource with `tag` throughout.
struct VisitRole {
  std::string role;
  std::string tag;
  std::vector<UsageSegment> segments;
};

struct Preparation {
  int fasting_solids_minutes = 0;
  int fasting_liquids_minutes = 0;
  bool driver_required = false;
  std::string instructions;
};

// What must be observed at a dosing visit; 0 and false mean no rule. Sources at the proto.
struct Monitoring {
  int observation_minutes = 0;
  int baseline_systolic_max = 0;
  int baseline_diastolic_max = 0;
  bool post_dose_vitals_required = false;
  bool observation_from_last_dose = false;  // else from the first
};

// A kind of visit.
struct VisitType {
  VisitTypeId id;
  std::string display_name;
  std::string patient_display_name;
  int duration_minutes = 0;
  bool dosing = false;
  std::vector<VisitRole> roles;
  Preparation preparation;
  Monitoring monitoring;
  bool retired = false;
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;

  const VisitRole* FindRole(absl::string_view role) const;
  // Minutes after its start until which anything of it is in use: its duration, or the end of turnover.
  int ReachMinutes() const;
};

// INVALID_ARGUMENT with every fault: roles named twice, segments that overlap or are empty, a duration off the grid.
absl::Status ValidateVisitType(const VisitType& type);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_VISIT_TYPE_H_
