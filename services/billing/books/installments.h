#ifndef KAT_SERVICES_BILLING_BOOKS_INSTALLMENTS_H_
#define KAT_SERVICES_BILLING_BOOKS_INSTALLMENTS_H_

#include "absl/status/status.h"
#include "services/billing/store/store.h"

// An installment is charged in two transactions, so that a charge which the processor has made is booked whatever
// becomes of this process, the plan or the session in between.
namespace kat::billing {

// Begins to charge the installment on the plan's card where it is due and no charge is under way: a pending payment,
// and the job `payment.resolve` that asks the processor.
absl::Status BeginInstallment(Tx& tx, const PlanId& plan, int session_number);

// Follows a settled payment of an installment: paid, to be tried again, or failed. Nothing to do for any other payment.
absl::Status SettleInstallment(Tx& tx, const Payment& payment);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_INSTALLMENTS_H_
