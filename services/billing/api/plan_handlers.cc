#include "services/billing/api/plan_handlers.h"

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/billing/api/plan_converters.h"
#include "services/billing/books/money.h"
#include "services/billing/books/visits.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using FinancingId = Id<struct FinancingTag>;
using Event = FinancingApplication::Event;

absl::Status PublishFinancing(Tx& tx, const FinancingApplication& application, const char* type) {
  return Publish(tx, {.type = type,
                      .collection = "financingApplications",
                      .id = application.id.str(),
                      .version = application.version,
                      .state = NameOf(application.state),
                      .patient = application.patient});
}

// What a lender's sale may cover today: what is owed, and the booked visits at their estimated price, less what is held
// for them.
absl::StatusOr<Chargeable> ChargeableOf(Tx& tx, const FinancingApplication& application, absl::TimeZone zone) {
  Chargeable chargeable;
  ASSIGN_OR_RETURN(chargeable.owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, application.patient));
  ASSIGN_OR_RETURN(const std::vector<Payment> payments, tx.CapturedPayments(application.patient, application.program));
  for (const Payment& payment : payments) chargeable.held += payment.unapplied;
  ASSIGN_OR_RETURN(const std::optional<Estimate> estimate,
                   tx.AcceptedEstimate(application.patient, application.program));
  ASSIGN_OR_RETURN(const auto prices, tx.PriceListInForce(application.program, DayAt(tx.now(), zone)));
  ASSIGN_OR_RETURN(const std::vector<Visit> visits, tx.VisitsOf(application.patient));
  for (const Visit& visit : visits) {
    if (visit.program != application.program || visit.state != Visit::State::kBooked) continue;
    const PriceLine* line = prices ? prices->Find(visit.visit_type) : nullptr;
    Minor price = line != nullptr ? line->price : 0;
    if (estimate) price = PriceOfVisit(*estimate, visit.visit_type, 0).value_or(price);
    chargeable.visits.push_back({DayAt(visit.start_time, zone), price});
  }
  return chargeable;
}

// The lender's or the borrower's money comes in, as a payment.
absl::Status TakeMoney(Tx& tx, FinancingApplication& application) {
  Payment payment{.id = PaymentId(NewId()),
                  .patient = application.patient,
                  .program = application.program,
                  .purpose = Payment::Purpose::kFinancing,
                  .tender = application.lender,
                  .amount = application.sale_amount,
                  .reference = application.lender_reference,
                  .processor = application.lender == Tender::kCareCredit ? "carecredit" : "prosper",
                  .idempotency_key = absl::StrCat("financing:", application.id.str()),
                  .fee = application.fee,
                  .create_time = tx.now()};
  RETURN_IF_ERROR(CapturePayment(tx, payment, false));
  application.payment = payment.id;
  return absl::OkStatus();
}

absl::Status CheckPlanCard(Tx& tx, const CardId& id, const PatientId& patient) {
  ASSIGN_OR_RETURN(const CardOnFile card, tx.GetCard(id));
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  return CheckChargeable(card, patient, DayAt(tx.now(), clinic.zone));
}

// Sessions that are booked already give their dates to a plan that comes after them.
absl::Status BindToBooked(Tx& tx, PaymentPlan& plan) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  ASSIGN_OR_RETURN(const std::vector<Visit> visits, tx.VisitsOf(plan.patient));
  for (const Visit& visit : visits) {
    if (visit.program == plan.program && visit.state == Visit::State::kBooked) {
      BindVisit(plan, visit, settings.charge_minute, clinic.zone, tx.now());
    }
  }
  return absl::OkStatus();
}

}  // namespace

