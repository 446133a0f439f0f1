#include "libs/tx/parked_events.h"

#include "libs/base/status_macros.h"

namespace kat::tx {

absl::StatusOr<std::vector<ParkedEvent>> ParkedEvents::List(int limit) {
  std::vector<ParkedEvent> events;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    events.clear();
    ASSIGN_OR_RETURN(const pg::Rows rows,
                     tx.Query("select clinic, feed, cursor, type, error, parked_at from parked_events"
                              " order by parked_at, feed, cursor limit $1",
                              {limit}));
    for (const pg::Row& row : rows) {
      events.push_back({.clinic = row.Get<ClinicId>("clinic"),
                        .feed = row.Get<std::string>("feed"),
                        .cursor = row.Get<std::string>("cursor"),
                        .type = row.Get<std::string>("type"),
                        .error = row.Get<std::string>("error"),
                        .parked_at = row.Get<absl::Time>("parked_at")});
    }
    return absl::OkStatus();
  }));
  return events;
}

absl::StatusOr<int> ParkedEvents::ReplayAll(absl::Time due_at) {
  int count = 0;
  RETURN_IF_ERROR(database_.Run({}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t scheduled,
                     tx.Execute("insert into jobs (clinic, kind, key, due_at, payload)"
                                " select clinic, $1, feed || '@' || cursor, $2, '{}' from parked_events"
                                " on conflict (clinic, kind, key) do nothing",
                                {kReplayJob, due_at}));
    count = static_cast<int>(scheduled);
    return absl::OkStatus();
  }));
  return count;
}

std::pair<std::string, std::string> ReplayedEvent(absl::string_view job_key) {
  const size_t at = job_key.rfind('@');
  if (at == absl::string_view::npos) return {};
  return {std::string(job_key.substr(0, at)), std::string(job_key.substr(at + 1))};
}

}  // namespace kat::tx
