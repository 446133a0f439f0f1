#include "absl/strings/str_cat.h"
#include "kat/billing/v1/billing_service.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "services/messaging/clients/grpc_peers.h"
#include "services/messaging/clients/summary_reader.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

namespace v1 = billing::v1;
using Stub = v1::BillingService::Stub;
constexpr char kService[] = "kat.billing.v1.BillingService";
constexpr char kSource[] = "billing";

class BillingSummary final : public SummarySource {
 public:
  explicit BillingSummary(std::shared_ptr<grpc::Channel> channel) : stub_(v1::BillingService::NewStub(channel)) {}

  absl::StatusOr<std::vector<SummarySection>> Read(const rpc::Call& caller, const PatientId& patient) override {
    const SourceRead call(caller);
    return std::vector<SummarySection>{Account(call, patient), Plans(call, patient)};
  }

 private:
  SummarySection Account(const SourceRead& call, const PatientId& patient) {
    v1::GetAccountSummaryRequest request;
    request.set_parent(names::Clinic(call.clinic()));
    request.set_patient(names::Of(call.clinic(), patient));
    return ReadSection(call, kService, "GetAccountSummary", kSource, "account", *stub_, &Stub::GetAccountSummary, request,
                       [&](const v1::AccountSummary& account, SummarySection& section) {
                         section.items.push_back({"ACCOUNT", request.patient(),
                                                  absl::StrCat("owed ", Dollars(account.balance()), ", paid ahead ",
                                                               Dollars(account.unapplied())),
                                                  account.failed_installments() > 0 ? "PAYMENT_FAILED" : ""});
                         if (!account.has_next_due()) return;
                         SummaryItem next{"NEXT_PAYMENT", absl::StrCat(request.patient(), "#next-due"), Dollars(account.next_due())};
                         if (account.has_next_due_time()) next.time = rpc::FromProto(account.next_due_time());
                         section.items.push_back(next);
                       });
  }

  SummarySection Plans(const SourceRead& call, const PatientId& patient) {
    v1::ListPaymentPlansRequest request;
    request.set_parent(names::Clinic(call.clinic()));
    request.set_patient(names::Of(call.clinic(), patient));
    return ReadSection(call, kService, "ListPaymentPlans", kSource, "payment plans", *stub_, &Stub::ListPaymentPlans, request,
                       [](const v1::ListPaymentPlansResponse& response, SummarySection& section) {
                         for (const v1::PaymentPlan& p : response.payment_plans()) {
                           section.items.push_back({"PAYMENT_PLAN", p.name(),
                                                    absl::StrCat(p.installments_size(), " installments, ", p.program()),
                                                    v1::PaymentPlan::State_Name(p.state()), rpc::FromProto(p.create_time())});
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<SummarySource> MakeBillingSummary(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<BillingSummary>(std::move(channel));
}

}  // namespace kat::messaging