void PlanHandlers::Register(rpc::Service& service) {
  service.Unary("CreatePaymentPlan", this, &PlanHandlers::CreatePlan);
  service.Unary("GetPaymentPlan", this, &PlanHandlers::GetPlan);
  service.Unary("ListPaymentPlans", this, &PlanHandlers::ListPlans);
  service.Unary("CancelPaymentPlan", this, &PlanHandlers::CancelPlan);
  service.Unary("RetryInstallment", this, &PlanHandlers::RetryInstallment);
  service.Unary("CreateFinancingApplication", this, &PlanHandlers::CreateFinancing);
  service.Unary("GetFinancingApplication", this, &PlanHandlers::GetFinancing);
  service.Unary("ListFinancingApplications", this, &PlanHandlers::ListFinancing);
  service.Unary("RecordFinancingEvent", this, &PlanHandlers::RecordEvent);
}

absl::StatusOr<v1::PaymentPlan> PlanHandlers::CreatePlan(rpc::Call& call, const v1::CreatePaymentPlanRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PaymentPlan> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(PaymentPlan plan, FromProto(view, request.payment_plan()));
    Minor finance_charge = 0;
    if (request.payment_plan().has_finance_charge()) {
      ASSIGN_OR_RETURN(finance_charge,
                       MinorOf(view, request.payment_plan().finance_charge(), "payment_plan.finance_charge"));
    }
    ASSIGN_OR_RETURN(const Estimate estimate, tx.GetEstimate(plan.estimate));
    RETURN_IF_ERROR(CheckNewPlan(plan, finance_charge, estimate));
    RETURN_IF_ERROR(CheckPlanCard(tx, plan.card, plan.patient));
    plan.id = PlanId(NewId());
    plan.program = estimate.program;
    plan.create_time = plan.update_time = tx.now();
    RETURN_IF_ERROR(BindToBooked(tx, plan));
    RETURN_IF_ERROR(tx.Insert(plan));
    RETURN_IF_ERROR(ScheduleInstallments(tx, plan));
    RETURN_IF_ERROR(PublishPlan(tx, plan, "payment_plan.created"));
    return ToProto(view, plan);
  });
}

absl::StatusOr<v1::PaymentPlan> PlanHandlers::GetPlan(rpc::Call& call, const v1::GetPaymentPlanRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PaymentPlan> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const PaymentPlan plan, tx.GetPlan(IdOf<PlanId>(request.name())));
    return ToProto(view, plan);
  });
}

absl::StatusOr<v1::ListPaymentPlansResponse> PlanHandlers::ListPlans(rpc::Call& call,
                                                                     const v1::ListPaymentPlansRequest& request) {
  return ServePage<v1::ListPaymentPlansResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListPlans(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const PaymentPlan& plan, v1::ListPaymentPlansResponse& response) {
        *response.add_payment_plans() = ToProto(view, plan);
      });
}

absl::StatusOr<v1::PaymentPlan> PlanHandlers::CancelPlan(rpc::Call& call, const v1::CancelPaymentPlanRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PaymentPlan> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(PaymentPlan plan, tx.GetPlan(IdOf<PlanId>(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), plan.version, "payment plan"));
    RETURN_IF_ERROR(EndPlan(plan, tx.now()));
    const int64_t read = plan.version++;
    RETURN_IF_ERROR(tx.Update(plan, read));
    RETURN_IF_ERROR(ScheduleInstallments(tx, plan));
    RETURN_IF_ERROR(PublishPlan(tx, plan, "payment_plan.cancelled"));
    return ToProto(view, plan);
  });
}

absl::StatusOr<v1::PaymentPlan> PlanHandlers::RetryInstallment(rpc::Call& call,
                                                               const v1::RetryInstallmentRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PaymentPlan> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(PaymentPlan plan, tx.GetPlan(IdOf<PlanId>(request.name())));
    Installment* installment = plan.Find(request.session_number());
    if (installment == nullptr) return InvalidField("session_number", "the plan has no installment for it");
    const auto next = Next(installment->state, Installment::Event::kRetryNow);
    if (!next) return WrongState("installment", "NOT_FAILED", "retry");
    if (!request.card().empty()) plan.card = IdOf<CardId>(request.card());
    RETURN_IF_ERROR(CheckPlanCard(tx, plan.card, plan.patient));
    installment->state = *next;
    installment->due_time = tx.now();
    plan.update_time = tx.now();
    const int64_t read = plan.version++;
    RETURN_IF_ERROR(tx.Update(plan, read));
    RETURN_IF_ERROR(ScheduleInstallments(tx, plan));
    RETURN_IF_ERROR(PublishPlan(tx, plan, "payment_plan.updated"));
    return ToProto(view, plan);
  });
}

