#ifndef KAT_SERVICES_BILLING_API_LEDGER_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_LEDGER_HANDLERS_H_

#include "kat/billing/v1/billing_service.pb.h"
#include "kat/billing/v1/ledger.pb.h"
#include "kat/billing/v1/ledger_requests.pb.h"
#include "kat/billing/v1/payment_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// The books, and how patients stand in them.
class LedgerHandlers {
 public:
  explicit LedgerHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::AccountSummary> GetAccountSummary(rpc::Call& call, const v1::GetAccountSummaryRequest& request);
  absl::StatusOr<v1::ListUnappliedDepositsResponse> ListUnappliedDeposits(
      rpc::Call& call, const v1::ListUnappliedDepositsRequest& request);
  absl::StatusOr<v1::ListLedgerTransactionsResponse> ListTransactions(rpc::Call& call,
                                                                      const v1::ListLedgerTransactionsRequest& request);
  absl::StatusOr<v1::LedgerTransaction> Reverse(rpc::Call& call, const v1::ReverseLedgerTransactionRequest& request);
  absl::StatusOr<v1::LedgerTransaction> WriteOffBalance(rpc::Call& call, const v1::WriteOffBalanceRequest& request);
  absl::StatusOr<v1::TrialBalance> GetTrialBalance(rpc::Call& call, const v1::GetTrialBalanceRequest& request);
  absl::StatusOr<v1::ListChargesResponse> ListCharges(rpc::Call& call, const v1::ListChargesRequest& request);
  absl::StatusOr<v1::ListCancellationFeesResponse> ListFees(rpc::Call& call,
                                                            const v1::ListCancellationFeesRequest& request);
  absl::StatusOr<v1::CancellationFee> WaiveFee(rpc::Call& call, const v1::WaiveCancellationFeeRequest& request);

  Store& store_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_LEDGER_HANDLERS_H_
