#ifndef KAT_SERVICES_BILLING_BOOKS_VISITS_H_
#define KAT_SERVICES_BILLING_BOOKS_VISITS_H_

#include <vector>

#include "absl/status/status.h"
#include "services/billing/store/store.h"

// What visits do to money, each in one transaction.
namespace kat::billing {

// Who pays for a patient's program on a day.
absl::StatusOr<BillingMode> ModeOn(Tx& tx, const PatientId& patient, absl::string_view program, absl::CivilDay day);

// Keeps what scheduling says of a visit, unless something later is known; then lets plans, fees and charges follow:
// installments take or lose their date, a late cancellation or a missed visit costs its fee, a completed self-pay visit
// is charged and its deposits are applied.
absl::Status FollowVisit(Tx& tx, Visit visit, absl::Time happened);

// Puts the charge jobs of a plan where its due times are; an installment whose charge is under way has none.
absl::Status ScheduleInstallments(Tx& tx, const PaymentPlan& plan);

// Publishes the plan's state; `work` opens or closes PAYMENT_FAILED by whether an installment failed.
absl::Status PublishPlan(Tx& tx, const PaymentPlan& plan, const char* type);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_VISITS_H_
