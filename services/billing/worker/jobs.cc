#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/books/claims.h"
#include "services/billing/books/good_faith.h"
#include "services/billing/books/installments.h"
#include "services/billing/books/money.h"
#include "services/billing/books/names.h"
#include "services/billing/books/reservations.h"
#include "services/billing/worker/worker.h"

namespace kat::billing {
namespace {

// Tries after which a claim is scrubbed even though authorization has not counted the visit: the findings then say what
// is missing.
constexpr int kTriesForAuthorization = 5;

}  // namespace

void Worker::Register(app::App& app) {
  const auto job = [&](const char* kind, absl::Status (Worker::*handle)(Tx&, const tx::Job&)) {
    app.OnJob<Tx>(store_, kind, [this, handle](Tx& tx, const tx::Job& due) { return (this->*handle)(tx, due); });
  };
  job("estimate.expire", &Worker::ExpireEstimate);
  job("good_faith.late", &Worker::RemindOfGoodFaith);
  job("payment.resolve", &Worker::ResolvePayment);
  job("refund.pay", &Worker::PayRefund);
  job("installment.charge", &Worker::ChargeInstallment);
  job("reservation.expire", &Worker::ExpireReservation);
  job("claim.scrub", &Worker::ScrubClaim);
  app.OnEvents<Tx>(
      store_, "scheduling",
      {"block.booked", "appointment.booked", "appointment.moved", "appointment.cancelled", "appointment.no_show",
       "appointment.completed", "treatment.completed"},
      [this](const common::v1::Event& event, const Apply& apply) { return OnSchedulingEvent(event, apply); });
}

absl::Status Worker::ExpireEstimate(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(Estimate estimate, tx.GetEstimate(EstimateId(job.key)));
  if (estimate.state != Estimate::State::kOffered) return absl::OkStatus();
  estimate.state = Estimate::State::kExpired;
  estimate.update_time = tx.now();
  const int64_t read = estimate.version++;
  RETURN_IF_ERROR(tx.Update(estimate, read));
  return Publish(tx, {.type = "estimate.expired",
                      .collection = "estimates",
                      .id = estimate.id.str(),
                      .version = estimate.version,
                      .state = "EXPIRED",
                      .patient = estimate.patient});
}

absl::Status Worker::RemindOfGoodFaith(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(GoodFaithEstimate estimate, tx.GetGoodFaith(Id<struct GoodFaithEstimateTag>(job.key)));
  if (estimate.state != GoodFaithEstimate::State::kDue) return absl::OkStatus();
  estimate.update_time = tx.now();
  const int64_t read = estimate.version++;
  RETURN_IF_ERROR(tx.Update(estimate, read));
  return PublishGoodFaith(tx, estimate, "good_faith_estimate.updated");
}

absl::Status Worker::ResolvePayment(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(Payment payment, tx.GetPayment(PaymentId(job.key)));
  RETURN_IF_ERROR(tx.LockAccount(payment.patient));
  ASSIGN_OR_RETURN(payment, tx.GetPayment(payment.id));
  if (payment.state != Payment::State::kPending) return absl::OkStatus();
  ASSIGN_OR_RETURN(const CardOnFile card, tx.GetCard(payment.card));
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  const ProcessorAnswer answer =
      processor_.Charge({payment.idempotency_key, card.token, payment.amount, settings.currency_code});
  if (answer.outcome == ProcessorAnswer::Outcome::kUnknown) return PeerUnavailable("card processor");
  RETURN_IF_ERROR(SettlePayment(tx, payment, answer, processor_.name()));
  return SettleInstallment(tx, payment);
}

absl::Status Worker::PayRefund(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(Refund refund, tx.GetRefund(Id<struct RefundTag>(job.key)));
  return PayOutRefund(tx, refund, processor_);
}

absl::Status Worker::ChargeInstallment(Tx& tx, const tx::Job& job) {
  const std::vector<std::string> parts = absl::StrSplit(job.key, '/');
  int session_number = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &session_number)) {
    return absl::InvalidArgumentError("the job's key names no installment");
  }
  return BeginInstallment(tx, PlanId(parts[0]), session_number);
}

absl::Status Worker::ExpireReservation(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(FinancialReservation reservation, tx.GetReservation(Id<struct ReservationTag>(job.key)));
  return MoveReservation(tx, reservation, FinancialReservation::Event::kExpire);
}

absl::Status Worker::ScrubClaim(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(Claim claim, tx.GetClaim(Id<struct ClaimTag>(job.key)));
  if (claim.state != Claim::State::kDraft) return absl::OkStatus();
  ASSIGN_OR_RETURN(const SessionFacts session, ReadSession(peers_, tx.clinic(), claim.appointment));
  // No outage, which would be waited for without end: each try is a little later in the clinic's time.
  if (!session.authorization_settled && job.attempts < kTriesForAuthorization) {
    return absl::NotFoundError("authorization has not counted the visit yet");
  }
  return kat::billing::ScrubClaim(tx, claim, session);
}

}  // namespace kat::billing
