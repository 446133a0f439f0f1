#include "services/billing/domain/payment.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/card.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {

absl::Status CheckNewPayment(const Payment& payment) {
  if (payment.purpose != Payment::Purpose::kDeposit && payment.purpose != Payment::Purpose::kBalance) {
    return InvalidField("payment.purpose", "must be DEPOSIT or BALANCE");
  }
  if (payment.tender == Tender::kCareCredit) {
    return InvalidField("payment.tender", "CareCredit comes in by its financing application");
  }
  if (payment.tender == Tender::kProsperLoan) {
    return InvalidField("payment.tender", "a Prosper loan comes in by its financing application");
  }
  if ((payment.tender == Tender::kCard) == payment.card.empty()) {
    return InvalidField("payment.card", "must be set for a card and for nothing else");
  }
  RETURN_IF_ERROR(RefuseCardNumber(payment.reference, "payment.reference"));
  return CheckAmount(payment.amount, 1, "payment.amount");
}

Minor Capture(Payment& payment, Minor owed, absl::Time now) {
  const bool held = payment.purpose == Payment::Purpose::kDeposit;
  const Minor to_balance = held ? 0 : std::clamp<Minor>(owed, 0, payment.amount);
  payment.state = Payment::State::kCaptured;
  payment.unapplied = payment.amount - to_balance;
  payment.capture_time = payment.update_time = now;
  return to_balance;
}

absl::Status CheckRefund(const Payment& payment, Minor amount) {
  if (payment.state != Payment::State::kCaptured) return errors::PaymentNotCaptured();
  if (payment.dispute == Payment::Dispute::kOpen) return errors::DisputeOpen();
  RETURN_IF_ERROR(CheckAmount(amount, 1, "refund.amount"));
  return amount <= payment.refundable() ? absl::OkStatus() : errors::RefundExceedsCaptured();
}

Minor TakeRefund(Payment& payment, Minor amount, absl::Time now) {
  const Minor from_deposit = std::min(amount, payment.unapplied);
  payment.unapplied -= from_deposit;
  payment.refunded += amount;
  payment.update_time = now;
  return from_deposit;
}

Minor ApplyOldestFirst(std::vector<Payment>& payments, Minor owed) {
  std::stable_sort(payments.begin(), payments.end(),
                   [](const Payment& a, const Payment& b) { return a.capture_time < b.capture_time; });
  Minor applied = 0;
  for (Payment& payment : payments) {
    const Minor part = std::clamp<Minor>(owed - applied, 0, payment.unapplied);
    payment.unapplied -= part;
    applied += part;
  }
  return applied;
}

Minor UnapplyLatestFirst(std::vector<Payment>& payments, Minor credit) {
  std::stable_sort(payments.begin(), payments.end(),
                   [](const Payment& a, const Payment& b) { return a.capture_time > b.capture_time; });
  Minor placed = 0;
  for (Payment& payment : payments) {
    const Minor part =
        std::clamp<Minor>(credit - placed, 0, std::max<Minor>(0, payment.refundable() - payment.unapplied));
    payment.unapplied += part;
    placed += part;
  }
  return placed;
}

EarlyStop SettleEarlyStop(const std::vector<Payment>& payments, const std::vector<ChargedVisit>& visits, Minor owed,
                          const std::optional<DepositPolicy>& policy) {
  EarlyStop stop;
  for (const ChargedVisit& visit : visits) {
    if (policy && policy->unwind_package_discount)
      stop.repriced += std::max<Minor>(0, visit.single_price - visit.charged);
  }
  std::vector<Payment> usable;
  for (const Payment& payment : payments) {
    if (payment.dispute == Payment::Dispute::kOpen || payment.unapplied <= 0) continue;
    usable.push_back(payment);
    stop.unapplied += payment.unapplied;
  }
  const Minor after_care = std::max<Minor>(0, stop.unapplied - owed - stop.repriced);
  stop.fee = policy ? std::min(policy->early_stop_fee, after_care) : 0;
  stop.refund_total = after_care - stop.fee;

  std::stable_sort(usable.begin(), usable.end(),
                   [](const Payment& a, const Payment& b) { return IsLender(a.tender) > IsLender(b.tender); });
  Minor left = stop.refund_total;
  for (const Payment& payment : usable) {
    const Minor part = std::min(left, payment.unapplied);
    if (part > 0) stop.refunds.push_back({payment.id, payment.tender, part});
    left -= part;
  }
  return stop;
}

}  // namespace kat::billing
