#include "libs/tx/job_queue.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status_macros.h"

namespace kat::tx {

absl::StatusOr<std::vector<DueJob>> JobQueue::Due(absl::Time now, int limit, const std::vector<int64_t>& except,
                                                  const std::vector<std::string>& last) {
  const std::string excepted = absl::StrCat("{", absl::StrJoin(except, ","), "}");
  const std::string kinds = absl::StrCat("{", absl::StrJoin(last, ","), "}");  // kinds are names: nothing to quote
  std::vector<DueJob> due;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    due.clear();
    ASSIGN_OR_RETURN(const pg::Rows rows, tx.Query("select clinic, id, kind, key, due_at, payload, attempts from jobs"
                                                   " where due_at <= $1 and id <> all ($3::bigint[])"
                                                   " order by kind = any ($4::text[]), due_at, id limit $2",
                                                   {now, limit, excepted, kinds}));
    for (const pg::Row& row : rows) {
      due.push_back({.id = row.Get<int64_t>("id"),
                     .clinic = row.Get<ClinicId>("clinic"),
                     .job = {.kind = row.Get<std::string>("kind"),
                             .key = row.Get<std::string>("key"),
                             .due_at = row.Get<absl::Time>("due_at"),
                             .payload = row.Get<std::string>("payload"),
                             .attempts = row.Get<int>("attempts")}});
    }
    return absl::OkStatus();
  }));
  return due;
}

absl::Status JobQueue::Retry(int64_t id, absl::Time due_at) {
  return database_.Run({}, [&](pg::Tx& tx) {
    return tx.Query("update jobs set attempts = attempts + 1, due_at = $2 where id = $1", {id, due_at}).status();
  });
}

absl::Status JobQueue::Park(int64_t id, absl::string_view error) {
  return database_.Run({}, [&](pg::Tx& tx) {
    return tx
        .Query(
            "with taken as (delete from jobs where id = $1 returning *)"
            " insert into parked_jobs (clinic, id, kind, key, due_at, payload, attempts, error)"
            " select clinic, id, kind, key, due_at, payload, attempts + 1, $2 from taken",
            {id, error})
        .status();
  });
}

absl::StatusOr<std::vector<ParkedJob>> JobQueue::Parked(int limit) {
  std::vector<ParkedJob> parked;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    parked.clear();
    ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Query("select clinic, id, kind, key, due_at, payload, attempts, error, parked_at from parked_jobs"
                 " order by parked_at, id limit $1",
                 {limit}));
    for (const pg::Row& row : rows) {
      parked.push_back({.id = row.Get<int64_t>("id"),
                        .clinic = row.Get<ClinicId>("clinic"),
                        .job = {.kind = row.Get<std::string>("kind"),
                                .key = row.Get<std::string>("key"),
                                .due_at = row.Get<absl::Time>("due_at"),
                                .payload = row.Get<std::string>("payload"),
                                .attempts = row.Get<int>("attempts")},
                        .error = row.Get<std::string>("error"),
                        .parked_at = row.Get<absl::Time>("parked_at")});
    }
    return absl::OkStatus();
  }));
  return parked;
}

absl::StatusOr<bool> JobQueue::Replay(int64_t id, absl::Time due_at) {
  bool replayed = false;
  RETURN_IF_ERROR(database_.Run({}, [&](pg::Tx& tx) -> absl::Status {
    // One that was scheduled anew since it parked wins over it.
    ASSIGN_OR_RETURN(
        const int64_t count,
        tx.Execute("with taken as (delete from parked_jobs where id = $1 returning *)"
                   " insert into jobs (clinic, kind, key, due_at, payload)"
                   " select clinic, kind, key, $2, payload from taken on conflict (clinic, kind, key) do nothing",
                   {id, due_at}));
    replayed = count == 1;
    return absl::OkStatus();
  }));
  return replayed;
}

absl::StatusOr<int> JobQueue::CountDue(absl::Time now) {
  int count = 0;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const pg::Row row, tx.QueryOne("select count(*) as count from jobs where due_at <= $1", {now}));
    count = row.Get<int>("count");
    return absl::OkStatus();
  }));
  return count;
}

absl::StatusOr<std::optional<absl::Time>> JobQueue::NextDueAfter(absl::Time now) {
  std::optional<absl::Time> next;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const pg::Row row, tx.QueryOne("select min(due_at) as next from jobs where due_at > $1", {now}));
    next = row.Get<std::optional<absl::Time>>("next");
    return absl::OkStatus();
  }));
  return next;
}

}  // namespace kat::tx
