#include "services/authorization/ops/publish.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"

namespace kat::authorization {

tx::Work ToWork(const domain::WorkItem& item) {
  return {.kind = item.kind,
          .closed = item.closed,
          .role = static_cast<int>(item.role),
          .due_at = item.due_at,
          .urgency = static_cast<tx::Work::Urgency>(item.urgency)};
}

absl::Status PublishAll(store::Tx& tx, tx::Event event, const std::string& resource,
                        const std::vector<std::string>& types, const std::vector<domain::WorkItem>& work) {
  size_t told = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    event.type = absl::StrCat(resource, ".", types[i]);
    event.work.reset();
    if (i + 1 == types.size() && !work.empty()) event.work = ToWork(work[told++]);
    RETURN_IF_ERROR(tx.Publish(event));
  }
  for (; told < work.size(); ++told) {
    event.type = absl::StrCat(resource, ".work");
    event.work = ToWork(work[told]);
    RETURN_IF_ERROR(tx.Publish(event));
  }
  return absl::OkStatus();
}

}  // namespace kat::authorization
