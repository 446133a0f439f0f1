#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

int PlanningQuestion::FindVisit(const std::string& visit_id) const {
  for (size_t i = 0; i < visits.size(); ++i) {
    if (visits[i].visit_id == visit_id) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace kat::scheduling
