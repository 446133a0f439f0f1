#include "services/scheduling/ops/picture.h"

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {

TimeSpan TimeOf(absl::TimeZone zone, absl::CivilDay first_day, int days) {
  return {absl::FromCivil(first_day - 1, zone), absl::FromCivil(first_day + days + 1, zone)};
}

absl::StatusOr<PlanningPicture> LoadPicture(Tx& tx, const ClinicFacts& facts, const PatientId& patient,
                                            absl::CivilDay first_day, int days,
                                            const std::set<std::string>& leave_out) {
  const TimeSpan time = TimeOf(facts.clinic.Zone(), first_day, days);
  PlanningPicture picture{.clinic = facts.clinic,
                          .resources = facts.resources,
                          .visit_types = facts.visit_types,
                          .now = facts.now,
                          .first_day = first_day,
                          .days = days};
  ASSIGN_OR_RETURN(picture.commitments, tx.occupancy().Commitments(time, ResourceKey()));
  std::erase_if(picture.commitments,
                [&](const Commitment& commitment) { return leave_out.contains(commitment.owner); });
  if (!patient.empty()) {
    ASSIGN_OR_RETURN(picture.patient_times, tx.occupancy().PatientTimes(patient, time));
    std::erase_if(picture.patient_times,
                  [&](const PatientTime& patient_time) { return leave_out.contains(patient_time.owner); });
  }
  return picture;
}

absl::StatusOr<std::vector<Assignment>> ChooseResources(Tx& tx, Planner& planner, const ClinicFacts& facts,
                                                        const PatientId& patient, const FixedStart& visit,
                                                        const std::set<std::string>& leave_out) {
  // Nothing to choose. Whether they are free is settled where they are taken, so that whoever comes second hears
  // SLOT_TAKEN, however late.
  const auto type = facts.visit_types.find(visit.type);
  if (type != facts.visit_types.end() && visit.pinned.size() == type->second.roles.size()) return visit.pinned;
  const absl::CivilDay day = DayAt(visit.start, facts.clinic.Zone());
  ASSIGN_OR_RETURN(const PlanningPicture picture, LoadPicture(tx, facts, patient, day, 1, leave_out));
  VisitToPlan to_plan{.visit_id = visit.visit_id, .type = visit.type, .starts = visit.start, .pinned = visit.pinned};
  PlanningQuestion question{.visits = {to_plan}, .earliest_day = day};
  if (!visit.preferred.empty()) {
    question.visits[0].pinned = visit.preferred;
    ASSIGN_OR_RETURN(const PlanningAnswer kept, planner.Plan(picture, question));
    if (!kept.plans.empty()) return kept.plans[0].visits[0].assignments;
    question.visits[0].pinned = visit.pinned;
  }
  ASSIGN_OR_RETURN(const PlanningAnswer answer, planner.Plan(picture, question));
  if (answer.plans.empty()) return PlanInvalid(answer.reasons);
  return answer.plans[0].visits[0].assignments;
}

}  // namespace kat::scheduling
