#include "services/billing/books/visits.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/books/good_faith.h"
#include "services/billing/books/money.h"
#include "services/billing/books/names.h"

namespace kat::billing {
namespace {

absl::Status BindPlans(Tx& tx, const Visit& visit, const tx::ClinicInfo& clinic) {
  if (visit.session_number == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  ASSIGN_OR_RETURN(std::vector<PaymentPlan> plans, tx.ActivePlans(visit.patient));
  for (PaymentPlan& plan : plans) {
    if (plan.program != visit.program || (!plan.course.empty() && plan.course != visit.course)) continue;
    const bool gone = visit.state == Visit::State::kCancelled;
    const bool changed = gone ? UnbindVisit(plan, visit)
                              : visit.state == Visit::State::kBooked &&
                                    BindVisit(plan, visit, settings.charge_minute, clinic.zone, tx.now());
    if (!changed) continue;
    const int64_t read = plan.version++;
    plan.update_time = tx.now();
    RETURN_IF_ERROR(tx.Update(plan, read));
    RETURN_IF_ERROR(ScheduleInstallments(tx, plan));
    RETURN_IF_ERROR(PublishPlan(tx, plan, "payment_plan.updated"));
  }
  return absl::OkStatus();
}

// Government payers' patients owe no such fees to us: their program's rules forbid them (for Medicaid, 42 CFR 447.15).
absl::StatusOr<bool> FeesForbidden(Tx& tx, const Visit& visit, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto arrangement, tx.FindArrangement(visit.patient, visit.program));
  if (!arrangement || arrangement->mode != BillingMode::kInsured) return false;
  ASSIGN_OR_RETURN(const auto set, tx.CodeSetInForce(arrangement->payer, visit.program, day));
  return set && set->government;
}

absl::Status ChargeFeeFor(Tx& tx, Visit& visit, const tx::ClinicInfo& clinic, absl::Time happened) {
  const bool missed = visit.state == Visit::State::kNoShow;
  if ((!missed && visit.state != Visit::State::kCancelled) || visit.cancelled_by_clinic || visit.program.empty()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto policy, tx.CancellationPolicyInForce(visit.program, DayAt(visit.book_time, clinic.zone)));
  if (!policy) return absl::OkStatus();
  visit.late = missed || IsLate(*policy, happened, visit.start_time, clinic.zone, {clinic.holidays});
  const Minor amount = missed ? policy->no_show_fee : policy->late_cancel_fee;
  if (!visit.late || amount == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool forbidden, FeesForbidden(tx, visit, DayAt(visit.start_time, clinic.zone)));
  ASSIGN_OR_RETURN(const auto earlier, tx.FeeOf(visit.id));
  if (forbidden || earlier) return absl::OkStatus();

  CancellationFee fee{.id = Id<struct CancellationFeeTag>(NewId()),
                      .patient = visit.patient,
                      .appointment = visit.id,
                      .policy = policy->id,
                      .cause = missed ? CancellationFee::Cause::kNoShow : CancellationFee::Cause::kLateCancel,
                      .amount = amount,
                      .create_time = tx.now(),
                      .update_time = tx.now()};
  ASSIGN_OR_RETURN(fee.transaction,
                   Post(tx, ChargeFee(visit.patient, amount), absl::StrCat("cancellationFees/", fee.id.str())));
  RETURN_IF_ERROR(tx.Insert(fee));
  return Publish(tx, {.type = "cancellation_fee.created",
                      .collection = "cancellationFees",
                      .id = fee.id.str(),
                      .state = "CHARGED",
                      .patient = visit.patient,
                      .course = visit.course,
                      .appointment = visit.id});
}

// The price of the visit: under the accepted estimate by how many of its type were charged since, else by the price
// list.
absl::StatusOr<Charge> PriceVisit(Tx& tx, const Visit& visit, absl::CivilDay day) {
  Charge charge{.id = Id<struct ChargeTag>(NewId()),
                .patient = visit.patient,
                .appointment = visit.id,
                .course = visit.course,
                .program = visit.program,
                .visit_type = visit.visit_type,
                .service_date = day,
                .create_time = tx.now()};
  ASSIGN_OR_RETURN(const auto prices, tx.PriceListInForce(visit.program, day));
  if (const PriceLine* line = prices ? prices->Find(visit.visit_type) : nullptr) {
    charge.description = line->description;
    charge.service_code = line->service_code;
    charge.amount = charge.single_price = line->price;
  }
  ASSIGN_OR_RETURN(const auto estimate, tx.AcceptedEstimate(visit.patient, visit.program));
  if (!estimate) return charge;
  ASSIGN_OR_RETURN(const std::vector<Charge> charges, tx.StandingCharges(visit.patient, visit.program));
  const auto counts = [&](const Charge& c) {
    return c.visit_type == visit.visit_type && c.create_time >= *estimate->accept_time;
  };
  const int index = static_cast<int>(std::count_if(charges.begin(), charges.end(), counts));
  for (const EstimateLine& line : estimate->lines) {
    if (line.visit_type != visit.visit_type) continue;
    charge.description = line.description;
    charge.service_code = line.service_code;
    charge.single_price = line.unit_price;
    charge.amount = PriceOfVisit(*estimate, visit.visit_type, index).value_or(line.unit_price);
  }
  return charge;
}

absl::Status ChargeCompleted(Tx& tx, const Visit& visit, const tx::ClinicInfo& clinic) {
  if (visit.state != Visit::State::kCompleted || visit.program.empty()) return absl::OkStatus();
  const absl::CivilDay day = DayAt(visit.start_time, clinic.zone);
  ASSIGN_OR_RETURN(const BillingMode mode, ModeOn(tx, visit.patient, visit.program, day));
  ASSIGN_OR_RETURN(const auto earlier, tx.ChargeOf(visit.id));
  if (mode != BillingMode::kSelfPay || earlier) return absl::OkStatus();
  ASSIGN_OR_RETURN(Charge charge, PriceVisit(tx, visit, day));
  if (charge.service_code.empty()) return absl::OkStatus();  // a visit that the price list does not sell
  ASSIGN_OR_RETURN(charge.transaction,
                   Post(tx, ChargeVisit(visit.patient, charge.amount), absl::StrCat("charges/", charge.id.str())));
  RETURN_IF_ERROR(tx.Insert(charge));
  RETURN_IF_ERROR(Publish(tx, {.type = "charge.created",
                               .collection = "charges",
                               .id = charge.id.str(),
                               .patient = visit.patient,
                               .course = visit.course,
                               .appointment = visit.id}));
  RETURN_IF_ERROR(ApplyDeposits(tx, visit.patient, visit.program));
  return WatchGoodFaith(tx, visit.patient, visit.program);
}

}  // namespace

absl::StatusOr<BillingMode> ModeOn(Tx& tx, const PatientId& patient, absl::string_view program, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto arrangement, tx.FindArrangement(patient, program));
  ASSIGN_OR_RETURN(const auto prices, tx.PriceListInForce(program, day));
  return ModeOf(arrangement, prices);
}

