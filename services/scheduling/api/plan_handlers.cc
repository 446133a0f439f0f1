#include "services/scheduling/api/plan_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/booking_gates.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/convert_repair.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/move.h"
#include "services/scheduling/ops/picture_digest.h"

namespace kat::scheduling {
namespace {

int PlansWanted(int asked) { return asked == 0 ? limits::kMaxProposals : asked; }

VisitToPlan StandingVisit(const Appointment& appointment, bool fixed) {
  return {.visit_id = appointment.visit_id,
          .type = appointment.visit_type,
          .current = VisitToPlan::Standing{appointment.time.start, appointment.assignments},
          .fixed = fixed};
}

struct Horizon {
  absl::CivilDay first_day;
  int days = 0;
};

absl::StatusOr<Horizon> HorizonOf(const v1::ProposeBlockRequest& request, const CourseFacts& facts) {
  const absl::CivilDay today = DayAt(facts.setup.now, facts.setup.clinic.Zone());
  Horizon out{.first_day = std::max({today, facts.course.earliest_day, FirstBookableDay(facts.View())}),
              .days = limits::kDefaultHorizonDays};
  ASSIGN_OR_RETURN(const auto earliest,
                   DayFromProto(request.has_earliest_date(), request.earliest_date(), "earliest_date"));
  if (earliest) {
    RETURN_IF_ERROR(CheckDayInReach(*earliest, facts.setup.now, "earliest_date"));
    out.first_day = std::max(out.first_day, *earliest);
  }
  ASSIGN_OR_RETURN(const auto latest, DayFromProto(request.has_latest_date(), request.latest_date(), "latest_date"));
  if (!latest) return out;
  if (*latest < out.first_day) return InvalidField("latest_date", "is before the first possible day");
  if (*latest - out.first_day >= limits::kMaxHorizonDays) {
    return InvalidField("latest_date", absl::StrCat("must be at most ", limits::kMaxHorizonDays - 1,
                                                    " days after the first possible day"));
  }
  out.days = static_cast<int>(*latest - out.first_day) + 1;
  return out;
}

v1::BlockProposal ToProto(const ClinicId& clinic, const Alternative& alternative) {
  v1::BlockProposal out;
  *out.mutable_plan() = ToProto(clinic, alternative.plan);
  out.set_cost(alternative.cost);
  for (const CostTerm& term : alternative.terms) *out.add_cost_terms() = ToProto(term);
  return out;
}

// With what the server adds for the reader of a proposal.
v1::BlockProposal ToProto(const ClinicId& clinic, const CourseFacts& facts, const Expansion& block,
                          const Alternative& alternative) {
  v1::BlockProposal out = ToProto(clinic, alternative);
  int session = CountSessions(facts.course, facts.appointments);
  for (size_t i = 0; i < block.visits.size(); ++i) {
    const VisitType& type = facts.setup.visit_types.at(block.visits[i].visit_type);
    v1::PlannedVisit& visit = *out.mutable_plan()->mutable_visits(static_cast<int>(i));
    *visit.mutable_end_time() = rpc::ToProto(alternative.plan.visits[i].start + absl::Minutes(type.duration_minutes));
    visit.set_visit_type(NameOf(clinic, type.id));
    visit.set_session_number(type.dosing ? ++session : 0);
  }
  return out;
}

// Without what was proposed.
Decision BasisOf(const CourseFacts& facts, const PictureWish& wish, const DecidedAnswer& decided,
                 const std::string& asked_by) {
  return {.id = DecisionId(NewId()),
          .course = facts.course.id,
          .patient = facts.course.patient,
          .first_day = wish.first_day,
          .days = wish.days,
          .reasons = decided.answer.reasons,
          .basis = {.picture_time = facts.setup.now,
                    .commitments = decided.picture.commitments,
                    .picture_digest = DigestOf(decided.picture, facts.setup, {&facts}),
                    .weights = decided.answer.weights,
                    .lower_bound = decided.answer.lower_bound,
                    .proved = decided.answer.proved,
                    .search_steps = decided.answer.steps},
          .proposed_by = asked_by,
          .created_at = facts.setup.now};
}

Decision DecisionOf(const CourseFacts& facts, const PictureWish& wish, const DecidedAnswer& decided,
                    const std::vector<std::string>& phases, const std::string& asked_by) {
  Decision decision = BasisOf(facts, wish, decided, asked_by);
  decision.phases = phases;
  for (const CoursePlan& plan : decided.answer.plans) {
    decision.alternatives.push_back({.plan = {.course = facts.course.id,
                                              .course_version = facts.course.version,
                                              .phases = phases,
                                              .visits = plan.visits,
                                              .decision = decision.id},
                                     .cost = plan.cost,
                                     .terms = plan.terms});
  }
  return decision;
}

// A way to move `asked`: that comes first, then what else moves of those that were asked of.
RepairOption WayToMove(const AppointmentId& asked, const std::vector<const Appointment*>& asked_of,
                       const CoursePlan& plan) {
  RepairOption way{.cost = plan.cost, .terms = plan.terms};
  for (size_t i = 0; i < plan.visits.size(); ++i) {
    const Appointment& now = *asked_of[i];
    const PlannedVisit& visit = plan.visits[i];
    if (visit.start == now.time.start && visit.assignments == now.assignments) continue;
    way.moves.insert(now.id == asked ? way.moves.begin() : way.moves.end(), {.appointment = now.id,
                                                                             .version = now.version,
                                                                             .visit_id = now.visit_id,
                                                                             .current_start = now.time.start,
                                                                             .current_assignments = now.assignments,
                                                                             .start = visit.start,
                                                                             .assignments = visit.assignments});
  }
  return way;
}

v1::MoveProposal MoveProposalOf(const ClinicId& clinic, const RepairOption& way) {
  v1::MoveProposal out;
  for (const RepairMove& move : way.moves) *out.add_moves() = ToProto(clinic, move);
  out.set_cost(way.cost);
  for (const CostTerm& term : way.terms) *out.add_cost_terms() = ToProto(term);
  return out;
}

}  // namespace

void PlanHandlers::Register(rpc::Service& service) {
  service.Unary("ProposeBlock", this, &PlanHandlers::ProposeBlock);
  service.Unary("GetDecision", this, &PlanHandlers::GetDecision);
  service.Unary("ProposeMove", this, &PlanHandlers::ProposeMove);
}

absl::StatusOr<v1::ProposeBlockResponse> PlanHandlers::ProposeBlock(rpc::Call& call,
                                                                    const v1::ProposeBlockRequest& request) {
  Asked asked;
  ASSIGN_OR_RETURN(v1::ProposeBlockResponse response, Propose(call, request, &asked));
  NoteConditions(call, std::move(asked), response);
  return response;
}

absl::StatusOr<v1::ProposeBlockResponse> PlanHandlers::Propose(rpc::Call& call, const v1::ProposeBlockRequest& request,
                                                               Asked* asked) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProposeBlockResponse> {
    ASSIGN_OR_RETURN(CourseFacts facts, LoadCourse(tx, CourseId(rpc::LastSegment(request.name())), Lock::kNo));
    ASSIGN_OR_RETURN(KeptPictures::Lease lease, pictures_.Take(tx, facts.course.patient, call.deadline()));
    facts.setup = lease.setup();
    *asked = {QuestionOf(facts, {}), facts.setup.clinic.Zone()};
    ASSIGN_OR_RETURN(const std::vector<int> phases,
                     PhasesOfBlock(facts.course, facts.protocol, {request.phases().begin(), request.phases().end()}));
    const Expansion block = ExpandPhases(facts.protocol, phases, CountBooked(facts.course, facts.protocol));
    ASSIGN_OR_RETURN(const Horizon horizon, HorizonOf(request, facts));
    PlanningQuestion question{.lags = LagsOf(facts.course, facts.protocol, phases),
                              .preferences = facts.course.preferences,
                              .earliest_day = horizon.first_day,
                              .max_plans = PlansWanted(request.max_proposals())};
    for (const Appointment& appointment : facts.appointments) {
      if (Occupies(appointment.state)) question.visits.push_back(StandingVisit(appointment, /*fixed=*/true));
    }
    for (const VisitSpec& visit : block.visits) {
      if (!facts.setup.visit_types.contains(visit.visit_type)) return ResourceNotFound("visit type");
      question.visits.push_back({.visit_id = visit.visit_id, .type = visit.visit_type});
    }
    const PictureWish wish{.first_day = horizon.first_day, .days = horizon.days};
    ASSIGN_OR_RETURN(const DecidedAnswer decided, std::move(lease).Plan(wish, question));
    std::vector<std::string> names;
    for (int phase : phases) names.push_back(facts.protocol.phases[phase].id);
    call.Touch(NameOf(tx.clinic(), facts.course.patient));
    const Decision decision = DecisionOf(facts, wish, decided, names, call.identity().subject);
    RETURN_IF_ERROR(tx.decisions().Insert(decision));
    v1::ProposeBlockResponse response;
    response.set_decision(NameOf(tx.clinic(), decision.id));
    for (const Alternative& alternative : decision.alternatives) {
      *response.add_proposals() = ToProto(tx.clinic(), facts, block, alternative);
    }
    for (const Reason& reason : decided.answer.reasons) *response.add_reasons() = ToProto(reason);
    return response;
  });
}

