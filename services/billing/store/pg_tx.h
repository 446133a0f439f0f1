#ifndef KAT_SERVICES_BILLING_STORE_PG_TX_H_
#define KAT_SERVICES_BILLING_STORE_PG_TX_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/tx/pg_transaction.h"
#include "services/billing/store/mapper.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Billing over PostgreSQL; implemented by resource in pg_prices.cc, pg_estimates.cc, pg_ledger.cc, pg_payments.cc,
// pg_plans.cc and pg_claims.cc.
class PgTx final : public tx::PgTransaction<Tx> {
 public:
  PgTx(pg::Tx& db, const ClinicId& clinic, absl::Time now, std::string trace_id)
      : PgTransaction(db, clinic, now, std::move(trace_id)), mapper_(db, clinic.str()) {}

  absl::Status Insert(const PriceList& list) override;
  absl::StatusOr<PriceList> GetPriceList(const PriceListId& id) override;
  absl::StatusOr<std::optional<PriceList>> PriceListInForce(absl::string_view program, absl::CivilDay day) override;
  absl::StatusOr<List<PriceList>> ListPriceLists(const DatedFilter& filter, const Run& run) override;
  absl::Status Insert(const CancellationPolicy& policy) override;
  absl::StatusOr<std::optional<CancellationPolicy>> CancellationPolicyInForce(absl::string_view program,
                                                                              absl::CivilDay day) override;
  absl::StatusOr<List<CancellationPolicy>> ListCancellationPolicies(const DatedFilter& filter, const Run& run) override;
  absl::Status Insert(const DepositPolicy& policy) override;
  absl::StatusOr<std::optional<DepositPolicy>> DepositPolicyInForce(absl::string_view program,
                                                                    absl::CivilDay day) override;
  absl::StatusOr<List<DepositPolicy>> ListDepositPolicies(const DatedFilter& filter, const Run& run) override;
  absl::Status Insert(const ServiceCode& code) override;
  absl::StatusOr<std::vector<std::string>> CodesInForce(absl::CivilDay day) override;
  absl::StatusOr<List<ServiceCode>> ListServiceCodes(const DatedFilter& filter, const Run& run) override;
  absl::Status Insert(const PayerCodeSet& set) override;
  absl::StatusOr<std::optional<PayerCodeSet>> CodeSetInForce(const PayerId& payer, absl::string_view program,
                                                             absl::CivilDay day) override;
  absl::StatusOr<List<PayerCodeSet>> ListPayerCodeSets(const DatedFilter& filter, const Run& run) override;
  absl::Status Insert(const LenderPolicy& policy) override;
  absl::StatusOr<std::optional<LenderPolicy>> LenderPolicyInForce(Tender lender, absl::CivilDay day) override;
  absl::StatusOr<List<LenderPolicy>> ListLenderPolicies(const DatedFilter& filter, const Run& run) override;
  absl::StatusOr<BillingSettings> Settings() override;
  absl::Status SaveSettings(const BillingSettings& settings) override;
  absl::StatusOr<bool> CurrencyInUse() override;

  absl::Status Insert(const BillingArrangement& arrangement) override;
  absl::Status Update(const BillingArrangement& arrangement, int64_t read_version) override;
  absl::StatusOr<BillingArrangement> GetArrangement(const Id<struct BillingArrangementTag>& id) override;
  absl::StatusOr<std::optional<BillingArrangement>> FindArrangement(const PatientId& patient,
                                                                    absl::string_view program) override;
  absl::StatusOr<List<BillingArrangement>> ListArrangements(const PatientId& patient, const Run& run) override;
  absl::Status Insert(const Estimate& estimate) override;
  absl::Status Update(const Estimate& estimate, int64_t read_version) override;
  absl::StatusOr<Estimate> GetEstimate(const EstimateId& id) override;
  absl::StatusOr<std::optional<Estimate>> AcceptedEstimate(const PatientId& patient,
                                                           absl::string_view program) override;
  absl::StatusOr<List<Estimate>> ListEstimates(const PatientId& patient, absl::string_view program,
                                               const Run& run) override;
  absl::Status Insert(const GoodFaithEstimate& estimate) override;
  absl::Status Update(const GoodFaithEstimate& estimate, int64_t read_version) override;
  absl::StatusOr<GoodFaithEstimate> GetGoodFaith(const Id<struct GoodFaithEstimateTag>& id) override;
  absl::StatusOr<std::vector<GoodFaithEstimate>> StandingGoodFaith(const PatientId& patient,
                                                                   absl::string_view program) override;
  absl::StatusOr<List<GoodFaithEstimate>> ListGoodFaith(const PatientId& patient, int state, const Run& run) override;

