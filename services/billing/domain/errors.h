#ifndef KAT_SERVICES_BILLING_DOMAIN_ERRORS_H_
#define KAT_SERVICES_BILLING_DOMAIN_ERRORS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/base/error.h"
#include "services/billing/domain/types.h"

// Every failure of this service, one function each; the name of the reason is in the function's comment.
namespace kat::billing::errors {

absl::Status EffectiveDatesOverlap();                    // ALREADY_EXISTS, EFFECTIVE_DATES_OVERLAP
absl::Status NoPriceList(absl::string_view program);     // FAILED_PRECONDITION, PRICE_LIST_MISSING
absl::Status CurrencyMismatch(absl::string_view field);  // INVALID_ARGUMENT, CURRENCY_MISMATCH
absl::Status CurrencyInUse();                            // FAILED_PRECONDITION, CURRENCY_IN_USE
absl::Status ArrangementExists();                        // ALREADY_EXISTS, ARRANGEMENT_EXISTS
absl::Status EstimateExpired();                          // FAILED_PRECONDITION, ESTIMATE_EXPIRED
absl::Status ScenarioNotOffered();                       // INVALID_ARGUMENT, SCENARIO_NOT_OFFERED
absl::Status GoodFaithIncomplete(absl::string_view name, const std::vector<std::string>& missing);
// FAILED_PRECONDITION, GOOD_FAITH_ESTIMATE_INCOMPLETE
absl::Status GoodFaithNotForInsured();                    // FAILED_PRECONDITION, GOOD_FAITH_SELF_PAY_ONLY
absl::Status Unbalanced();                                // INTERNAL, LEDGER_UNBALANCED
absl::Status NotReversible();                             // FAILED_PRECONDITION, NOT_REVERSIBLE
absl::Status AlreadyReversed();                           // FAILED_PRECONDITION, ALREADY_REVERSED
absl::Status WriteOffExceedsBalance();                    // FAILED_PRECONDITION, WRITE_OFF_EXCEEDS_BALANCE
absl::Status CardNumberRefused(absl::string_view field);  // INVALID_ARGUMENT, CARD_NUMBER_REFUSED
absl::Status CardExpired();                               // FAILED_PRECONDITION, CARD_EXPIRED
absl::Status CardRevoked();                               // FAILED_PRECONDITION, CARD_REVOKED
absl::Status CardOfAnotherPatient();                      // FAILED_PRECONDITION, CARD_OF_ANOTHER_PATIENT
absl::Status PaymentNotCaptured();                        // FAILED_PRECONDITION, PAYMENT_NOT_CAPTURED
absl::Status RefundExceedsCaptured();                     // FAILED_PRECONDITION, REFUND_EXCEEDS_CAPTURED
absl::Status DisputeOpen();                               // FAILED_PRECONDITION, DISPUTE_OPEN
absl::Status DepositReserved();                           // FAILED_PRECONDITION, DEPOSIT_RESERVED
absl::Status RegZInstallmentLimit();                      // INVALID_ARGUMENT, REGZ_INSTALLMENT_LIMIT
absl::Status RegZFinanceCharge();                         // INVALID_ARGUMENT, REGZ_FINANCE_CHARGE
absl::Status PlanNotAccepted();                           // FAILED_PRECONDITION, PLAN_NOT_ACCEPTED
absl::Status PlanExists();                                // ALREADY_EXISTS, PLAN_EXISTS
absl::Status PlanDoesNotAddUp(Minor expected);            // INVALID_ARGUMENT, PLAN_DOES_NOT_ADD_UP
absl::Status FutureServicesNotChargeable(Minor largest);  // FAILED_PRECONDITION, FUTURE_SERVICES_NOT_CHARGEABLE
absl::Status LargeSaleMustWait(absl::CivilDay from);      // FAILED_PRECONDITION, LARGE_SALE_MUST_WAIT
absl::Status SaleExceedsLimit();                          // FAILED_PRECONDITION, SALE_EXCEEDS_LIMIT
absl::Status PromotionUnknown();                          // INVALID_ARGUMENT, PROMOTION_UNKNOWN
absl::Status LenderPolicyMissing();                       // FAILED_PRECONDITION, LENDER_POLICY_MISSING
absl::Status NothingToSettle();                           // FAILED_PRECONDITION, NOTHING_TO_SETTLE
absl::Status NoSuperbill();                               // FAILED_PRECONDITION, SUPERBILL_UNAVAILABLE
absl::Status CodeSetMissing();                            // FAILED_PRECONDITION, CODE_SET_MISSING

}  // namespace kat::billing::errors

#endif  // KAT_SERVICES_BILLING_DOMAIN_ERRORS_H_
