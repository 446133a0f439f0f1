#include "services/billing/api/clearance_handlers.h"

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/billing/api/plan_converters.h"
#include "services/billing/books/reservations.h"

namespace kat::billing {
namespace {

using ReservationId = Id<struct ReservationTag>;

constexpr int kFinancingLooked = 50;  // a patient has a handful of applications

// All that clearance of the course is judged by.
absl::StatusOr<ClearanceFacts> Gather(Tx& tx, const PatientId& patient, const CourseId& course,
                                      const std::string& program) {
  ClearanceFacts facts;
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  facts.zone = clinic.zone;
  facts.today = DayAt(tx.now(), clinic.zone);
  ASSIGN_OR_RETURN(facts.prices, tx.PriceListInForce(program, facts.today));
  ASSIGN_OR_RETURN(facts.arrangement, tx.FindArrangement(patient, program));
  ASSIGN_OR_RETURN(facts.estimate, tx.AcceptedEstimate(patient, program));
  ASSIGN_OR_RETURN(facts.deposit, tx.DepositPolicyInForce(program, facts.today));
  ASSIGN_OR_RETURN(facts.cancellation, tx.CancellationPolicyInForce(program, facts.today));
  if (facts.estimate) {
    ASSIGN_OR_RETURN(facts.plan, tx.PlanOf(facts.estimate->id));
  }
  ASSIGN_OR_RETURN(List<FinancingApplication> financing, tx.ListFinancing(patient, {.limit = kFinancingLooked}));
  for (auto& row : financing) facts.financing.push_back(std::move(row.value));
  ASSIGN_OR_RETURN(facts.payments, tx.CapturedPayments(patient, program));
  ASSIGN_OR_RETURN(const auto good_faith, tx.StandingGoodFaith(patient, program));
  for (const GoodFaithEstimate& each : good_faith) {
    if (each.state == GoodFaithEstimate::State::kDue) facts.good_faith_due.push_back(each);
  }
  ASSIGN_OR_RETURN(facts.visits, tx.VisitsOf(patient));
  if (!facts.estimate || !facts.estimate->accept_time) return facts;

  const absl::Time accepted = *facts.estimate->accept_time;
  ASSIGN_OR_RETURN(const std::vector<Charge> charges, tx.StandingCharges(patient, program));
  for (const Charge& charge : charges) {
    if (charge.create_time < accepted) facts.charged_before_estimate += charge.amount;
  }
  ASSIGN_OR_RETURN(const auto reservations, tx.StandingReservations(patient, program));
  for (const FinancialReservation& reservation : reservations) {
    if (!course.empty() && reservation.course == course) continue;
    (reservation.create_time < accepted ? facts.reserved_before_estimate : facts.reserved_since_estimate) +=
        reservation.amount;
  }
  return facts;
}

absl::Status NotCleared(const View& view, const PatientId& patient, const Clearance& clearance) {
  std::vector<PreconditionViolation> unmet;
  for (const Condition& condition : clearance.conditions) {
    if (condition.state != Condition::State::kUnmet) continue;
    unmet.push_back({condition.code, ToProto(view, patient, condition).subject(), condition.description});
  }
  return Conditions("NOT_FINANCIALLY_CLEARED", "money stands in the way; meet every condition listed",
                    std::move(unmet));
}

absl::StatusOr<absl::Time> ExpiryOf(const v1::ReserveFinancialClearanceRequest& request, absl::Time now) {
  if (!request.has_expire_time()) return now + absl::Minutes(limits::kDefaultReservationMinutes);
  const absl::Time wanted = rpc::FromProto(request.expire_time());
  if (wanted <= now || wanted > now + absl::Minutes(limits::kMaxReservationMinutes)) {
    return InvalidField("expire_time", "must be within a day from now");
  }
  return wanted;
}

}  // namespace

void ClearanceHandlers::Register(rpc::Service& service) {
  service.Unary("GetFinancialClearance", this, &ClearanceHandlers::GetClearance);
  service.Unary("ReserveFinancialClearance", this, &ClearanceHandlers::Reserve);
  service.Unary("GetFinancialReservation", this, &ClearanceHandlers::GetReservation);
  service.Unary("ReleaseFinancialReservation", this, &ClearanceHandlers::Release);
}

absl::StatusOr<v1::FinancialClearance> ClearanceHandlers::GetClearance(
    rpc::Call& call, const v1::GetFinancialClearanceRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancialClearance> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    const PatientId patient = IdOf<PatientId>(request.patient());
    ASSIGN_OR_RETURN(const ClearanceFacts facts,
                     Gather(tx, patient, IdOf<CourseId>(request.course()), request.program()));
    const Clearance clearance = Judge(facts);
    v1::FinancialClearance out;
    out.set_patient(request.patient());
    out.set_course(request.course());
    out.set_program(request.program());
    out.set_cleared(clearance.cleared());
    out.set_mode(static_cast<v1::BillingMode>(clearance.mode));
    for (const Condition& condition : clearance.conditions) *out.add_conditions() = ToProto(view, patient, condition);
    return out;
  });
}

absl::StatusOr<v1::FinancialReservation> ClearanceHandlers::Reserve(
    rpc::Call& call, const v1::ReserveFinancialClearanceRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancialReservation> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    FinancialReservation reservation;
    reservation.patient = IdOf<PatientId>(request.patient());
    reservation.course = IdOf<CourseId>(request.course());
    reservation.program = request.program();
    ASSIGN_OR_RETURN(reservation.expire_time, ExpiryOf(request, tx.now()));
    RETURN_IF_ERROR(tx.LockAccount(reservation.patient));
    ASSIGN_OR_RETURN(const ClearanceFacts facts,
                     Gather(tx, reservation.patient, reservation.course, reservation.program));
    const Clearance clearance = Judge(facts);
    if (!clearance.cleared()) return NotCleared(view, reservation.patient, clearance);
    reservation.id = ReservationId(NewId());
    reservation.amount = clearance.deposit;
    reservation.conditions = clearance.conditions;
    reservation.create_time = reservation.update_time = tx.now();
    RETURN_IF_ERROR(tx.Insert(reservation));
    RETURN_IF_ERROR(tx.Schedule({.kind = "reservation.expire",
                                 .key = reservation.id.str(),
                                 .due_at = reservation.expire_time,
                                 .payload = "{}"}));
    RETURN_IF_ERROR(PublishReservation(tx, reservation, "financial_reservation.created"));
    return ToProto(view, reservation);
  });
}

absl::StatusOr<v1::FinancialReservation> ClearanceHandlers::GetReservation(
    rpc::Call& call, const v1::GetFinancialReservationRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancialReservation> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const FinancialReservation reservation, tx.GetReservation(IdOf<ReservationId>(request.name())));
    return ToProto(view, reservation);
  });
}

absl::StatusOr<v1::FinancialReservation> ClearanceHandlers::Release(
    rpc::Call& call, const v1::ReleaseFinancialReservationRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancialReservation> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(FinancialReservation reservation, tx.GetReservation(IdOf<ReservationId>(request.name())));
    RETURN_IF_ERROR(MoveReservation(tx, reservation, FinancialReservation::Event::kRelease));
    return ToProto(view, reservation);
  });
}

}  // namespace kat::billing
