#ifndef KAT_SERVICES_BILLING_DOMAIN_PAYMENT_H_
#define KAT_SERVICES_BILLING_DOMAIN_PAYMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/billing/domain/price.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

// Money that came in.
struct Payment {
  enum class State { kUnspecified = 0, kPending = 1, kCaptured = 2, kDeclined = 3 };
  enum class Purpose { kUnspecified = 0, kDeposit = 1, kBalance = 2, kInstallment = 3, kFinancing = 4 };
  enum class Dispute { kNone = 0, kOpen = 1, kWon = 2, kLost = 3 };

  PaymentId id;
  PatientId patient;
  std::string program;
  CourseId course;
  Purpose purpose = Purpose::kUnspecified;
  Tender tender = Tender::kUnspecified;
  Minor amount = 0;
  CardId card;
  std::string reference;
  State state = State::kPending;
  std::string decline_code;
  std::string processor;
  std::string processor_reference;
  std::string idempotency_key;  // under which the processor knows it; unique
  Minor refunded = 0;
  Minor unapplied = 0;
  Dispute dispute = Dispute::kNone;
  Minor fee = 0;
  std::optional<absl::Time> capture_time;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  // What may still be given back.
  Minor refundable() const { return state == State::kCaptured && dispute != Dispute::kLost ? amount - refunded : 0; }
};

struct Refund {
  enum class State { kUnspecified = 0, kPending = 1, kPaid = 2, kFailed = 3 };

  Id<struct RefundTag> id;
  PaymentId payment;
  PatientId patient;
  Minor amount = 0;
  std::string reason;
  Tender tender = Tender::kUnspecified;
  State state = State::kPending;
  std::string processor_reference;
  std::string failure_code;
  absl::Time create_time;
  absl::Time update_time;
};

// INVALID_ARGUMENT where purpose, tender, card and amount of a payment that a person takes do not fit together.
absl::Status CheckNewPayment(const Payment& payment);

// The money was taken: `owed` is what the patient owes. Returns how much of it pays that; the rest is held.
Minor Capture(Payment& payment, Minor owed, absl::Time now);

// FAILED_PRECONDITION where `amount` may not be given back: not captured, more than is left, a dispute.
absl::Status CheckRefund(const Payment& payment, Minor amount);

// Takes a refund off the payment, money not yet applied first; returns how much of it that was.
Minor TakeRefund(Payment& payment, Minor amount, absl::Time now);

// Uses unapplied money, the oldest first, for `owed`; returns how much it paid.
Minor ApplyOldestFirst(std::vector<Payment>& payments, Minor owed);

// Puts a credit back on payments whose money was applied, the latest first; returns how much found a place.
Minor UnapplyLatestFirst(std::vector<Payment>& payments, Minor credit);

// One visit that was charged, and what it costs by itself.
struct ChargedVisit {
  Minor charged = 0;
  Minor single_price = 0;
};

struct EarlyStop {
  struct Part {
    PaymentId payment;
    Tender tender = Tender::kUnspecified;
    Minor amount = 0;
  };

  Minor unapplied = 0;
  Minor repriced = 0;
  Minor fee = 0;
  Minor refund_total = 0;
  std::vector<Part> refunds;  // lenders first
};

// What a program that stops early comes to: what is owed, re-priced visits and the fee come out of unused money,
// lenders' money last; what is left goes back, lenders first. Payments in dispute are left alone.
EarlyStop SettleEarlyStop(const std::vector<Payment>& payments, const std::vector<ChargedVisit>& visits, Minor owed,
                          const std::optional<DepositPolicy>& policy);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_PAYMENT_H_