absl::Status FollowVisit(Tx& tx, Visit visit, absl::Time happened) {
  if (visit.patient.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  RETURN_IF_ERROR(tx.LockAccount(visit.patient));
  ASSIGN_OR_RETURN(const std::optional<Visit> known, tx.FindVisit(visit.id));
  if (known && known->version > visit.version) return absl::OkStatus();
  if (known) visit.late = known->late;
  RETURN_IF_ERROR(ChargeFeeFor(tx, visit, clinic, happened));
  RETURN_IF_ERROR(tx.SaveVisit(visit));
  RETURN_IF_ERROR(BindPlans(tx, visit, clinic));
  return ChargeCompleted(tx, visit, clinic);
}

absl::Status ScheduleInstallments(Tx& tx, const PaymentPlan& plan) {
  for (const Installment& installment : plan.installments) {
    const std::string key = absl::StrCat(plan.id.str(), "/", installment.session_number);
    const bool waits =
        installment.due_time && installment.payment.empty() &&
        (installment.state == Installment::State::kScheduled || installment.state == Installment::State::kRetrying);
    if (waits) {
      RETURN_IF_ERROR(
          tx.Schedule({.kind = "installment.charge", .key = key, .due_at = *installment.due_time, .payload = "{}"}));
    } else {
      RETURN_IF_ERROR(tx.CancelJob("installment.charge", key));
    }
  }
  return absl::OkStatus();
}

absl::Status PublishPlan(Tx& tx, const PaymentPlan& plan, const char* type) {
  static constexpr const char* kStates[] = {"STATE_UNSPECIFIED", "ACTIVE", "COMPLETED", "CANCELLED"};
  return Publish(tx, {.type = type,
                      .collection = "paymentPlans",
                      .id = plan.id.str(),
                      .version = plan.version,
                      .state = kStates[static_cast<int>(plan.state)],
                      .patient = plan.patient,
                      .course = plan.course,
                      .work = BillerWork("PAYMENT_FAILED", plan.HasFailed(), tx.now(), tx::Work::Urgency::kSoon)});
}

}  // namespace kat::billing