  absl::Status LockAccount(const PatientId& patient) override;
  absl::Status Insert(const LedgerTransaction& transaction) override;
  absl::StatusOr<LedgerTransaction> GetTransaction(const LedgerTransactionId& id) override;
  absl::StatusOr<List<LedgerTransaction>> ListTransactions(const PatientId& patient, const Run& run) override;
  absl::StatusOr<Minor> Balance(LedgerAccount::Type type, const PatientId& patient) override;
  absl::StatusOr<std::vector<TrialBalanceRow>> TrialBalance() override;
  absl::Status Insert(const CardOnFile& card) override;
  absl::Status Update(const CardOnFile& card) override;
  absl::StatusOr<CardOnFile> GetCard(const CardId& id) override;
  absl::StatusOr<List<CardOnFile>> ListCards(const PatientId& patient, const Run& run) override;
  absl::Status Insert(const Payment& payment) override;
  absl::Status Update(const Payment& payment, int64_t read_version) override;
  absl::StatusOr<Payment> GetPayment(const PaymentId& id) override;
  absl::StatusOr<std::optional<Payment>> FindPaymentByKey(absl::string_view idempotency_key) override;
  absl::StatusOr<std::vector<Payment>> CapturedPayments(const PatientId& patient, absl::string_view program) override;
  absl::StatusOr<std::vector<Payment>> CapturedPayments(const PatientId& patient) override;
  absl::StatusOr<List<Payment>> ListPayments(const PatientId& patient, const Run& run) override;
  absl::StatusOr<List<Payment>> UnappliedPayments(absl::Time until, const Run& run) override;
  absl::Status Insert(const Refund& refund) override;
  absl::Status Update(const Refund& refund) override;
  absl::StatusOr<Refund> GetRefund(const Id<struct RefundTag>& id) override;
  absl::StatusOr<List<Refund>> ListRefunds(const PatientId& patient, const PaymentId& payment, const Run& run) override;
  absl::Status Insert(const Charge& charge) override;
  absl::StatusOr<std::optional<Charge>> ChargeOf(const AppointmentId& appointment) override;
  absl::StatusOr<std::vector<Charge>> StandingCharges(const PatientId& patient, absl::string_view program) override;
  absl::StatusOr<List<Charge>> ListCharges(const PatientId& patient, const Run& run) override;
  absl::Status Insert(const CancellationFee& fee) override;
  absl::Status Update(const CancellationFee& fee, int64_t read_version) override;
  absl::StatusOr<CancellationFee> GetFee(const Id<struct CancellationFeeTag>& id) override;
  absl::StatusOr<std::optional<CancellationFee>> FeeOf(const AppointmentId& appointment) override;
  absl::StatusOr<List<CancellationFee>> ListFees(const PatientId& patient, const Run& run) override;

  absl::Status Insert(const PaymentPlan& plan) override;
  absl::Status Update(const PaymentPlan& plan, int64_t read_version) override;
  absl::StatusOr<PaymentPlan> GetPlan(const PlanId& id) override;
  absl::StatusOr<std::optional<PaymentPlan>> PlanOf(const EstimateId& estimate) override;
  absl::StatusOr<std::optional<PaymentPlan>> PlanChargedBy(const PaymentId& payment) override;
  absl::StatusOr<std::vector<PaymentPlan>> ActivePlans(const PatientId& patient) override;
  absl::StatusOr<List<PaymentPlan>> ListPlans(const PatientId& patient, const Run& run) override;
  absl::Status Insert(const FinancingApplication& application) override;
  absl::Status Update(const FinancingApplication& application, int64_t read_version) override;
  absl::StatusOr<FinancingApplication> GetFinancing(const Id<struct FinancingTag>& id) override;
  absl::StatusOr<std::optional<FinancingApplication>> FinancingPaidBy(const PaymentId& payment) override;
  absl::StatusOr<List<FinancingApplication>> ListFinancing(const PatientId& patient, const Run& run) override;
  absl::Status Insert(const FinancialReservation& reservation) override;
  absl::Status Update(const FinancialReservation& reservation, int64_t read_version) override;
  absl::StatusOr<FinancialReservation> GetReservation(const Id<struct ReservationTag>& id) override;
  absl::StatusOr<std::vector<FinancialReservation>> StandingReservations(const PatientId& patient,
                                                                         absl::string_view program) override;
  absl::Status SaveVisit(const Visit& visit) override;
  absl::StatusOr<std::optional<Visit>> FindVisit(const AppointmentId& id) override;
  absl::StatusOr<std::vector<Visit>> VisitsOf(const PatientId& patient) override;

  absl::Status Insert(const Claim& claim) override;
  absl::Status Update(const Claim& claim, int64_t read_version) override;
  absl::StatusOr<Claim> GetClaim(const Id<struct ClaimTag>& id) override;
  absl::StatusOr<std::optional<Claim>> ClaimOf(const AppointmentId& appointment) override;
  absl::StatusOr<bool> HasOtherClaim(const Claim& claim) override;
  absl::StatusOr<std::map<std::string, int>> UnitsOfOtherClaims(const Claim& claim, absl::CivilDay from) override;
  absl::StatusOr<List<Claim>> ListClaims(const PatientId& patient, int state, const AppointmentId& appointment,
                                         const Run& run) override;

 private:
  Mapper mapper_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_PG_TX_H_
