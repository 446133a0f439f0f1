#include "services/scheduling/api/move_conditions.h"

#include "libs/base/business_time.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/booking_gates.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/domain/conditional.h"

namespace kat::scheduling {
namespace {

// What would be conditional where `proposal` puts it.
absl::StatusOr<VisitConditions> ConditionsOf(const rpc::Call& call, CoverageGate& coverage,
                                             const MovingVisits& standing, const v1::MoveProposal& proposal) {
  GateQuestion question = standing.course;
  VisitConditions stays;
  for (const v1::PlannedMove& move : proposal.moves()) {
    const auto found = standing.visits.find(AppointmentId(rpc::LastSegment(move.appointment())));
    if (found == standing.visits.end()) continue;
    GateVisit visit = found->second.visit;
    visit.day = DayAt(rpc::FromProto(move.start_time()), standing.zone);
    if (visit.session_number > 0 && visit.day != found->second.visit.day) {
      question.visits.push_back(std::move(visit));
    } else if (found->second.condition) {
      stays[visit.visit_id] = *found->second.condition;
    }
  }
  if (question.visits.empty()) return stays;
  absl::StatusOr<GateAnswer> answer = coverage.Check(call, question);
  if (!answer.ok()) return answer.status();
  answer->conditional.merge(stays);
  return std::move(answer->conditional);
}

}  // namespace

MovingVisits MovingVisitsOf(const CourseFacts& facts) {
  MovingVisits out{.zone = facts.setup.clinic.Zone()};
  if (facts.course.id.empty()) return out;
  out.course = QuestionOf(facts, {});
  for (const Appointment& appointment : facts.appointments) {
    out.visits[appointment.id] = {{appointment.visit_id, appointment.session_number, appointment.visit_type,
                                   DayAt(appointment.time.start, out.zone)},
                                  appointment.condition};
  }
  return out;
}

void NoteConditions(const rpc::Call& call, CoverageGate& coverage, const MovingVisits& standing,
                    v1::ProposeMoveResponse& response) {
  for (v1::MoveProposal& proposal : *response.mutable_proposals()) {
    const absl::StatusOr<VisitConditions> conditions = ConditionsOf(call, coverage, standing, proposal);
    if (!conditions.ok()) {
      response.set_coverage_unknown(true);
      return;
    }
    for (v1::PlannedMove& move : *proposal.mutable_moves()) {
      const auto condition = conditions->find(move.visit_id());
      if (condition != conditions->end()) *move.mutable_condition() = ToProto(condition->second);
    }
    if (const auto day = RenewalRequestBy(*conditions)) *proposal.mutable_renewal_request_date() = rpc::ToProto(*day);
  }
}

}  // namespace kat::scheduling
