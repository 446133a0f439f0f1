#ifndef KAT_SERVICES_BILLING_API_ESTIMATE_CONVERTERS_H_
#define KAT_SERVICES_BILLING_API_ESTIMATE_CONVERTERS_H_

#include "absl/status/statusor.h"
#include "kat/billing/v1/estimate.pb.h"
#include "kat/billing/v1/estimate_requests.pb.h"
#include "services/billing/api/view.h"

namespace kat::billing {

v1::BillingArrangement ToProto(const View& view, const BillingArrangement& arrangement);
v1::Estimate ToProto(const View& view, const Estimate& estimate);
v1::GoodFaithEstimate ToProto(const View& view, const GoodFaithEstimate& estimate);

// What a caller may set of an arrangement; patient and program too.
absl::StatusOr<BillingArrangement> FromProto(const v1::BillingArrangement& arrangement);
absl::StatusOr<EstimateRequest> FromProto(const View& view, const v1::CreateEstimateRequest& request);
// Takes what a caller may set of `from` into `estimate`.
absl::Status Merge(const v1::GoodFaithEstimate& from, GoodFaithEstimate& estimate);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_ESTIMATE_CONVERTERS_H_
