#ifndef KAT_LIBS_TX_OUTBOX_READER_H_
#define KAT_LIBS_TX_OUTBOX_READER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"
#include "libs/tx/transaction.h"

namespace kat::tx {

struct FeedEvent {
  std::string cursor;
  ClinicId clinic;
  Event event;
  absl::Time occurred_at;
  std::string trace_id;
};

struct FeedBatch {
  std::vector<FeedEvent> events;  // of the clinic and types asked for
  std::string cursor;             // after the last row looked at, whether or not it was wanted
  bool more = false;              // the limit cut it: read again at once
};

// The outbox, read in (transaction id, sequence) order below the snapshot watermark, so that nothing is ever skipped.
// Thread-safe.
class OutboxReader {
 public:
  explicit OutboxReader(pg::Database& worker_database) : database_(worker_database) {}

  // Events after `cursor` ("" from the start). Empty `clinic` means all, empty `types` all. INVALID_ARGUMENT,
  // CURSOR_INVALID, for a cursor of another shape.
  absl::StatusOr<FeedBatch> Read(const ClinicId& clinic, absl::string_view cursor,
                                 const std::vector<std::string>& types, int limit);

  // Cursor of the last event written, visible or not; "" where there is none.
  absl::StatusOr<std::string> Head();

  // Cursor of the last event that Read can return: no event will ever appear before it. "" where there is none.
  absl::StatusOr<std::string> Settled();

 private:
  pg::Database& database_;
};

// A cursor from which reading begins with the event that `cursor` is of: to read a parked event again.
// INVALID_ARGUMENT, CURSOR_INVALID.
absl::StatusOr<std::string> CursorBefore(absl::string_view cursor);

// Whether `cursor` stands after `other` in the feed's order. INVALID_ARGUMENT, CURSOR_INVALID.
absl::StatusOr<bool> IsAfter(absl::string_view cursor, absl::string_view other);

// The channel that Publish and Schedule notify.
inline constexpr char kOutboxChannel[] = "kat_outbox";
inline constexpr char kJobsChannel[] = "kat_jobs";

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_OUTBOX_READER_H_
