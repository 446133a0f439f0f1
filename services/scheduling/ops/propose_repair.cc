#include <utility>
#include <vector>

#include "libs/base/status_macros.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/ops/picture_digest.h"
#include "services/scheduling/ops/repair.h"
#include "services/scheduling/ops/repair_question.h"

namespace kat::scheduling {
namespace {

RepairOption OptionOf(const CourseInRepair& course, const CourseToRepair& asked, const CoursePlan& plan) {
  RepairOption option{.cost = plan.cost, .terms = plan.terms};
  std::vector<RepairMove> others;
  std::vector<Move> moves;
  size_t next = 0;
  for (size_t i = 0; i < asked.question.visits.size(); ++i) {
    if (asked.question.visits[i].fixed) continue;
    const PlannedVisit& visit = plan.visits[next++];
    const Appointment& appointment = *course.of_question[i];
    const bool rebooks = !asked.question.visits[i].current.has_value();
    if (!rebooks && visit.start == appointment.time.start && visit.assignments == appointment.assignments) continue;
    RepairMove move{.appointment = appointment.id,
                    .version = appointment.version,
                    .visit_id = appointment.visit_id,
                    .rebooks = rebooks,
                    .current_start = appointment.time.start,
                    .current_assignments = appointment.assignments,
                    .start = visit.start,
                    .assignments = visit.assignments};
    moves.push_back({appointment.id, visit.start, visit.assignments, rebooks});
    (course.wanted.contains(appointment.id) ? option.moves : others).push_back(std::move(move));
  }
  option.moves.insert(option.moves.end(), others.begin(), others.end());
  option.deviations = BrokenByMoves(course.facts.View(), moves);
  return option;
}

void AddPart(const CourseInRepair& course, const CourseToRepair& asked, const RepairedCourse& repaired,
             Repair& repair) {
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
                               .reasons = repaired.reasons});
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
    AddPart(about.courses[i], about.question.courses[i], answer.courses[i], repair);
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
