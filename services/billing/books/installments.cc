#include "services/billing/books/installments.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/books/money.h"
#include "services/billing/books/names.h"
#include "services/billing/books/visits.h"

namespace kat::billing {
namespace {

absl::Status SavePlan(Tx& tx, PaymentPlan& plan) {
  const int64_t read = plan.version++;
  RETURN_IF_ERROR(tx.Update(plan, read));
  RETURN_IF_ERROR(ScheduleInstallments(tx, plan));
  return PublishPlan(tx, plan,
                     plan.state == PaymentPlan::State::kCompleted ? "payment_plan.completed" : "payment_plan.updated");
}

}  // namespace

absl::Status BeginInstallment(Tx& tx, const PlanId& id, int session_number) {
  ASSIGN_OR_RETURN(PaymentPlan plan, tx.GetPlan(id));
  RETURN_IF_ERROR(tx.LockAccount(plan.patient));
  ASSIGN_OR_RETURN(plan, tx.GetPlan(id));
  Installment* installment = plan.Find(session_number);
  if (plan.state != PaymentPlan::State::kActive || installment == nullptr || !installment->due_time ||
      *installment->due_time > tx.now() || !installment->payment.empty()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const CardOnFile card, tx.GetCard(plan.card));
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  Payment payment{.id = PaymentId(NewId()),
                  .patient = plan.patient,
                  .program = plan.program,
                  .course = plan.course,
                  .purpose = Payment::Purpose::kInstallment,
                  .tender = Tender::kCard,
                  .amount = installment->amount,
                  .card = card.id,
                  .create_time = tx.now(),
                  .update_time = tx.now()};
  payment.idempotency_key = absl::StrCat("installment:", payment.id.str());
  RETURN_IF_ERROR(tx.Insert(payment));
  installment->payment = payment.id;
  plan.update_time = tx.now();
  const absl::Status chargeable = CheckChargeable(card, plan.patient, DayAt(tx.now(), clinic.zone));
  if (!chargeable.ok()) {  // nobody need be asked
    RETURN_IF_ERROR(SavePlan(tx, plan));
    RETURN_IF_ERROR(
        SettlePayment(tx, payment, {ProcessorAnswer::Outcome::kRefused, "", ErrorReason(chargeable)}, "none"));
    return SettleInstallment(tx, payment);
  }
  RETURN_IF_ERROR(
      tx.Schedule({.kind = "payment.resolve", .key = payment.id.str(), .due_at = tx.now(), .payload = "{}"}));
  RETURN_IF_ERROR(Publish(tx, {.type = "payment.created",
                               .collection = "payments",
                               .id = payment.id.str(),
                               .state = "PENDING",
                               .patient = payment.patient,
                               .course = payment.course}));
  return SavePlan(tx, plan);
}

absl::Status SettleInstallment(Tx& tx, const Payment& payment) {
  if (payment.purpose != Payment::Purpose::kInstallment || payment.state == Payment::State::kPending)
    return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<PaymentPlan> plan, tx.PlanChargedBy(payment.id));
  if (!plan) return absl::OkStatus();
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  for (Installment& installment : plan->installments) {
    if (installment.payment != payment.id) continue;
    if (payment.state == Payment::State::kCaptured) {
      RecordPaid(*plan, installment, payment.id, tx.now());
    } else {
      RecordDecline(*plan, installment, payment.decline_code, settings.retry_days, tx.now());
    }
  }
  return SavePlan(tx, *plan);
}

}  // namespace kat::billing
