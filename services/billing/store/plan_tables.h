#ifndef KAT_SERVICES_BILLING_STORE_PLAN_TABLES_H_
#define KAT_SERVICES_BILLING_STORE_PLAN_TABLES_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/domain/clearance.h"
#include "services/billing/domain/financing.h"
#include "services/billing/domain/plan.h"
#include "services/billing/store/page.h"

namespace kat::billing {

class PlanTables {
 public:
  virtual ~PlanTables() = default;

  virtual absl::Status Insert(const PaymentPlan& plan) = 0;
  virtual absl::Status Update(const PaymentPlan& plan, int64_t read_version) = 0;
  virtual absl::StatusOr<PaymentPlan> GetPlan(const PlanId& id) = 0;
  // The plan of an estimate that was not cancelled.
  virtual absl::StatusOr<std::optional<PaymentPlan>> PlanOf(const EstimateId& estimate) = 0;
  // The plan with the installment that the payment paid or charges.
  virtual absl::StatusOr<std::optional<PaymentPlan>> PlanChargedBy(const PaymentId& payment) = 0;
  // Active ones.
  virtual absl::StatusOr<std::vector<PaymentPlan>> ActivePlans(const PatientId& patient) = 0;
  virtual absl::StatusOr<List<PaymentPlan>> ListPlans(const PatientId& patient, const Run& run) = 0;

  virtual absl::Status Insert(const FinancingApplication& application) = 0;
  virtual absl::Status Update(const FinancingApplication& application, int64_t read_version) = 0;
  virtual absl::StatusOr<FinancingApplication> GetFinancing(const Id<struct FinancingTag>& id) = 0;
  virtual absl::StatusOr<std::optional<FinancingApplication>> FinancingPaidBy(const PaymentId& payment) = 0;
  virtual absl::StatusOr<List<FinancingApplication>> ListFinancing(const PatientId& patient, const Run& run) = 0;

  virtual absl::Status Insert(const FinancialReservation& reservation) = 0;
  virtual absl::Status Update(const FinancialReservation& reservation, int64_t read_version) = 0;
  virtual absl::StatusOr<FinancialReservation> GetReservation(const Id<struct ReservationTag>& id) = 0;
  // Reserved or confirmed.
  virtual absl::StatusOr<std::vector<FinancialReservation>> StandingReservations(const PatientId& patient,
                                                                                 absl::string_view program) = 0;

  // Adds the visit, or replaces what was known of it by a later version.
  virtual absl::Status SaveVisit(const Visit& visit) = 0;
  virtual absl::StatusOr<std::optional<Visit>> FindVisit(const AppointmentId& id) = 0;
  virtual absl::StatusOr<std::vector<Visit>> VisitsOf(const PatientId& patient) = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_PLAN_TABLES_H_
