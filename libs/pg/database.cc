#include "libs/pg/database.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/pg/connection.h"
#include "libs/pg/listener.h"
#include "libs/pg/pool.h"

namespace kat::pg {
namespace {

absl::Status DeadlinePassed() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, "the deadline passed before the work was done",
                   {.reason = "DEADLINE_PASSED"});
}

absl::Status CommitInDoubt() {
  return MakeError(
      absl::StatusCode::kUnavailable,
      "the database went away while it was committing; repeat with the same request id to learn the outcome",
      {.reason = "COMMIT_IN_DOUBT", .retry_after = absl::Seconds(1)});
}

// Between tries after a conflict: doubles from 2 ms, half of it random, so that two that collided do not do so again.
absl::Duration Backoff(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  const absl::Duration full = absl::Milliseconds(2) * (1 << std::min(attempt, 7));
  return full * std::uniform_real_distribution<double>(0.5, 1.0)(random);
}

}  // namespace

// One try of a transaction, from BEGIN to COMMIT.
class Tx::Impl {
 public:
  Impl(Connection& connection, const RunOptions& options, absl::Duration max_statement)
      : connection_(connection),
        options_(options),
        deadline_(std::min(options.deadline, absl::Now() + options.max_duration)),
        max_statement_(max_statement) {}

  absl::Status Begin() {
    const int64_t limit = StatementLimitMillis();
    const Connection::Outcome outcome =
        connection_.RunText(absl::StrCat("begin isolation level read committed", options_.read_only ? " read only" : "",
                                         "; select set_config('kat.clinic', ", connection_.Quote(options_.clinic),
                                         ", true), set_config('statement_timeout', '", limit, "', true)"));
    if (outcome.failure) return Fail(*outcome.failure, "begin");
    limit_millis_ = limit;
    return absl::OkStatus();
  }

  absl::StatusOr<Rows> Query(absl::string_view sql, const std::vector<Param>& params) {
    if (!error_.ok()) return error_;
    RETURN_IF_ERROR(TightenLimit());
    Connection::Outcome outcome = connection_.RunPrepared(sql, params);
    if (outcome.failure) return Fail(*outcome.failure, sql);
    return Rows(std::move(outcome.result));
  }

  absl::Status Script(const std::string& sql) {
    if (!error_.ok()) return error_;
    const Connection::Outcome outcome = connection_.RunText(sql);
    return outcome.failure ? Fail(*outcome.failure, sql) : absl::OkStatus();
  }

  absl::Status Commit() {
    if (absl::Now() >= deadline_) {
      Rollback();
      return DeadlinePassed();
    }
    const Connection::Outcome outcome = connection_.RunText("commit");
    if (!outcome.failure) return absl::OkStatus();
    const absl::Status status = Fail(*outcome.failure, "commit");
    return LeavesCommitInDoubt(*outcome.failure) && !options_.read_only ? CommitInDoubt() : status;
  }

  void Rollback() {
    if (!connection_poisoned_ && connection_.RunText("rollback").failure) connection_poisoned_ = true;
  }

  const std::string& server() const { return connection_.server(); }
  const absl::Status& error() const { return error_; }
  bool retryable() const { return retryable_; }
  bool connection_poisoned() const { return connection_poisoned_; }

 private:
  int64_t StatementLimitMillis() const {
    const absl::Duration left = std::min(deadline_ - absl::Now(), max_statement_);
    return std::max<int64_t>(absl::ToInt64Milliseconds(left), 1);
  }

  // The limit set at BEGIN holds for each statement anew; sets it again once half of the time is gone.
  absl::Status TightenLimit() {
    if (absl::Now() >= deadline_) return error_ = DeadlinePassed();
    const int64_t limit = StatementLimitMillis();
    if (limit * 2 > limit_millis_) return absl::OkStatus();
    const Connection::Outcome outcome = connection_.RunText(absl::StrCat("set local statement_timeout = ", limit));
    if (outcome.failure) return Fail(*outcome.failure, "set local statement_timeout");
    limit_millis_ = limit;
    return absl::OkStatus();
  }

