#ifndef KAT_SERVICES_BILLING_API_MONEY_CONVERTERS_H_
#define KAT_SERVICES_BILLING_API_MONEY_CONVERTERS_H_

#include "absl/status/statusor.h"
#include "kat/billing/v1/ledger.pb.h"
#include "kat/billing/v1/payment.pb.h"
#include "services/billing/api/view.h"

namespace kat::billing {

v1::CardOnFile ToProto(const View& view, const CardOnFile& card);
v1::Payment ToProto(const View& view, const Payment& payment);
v1::Refund ToProto(const View& view, const Refund& refund);
v1::LedgerTransaction ToProto(const View& view, const LedgerTransaction& transaction);
v1::AccountBalance ToProto(const View& view, const TrialBalanceRow& row);
v1::Charge ToProto(const View& view, const Charge& charge);
v1::CancellationFee ToProto(const View& view, const CancellationFee& fee);
// What is left of a payment, aged by `now`.
v1::UnappliedDeposit UnappliedToProto(const View& view, const Payment& payment, absl::Time now);

CardOnFile FromProto(const v1::CardOnFile& card);
absl::StatusOr<Payment> FromProto(const View& view, const v1::Payment& payment);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_MONEY_CONVERTERS_H_
