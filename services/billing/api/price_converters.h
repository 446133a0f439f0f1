#ifndef KAT_SERVICES_BILLING_API_PRICE_CONVERTERS_H_
#define KAT_SERVICES_BILLING_API_PRICE_CONVERTERS_H_

#include "absl/status/statusor.h"
#include "kat/billing/v1/price.pb.h"
#include "services/billing/api/view.h"

namespace kat::billing {

v1::PriceList ToProto(const View& view, const PriceList& list);
v1::CancellationPolicy ToProto(const View& view, const CancellationPolicy& policy);
v1::DepositPolicy ToProto(const View& view, const DepositPolicy& policy);
v1::ServiceCode ToProto(const View& view, const ServiceCode& code);
v1::PayerCodeSet ToProto(const View& view, const PayerCodeSet& set);
v1::LenderPolicy ToProto(const View& view, const LenderPolicy& policy);
v1::BillingSettings ToProto(const View& view, const BillingSettings& settings);

absl::StatusOr<PriceList> FromProto(const View& view, const v1::PriceList& list);
absl::StatusOr<CancellationPolicy> FromProto(const View& view, const v1::CancellationPolicy& policy);
absl::StatusOr<DepositPolicy> FromProto(const View& view, const v1::DepositPolicy& policy);
absl::StatusOr<ServiceCode> FromProto(const View& view, const v1::ServiceCode& code);
absl::StatusOr<PayerCodeSet> FromProto(const View& view, const v1::PayerCodeSet& set);
absl::StatusOr<LenderPolicy> FromProto(const View& view, const v1::LenderPolicy& policy);
BillingSettings FromProto(const v1::BillingSettings& settings);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_PRICE_CONVERTERS_H_
