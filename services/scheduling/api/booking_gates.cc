#include "services/scheduling/api/booking_gates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

void Append(const Unmet& from, Unmet& to) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

absl::StatusOr<Unmet> BookingGates::Readiness(const rpc::Call& call, const GateQuestion& question) {
  const auto first = std::min_element(question.visits.begin(), question.visits.end(),
                                      [](const GateVisit& a, const GateVisit& b) { return a.day < b.day; });
  return readiness_.Check(call, question.patient, question.program, first->day);
}

absl::StatusOr<VisitConditions> BookingGates::Check(const rpc::Call& call, const GateQuestion& question) {
  ASSIGN_OR_RETURN(Unmet unmet, Readiness(call, question));
  ASSIGN_OR_RETURN(const GateAnswer money, billing_.Check(call, question));
  ASSIGN_OR_RETURN(GateAnswer coverage, authorization_.Check(call, question));
  Append(money.unmet, unmet);
  Append(coverage.unmet, unmet);
  if (!unmet.empty()) return BookingRefused(std::move(unmet));
  return std::move(coverage.conditional);
}

absl::Status BookingGates::Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& reserve_id,
                                   absl::Time expires_at, Reservations* reserved) {
  ASSIGN_OR_RETURN(Unmet unmet, Readiness(call, question));
  ASSIGN_OR_RETURN(const Reserved money, billing_.Reserve(call, question, reserve_id, expires_at));
  reserved->financial = money.name;
  ASSIGN_OR_RETURN(const Reserved coverage, authorization_.Reserve(call, question, reserve_id, expires_at));
  reserved->coverage = coverage.name;
  reserved->conditional = coverage.conditional;
  Append(money.unmet, unmet);
  Append(coverage.unmet, unmet);
  return unmet.empty() ? absl::OkStatus() : BookingRefused(std::move(unmet));
}

absl::StatusOr<GateAnswer> BookingGates::AskForMove(const rpc::Call& call, const GateQuestion& question) {
  if (question.visits.empty()) return GateAnswer();
  ASSIGN_OR_RETURN(Unmet unmet, Readiness(call, question));
  ASSIGN_OR_RETURN(GateAnswer coverage, authorization_.Check(call, question));
  Append(coverage.unmet, unmet);
  return GateAnswer{.unmet = std::move(unmet), .conditional = std::move(coverage.conditional)};
}

void BookingGates::Release(const rpc::Call& call, const Reservations& reservations, const std::string& reserve_id) {
  const std::string request_id = absl::StrCat(reserve_id, ".release");
  for (const auto& [gate, name] :
       {std::pair(&billing_, reservations.financial), std::pair(&authorization_, reservations.coverage)}) {
    if (name.empty()) continue;
    const absl::Status released = gate->Release(call, name, request_id);
    if (!released.ok()) log::Warning("reservation.left_to_expire", {{"reservation", name}});
  }
}

GateQuestion QuestionOf(const CourseFacts& facts, const std::vector<Appointment>& visits) {
  GateQuestion question{.patient = facts.course.patient,
                        .course = facts.course.id,
                        .program = facts.course.program,
                        .allow_conditional = true};
  for (const Appointment& visit : visits) {
    question.visits.push_back({.visit_id = visit.visit_id,
                               .session_number = visit.session_number,
                               .visit_type = visit.visit_type,
                               .day = DayAt(visit.time.start, facts.setup.clinic.Zone())});
  }
  return question;
}

GateQuestion QuestionOfMoves(const CourseFacts& facts, const std::vector<Appointment>& moved) {
  const absl::TimeZone zone = facts.setup.clinic.Zone();
  std::vector<Appointment> asked;
  for (const Appointment& visit : moved) {
    const bool another_day =
        std::any_of(facts.appointments.begin(), facts.appointments.end(), [&](const Appointment& standing) {
          return standing.id == visit.id && DayAt(standing.time.start, zone) != DayAt(visit.time.start, zone);
        });
    if (visit.session_number > 0 && another_day) asked.push_back(visit);
  }
  return QuestionOf(facts, asked);
}

void GiveUp(Store& store, BookingGates& gates, rpc::Call& call, const std::string& attempt_key,
            const std::string& reserve_id, const Reservations& reservations) {
  const absl::Status closed =
      store.Run({.clinic = call.clinic()}, [&](Tx& tx) { return tx.gate_attempts().Close(attempt_key, reserve_id); });
  if (closed.ok()) gates.Release(call, reservations, reserve_id);
}

}  // namespace kat::scheduling
