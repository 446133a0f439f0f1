#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_DECISION_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_DECISION_H_

#include <string>
#include <vector>

#include "services/scheduling/domain/repair.h"

namespace kat::scheduling {

// One of the plans that were proposed.
struct Alternative {
  BlockPlan plan;
  int64_t cost = 0;
  std::vector<CostTerm> terms;
};

// A proposal of a block or a move as it was answered, and what it was decided on. It never changes.
struct Decision {
  DecisionId id;
  CourseId course;
  PatientId patient;
  std::vector<std::string> phases;
  absl::CivilDay first_day;
  int days = 0;
  std::vector<Alternative> alternatives;  // of a block, best first
  AppointmentId appointment;              // that was to move
  std::vector<RepairOption> moves;        // ways to move it, best first
  std::vector<Reason> reasons;            // where there is none
  DecisionBasis basis;
  std::string proposed_by;
  absl::Time created_at;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_DECISION_H_
