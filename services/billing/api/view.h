#ifndef KAT_SERVICES_BILLING_API_VIEW_H_
#define KAT_SERVICES_BILLING_API_VIEW_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "google/type/date.pb.h"
#include "kat/common/v1/types.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/call.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/billing/books/names.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// What converters need to know of the clinic: whose names they write and in which currency.
struct View {
  ClinicId clinic;
  std::string currency;

  template <class Tag>
  std::string Name(absl::string_view collection, const Id<Tag>& id) const {
    return NameOf(clinic, collection, id);
  }
  common::v1::Money Money(Minor minor) const {
    common::v1::Money money;
    money.set_currency_code(currency);
    money.set_minor_units(minor);
    return money;
  }
};

absl::StatusOr<View> ViewOf(Tx& tx);

// The amount, where it is in the clinic's currency: else INVALID_ARGUMENT, CURRENCY_MISMATCH.
absl::StatusOr<Minor> MinorOf(const View& view, const common::v1::Money& money, absl::string_view field);

// A day that may be absent.
absl::StatusOr<std::optional<absl::CivilDay>> DayOf(bool present, const google::type::Date& date,
                                                    absl::string_view field);
void SetDay(const std::optional<absl::CivilDay>& day, google::type::Date* date);

template <class IdType>
IdType IdOf(absl::string_view name) {
  return name.empty() ? IdType() : IdType(rpc::LastSegment(name));
}

// Serves a page: `fetch(tx, run)` gives rows, `add(view, value, response)` puts one into the response.
template <class Response, class Request, class Fetch, class Add>
absl::StatusOr<Response> ServePage(rpc::Call& call, Store& store, const Request& request, Fetch fetch, Add add) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  Run run{.limit = page.size + 1};
  if (!page.after.empty() && !absl::SimpleAtoi(page.after[0], &run.before)) run.before = 0;
  return call.Read(store, [&](Tx& tx) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(auto rows, fetch(tx, run));
    Response response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, rows, [](const auto& row) { return std::vector<std::string>{std::to_string(row.number)}; }));
    for (const auto& row : rows) add(view, row.value, response);
    return response;
  });
}

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_VIEW_H_
