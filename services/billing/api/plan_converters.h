#ifndef KAT_SERVICES_BILLING_API_PLAN_CONVERTERS_H_
#define KAT_SERVICES_BILLING_API_PLAN_CONVERTERS_H_

#include "absl/status/statusor.h"
#include "kat/billing/v1/claim.pb.h"
#include "kat/billing/v1/clearance.pb.h"
#include "kat/billing/v1/plan.pb.h"
#include "kat/billing/v1/plan_requests.pb.h"
#include "services/billing/api/view.h"

namespace kat::billing {

v1::PaymentPlan ToProto(const View& view, const PaymentPlan& plan);
v1::FinancingApplication ToProto(const View& view, const FinancingApplication& application);
common::v1::Condition ToProto(const View& view, const PatientId& patient, const Condition& condition);
v1::FinancialReservation ToProto(const View& view, const FinancialReservation& reservation);
v1::Claim ToProto(const View& view, const Claim& claim);
v1::ClaimLine ToProto(const View& view, const ClaimLine& line);

absl::StatusOr<PaymentPlan> FromProto(const View& view, const v1::PaymentPlan& plan);
absl::StatusOr<FinancingFacts> FromProto(const View& view, const v1::RecordFinancingEventRequest& request);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_PLAN_CONVERTERS_H_
