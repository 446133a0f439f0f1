#include "services/scheduling/ops/wait_list.h"

#include <algorithm>
#include <optional>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/holding.h"
#include "services/scheduling/ops/move.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/ops/setup_lock.h"

namespace kat::scheduling {
namespace {

// The next block of a course, as far as it can be planned.
struct NextBlock {
  CourseFacts facts;
  std::vector<std::string> phases;
  std::vector<VisitSpec> visits;
  std::vector<VisitLag> lags;
};

// Nothing where the course has no block to plan, or one is held already.
absl::StatusOr<std::optional<NextBlock>> NextBlockOf(Tx& tx, const CourseId& course) {
  NextBlock next;
  ASSIGN_OR_RETURN(next.facts, LoadCourseFacts(tx, course, Lock::kNo));
  const absl::StatusOr<std::vector<int>> phases = PhasesOfBlock(next.facts.course, next.facts.protocol, {});
  if (!phases.ok()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::vector<Hold> held, tx.holds().List(course, HoldState::kActive, {.limit = 1}));
  if (!held.empty()) return std::nullopt;
  for (const int phase : *phases) next.phases.push_back(next.facts.protocol.phases[phase].id);
  next.visits = ExpandPhases(next.facts.protocol, *phases, CountBooked(next.facts.course, next.facts.protocol)).visits;
  next.lags = LagsOf(next.facts.course, next.facts.protocol, *phases);
  for (const VisitSpec& visit : next.visits) {
    if (!next.facts.setup.visit_types.contains(visit.visit_type)) return std::nullopt;
  }
  if (next.visits.empty()) return std::nullopt;
  return std::optional(std::move(next));
}

// None, too, where the question makes no sense: that entry is passed over, not the capacity lost.
absl::StatusOr<std::vector<PlannedVisit>> FirstPlan(const absl::StatusOr<PlanningAnswer>& answer) {
  if (absl::IsInvalidArgument(answer.status())) return std::vector<PlannedVisit>();
  RETURN_IF_ERROR(answer.status());
  return answer->plans.empty() ? std::vector<PlannedVisit>() : answer->plans[0].visits;
}

// The visits of the block with its first at `start`; none where that does not fit.
absl::StatusOr<std::vector<PlannedVisit>> PlanBlock(Tx& tx, Planner& planner, const NextBlock& next, absl::Time start) {
  const absl::CivilDay day = DayAt(start, next.facts.setup.clinic.Zone());
  if (day < FirstBookableDay(next.facts.View())) return std::vector<PlannedVisit>();
  PlanningQuestion question{
      .lags = next.lags, .preferences = next.facts.course.preferences, .earliest_day = day, .max_plans = 1};
  for (const Appointment& appointment : next.facts.appointments) {
    if (!Occupies(appointment.state)) continue;
    question.visits.push_back({.visit_id = appointment.visit_id,
                               .type = appointment.visit_type,
                               .current = VisitToPlan::Standing{appointment.time.start, appointment.assignments},
                               .fixed = true});
  }
  for (const VisitSpec& visit : next.visits) {
    question.visits.push_back({.visit_id = visit.visit_id, .type = visit.visit_type});
    if (visit.visit_id == next.visits[0].visit_id) question.visits.back().starts = start;
  }
  ASSIGN_OR_RETURN(const PlanningPicture picture,
                   LoadPicture(tx, next.facts.setup, next.facts.course.patient, day, limits::kDefaultHorizonDays, {}));
  return FirstPlan(planner.Plan(picture, question));
}

absl::StatusOr<std::vector<PlannedVisit>> PlanVisit(Tx& tx, Planner& planner, const ClinicFacts& facts,
                                                    const WaitListEntry& entry, absl::Time start) {
  const absl::CivilDay day = DayAt(start, facts.clinic.Zone());
  ASSIGN_OR_RETURN(const PlanningPicture picture, LoadPicture(tx, facts, entry.patient, day, 1, {}));
  PlanningQuestion question{.preferences = {.available = entry.available}, .earliest_day = day, .max_plans = 1};
  question.visits = {{.type = entry.visit_type, .starts = start}};
  return FirstPlan(planner.Plan(picture, question));
}

// The appointment at `start`, where every other visit of its course stays; none where that does not fit.
absl::StatusOr<std::vector<PlannedVisit>> PlanEarlier(Tx& tx, Planner& planner, const CourseFacts& facts,
                                                      const WaitListEntry& entry, const Appointment& appointment,
                                                      absl::Time start) {
  const absl::CivilDay day = DayAt(start, facts.setup.clinic.Zone());
  ASSIGN_OR_RETURN(const PlanningPicture picture, LoadPicture(tx, facts.setup, appointment.patient, day, 1, {}));
  PlanningQuestion question{.preferences = facts.course.preferences, .earliest_day = day, .max_plans = 1};
  if (!entry.available.empty()) question.preferences.available = entry.available;
  question.visits = {{.visit_id = appointment.visit_id, .type = appointment.visit_type, .starts = start}};
  ASSIGN_OR_RETURN(std::vector<PlannedVisit> visits, FirstPlan(planner.Plan(picture, question)));
  if (visits.empty()) return visits;
  const Move move{appointment.id, start, visits[0].assignments};
  return CheckMoves(facts.View(), {move}).ok() ? visits : std::vector<PlannedVisit>();
}

// None where the freed capacity is not earlier, or does not fit.
absl::StatusOr<std::optional<OfferDraft>> DraftMove(Tx& tx, Planner& planner, const WaitListEntry& entry,
                                                    const TimeSpan& freed) {
  ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(entry.appointment));
  if (!IsOpen(appointment.state) || appointment.time.start <= tx.now()) return std::nullopt;
  ASSIGN_OR_RETURN(const CourseFacts facts, LoadMoveFacts(tx, appointment, Lock::kNo));
  const std::vector<absl::Time> starts =
      EarlierOf(StartsToTry(entry, freed, tx.now(), facts.setup.clinic.Zone()), appointment.time);
  for (const absl::Time start : starts) {
    ASSIGN_OR_RETURN(const std::vector<PlannedVisit> visits,
                     PlanEarlier(tx, planner, facts, entry, appointment, start));
    if (visits.empty()) continue;
    return OfferDraft{.offer = {.id = WaitListOfferId(NewId()),
                                .entry = entry.id,
                                .patient = entry.patient,
                                .course = appointment.course,
                                .moves = appointment.id,
                                .visit_type = appointment.visit_type,
                                .time = {start, start + (appointment.time.end - appointment.time.start)},
                                .assignments = visits[0].assignments,
                                .expires_at = std::min(start, tx.now() + absl::Minutes(entry.offer_minutes)),
                                .created_at = tx.now()}};
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<WaitListCandidate>> CandidatesFor(Tx& tx, const ClinicFacts& facts, const TimeSpan& freed) {
  const absl::TimeZone zone = facts.clinic.Zone();
  ASSIGN_OR_RETURN(
      const std::vector<WaitListEntry> entries,
      tx.wait_list().Waiting(DayAt(freed.start, zone), DayAt(freed.end, zone), freed, limits::kMaxCandidates));
  std::vector<WaitListCandidate> candidates;
  for (const WaitListEntry& entry : entries) {
    WaitListCandidate candidate{.entry = entry};
    if (!entry.course.empty()) {
      ASSIGN_OR_RETURN(const std::optional<NextBlock> next, NextBlockOf(tx, entry.course));
      if (!next) continue;
      std::vector<std::string> ids;
      for (const VisitSpec& visit : next->visits) ids.push_back(visit.visit_id);
      candidate.gap_deadline = GapDeadline(next->lags, StandingVisits(next->facts.appointments), ids, zone);
    }
    candidates.push_back(std::move(candidate));
  }
  Rank(candidates, DayAt(freed.start, zone));
  return candidates;
}

// None where the freed capacity does not fit the entry.
absl::StatusOr<std::optional<OfferDraft>> DraftOffer(Tx& tx, Planner& planner, const ClinicFacts& facts,
                                                     const WaitListEntry& entry, const TimeSpan& freed) {
  if (!entry.appointment.empty()) return DraftMove(tx, planner, entry, freed);
  std::optional<NextBlock> next;
  if (!entry.course.empty()) {
    ASSIGN_OR_RETURN(next, NextBlockOf(tx, entry.course));
    if (!next) return std::nullopt;
  }
  const VisitTypeId type_id = next ? next->visits[0].visit_type : entry.visit_type;
  const auto type = facts.visit_types.find(type_id);
  if (type == facts.visit_types.end() || type->second.retired) return std::nullopt;
  for (const absl::Time start : StartsToTry(entry, freed, tx.now(), facts.clinic.Zone())) {
    ASSIGN_OR_RETURN(const std::vector<PlannedVisit> visits,
                     next ? PlanBlock(tx, planner, *next, start) : PlanVisit(tx, planner, facts, entry, start));
    if (visits.empty()) continue;
    OfferDraft draft{.offer = {.id = WaitListOfferId(NewId()),
                               .entry = entry.id,
                               .patient = entry.patient,
                               .course = entry.course,
                               .visit_type = type_id,
                               .time = {start, start + absl::Minutes(type->second.duration_minutes)},
                               .assignments = visits[0].assignments,
                               .expires_at = std::min(start, tx.now() + absl::Minutes(entry.offer_minutes)),
                               .created_at = tx.now()}};
    if (next) {
      draft.plan = BlockPlan{.course = entry.course,
                             .course_version = next->facts.course.version,
                             .phases = next->phases,
                             .visits = visits};
      if (!CheckPlan(next->facts.View(), *draft.plan).ok()) continue;
    }
    return std::optional(std::move(draft));
  }
  return std::nullopt;
}

absl::Status SaveEntry(Tx& tx, WaitListEntry entry, WaitState state) {
  entry.state = state;
  ++entry.version;
  entry.updated_at = tx.now();
  return tx.wait_list().UpdateEntry(entry);
}

// What the visit of the offer takes, for `owner`.
CapacityChange::Want WantOf(const WaitListOffer& offer, std::string owner) {
  return {.owner = std::move(owner),
          .type = offer.visit_type,
          .start = offer.time.start,
          .assignments = offer.assignments,
          .patient = offer.patient,
          .time = offer.time};
}

}  // namespace

absl::StatusOr<std::optional<OfferDraft>> FindOffer(Tx& tx, Planner& planner, const TimeSpan& freed) {
  ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
  if (facts.clinic.state != ClinicState::kActive) return std::nullopt;
  ASSIGN_OR_RETURN(const std::vector<WaitListCandidate> candidates, CandidatesFor(tx, facts, freed));
  int planned = 0;
  for (const WaitListCandidate& candidate : candidates) {
    if (planned++ == limits::kMaxPlanned) break;
    ASSIGN_OR_RETURN(std::optional<OfferDraft> draft, DraftOffer(tx, planner, facts, candidate.entry, freed));
    if (!draft) continue;
    draft->offer.repair = RepairOf(candidate, DayAt(draft->offer.time.start, facts.clinic.Zone()));
    return draft;
  }
  return std::nullopt;
}

absl::Status MakeOffer(Tx& tx, OfferDraft draft) {
  WaitListOffer& offer = draft.offer;
  ASSIGN_OR_RETURN(const WaitListEntry entry, tx.wait_list().GetEntry(offer.entry, Lock::kForUpdate));
  if (entry.state != WaitState::kWaiting) return absl::AbortedError("the entry does not wait any more");
  if (draft.plan) {
    const absl::StatusOr<Hold> hold = TakeHold(tx, *draft.plan, offer.expires_at);
    if (absl::IsFailedPrecondition(hold.status())) return absl::AbortedError("the course has changed");
    RETURN_IF_ERROR(hold.status());
    offer.hold = hold->id;
  } else {
    RETURN_IF_ERROR(HoldSetup(tx));
    if (!offer.moves.empty()) {  // an appointment that is over by then ends the entry, and finds this offer
      ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(offer.moves, Lock::kForUpdate));
      if (!IsOpen(appointment.state)) return absl::AbortedError("the appointment is over");
    }
    ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
    RETURN_IF_ERROR(Apply(tx, facts, {.take = {WantOf(offer, OwnerOf(offer.id))}}));
  }
  RETURN_IF_ERROR(SaveEntry(tx, entry, WaitState::kOffered));
  RETURN_IF_ERROR(tx.wait_list().InsertOffer(offer));
  RETURN_IF_ERROR(
      tx.Schedule({.kind = kExpireOfferJob, .key = offer.id.str(), .due_at = offer.expires_at, .payload = "{}"}));
  return Publish(tx, offer, "made");
}

absl::StatusOr<WaitListOffer> EndOffer(Tx& tx, WaitListOffer offer, OfferState state) {
  offer.state = state;
  ++offer.version;
  RETURN_IF_ERROR(tx.wait_list().UpdateOffer(offer));
  RETURN_IF_ERROR(tx.CancelJob(kExpireOfferJob, offer.id.str()));
  if (state != OfferState::kWithdrawn) {
    ASSIGN_OR_RETURN(const WaitListEntry entry, tx.wait_list().GetEntry(offer.entry, Lock::kForUpdate));
    RETURN_IF_ERROR(SaveEntry(tx, entry, WaitState::kWaiting));
  }
  if (offer.hold.empty()) {
    RETURN_IF_ERROR(GiveBack(tx, {OwnerOf(offer.id)}));
    RETURN_IF_ERROR(TellFreed(tx, {offer.time}));
  } else {
    ASSIGN_OR_RETURN(const Hold hold, tx.holds().Get(offer.hold, Lock::kForUpdate));
    if (hold.state == HoldState::kActive) {
      const HoldState ended = state == OfferState::kExpired ? HoldState::kExpired : HoldState::kReleased;
      RETURN_IF_ERROR(EndHold(tx, offer.hold, ended).status());
    }
  }
  const char* what = state == OfferState::kExpired    ? "expired"
                     : state == OfferState::kDeclined ? "declined"
                                                      : "withdrawn";
  RETURN_IF_ERROR(Publish(tx, offer, what));
  return offer;
}

absl::StatusOr<Appointment> BookOffer(Tx& tx, const WaitListOffer& offer) {
  ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
  const auto type = facts.visit_types.find(offer.visit_type);
  if (type == facts.visit_types.end()) return ResourceNotFound("visit type");
  const std::vector<Reason> faults =
      CheckPlacement(facts.clinic, facts.resources, type->second, "", offer.time.start, offer.assignments);
  if (!faults.empty()) return PlanInvalid(faults);
  Appointment appointment{.id = AppointmentId(NewId()),
                          .patient = offer.patient,
                          .visit_type = offer.visit_type,
                          .time = offer.time,
                          .assignments = offer.assignments,
                          .created_at = tx.now(),
                          .updated_at = tx.now()};
  RETURN_IF_ERROR(
      Apply(tx, facts, {.give_back = {OwnerOf(offer.id)}, .take = {WantOf(offer, OwnerOf(appointment.id))}}));
  RETURN_IF_ERROR(tx.appointments().Insert(appointment, 0));
  RETURN_IF_ERROR(Publish(tx, appointment, "booked"));
  return appointment;
}

absl::StatusOr<OfferedMove> CheckOfferedMove(Tx& tx, const WaitListOffer& offer, Lock lock) {
  // The course is locked before its appointments, as everywhere.
  if (!offer.course.empty()) RETURN_IF_ERROR(tx.courses().Get(offer.course, lock).status());
  ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(offer.moves, lock));
  OfferedMove move;
  ASSIGN_OR_RETURN(move.facts, LoadMoveFacts(tx, appointment, lock));
  ASSIGN_OR_RETURN(move.moved, CheckMoves(move.facts.View(), {{appointment.id, offer.time.start, offer.assignments}}));
  return move;
}

