#ifndef KAT_LIBS_TX_TRANSACTION_H_
#define KAT_LIBS_TX_TRANSACTION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/id.h"

// What every service's transaction can do beside its own tables: publish events, schedule jobs, keep the request
// journal, audit. All of it commits or vanishes with the state it belongs to.
namespace kat::tx {

// Something that a person must do about an event's subject. See kat.common.v1.WorkSignal.
struct Work {
  enum class Urgency { kRoutine = 1, kSoon = 2, kUrgent = 3 };  // numbers of the proto enum
  std::string kind;
  bool closed = false;
  int role = 0;  // number of a kat.common.v1.Role
  std::optional<absl::Time> due_at;
  Urgency urgency = Urgency::kRoutine;
};

// See kat.common.v1.Event.
struct Event {
  std::string type;
  std::string subject;
  int64_t subject_version = 0;
  std::string state;
  std::map<std::string, std::string> related;
  std::optional<Work> work;
};

// The clinic as every service knows it: written by scheduling, learned by the others from its feed.
struct ClinicInfo {
  std::string display_name;  // short, as patients know it
  std::string phone;         // E.164
  std::string time_zone;     // IANA
  absl::TimeZone zone;
  std::set<absl::CivilDay> holidays;
  bool disabled = false;
};

// Work due later. One pending job per clinic, kind and key.
struct Job {
  std::string kind;  // `reminder.send`
  std::string key;   // what it is about, unique within the kind
  absl::Time due_at;
  std::string payload;  // JSON object of names and versions; no patient data
  int attempts = 0;
};

// One access to patient data.
struct AuditEntry {
  std::string actor;    // token subject, or `service:<name>`
  std::string roles;    // comma-separated
  std::string method;   // full gRPC method, or `job:<kind>`, `event:<type>`
  std::string subject;  // resource whose data it was: usually a patient
  std::string outcome;  // status code name
  std::string request_id;
  std::string trace_id;
};

struct RequestKey {
  std::string caller;
  std::string method;
  std::string request_id;
};

struct StoredResponse {
  std::string body_hash;
  std::string response;
};

// One database transaction under one clinic. Not thread-safe.
class Transaction {
 public:
  virtual ~Transaction() = default;

  virtual const ClinicId& clinic() const = 0;
  // The clinic's time, fixed for the whole transaction; microseconds.
  virtual absl::Time now() const = 0;
  // FAILED_PRECONDITION, CLINIC_UNKNOWN (with a retry delay), where this service has not heard of the clinic yet.
  virtual absl::StatusOr<ClinicInfo> Clinic() = 0;
  virtual absl::Status SaveClinic(const ClinicInfo& info) = 0;

  // Written when the transaction is otherwise done, with all others, in their order.
  virtual absl::Status Publish(const Event& event) = 0;

  // Adds the job, or replaces the pending one of the same kind and key.
  virtual absl::Status Schedule(const Job& job) = 0;
  // Removes the pending job, if there is one.
  virtual absl::Status CancelJob(absl::string_view kind, absl::string_view key) = 0;
  // Takes the due job out of the queue, to be done in this transaction; ABORTED where another replica has it or did it.
  // For workers.
  virtual absl::Status FinishJob(int64_t id) = 0;

  virtual absl::Status Audit(const AuditEntry& entry) = 0;

  virtual absl::StatusOr<std::optional<StoredResponse>> FindResponse(const RequestKey& key) = 0;
  // ALREADY_EXISTS where another transaction stored one first.
  virtual absl::Status StoreResponse(const RequestKey& key, const StoredResponse& response) = 0;

  // Cursor up to which this service has applied `feed`; "" before the first event. Cursors are the service's, not the
  // clinic's.
  virtual absl::StatusOr<std::string> FeedCursor(absl::string_view feed) = 0;
  // Moves it from `from` to `to`; ABORTED where another replica moved it first.
  virtual absl::Status MoveFeedCursor(absl::string_view feed, absl::string_view from, absl::string_view to) = 0;
  // Keeps an event that could not be applied, with its error, for a person.
  virtual absl::Status ParkEvent(absl::string_view feed, absl::string_view cursor, absl::string_view type,
                                 absl::string_view error) = 0;
  // Takes it off again, to be applied in this transaction; ABORTED where it is not parked.
  virtual absl::Status UnparkEvent(absl::string_view feed, absl::string_view cursor) = 0;
};

struct Scope {
  ClinicId clinic;
  absl::Time deadline = absl::InfiniteFuture();
  bool read_only = false;
};

// A service's store: T is its own transaction interface, derived from Transaction. Thread-safe.
template <class T>
class Store {
 public:
  using Tx = T;
  virtual ~Store() = default;
  // Runs `body` in one transaction; see pg::Database::Run for when it may run again and what comes back.
  virtual absl::Status Run(const Scope& scope, absl::FunctionRef<absl::Status(T&)> body) = 0;
};

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_TRANSACTION_H_