absl::StatusOr<v1::FinancingApplication> PlanHandlers::CreateFinancing(
    rpc::Call& call, const v1::CreateFinancingApplicationRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancingApplication> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    const v1::FinancingApplication& wanted = request.financing_application();
    FinancingApplication application;
    application.id = FinancingId(NewId());
    application.patient = IdOf<PatientId>(wanted.patient());
    application.program = wanted.program();
    application.lender = static_cast<Tender>(wanted.lender());
    application.estimate = IdOf<EstimateId>(wanted.estimate());
    application.lender_reference = wanted.lender_reference();
    application.create_time = application.update_time = tx.now();
    if (!IsLender(application.lender)) {
      return InvalidField("financing_application.lender", "must be CareCredit or Prosper");
    }
    RETURN_IF_ERROR(RefuseCardNumber(application.lender_reference, "financing_application.lender_reference"));
    if (!application.estimate.empty()) {
      ASSIGN_OR_RETURN(const Estimate estimate, tx.GetEstimate(application.estimate));
      if (estimate.patient != application.patient || estimate.program != application.program) {
        return InvalidField("financing_application.estimate", "belongs to another patient or program");
      }
    }
    RETURN_IF_ERROR(tx.Insert(application));
    RETURN_IF_ERROR(PublishFinancing(tx, application, "financing_application.created"));
    return ToProto(view, application);
  });
}

absl::StatusOr<v1::FinancingApplication> PlanHandlers::GetFinancing(rpc::Call& call,
                                                                    const v1::GetFinancingApplicationRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancingApplication> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const FinancingApplication application, tx.GetFinancing(IdOf<FinancingId>(request.name())));
    return ToProto(view, application);
  });
}

absl::StatusOr<v1::ListFinancingApplicationsResponse> PlanHandlers::ListFinancing(
    rpc::Call& call, const v1::ListFinancingApplicationsRequest& request) {
  return ServePage<v1::ListFinancingApplicationsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListFinancing(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const FinancingApplication& application, v1::ListFinancingApplicationsResponse& response) {
        *response.add_financing_applications() = ToProto(view, application);
      });
}

absl::StatusOr<v1::FinancingApplication> PlanHandlers::RecordEvent(rpc::Call& call,
                                                                   const v1::RecordFinancingEventRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::FinancingApplication> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
    ASSIGN_OR_RETURN(FinancingApplication application, tx.GetFinancing(IdOf<FinancingId>(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), application.version, "financing application"));
    RETURN_IF_ERROR(tx.LockAccount(application.patient));
    ASSIGN_OR_RETURN(const FinancingFacts facts, FromProto(view, request));
    ASSIGN_OR_RETURN(const auto policy, tx.LenderPolicyInForce(application.lender, today));
    ASSIGN_OR_RETURN(const Chargeable chargeable, ChargeableOf(tx, application, clinic.zone));
    RETURN_IF_ERROR(Record(application, facts, policy, chargeable, today, clinic.zone, tx.now()));
    if (facts.event == Event::kSettle || facts.event == Event::kPayClinic) RETURN_IF_ERROR(TakeMoney(tx, application));
    const int64_t read = application.version++;
    RETURN_IF_ERROR(tx.Update(application, read));
    RETURN_IF_ERROR(PublishFinancing(tx, application, "financing_application.updated"));
    return ToProto(view, application);
  });
}

}  // namespace kat::billing