void PlanHandlers::NoteConditions(rpc::Call& call, Asked asked, v1::ProposeBlockResponse& response) {
  for (v1::BlockProposal& proposal : *response.mutable_proposals()) {
    asked.course.visits.clear();
    for (const v1::PlannedVisit& visit : proposal.plan().visits()) {
      asked.course.visits.push_back({visit.visit_id(), visit.session_number(),
                                     VisitTypeId(rpc::LastSegment(visit.visit_type())),
                                     DayAt(rpc::FromProto(visit.start_time()), asked.zone)});
    }
    const absl::StatusOr<GateAnswer> answer = coverage_.Check(call, asked.course);
    if (!answer.ok()) {
      response.set_coverage_unknown(true);
      return;
    }
    for (v1::PlannedVisit& visit : *proposal.mutable_plan()->mutable_visits()) {
      const auto condition = answer->conditional.find(visit.visit_id());
      if (condition != answer->conditional.end()) *visit.mutable_condition() = ToProto(condition->second);
    }
    if (const auto day = RenewalRequestBy(answer->conditional)) {
      *proposal.mutable_renewal_request_date() = rpc::ToProto(*day);
    }
  }
}

absl::StatusOr<v1::Decision> PlanHandlers::GetDecision(rpc::Call& call, const v1::GetDecisionRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Decision> {
    ASSIGN_OR_RETURN(const Decision decision, tx.decisions().Get(DecisionId(rpc::LastSegment(request.name()))));
    v1::Decision out;
    out.set_name(NameOf(tx.clinic(), decision.id));
    if (!decision.course.empty()) out.set_course(NameOf(tx.clinic(), decision.course));
    if (!decision.patient.empty()) out.set_patient(NameOf(tx.clinic(), decision.patient));
    for (const std::string& phase : decision.phases) out.add_phases(phase);
    *out.mutable_first_date() = rpc::ToProto(decision.first_day);
    out.set_days(decision.days);
    for (const Alternative& alternative : decision.alternatives) {
      *out.add_proposals() = ToProto(tx.clinic(), alternative);
    }
    if (!decision.appointment.empty()) out.set_appointment(NameOf(tx.clinic(), decision.appointment));
    for (const RepairOption& way : decision.moves) *out.add_moves() = MoveProposalOf(tx.clinic(), way);
    for (const Reason& reason : decision.reasons) *out.add_reasons() = ToProto(reason);
    ToProto(decision.basis, out.mutable_basis());
    out.set_proposed_by(decision.proposed_by);
    *out.mutable_create_time() = rpc::ToProto(decision.created_at);
    return out;
  });
}

