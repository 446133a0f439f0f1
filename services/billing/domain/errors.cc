#include "services/billing/domain/errors.h"

#include <string>
#include <utility>

#include "libs/base/business_time.h"

namespace kat::billing::errors {

absl::Status GoodFaithIncomplete(absl::string_view name, const std::vector<std::string>& missing) {
  std::vector<PreconditionViolation> unmet;
  for (const std::string& element : missing) {
    unmet.push_back({element, std::string(name), "a required element of 45 CFR 149.610(c)(1) is missing; fill it in"});
  }
  return Conditions("GOOD_FAITH_ESTIMATE_INCOMPLETE", "required elements are missing; complete it before it is given",
                    std::move(unmet));
}

absl::Status EffectiveDatesOverlap() {
  return MakeError(absl::StatusCode::kAlreadyExists,
                   "another version is in force on some of these days; end it first or begin later",
                   {.reason = "EFFECTIVE_DATES_OVERLAP"});
}

absl::Status NoPriceList(absl::string_view program) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "no price list is in force for the program; create one",
                   {.reason = "PRICE_LIST_MISSING", .metadata = {{"program", std::string(program)}}});
}

absl::Status CurrencyMismatch(absl::string_view field) {
  return MakeError(absl::StatusCode::kInvalidArgument, "money must be in the currency of the billing settings",
                   {.reason = "CURRENCY_MISMATCH",
                    .fields = {{std::string(field), "must be in the currency of the billing settings"}}});
}

absl::Status CurrencyInUse() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the currency cannot change once prices or books exist in it",
                   {.reason = "CURRENCY_IN_USE"});
}

absl::Status ArrangementExists() {
  return MakeError(absl::StatusCode::kAlreadyExists, "the patient has a billing arrangement for the program; update it",
                   {.reason = "ARRANGEMENT_EXISTS"});
}

absl::Status EstimateExpired() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the estimate has expired; make a new one",
                   {.reason = "ESTIMATE_EXPIRED"});
}

absl::Status ScenarioNotOffered() {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "the estimate does not offer this way to pay",
      {.reason = "SCENARIO_NOT_OFFERED", .fields = {{"scenario", "must be one of the scenarios of the estimate"}}});
}

absl::Status GoodFaithNotForInsured() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "a good faith estimate is for patients who pay themselves; this program is billed to a payer",
                   {.reason = "GOOD_FAITH_SELF_PAY_ONLY"});
}

absl::Status Unbalanced() {
  return MakeError(absl::StatusCode::kInternal, "a ledger transaction did not sum to zero",
                   {.reason = "LEDGER_UNBALANCED"});
}

absl::Status NotReversible() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "only a charge, a fee or a write-off can be reversed; use a refund or a dispute for payments",
                   {.reason = "NOT_REVERSIBLE"});
}

absl::Status AlreadyReversed() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the transaction was reversed before",
                   {.reason = "ALREADY_REVERSED"});
}

absl::Status WriteOffExceedsBalance() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the patient owes less than that",
                   {.reason = "WRITE_OFF_EXCEEDS_BALANCE"});
}

absl::Status CardNumberRefused(absl::string_view field) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "this looks like a card number, which is never taken here; send the processor's token",
                   {.reason = "CARD_NUMBER_REFUSED",
                    .fields = {{std::string(field), "looks like a card number; send the processor's token"}}});
}

absl::Status CardExpired() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the card has expired; ask the patient for another",
                   {.reason = "CARD_EXPIRED"});
}

absl::Status CardRevoked() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "the card may no longer be charged; ask the patient for another", {.reason = "CARD_REVOKED"});
}

absl::Status CardOfAnotherPatient() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the card belongs to another patient",
                   {.reason = "CARD_OF_ANOTHER_PATIENT"});
}

absl::Status PaymentNotCaptured() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the payment was not captured",
                   {.reason = "PAYMENT_NOT_CAPTURED"});
}

absl::Status RefundExceedsCaptured() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the refund exceeds what was captured less what was refunded",
                   {.reason = "REFUND_EXCEEDS_CAPTURED"});
}

absl::Status DisputeOpen() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "the card's bank contests the payment; a refund now could pay it back twice",
                   {.reason = "DISPUTE_OPEN"});
}

absl::Status DepositReserved() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "a booking keeps this deposit; release or cancel it first",
                   {.reason = "DEPOSIT_RESERVED"});
}

absl::Status RegZInstallmentLimit() {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "more than four installments would make the clinic a creditor (12 CFR 1026.2(a)(17)); use four or "
                   "fewer, or a lender",
                   {.reason = "REGZ_INSTALLMENT_LIMIT", .fields = {{"payment_plan.installments", "at most 4"}}});
}

absl::Status RegZFinanceCharge() {
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      "a finance charge would make the clinic a creditor (12 CFR 1026.2(a)(17)); leave it out, or use a lender",
      {.reason = "REGZ_FINANCE_CHARGE", .fields = {{"payment_plan.finance_charge", "must be absent or 0"}}});
}

absl::Status PlanNotAccepted() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the estimate was not accepted with a payment plan",
                   {.reason = "PLAN_NOT_ACCEPTED"});
}

absl::Status PlanExists() {
  return MakeError(absl::StatusCode::kAlreadyExists, "the estimate has a payment plan", {.reason = "PLAN_EXISTS"});
}

absl::Status PlanDoesNotAddUp(Minor expected) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "the installments must sum to the estimate's total less what is due before booking",
                   {.reason = "PLAN_DOES_NOT_ADD_UP",
                    .metadata = {{"expected_minor_units", std::to_string(expected)}},
                    .fields = {{"payment_plan.installments", "must sum to the rest of the estimate"}}});
}

absl::Status FutureServicesNotChargeable(Minor largest) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "the lender does not allow to charge services that far ahead; charge less",
      {.reason = "FUTURE_SERVICES_NOT_CHARGEABLE", .metadata = {{"largest_minor_units", std::to_string(largest)}}});
}

absl::Status LargeSaleMustWait(absl::CivilDay from) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "a sale of this size must wait after the application",
                   {.reason = "LARGE_SALE_MUST_WAIT", .metadata = {{"from_date", FormatDay(from)}}});
}

absl::Status SaleExceedsLimit() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the sale exceeds the approved limit",
                   {.reason = "SALE_EXCEEDS_LIMIT"});
}

absl::Status PromotionUnknown() {
  return MakeError(absl::StatusCode::kInvalidArgument, "the lender offers no such promotion for this amount",
                   {.reason = "PROMOTION_UNKNOWN",
                    .fields = {{"promotion_months", "must be a promotion of the lender's terms in force"}}});
}

absl::Status LenderPolicyMissing() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "the clinic has no terms in force for this lender; create them",
                   {.reason = "LENDER_POLICY_MISSING"});
}

absl::Status NothingToSettle() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "the patient has neither unused money nor a plan in this program", {.reason = "NOTHING_TO_SETTLE"});
}

absl::Status NoSuperbill() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "a superbill is made for a completed visit that the patient pays",
                   {.reason = "SUPERBILL_UNAVAILABLE"});
}

absl::Status CodeSetMissing() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "no code set of the payer is in force on the day of service; create one",
                   {.reason = "CODE_SET_MISSING"});
}

}  // namespace kat::billing::errors
