#include "services/billing/domain/plan.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using S = Installment::State;
using E = Installment::Event;

constexpr S kNone = S::kUnspecified;

// Rows: state in the order of its numbers. Columns: bind, unbind, pause, charge, decline, give up, retry now, end.
// A charge may have begun before its session was called off or its plan ended; what it took is paid all the same.
constexpr S kTable[8][8] = {
    /* unspecified */ {kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* unscheduled */ {S::kScheduled, kNone, S::kPaused, S::kPaid, kNone, kNone, kNone, S::kCancelled},
    /* scheduled   */
    {S::kScheduled, S::kUnscheduled, S::kPaused, S::kPaid, S::kRetrying, S::kFailed, kNone, S::kCancelled},
    /* retrying    */
    {kNone, S::kUnscheduled, S::kPaused, S::kPaid, S::kRetrying, S::kFailed, S::kScheduled, S::kCancelled},
    /* failed      */ {kNone, kNone, kNone, kNone, kNone, kNone, S::kScheduled, S::kCancelled},
    /* paid        */ {kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* paused      */ {S::kScheduled, kNone, kNone, S::kPaid, kNone, kNone, kNone, S::kCancelled},
    /* cancelled   */ {kNone, kNone, kNone, S::kPaid, kNone, kNone, kNone, kNone},
};

bool Step(Installment& installment, E event) {
  const std::optional<S> next = Next(installment.state, event);
  if (next) installment.state = *next;
  return next.has_value();
}

void Touch(PaymentPlan& plan, absl::Time now) {
  plan.update_time = now;
  const bool paid = std::all_of(plan.installments.begin(), plan.installments.end(),
                                [](const Installment& i) { return i.state == S::kPaid; });
  if (paid && plan.state == PaymentPlan::State::kActive) plan.state = PaymentPlan::State::kCompleted;
}

}  // namespace

std::optional<Installment::State> Next(Installment::State state, Installment::Event event) {
  const S next = kTable[static_cast<int>(state)][static_cast<int>(event)];
  return next == kNone ? std::nullopt : std::optional<S>(next);
}

Installment* PaymentPlan::Find(int session_number) {
  for (Installment& installment : installments) {
    if (installment.session_number == session_number) return &installment;
  }
  return nullptr;
}

bool PaymentPlan::HasFailed() const {
  return std::any_of(installments.begin(), installments.end(),
                     [](const Installment& i) { return i.state == S::kFailed; });
}

absl::Status CheckNewPlan(const PaymentPlan& plan, Minor finance_charge, const Estimate& estimate) {
  if (plan.installments.size() > limits::kMaxInstallments) return errors::RegZInstallmentLimit();
  if (finance_charge != 0) return errors::RegZFinanceCharge();
  if (plan.patient != estimate.patient) return InvalidField("payment_plan.estimate", "belongs to another patient");
  if (estimate.state != Estimate::State::kAccepted ||
      estimate.accepted_scenario != PaymentScenario::Kind::kPaymentPlan) {
    return errors::PlanNotAccepted();
  }
  std::set<int> sessions;
  Minor sum = 0;
  for (size_t i = 0; i < plan.installments.size(); ++i) {
    const std::string field = absl::StrCat("payment_plan.installments[", i, "]");
    if (!sessions.insert(plan.installments[i].session_number).second) {
      return InvalidField(field + ".session_number", "has an installment already");
    }
    RETURN_IF_ERROR(CheckAmount(plan.installments[i].amount, 1, field + ".amount"));
    sum += plan.installments[i].amount;
  }
  const Minor expected = estimate.total() - estimate.Accepted()->due_before_booking;
  return sum == expected ? absl::OkStatus() : errors::PlanDoesNotAddUp(expected);
}

bool BindVisit(PaymentPlan& plan, const Visit& visit, int charge_minute, absl::TimeZone zone, absl::Time now) {
  if (plan.state != PaymentPlan::State::kActive || visit.session_number == 0) return false;
  Installment* installment = plan.Find(visit.session_number);
  if (installment == nullptr) return false;
  const absl::Time due = std::max(now, InstantOf(DayAt(visit.start_time, zone), charge_minute, zone));
  if (installment->appointment == visit.id && installment->state == S::kScheduled && installment->due_time == due)
    return false;
  if (!Step(*installment, E::kBind)) return false;
  installment->appointment = visit.id;
  installment->due_time = due;
  plan.course = visit.course;
  plan.update_time = now;
  return true;
}

bool UnbindVisit(PaymentPlan& plan, const Visit& visit) {
  Installment* installment = plan.Find(visit.session_number);
  if (installment == nullptr || installment->appointment != visit.id) return false;
  if (!Step(*installment, visit.cancelled_by_clinic ? E::kPause : E::kUnbind)) return false;
  installment->due_time = std::nullopt;
  installment->attempts = 0;
  return true;
}

void RecordPaid(PaymentPlan& plan, Installment& installment, const PaymentId& payment, absl::Time now) {
  if (!Step(installment, E::kCharge)) return;
  installment.payment = payment;
  installment.attempts += 1;
  installment.last_decline_code.clear();
  Touch(plan, now);
}

void RecordDecline(PaymentPlan& plan, Installment& installment, absl::string_view code,
                   const std::vector<int>& retry_days, absl::Time now) {
  installment.payment = {};
  const bool again = installment.attempts < static_cast<int>(retry_days.size());
  if (!Step(installment, again ? E::kDecline : E::kGiveUp)) return;
  installment.due_time =
      again ? std::optional<absl::Time>(now + absl::Hours(24) * retry_days[installment.attempts]) : std::nullopt;
  installment.attempts += 1;
  installment.last_decline_code = std::string(code);
  Touch(plan, now);
}

absl::Status EndPlan(PaymentPlan& plan, absl::Time now) {
  if (plan.state != PaymentPlan::State::kActive) {
    return WrongState("payment plan", plan.state == PaymentPlan::State::kCompleted ? "COMPLETED" : "CANCELLED",
                      "cancel");
  }
  for (Installment& installment : plan.installments) {
    if (Step(installment, E::kEnd)) installment.due_time = std::nullopt;
  }
  plan.state = PaymentPlan::State::kCancelled;
  plan.update_time = now;
  return absl::OkStatus();
}

}  // namespace kat::billing
