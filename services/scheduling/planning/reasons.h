#ifndef KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_

#include <cstdint>
#include <vector>

#include "services/scheduling/planning/model.h"

namespace kat::scheduling {

// Why a question that has no plan has none, each cause with the least that would be enough where that is known. Never
// empty.
std::vector<Reason> WhyNot(const Model& model);
// The same of a course of `clinic` against `picture`; each of the many questions that it asks takes so many steps.
std::vector<Reason> WhyNot(const ClinicModel& clinic, const optimizer::Picture& picture,
                           const optimizer::Course& course, int64_t ops_per_question);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_
