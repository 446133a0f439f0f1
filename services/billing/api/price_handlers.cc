#include "services/billing/api/price_handlers.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/billing/api/price_converters.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

// Creates a version of dated data: converted, checked, stored, told.
template <class Message, class Check>
absl::StatusOr<Message> Create(rpc::Call& call, Store& store, const char* event, const char* collection,
                               const Message& message, Check check) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<Message> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(auto value, FromProto(view, message));
    RETURN_IF_ERROR(check(tx, value));
    value.id = decltype(value.id)(NewId());
    value.create_time = tx.now();
    RETURN_IF_ERROR(tx.Insert(value));
    RETURN_IF_ERROR(Publish(tx, {.type = event, .collection = collection, .id = value.id.str()}));
    return ToProto(view, value);
  });
}

template <class Request>
absl::StatusOr<DatedFilter> FilterOf(const Request& request, std::string key) {
  DatedFilter filter{.key = std::move(key)};
  ASSIGN_OR_RETURN(filter.as_of, DayOf(request.has_as_of_date(), request.as_of_date(), "as_of_date"));
  return filter;
}

// Every service code of the list is in the code table on its first day.
absl::Status CheckCodes(Tx& tx, const PriceList& list) {
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, tx.CodesInForce(list.effective.from));
  for (size_t i = 0; i < list.lines.size(); ++i) {
    if (std::find(codes.begin(), codes.end(), list.lines[i].service_code) == codes.end()) {
      return InvalidField(absl::StrCat("price_list.lines[", i, "].service_code"),
                          "is not in the code table on effective_from; create the service code first");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void PriceHandlers::Register(rpc::Service& service) {
  service.Unary("CreatePriceList", this, &PriceHandlers::CreatePriceList);
  service.Unary("GetPriceList", this, &PriceHandlers::GetPriceList);
  service.Unary("ListPriceLists", this, &PriceHandlers::ListPriceLists);
  service.Unary("CreateCancellationPolicy", this, &PriceHandlers::CreateCancellationPolicy);
  service.Unary("ListCancellationPolicies", this, &PriceHandlers::ListCancellationPolicies);
  service.Unary("CreateDepositPolicy", this, &PriceHandlers::CreateDepositPolicy);
  service.Unary("ListDepositPolicies", this, &PriceHandlers::ListDepositPolicies);
  service.Unary("CreateServiceCode", this, &PriceHandlers::CreateServiceCode);
  service.Unary("ListServiceCodes", this, &PriceHandlers::ListServiceCodes);
  service.Unary("CreatePayerCodeSet", this, &PriceHandlers::CreatePayerCodeSet);
  service.Unary("ListPayerCodeSets", this, &PriceHandlers::ListPayerCodeSets);
  service.Unary("CreateLenderPolicy", this, &PriceHandlers::CreateLenderPolicy);
  service.Unary("ListLenderPolicies", this, &PriceHandlers::ListLenderPolicies);
  service.Unary("GetBillingSettings", this, &PriceHandlers::GetBillingSettings);
  service.Unary("UpdateBillingSettings", this, &PriceHandlers::UpdateBillingSettings);
}

absl::StatusOr<v1::PriceList> PriceHandlers::CreatePriceList(rpc::Call& call,
                                                             const v1::CreatePriceListRequest& request) {
  return Create(call, store_, "price_list.created", "priceLists", request.price_list(),
                [](Tx& tx, const PriceList& list) -> absl::Status {
                  RETURN_IF_ERROR(CheckPriceList(list));
                  return CheckCodes(tx, list);
                });
}

absl::StatusOr<v1::PriceList> PriceHandlers::GetPriceList(rpc::Call& call, const v1::GetPriceListRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PriceList> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const PriceList list, tx.GetPriceList(IdOf<PriceListId>(request.name())));
    return ToProto(view, list);
  });
}

absl::StatusOr<v1::ListPriceListsResponse> PriceHandlers::ListPriceLists(rpc::Call& call,
                                                                         const v1::ListPriceListsRequest& request) {
  ASSIGN_OR_RETURN(const DatedFilter filter, FilterOf(request, request.program()));
  return ServePage<v1::ListPriceListsResponse>(
      call, store_, request, [&](Tx& tx, const Run& run) { return tx.ListPriceLists(filter, run); },
      [](const View& view, const PriceList& list, v1::ListPriceListsResponse& response) {
        *response.add_price_lists() = ToProto(view, list);
      });
}

absl::StatusOr<v1::CancellationPolicy> PriceHandlers::CreateCancellationPolicy(
    rpc::Call& call, const v1::CreateCancellationPolicyRequest& request) {
  return Create(call, store_, "cancellation_policy.created", "cancellationPolicies", request.cancellation_policy(),
                [](Tx&, const CancellationPolicy& policy) { return CheckCancellationPolicy(policy); });
}

absl::StatusOr<v1::ListCancellationPoliciesResponse> PriceHandlers::ListCancellationPolicies(
    rpc::Call& call, const v1::ListCancellationPoliciesRequest& request) {
  ASSIGN_OR_RETURN(const DatedFilter filter, FilterOf(request, request.program()));
  return ServePage<v1::ListCancellationPoliciesResponse>(
      call, store_, request, [&](Tx& tx, const Run& run) { return tx.ListCancellationPolicies(filter, run); },
      [](const View& view, const CancellationPolicy& policy, v1::ListCancellationPoliciesResponse& response) {
        *response.add_cancellation_policies() = ToProto(view, policy);
      });
}

