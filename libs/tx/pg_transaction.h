#ifndef KAT_LIBS_TX_PG_TRANSACTION_H_
#define KAT_LIBS_TX_PG_TRANSACTION_H_

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/log/log.h"
#include "libs/pg/database.h"
#include "libs/tx/transaction.h"

namespace kat::tx {

// The SQL behind Transaction, over the tables of platform/0001_platform.sql. Apart from the class template below, so
// that it stays thin.
class PlatformTables {
 public:
  PlatformTables(pg::Tx& tx, ClinicId clinic, absl::Time now, std::string trace_id);

  const ClinicId& clinic() const { return clinic_; }
  absl::Time now() const { return now_; }
  absl::StatusOr<ClinicInfo> Clinic();
  absl::Status SaveClinic(const ClinicInfo& info);
  absl::Status Publish(const Event& event);
  absl::Status WriteEvents();
  absl::Status Schedule(const Job& job);
  absl::Status CancelJob(absl::string_view kind, absl::string_view key);
  absl::Status FinishJob(int64_t id);
  absl::Status Audit(const AuditEntry& entry);
  absl::StatusOr<std::optional<StoredResponse>> FindResponse(const RequestKey& key);
  absl::Status StoreResponse(const RequestKey& key, const StoredResponse& response);
  absl::StatusOr<std::string> FeedCursor(absl::string_view feed);
  absl::Status MoveFeedCursor(absl::string_view feed, absl::string_view from, absl::string_view to);
  absl::Status ParkEvent(absl::string_view feed, absl::string_view cursor, absl::string_view type,
                         absl::string_view error);
  absl::Status UnparkEvent(absl::string_view feed, absl::string_view cursor);

 private:
  pg::Tx& tx_;
  ClinicId clinic_;
  absl::Time now_;
  std::string trace_id_;
  std::optional<ClinicInfo> info_;  // once read
  std::vector<Event> events_;       // published and not yet written
};

// Implements the Transaction part of a service's transaction interface; the service's PgTx derives from
// PgTransaction<Tx> and implements the rest with db().
template <class Interface>
class PgTransaction : public Interface {
 public:
  PgTransaction(pg::Tx& db, const ClinicId& clinic, absl::Time now, std::string trace_id)
      : db_(db), platform_(db, clinic, now, std::move(trace_id)) {}

  const ClinicId& clinic() const override { return platform_.clinic(); }
  absl::Time now() const override { return platform_.now(); }
  absl::StatusOr<ClinicInfo> Clinic() override { return platform_.Clinic(); }
  absl::Status SaveClinic(const ClinicInfo& info) override { return platform_.SaveClinic(info); }
  absl::Status Publish(const Event& event) override { return platform_.Publish(event); }
  // What was published, in one statement. For PgStore, when all else is done.
  absl::Status WriteEvents() { return platform_.WriteEvents(); }
  absl::Status Schedule(const Job& job) override { return platform_.Schedule(job); }
  absl::Status CancelJob(absl::string_view kind, absl::string_view key) override {
    return platform_.CancelJob(kind, key);
  }
  absl::Status FinishJob(int64_t id) override { return platform_.FinishJob(id); }
  absl::Status Audit(const AuditEntry& entry) override { return platform_.Audit(entry); }
  absl::StatusOr<std::optional<StoredResponse>> FindResponse(const RequestKey& key) override {
    return platform_.FindResponse(key);
  }
  absl::Status StoreResponse(const RequestKey& key, const StoredResponse& response) override {
    return platform_.StoreResponse(key, response);
  }
  absl::StatusOr<std::string> FeedCursor(absl::string_view feed) override { return platform_.FeedCursor(feed); }
  absl::Status MoveFeedCursor(absl::string_view feed, absl::string_view from, absl::string_view to) override {
    return platform_.MoveFeedCursor(feed, from, to);
  }
  absl::Status ParkEvent(absl::string_view feed, absl::string_view cursor, absl::string_view type,
                         absl::string_view error) override {
    return platform_.ParkEvent(feed, cursor, type, error);
  }
  absl::Status UnparkEvent(absl::string_view feed, absl::string_view cursor) override {
    return platform_.UnparkEvent(feed, cursor);
  }

 protected:
  pg::Tx& db() { return db_; }

 private:
  pg::Tx& db_;
  PlatformTables platform_;
};

// A Store over PostgreSQL. Impl derives from PgTransaction<T> and has its constructor, or one that takes a reference to
// each of Shared as well: what the store's transactions share, thread-safe.
template <class T, class Impl, class... Shared>
class PgStore final : public Store<T> {
 public:
  PgStore(pg::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  absl::Status Run(const Scope& scope, absl::FunctionRef<absl::Status(T&)> body) override {
    const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now()));
    return database_.Run({.clinic = scope.clinic.str(), .deadline = scope.deadline, .read_only = scope.read_only},
                         [&](pg::Tx& db) {
                           return std::apply(
                               [&](Shared&... shared) {
                                 Impl tx(db, scope.clinic, now, log::TraceId(), shared...);
                                 const absl::Status status = body(tx);
                                 return status.ok() ? tx.WriteEvents() : status;
                               },
                               shared_);
                         });
  }

 private:
  pg::Database& database_;
  const Clock& clock_;
  std::tuple<Shared...> shared_;
};

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_PG_TRANSACTION_H_
