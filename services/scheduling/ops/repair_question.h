#ifndef KAT_SERVICES_SCHEDULING_OPS_REPAIR_QUESTION_H_
#define KAT_SERVICES_SCHEDULING_OPS_REPAIR_QUESTION_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/repair.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/repairer.h"

namespace kat::scheduling {

// A course that a repair concerns, or an appointment by itself, which is a course of one visit and no rules.
struct CourseInRepair {
  CourseFacts facts;
  std::set<AppointmentId> wanted;               // have to go elsewhere, or to be booked anew
  std::vector<const Appointment*> of_question;  // the appointment of each visit of its question
};

// What a repair is asked about.
struct RepairCase {
  ClinicFacts setup;  // as it is once the absence is noted
  std::vector<CourseInRepair> courses;
  RepairQuestion question;  // its courses are those
  absl::CivilDay first_day;
  int days = 0;
  std::set<std::string> owners;  // of all that the courses have, as occupancy knows them
};

// Reads what the trigger concerns. NOT_FOUND; FAILED_PRECONDITION, STATE_FORBIDS or VISIT_STANDS; INVALID_ARGUMENT on a
// field of the trigger.
absl::StatusOr<RepairCase> LoadRepairCase(Tx& tx, const RepairTrigger& trigger, bool allow_others);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_REPAIR_QUESTION_H_
