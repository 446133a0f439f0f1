#include "libs/tx/outbox_row.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace kat::tx {

FeedEvent FeedEventFromRow(const pg::Row& row) {
  FeedEvent event;
  event.cursor = absl::StrCat(row.Get<std::string>("xid"), ".", row.Get<std::string>("seq"));
  event.clinic = row.Get<ClinicId>("clinic");
  event.occurred_at = row.Get<absl::Time>("occurred_at");
  event.trace_id = row.Get<std::string>("trace_id");
  event.event = {.type = row.Get<std::string>("type"),
                 .subject = row.Get<std::string>("subject"),
                 .subject_version = row.Get<int64_t>("subject_version"),
                 .state = row.Get<std::string>("state")};
  const auto related = row.Get<std::vector<std::string>>("related");  // key, value, key, value …
  for (size_t i = 0; i + 1 < related.size(); i += 2) event.event.related[related[i]] = related[i + 1];
  if (const auto kind = row.Get<std::optional<std::string>>("work_kind")) {
    event.event.work = Work{.kind = *kind,
                            .closed = row.Get<bool>("work_closed"),
                            .role = row.Get<int>("work_role"),
                            .due_at = row.Get<std::optional<absl::Time>>("work_due_at"),
                            .urgency = static_cast<Work::Urgency>(row.Get<int>("work_urgency"))};
  }
  return event;
}

}  // namespace kat::tx