absl::StatusOr<Appointment> MoveToOffer(Tx& tx, const WaitListOffer& offer, OfferedMove move,
                                        const VisitConditions& conditional) {
  NoteConditions(conditional, move.moved);
  std::vector<CourseChange> changes;
  changes.push_back({.facts = move.facts, .changed = std::move(move.moved), .takes_over_from = OwnerOf(offer.id)});
  ASSIGN_OR_RETURN(const std::vector<Appointment> written, WriteChanges(tx, move.facts.setup, std::move(changes)));
  return written[0];
}

absl::StatusOr<WaitListOffer> AcceptOffer(Tx& tx, WaitListOffer offer, const AppointmentId& appointment) {
  offer.state = OfferState::kAccepted;
  offer.appointment = appointment;
  ++offer.version;
  RETURN_IF_ERROR(tx.wait_list().UpdateOffer(offer));
  RETURN_IF_ERROR(tx.CancelJob(kExpireOfferJob, offer.id.str()));
  ASSIGN_OR_RETURN(const WaitListEntry entry, tx.wait_list().GetEntry(offer.entry, Lock::kForUpdate));
  RETURN_IF_ERROR(SaveEntry(tx, entry, WaitState::kBooked));
  RETURN_IF_ERROR(Publish(tx, offer, "accepted"));
  return offer;
}

}  // namespace kat::scheduling
