#include "services/billing/domain/errors.h"
#include "services/billing/store/pg_tx.h"

namespace kat::billing {
namespace {

struct PlanRow {
  using Value = PaymentPlan;
  static constexpr const char* kTable = "payment_plans";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("estimate", s.estimate);
    v("card", s.card);
    v("program", s.program);
    v("course", s.course);
    v("state", s.state);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct InstallmentRow {
  using Value = Installment;
  static constexpr const char* kTable = "installments";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("session_number", s.session_number);
    v("amount", s.amount);
    v("state", s.state);
    v("due_time", s.due_time);
    v("appointment", s.appointment);
    v("attempts", s.attempts);
    v("last_decline_code", s.last_decline_code);
    v("payment", s.payment);
  }
};

struct FinancingRow {
  using Value = FinancingApplication;
  static constexpr const char* kTable = "financing_applications";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("program", s.program);
    v("lender", s.lender);
    v("estimate", s.estimate);
    v("lender_reference", s.lender_reference);
    v("state", s.state);
    v("approved_limit", s.approved_limit);
    v("sale_amount", s.sale_amount);
    v("promotion_months", s.promotion_months);
    v("fee", s.fee);
    v("payment", s.payment);
    v("apply_time", s.apply_time);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct ReservationRow {
  using Value = FinancialReservation;
  static constexpr const char* kTable = "financial_reservations";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("course", s.course);
    v("program", s.program);
    v("state", s.state);
    v("amount", s.amount);
    v("expire_time", s.expire_time);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct ConditionRow {
  using Value = Condition;
  static constexpr const char* kTable = "reservation_conditions";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("code", s.code);
    v("state", s.state);
    v("subject", s.subject);
    v("description", s.description);
    v("expire_time", s.expire_time);
  }
};

struct VisitRow {
  using Value = Visit;
  static constexpr const char* kTable = "visits";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("course", s.course);
    v("program", s.program);
    v("visit_id", s.visit_id);
    v("visit_type", s.visit_type);
    v("session_number", s.session_number);
    v("start_time", s.start_time);
    v("book_time", s.book_time);
    v("state", s.state);
    v("cancelled_by_clinic", s.cancelled_by_clinic);
    v("late", s.late);
    v("version", s.version);
  }
};

absl::Status LoadPlans(Mapper& mapper, List<PaymentPlan>& list) {
  return LoadChildren<InstallmentRow>(
      mapper, list, [](PaymentPlan & p) -> auto& { return p.installments; });
}

absl::Status LoadReservations(Mapper& mapper, List<FinancialReservation>& list) {
  return LoadChildren<ConditionRow>(
      mapper, list, [](FinancialReservation & r) -> auto& { return r.conditions; });
}

}  // namespace

absl::Status PgTx::Insert(const PaymentPlan& plan) {
  const absl::Status status = mapper_.Insert<PlanRow>(plan);
  if (pg::ViolatedConstraint(status) == "one_plan_per_estimate") return errors::PlanExists();
  RETURN_IF_ERROR(status);
  return mapper_.InsertChildren<InstallmentRow>(plan.id.str(), plan.installments);
}

absl::Status PgTx::Update(const PaymentPlan& plan, int64_t read_version) {
  RETURN_IF_ERROR(mapper_.Update<PlanRow>(plan, plan.id.str(), read_version, "payment plan"));
  return mapper_.ReplaceChildren<InstallmentRow>(plan.id.str(), plan.installments);
}

absl::StatusOr<PaymentPlan> PgTx::GetPlan(const PlanId& id) {
  ASSIGN_OR_RETURN(List<PaymentPlan> found, mapper_.Select<PlanRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadPlans(mapper_, found));
  if (found.empty()) return ResourceNotFound("payment plan");
  return std::move(found[0].value);
}

absl::StatusOr<std::optional<PaymentPlan>> PgTx::PlanOf(const EstimateId& estimate) {
  ASSIGN_OR_RETURN(List<PaymentPlan> found,
                   mapper_.Select<PlanRow>("estimate = $2 and state <> $3",
                                           {estimate, static_cast<int>(PaymentPlan::State::kCancelled)}));
  RETURN_IF_ERROR(LoadPlans(mapper_, found));
  return First(std::move(found));
}

absl::StatusOr<std::optional<PaymentPlan>> PgTx::PlanChargedBy(const PaymentId& payment) {
  ASSIGN_OR_RETURN(
      List<PaymentPlan> found,
      mapper_.Select<PlanRow>(
          "id in (select parent from installments where clinic = $1 and payment = $2 and payment <> '')", {payment}));
  RETURN_IF_ERROR(LoadPlans(mapper_, found));
  return First(std::move(found));
}

absl::StatusOr<std::vector<PaymentPlan>> PgTx::ActivePlans(const PatientId& patient) {
  ASSIGN_OR_RETURN(List<PaymentPlan> found,
                   mapper_.Select<PlanRow>("patient = $2 and state = $3 order by seq",
                                           {patient, static_cast<int>(PaymentPlan::State::kActive)}));
  RETURN_IF_ERROR(LoadPlans(mapper_, found));
  return Values(std::move(found));
}

absl::StatusOr<List<PaymentPlan>> PgTx::ListPlans(const PatientId& patient, const Run& run) {
  ASSIGN_OR_RETURN(List<PaymentPlan> found, mapper_.SelectRun<PlanRow>("($2 = '' or patient = $2)", {patient}, run));
  RETURN_IF_ERROR(LoadPlans(mapper_, found));
  return found;
}

absl::Status PgTx::Insert(const FinancingApplication& application) { return mapper_.Insert<FinancingRow>(application); }

absl::Status PgTx::Update(const FinancingApplication& application, int64_t read_version) {
  return mapper_.Update<FinancingRow>(application, application.id.str(), read_version, "financing application");
}

absl::StatusOr<FinancingApplication> PgTx::GetFinancing(const Id<struct FinancingTag>& id) {
  return mapper_.Get<FinancingRow>(id.str(), "financing application");
}

absl::StatusOr<std::optional<FinancingApplication>> PgTx::FinancingPaidBy(const PaymentId& payment) {
  return mapper_.Find<FinancingRow>("payment = $2", {payment});
}

absl::StatusOr<List<FinancingApplication>> PgTx::ListFinancing(const PatientId& patient, const Run& run) {
  return mapper_.SelectRun<FinancingRow>("($2 = '' or patient = $2)", {patient}, run);
}

absl::Status PgTx::Insert(const FinancialReservation& reservation) {
  RETURN_IF_ERROR(mapper_.Insert<ReservationRow>(reservation));
  return mapper_.InsertChildren<ConditionRow>(reservation.id.str(), reservation.conditions);
}

absl::Status PgTx::Update(const FinancialReservation& reservation, int64_t read_version) {
  return mapper_.Update<ReservationRow>(reservation, reservation.id.str(), read_version, "financial reservation");
}

absl::StatusOr<FinancialReservation> PgTx::GetReservation(const Id<struct ReservationTag>& id) {
  ASSIGN_OR_RETURN(List<FinancialReservation> found, mapper_.Select<ReservationRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadReservations(mapper_, found));
  if (found.empty()) return ResourceNotFound("financial reservation");
  return std::move(found[0].value);
}

absl::StatusOr<std::vector<FinancialReservation>> PgTx::StandingReservations(const PatientId& patient,
                                                                             absl::string_view program) {
  ASSIGN_OR_RETURN(
      List<FinancialReservation> found,
      mapper_.Select<ReservationRow>("patient = $2 and program = $3 and state in ($4, $5) order by seq",
                                     {patient, program, static_cast<int>(FinancialReservation::State::kReserved),
                                      static_cast<int>(FinancialReservation::State::kConfirmed)}));
  return Values(std::move(found));
}

absl::Status PgTx::SaveVisit(const Visit& visit) {
  RETURN_IF_ERROR(db().Execute("delete from visits where clinic = $1 and id = $2", {clinic(), visit.id}).status());
  return mapper_.Insert<VisitRow>(visit);
}

absl::StatusOr<std::optional<Visit>> PgTx::FindVisit(const AppointmentId& id) {
  return mapper_.Find<VisitRow>("id = $2", {id});
}

absl::StatusOr<std::vector<Visit>> PgTx::VisitsOf(const PatientId& patient) {
  ASSIGN_OR_RETURN(List<Visit> found, mapper_.Select<VisitRow>("patient = $2 order by start_time, id", {patient}));
  return Values(std::move(found));
}

}  // namespace kat::billing
