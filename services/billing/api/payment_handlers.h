#ifndef KAT_SERVICES_BILLING_API_PAYMENT_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_PAYMENT_HANDLERS_H_

#include "kat/billing/v1/payment.pb.h"
#include "kat/billing/v1/payment_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/clients/card_processor.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Cards, payments, refunds, disputes, early stops.
class PaymentHandlers {
 public:
  PaymentHandlers(Store& store, CardProcessor& processor) : store_(store), processor_(processor) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::CardOnFile> CreateCard(rpc::Call& call, const v1::CreateCardOnFileRequest& request);
  absl::StatusOr<v1::ListCardsOnFileResponse> ListCards(rpc::Call& call, const v1::ListCardsOnFileRequest& request);
  absl::StatusOr<v1::CardOnFile> RevokeCard(rpc::Call& call, const v1::RevokeCardOnFileRequest& request);
  absl::StatusOr<v1::Payment> CreatePayment(rpc::Call& call, const v1::CreatePaymentRequest& request);
  absl::StatusOr<v1::Payment> GetPayment(rpc::Call& call, const v1::GetPaymentRequest& request);
  absl::StatusOr<v1::ListPaymentsResponse> ListPayments(rpc::Call& call, const v1::ListPaymentsRequest& request);
  absl::StatusOr<v1::Refund> CreateRefund(rpc::Call& call, const v1::CreateRefundRequest& request);
  absl::StatusOr<v1::Refund> GetRefund(rpc::Call& call, const v1::GetRefundRequest& request);
  absl::StatusOr<v1::ListRefundsResponse> ListRefunds(rpc::Call& call, const v1::ListRefundsRequest& request);
  absl::StatusOr<v1::Payment> OpenDispute(rpc::Call& call, const v1::OpenDisputeRequest& request);
  absl::StatusOr<v1::Payment> ResolveDispute(rpc::Call& call, const v1::ResolveDisputeRequest& request);
  absl::StatusOr<v1::EarlyStopSettlement> SettleEarlyStop(rpc::Call& call, const v1::SettleEarlyStopRequest& request);

  // Stores what is about to be charged under `key`, or finds what an earlier try of the same request stored.
  absl::StatusOr<CardCharge> BeginCardPayment(rpc::Call& call, const v1::CreatePaymentRequest& request,
                                              const std::string& key);

  Store& store_;
  CardProcessor& processor_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_PAYMENT_HANDLERS_H_