absl::StatusOr<v1::ProposeMoveResponse> PlanHandlers::ProposeMove(rpc::Call& call,
                                                                  const v1::ProposeMoveRequest& request) {
  MovingVisits standing;
  ASSIGN_OR_RETURN(v1::ProposeMoveResponse response, ProposeMoves(call, request, &standing));
  scheduling::NoteConditions(call, coverage_, standing, response);
  return response;
}

absl::StatusOr<v1::ProposeMoveResponse> PlanHandlers::ProposeMoves(rpc::Call& call,
                                                                   const v1::ProposeMoveRequest& request,
                                                                   MovingVisits* standing) {
  MoveWish wish;
  ASSIGN_OR_RETURN(wish.day, DayFromProto(request.has_date(), request.date(), "date"));
  for (const google::type::Date& date : request.avoid_dates()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, rpc::FromProto(date, "avoid_dates"));
    wish.avoid.push_back(day);
  }
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProposeMoveResponse> {
    ASSIGN_OR_RETURN(const Appointment asked,
                     tx.appointments().Get(AppointmentId(rpc::LastSegment(request.name())), Lock::kNo));
    RETURN_IF_ERROR(Next(asked.state, AppointmentAction::kMove).status());
    CourseFacts facts;
    facts.appointments = {asked};
    if (!asked.course.empty()) {
      ASSIGN_OR_RETURN(facts, LoadCourse(tx, asked.course, Lock::kNo));
    }
    ASSIGN_OR_RETURN(KeptPictures::Lease lease, pictures_.Take(tx, asked.patient, call.deadline()));
    facts.setup = lease.setup();
    *standing = MovingVisitsOf(facts);
    for (const Appointment& now : facts.appointments) {  // it may have been cancelled since it was read
      if (now.id == asked.id) RETURN_IF_ERROR(Next(now.state, AppointmentAction::kMove).status());
    }
    const absl::TimeZone zone = facts.setup.clinic.Zone();
    const absl::CivilDay today = DayAt(facts.setup.now, zone);
    if (wish.day && *wish.day < today) return InvalidField("date", "is past");
    if (wish.day) RETURN_IF_ERROR(CheckDayInReach(*wish.day, facts.setup.now, "date"));
    wish.visit_id = asked.visit_id;
    PlanningQuestion question{.lags = LagsOf(facts.course, facts.protocol, {}),
                              .preferences = facts.course.preferences,
                              .earliest_day = today,
                              .max_plans = PlansWanted(request.max_proposals())};
    PictureWish picture{.first_day = today};
    std::vector<const Appointment*> asked_of;
    absl::CivilDay last_day = std::max(today, wish.day.value_or(today));
    for (const Appointment& appointment : facts.appointments) {
      if (!Occupies(appointment.state)) continue;
      const bool moves =
          appointment.id == asked.id || (request.allow_others() && IsOpen(appointment.state) && !appointment.pinned &&
                                         appointment.time.start > facts.setup.now);
      if (moves) {
        picture.leave_out.insert(OwnerOf(appointment.id));
        asked_of.push_back(&appointment);
      }
      last_day = std::max(last_day, DayAt(appointment.time.start, zone));
      question.visits.push_back(StandingVisit(appointment, !moves));
    }
    picture.days = std::min<int>(last_day - today + limits::kMoveHorizonDays, limits::kMaxHorizonDays);
    ASSIGN_OR_RETURN(const DecidedAnswer decided, std::move(lease).PlanMove(picture, question, wish));
    v1::ProposeMoveResponse response;
    if (wish.day) {
      const absl::Time there = InstantOf(*wish.day, MinuteOfDay(asked.time.start, zone), zone);
      for (const Reason& reason : BrokenByMove(facts.View(), asked, there))
        *response.add_violations() = ToProto(reason);
    }
    Decision decision = BasisOf(facts, picture, decided, call.identity().subject);
    decision.patient = asked.patient;
    decision.appointment = asked.id;
    for (const CoursePlan& plan : decided.answer.plans) {
      decision.moves.push_back(WayToMove(asked.id, asked_of, plan));
      *response.add_proposals() = MoveProposalOf(tx.clinic(), decision.moves.back());
    }
    RETURN_IF_ERROR(tx.decisions().Insert(decision));
    response.set_decision(NameOf(tx.clinic(), decision.id));
    for (const Reason& reason : decided.answer.reasons) *response.add_reasons() = ToProto(reason);
    if (!asked.patient.empty()) call.Touch(NameOf(tx.clinic(), asked.patient));
    return response;
  });
}

}  // namespace kat::scheduling