absl::StatusOr<v1::DepositPolicy> PriceHandlers::CreateDepositPolicy(rpc::Call& call,
                                                                     const v1::CreateDepositPolicyRequest& request) {
  return Create(call, store_, "deposit_policy.created", "depositPolicies", request.deposit_policy(),
                [](Tx&, const DepositPolicy& policy) { return CheckDepositPolicy(policy); });
}

absl::StatusOr<v1::ListDepositPoliciesResponse> PriceHandlers::ListDepositPolicies(
    rpc::Call& call, const v1::ListDepositPoliciesRequest& request) {
  ASSIGN_OR_RETURN(const DatedFilter filter, FilterOf(request, request.program()));
  return ServePage<v1::ListDepositPoliciesResponse>(
      call, store_, request, [&](Tx& tx, const Run& run) { return tx.ListDepositPolicies(filter, run); },
      [](const View& view, const DepositPolicy& policy, v1::ListDepositPoliciesResponse& response) {
        *response.add_deposit_policies() = ToProto(view, policy);
      });
}

absl::StatusOr<v1::ServiceCode> PriceHandlers::CreateServiceCode(rpc::Call& call,
                                                                 const v1::CreateServiceCodeRequest& request) {
  return Create(call, store_, "service_code.created", "serviceCodes", request.service_code(),
                [](Tx&, const ServiceCode& code) { return CheckEffective(code.effective, "service_code"); });
}

absl::StatusOr<v1::ListServiceCodesResponse> PriceHandlers::ListServiceCodes(
    rpc::Call& call, const v1::ListServiceCodesRequest& request) {
  ASSIGN_OR_RETURN(const DatedFilter filter, FilterOf(request, request.code()));
  return ServePage<v1::ListServiceCodesResponse>(
      call, store_, request, [&](Tx& tx, const Run& run) { return tx.ListServiceCodes(filter, run); },
      [](const View& view, const ServiceCode& code, v1::ListServiceCodesResponse& response) {
        *response.add_service_codes() = ToProto(view, code);
      });
}

absl::StatusOr<v1::PayerCodeSet> PriceHandlers::CreatePayerCodeSet(rpc::Call& call,
                                                                   const v1::CreatePayerCodeSetRequest& request) {
  return Create(call, store_, "payer_code_set.created", "payerCodeSets", request.payer_code_set(),
                [](Tx&, const PayerCodeSet& set) { return CheckCodeSet(set); });
}

absl::StatusOr<v1::ListPayerCodeSetsResponse> PriceHandlers::ListPayerCodeSets(
    rpc::Call& call, const v1::ListPayerCodeSetsRequest& request) {
  ASSIGN_OR_RETURN(const DatedFilter filter, FilterOf(request, IdOf<PayerId>(request.payer()).str()));
  return ServePage<v1::ListPayerCodeSetsResponse>(
      call, store_, request, [&](Tx& tx, const Run& run) { return tx.ListPayerCodeSets(filter, run); },
      [](const View& view, const PayerCodeSet& set, v1::ListPayerCodeSetsResponse& response) {
        *response.add_payer_code_sets() = ToProto(view, set);
      });
}

absl::StatusOr<v1::LenderPolicy> PriceHandlers::CreateLenderPolicy(rpc::Call& call,
                                                                   const v1::CreateLenderPolicyRequest& request) {
  return Create(call, store_, "lender_policy.created", "lenderPolicies", request.lender_policy(),
                [](Tx&, const LenderPolicy& policy) { return CheckLenderPolicy(policy); });
}

absl::StatusOr<v1::ListLenderPoliciesResponse> PriceHandlers::ListLenderPolicies(
    rpc::Call& call, const v1::ListLenderPoliciesRequest& request) {
  const std::string key =
      request.lender() == v1::TENDER_UNSPECIFIED ? "" : absl::StrCat(static_cast<int>(request.lender()));
  ASSIGN_OR_RETURN(const DatedFilter filter, FilterOf(request, key));
  return ServePage<v1::ListLenderPoliciesResponse>(
      call, store_, request, [&](Tx& tx, const Run& run) { return tx.ListLenderPolicies(filter, run); },
      [](const View& view, const LenderPolicy& policy, v1::ListLenderPoliciesResponse& response) {
        *response.add_lender_policies() = ToProto(view, policy);
      });
}

absl::StatusOr<v1::BillingSettings> PriceHandlers::GetBillingSettings(rpc::Call& call,
                                                                      const v1::GetBillingSettingsRequest&) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::BillingSettings> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
    if (settings.version == 0) return ResourceNotFound("billing settings");
    return ToProto(view, settings);
  });
}

absl::StatusOr<v1::BillingSettings> PriceHandlers::UpdateBillingSettings(
    rpc::Call& call, const v1::UpdateBillingSettingsRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::BillingSettings> {
    ASSIGN_OR_RETURN(View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const BillingSettings current, tx.Settings());
    RETURN_IF_ERROR(rpc::CheckEtag(request.billing_settings().etag(), current.version, "billing settings"));
    v1::BillingSettings merged = ToProto(view, current);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.billing_settings(), &merged));
    BillingSettings next = FromProto(merged);
    RETURN_IF_ERROR(CheckSettings(next));
    if (next.currency_code != current.currency_code) {
      ASSIGN_OR_RETURN(const bool in_use, tx.CurrencyInUse());
      if (in_use) return errors::CurrencyInUse();
    }
    next.version = current.version + 1;
    next.update_time = tx.now();
    RETURN_IF_ERROR(tx.SaveSettings(next));
    RETURN_IF_ERROR(tx.Publish({.type = "billing_settings.updated",
                                .subject = absl::StrCat("clinics/", tx.clinic().str(), "/billingSettings"),
                                .subject_version = next.version}));
    view.currency = next.currency_code;
    return ToProto(view, next);
  });
}

}  // namespace kat::billing