  absl::Status Fail(const Failure& failure, absl::string_view sql) {
    retryable_ = IsRetryable(failure);
    connection_poisoned_ = connection_poisoned_ || PoisonsConnection(failure);
    error_ = ToStatus(failure);
    if (error_.code() == absl::StatusCode::kInternal || error_.code() == absl::StatusCode::kUnavailable) {
      log::Error("pg.statement_failed", {{"error", LogLine(failure)}, {"sql", sql.substr(0, 500)}});
    }
    return error_;
  }

  Connection& connection_;
  const RunOptions& options_;
  const absl::Time deadline_;
  const absl::Duration max_statement_;
  int64_t limit_millis_ = 0;
  absl::Status error_;  // of the first statement that failed
  bool retryable_ = false;
  bool connection_poisoned_ = false;
};

absl::StatusOr<Rows> Tx::Query(absl::string_view sql, const std::vector<Param>& params) {
  return impl_->Query(sql, params);
}

absl::StatusOr<Row> Tx::QueryOne(absl::string_view sql, const std::vector<Param>& params) {
  ASSIGN_OR_RETURN(std::optional<Row> row, QueryOptional(sql, params));
  if (!row) return absl::NotFoundError("no such row");
  return *std::move(row);
}

absl::StatusOr<std::optional<Row>> Tx::QueryOptional(absl::string_view sql, const std::vector<Param>& params) {
  ASSIGN_OR_RETURN(Rows rows, Query(sql, params));
  if (rows.empty()) return std::optional<Row>();
  return std::optional<Row>(rows[0]);
}

absl::StatusOr<int64_t> Tx::Execute(absl::string_view sql, const std::vector<Param>& params) {
  ASSIGN_OR_RETURN(Rows rows, Query(sql, params));
  return rows.affected();
}

absl::Status Tx::Script(const std::string& sql) { return impl_->Script(sql); }

const std::string& Tx::server() const { return impl_->server(); }

namespace {

class PooledDatabase final : public Database {
 public:
  explicit PooledDatabase(const DatabaseOptions& options) : options_(options), pool_(options), listener_(options) {}
  ~PooledDatabase() override { Close(); }

  absl::Status Run(const RunOptions& options, absl::FunctionRef<absl::Status(Tx&)> body) override {
    for (int attempt = 1;; ++attempt) {
      bool retry = false;
      const absl::Status status = RunOnce(options, body, &retry);
      if (!retry || attempt >= options.max_attempts) return status;
      const absl::Duration pause = Backoff(attempt);
      if (absl::Now() + pause >= options.deadline) return status;
      absl::SleepFor(pause);
    }
  }

  bool WaitForNotification(const std::string& channel, absl::Duration timeout) override {
    return listener_.Wait(channel, timeout);
  }
  Usage usage() const override { return pool_.usage(); }
  void Close() override {
    pool_.Close();
    listener_.Close();
  }

 private:
  absl::Status RunOnce(const RunOptions& options, absl::FunctionRef<absl::Status(Tx&)> body, bool* retry) {
    while (true) {
      if (absl::Now() >= options.deadline) return DeadlinePassed();
      ASSIGN_OR_RETURN(Pool::Lease lease, pool_.Take(options.deadline));
      Tx::Impl impl(*lease, options, options_.max_statement);
      if (absl::Status begun = impl.Begin(); !begun.ok()) {
        lease.MarkBroken();
        if (lease.fresh()) return begun;
        pool_.DropIdle();  // it died while idle, as when the server restarted: nothing has run yet
        continue;
      }
      Tx tx(&impl);
      absl::Status status = body(tx);
      if (status.ok()) status = impl.error();  // `body` may have passed over the error of a statement
      if (status.ok()) {
        status = impl.Commit();
      } else {
        impl.Rollback();
      }
      if (impl.connection_poisoned()) lease.MarkBroken();
      *retry = !status.ok() && impl.retryable();
      return status;
    }
  }

  const DatabaseOptions options_;
  Pool pool_;
  Listener listener_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(DatabaseOptions options) {
  if (options.pool_size < 1) return absl::InvalidArgumentError("the pool needs at least one connection");
  auto database = std::make_unique<PooledDatabase>(options);
  RETURN_IF_ERROR(database->Run({.read_only = true}, [](Tx& tx) { return tx.Query("select 1").status(); }));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace kat::pg
