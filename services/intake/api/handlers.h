#ifndef KAT_SERVICES_INTAKE_API_HANDLERS_H_
#define KAT_SERVICES_INTAKE_API_HANDLERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/call.h"
#include "libs/rpc/page.h"
#include "libs/rpc/service.h"
#include "services/intake/api/common_converters.h"
#include "services/intake/store/store.h"

namespace kat::intake {

// What all handler classes share. One class a group of resources; each registers its own methods.
class Handlers {
 public:
  explicit Handlers(Store& store) : store_(store) {}
  virtual ~Handlers() = default;
  virtual void Register(rpc::Service& service) = 0;

 protected:
  // Serves a List: `query` without its page, rows from `list(tx, query)`, keys of the last row, and how a row becomes a
  // message of `field(response)`.
  template <class Response, class Request, class Query, class List, class Keys, class Add>
  absl::StatusOr<Response> ServePage(rpc::Call& call, const Request& request, Query query, List list, Keys keys,
                                     Add add) {
    absl::StatusOr<rpc::Page> page = rpc::ParsePage(request);
    if (!page.ok()) return page.status();
    query.page = {page->size + 1, page->after};
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<Response> {
      auto rows = list(tx, query);
      if (!rows.ok()) return rows.status();
      Response response;
      response.set_next_page_token(rpc::FinishPage(request, *page, *rows, keys));
      for (const auto& row : *rows) add(tx, row, response);
      return response;
    });
  }

  // Sort keys of records and cases.
  static constexpr auto kByAge = [](const auto& row) {
    return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(row.create_time)), row.id.str()};
  };

  Store& store_;
};

// All of intake's handlers.
std::vector<std::unique_ptr<Handlers>> MakeHandlers(Store& store);

// One function per group, each in its own file.
std::unique_ptr<Handlers> MakePolicyHandlers(Store& store);
std::unique_ptr<Handlers> MakePatientHandlers(Store& store);
std::unique_ptr<Handlers> MakeCaseHandlers(Store& store);
std::unique_ptr<Handlers> MakeClinicalHandlers(Store& store);
std::unique_ptr<Handlers> MakeMeasureHandlers(Store& store);
std::unique_ptr<Handlers> MakeMedicationHandlers(Store& store);
std::unique_ptr<Handlers> MakeRecordsHandlers(Store& store);
std::unique_ptr<Handlers> MakeClearanceHandlers(Store& store);
std::unique_ptr<Handlers> MakeConsentHandlers(Store& store);
std::unique_ptr<Handlers> MakeDocumentHandlers(Store& store);
std::unique_ptr<Handlers> MakeReadinessHandlers(Store& store);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_HANDLERS_H_
