#ifndef KAT_SERVICES_MESSAGING_API_LISTING_H_
#define KAT_SERVICES_MESSAGING_API_LISTING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/call.h"
#include "libs/rpc/page.h"
#include "services/messaging/api/converters.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Serves a list method: `fetch(Tx&, Slice)` gives rows in order, `add(response, row)` puts one in, `keys(row)` are its sort keys.
template <class Response, class Request, class Fetch, class Add, class Keys>
absl::StatusOr<Response> ServeList(rpc::Call& call, Store& store, const Request& request, Fetch fetch, Add add, Keys keys) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store, [&](Tx& tx) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(auto rows, fetch(tx, Slice{page.size + 1, page.after}));
    Response response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, keys));
    for (const auto& row : rows) add(response, row);
    return response;
  });
}

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_LISTING_H_
