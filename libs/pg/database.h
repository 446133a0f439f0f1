#ifndef KAT_LIBS_PG_DATABASE_H_
#define KAT_LIBS_PG_DATABASE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/pg/value.h"

// PostgreSQL as this system uses it: a bounded pool, transactions as functions, and every failure an absl::Status.
// libpqxx is seen in this library's .cc files only.
namespace kat::pg {

// One row of a result. Columns are read by name; a wrong name or type aborts, since only our own SQL can cause it.
class Row {
 public:
  // T: std::string, bool, int, int64_t, double, absl::Time, absl::CivilDay, Id<…>, std::vector<std::string>, or a
  // std::optional of one of them where the column may be NULL.
  template <class T>
  T Get(absl::string_view column) const {
    const std::optional<absl::string_view> text = Text(column);
    if constexpr (IsOptional<T>::value) {
      if (!text) return std::nullopt;
      typename T::value_type value;
      ParseValue(*text, &value);
      return value;
    } else {
      T value;
      ParseValue(RequireText(text, column), &value);
      return value;
    }
  }

 private:
  friend class Rows;
  template <class T>
  struct IsOptional : std::false_type {};
  template <class T>
  struct IsOptional<std::optional<T>> : std::true_type {};

  Row(std::shared_ptr<const void> result, int index) : result_(std::move(result)), index_(index) {}
  std::optional<absl::string_view> Text(absl::string_view column) const;
  static absl::string_view RequireText(std::optional<absl::string_view> text, absl::string_view column);

  std::shared_ptr<const void> result_;
  int index_;
};

// A result, iterable by value: `for (const Row& row : rows)`.
class Rows {
 public:
  class Iterator {
   public:
    Iterator(const Rows* rows, int index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Rows* rows_;
    int index_;
  };

  int size() const;
  bool empty() const { return size() == 0; }
  int64_t affected() const;  // rows inserted, updated or deleted
  Row operator[](int index) const { return Row(result_, index); }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  friend class Tx;
  explicit Rows(std::shared_ptr<const void> result) : result_(std::move(result)) {}
  std::shared_ptr<const void> result_;
};

// An open transaction. Not thread-safe; used inside Database::Run only. After an error the transaction is lost and
// every further statement fails, so return the error.
class Tx {
 public:
  // Runs one statement with $1, $2 … parameters, prepared on first use per connection.
  //   ALREADY_EXISTS      unique (23505) or exclusion (23P01) violation; ViolatedConstraint() names it
  //   FAILED_PRECONDITION foreign key (23503), check (23514) or not-null (23502) violation, or RAISE with a class P0
  //   code ABORTED             serialization failure, deadlock: Database::Run retries DEADLINE_EXCEEDED   statement
  //   timeout;  UNAVAILABLE: the connection broke INVALID_ARGUMENT    a text holds NUL or is not UTF-8 INTERNAL
  //   anything else; the SQL goes to the log, never into the message
  absl::StatusOr<Rows> Query(absl::string_view sql, const std::vector<Param>& params = {});
  // Query for one row: NOT_FOUND where there is none.
  absl::StatusOr<Row> QueryOne(absl::string_view sql, const std::vector<Param>& params = {});
  // Query for at most one row.
  absl::StatusOr<std::optional<Row>> QueryOptional(absl::string_view sql, const std::vector<Param>& params = {});
  // Query for its count of affected rows.
  absl::StatusOr<int64_t> Execute(absl::string_view sql, const std::vector<Param>& params = {});
  // Runs statements separated by semicolons, without parameters: a migration.
  absl::Status Script(const std::string& sql);

  // Which server, since when: whoever keeps what was read knows by it that another took over, or that this one started
  // anew, as from before a restore.
  const std::string& server() const;

  class Impl;
  explicit Tx(Impl* impl) : impl_(impl) {}

 private:
  Impl* impl_;
};

// Name of the constraint (for not-null: of the column) that `status`, an error of Query or of the COMMIT in Run, says
// was violated; for RAISE, its message where that is one lower_case name. "" where the error is of another kind.
std::string ViolatedConstraint(const absl::Status& status);

struct RunOptions {
  std::string clinic;  // row-level security lets the transaction see this clinic alone; "" sees no clinic's rows
  absl::Time deadline = absl::InfiniteFuture();  // real time; bounds the wait for a connection and every statement
  // Caps the whole transaction beside the deadline: while one is open, no feed of the cluster passes it.
  absl::Duration max_duration = absl::Minutes(1);
  bool read_only = false;
  int max_attempts = 5;  // tries where PostgreSQL reports a serialization failure or a deadlock
};

struct DatabaseOptions {
  std::string uri;            // postgresql://… or key=value; without a password
  std::string password_file;  // read at each connect; empty where the socket authenticates
  int pool_size = 8;
  std::string application_name;
  absl::Duration max_wait = absl::Seconds(5);        // for a connection, where the deadline is further away
  absl::Duration max_statement = absl::Seconds(30);  // for one statement, where the deadline is further away
};

// A bounded pool of connections to one database as one role. Thread-safe.
class Database {
 public:
  // Connects once to prove that it can.
  static absl::StatusOr<std::unique_ptr<Database>> Open(DatabaseOptions options);
  virtual ~Database() = default;

  // Runs `body` in a READ COMMITTED transaction; commits where it returns OK, else rolls back and returns its error.
  // Runs `body` again where PostgreSQL (not `body` itself) aborted the transaction for a serialization failure or a
  // deadlock, so it must keep no state of its own. Errors beside those of Tx::Query:
  //   RESOURCE_EXHAUSTED  POOL_EXHAUSTED, with a retry delay: no connection came free in time
  //   UNAVAILABLE         COMMIT_IN_DOUBT: the connection died during COMMIT, and the transaction may or may not have
  //   taken effect;
  //                       DATABASE_UNAVAILABLE: it did not take effect
  //   DEADLINE_EXCEEDED   the deadline passed before COMMIT
  virtual absl::Status Run(const RunOptions& options, absl::FunctionRef<absl::Status(Tx&)> body) = 0;

  // Blocks until a NOTIFY on `channel` arrives, `timeout` passes, or Close is called; true for a notification.
  // Notifications are kept between calls, from the first call on; a call that had to connect anew returns true at once,
  // since it may have missed some. One waiting thread a channel; each channel has a connection of its own beside the
  // pool.
  virtual bool WaitForNotification(const std::string& channel, absl::Duration timeout) = 0;

  struct Usage {
    int size, in_use, waiting;
  };
  virtual Usage usage() const = 0;
  // Ends waits; further Runs fail UNAVAILABLE.
  virtual void Close() = 0;
};

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_DATABASE_H_
