#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PLAN_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/ids.h"

namespace kat::scheduling {

// A visit with a time and resources, not yet booked.
struct PlannedVisit {
  std::string visit_id;
  absl::Time start;
  std::vector<Assignment> assignments;
};

// A whole block of a course, planned on one version of it.
struct BlockPlan {
  CourseId course;
  int64_t course_version = 0;
  std::vector<std::string> phases;
  std::vector<PlannedVisit> visits;
  DecisionId decision;  // that it was proposed by; empty for a plan of somebody's own making
};

// Numbers of kat.scheduling.v1.CostTerm.Kind.
enum class CostKind {
  kStartDelay = 1,
  kGap = 2,
  kPreference = 3,
  kHandoff = 4,
  kMove = 5,
  kReassign = 6,
  kDay = 7,
  kShift = 8
};

// What a plan costs in one respect.
struct CostTerm {
  CostKind kind = CostKind::kGap;
  int64_t count = 0;
  int64_t cost = 0;
  std::string explanation;
};

// What a unit of a cost term weighs.
struct CostWeight {
  CostKind kind = CostKind::kGap;
  int64_t weight = 0;
};

enum class HoldState { kActive = 1, kBooked = 2, kReleased = 3, kExpired = 4 };

// A plan whose capacity is taken for a while.
struct Hold {
  HoldId id;
  BlockPlan plan;
  PatientId patient;
  HoldState state = HoldState::kActive;
  absl::Time expires_at;
  absl::Time created_at;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PLAN_H_
