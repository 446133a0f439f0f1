#include <utility>
#include <vector>

#include "libs/base/status_macros.h"
#include "services/scheduling/domain/on_call.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/ops/picture_digest.h"
#include "services/scheduling/ops/repair.h"
#include "services/scheduling/ops/repair_option.h"
#include "services/scheduling/ops/repair_question.h"

namespace kat::scheduling {
namespace {

// Who could be called in for what the person who is absent had to do in a visit.
std::vector<ResourceKey> OnCallFor(const Appointment& appointment, const Absence* absence, const ClinicFacts& setup) {
  const auto type = setup.visit_types.find(appointment.visit_type);
  if (absence == nullptr || type == setup.visit_types.end()) return {};
  for (const Assignment& assignment : appointment.assignments) {
    if (assignment.resource != absence->resource) continue;
    for (const VisitRole& role : type->second.roles) {
      if (role.role == assignment.role) {
        return OnCallFor(role, appointment.time.start, setup.clinic, setup.resources);
      }
    }
  }
  return {};
}

void AddPart(const CourseInRepair& course, const CourseToRepair& asked, const RepairedCourse& repaired,
             const ClinicFacts& setup, Repair& repair) {
  RepairPart part{.course = course.facts.course.id,
                  .course_version = course.facts.course.version,
                  .patient = asked.patient,
                  .makes_way = course.wanted.empty(),
                  .override_roles = course.facts.protocol.OverrideRoles()};
  for (const CoursePlan& plan : repaired.options) {
    RepairOption option = OptionOf(course, asked, plan);
    if (!option.moves.empty()) part.options.push_back(std::move(option));
  }
  if (!part.options.empty()) {
    repair.parts.push_back(std::move(part));
    return;
  }
  for (const Appointment& appointment : course.facts.appointments) {
    if (!course.wanted.contains(appointment.id)) continue;
    repair.unplaced.push_back({.appointment = appointment.id,
                               .patient = appointment.patient,
                               .visit_id = appointment.visit_id,
                               .reasons = repaired.reasons,
                               .on_call = OnCallFor(appointment, std::get_if<Absence>(&repair.trigger), setup)});
  }
}

}  // namespace

absl::StatusOr<Repair> ProposeRepair(Tx& tx, Repairer& repairer, const RepairWish& wish) {
  RETURN_IF_ERROR(ValidateTrigger(wish.trigger, tx.now()));
  ASSIGN_OR_RETURN(RepairCase about, LoadRepairCase(tx, wish.trigger, wish.allow_others));
  about.question.max_options = wish.max_options;
  about.question.allow_deviations = wish.allow_deviations;
  ASSIGN_OR_RETURN(const PlanningPicture picture,
                   LoadPicture(tx, about.setup, PatientId(), about.first_day, about.days, about.owners));
  ASSIGN_OR_RETURN(const RepairAnswer answer, repairer.Repair(picture, about.question));
  Repair repair{.id = RepairId(NewId()),
                .trigger = wish.trigger,
                .allow_others = wish.allow_others,
                .allow_deviations = wish.allow_deviations,
                .proposed_by = wish.asked_by,
                .created_at = tx.now(),
                .updated_at = tx.now()};
  for (size_t i = 0; i < about.courses.size(); ++i) {
    AddPart(about.courses[i], about.question.courses[i], answer.courses[i], about.setup, repair);
  }
  RankParts(repair.parts);
  std::vector<const CourseFacts*> courses;
  for (const CourseInRepair& course : about.courses) courses.push_back(&course.facts);
  repair.basis = {.picture_time = tx.now(),
                  .commitments = static_cast<int64_t>(picture.commitments.size()),
                  .picture_digest = DigestOf(picture, about.setup, courses),
                  .weights = answer.weights,
                  .lower_bound = answer.lower_bound,
                  .proved = answer.proved,
                  .search_steps = answer.steps};
  RETURN_IF_ERROR(tx.repairs().Insert(repair));
  RETURN_IF_ERROR(Publish(tx, repair, "proposed"));
  return repair;
}

}  // namespace kat::scheduling
