#include "libs/tx/outbox_reader.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/tx/outbox_row.h"

namespace kat::tx {
namespace {

// A place in the outbox: after every row whose (transaction id, sequence) is not greater.
struct Position {
  uint64_t xid = 0;
  int64_t seq = 0;
};

std::string ToCursor(const Position& position) { return absl::StrCat(position.xid, ".", position.seq); }

absl::StatusOr<Position> FromCursor(absl::string_view cursor) {
  Position position;
  if (cursor.empty()) return position;
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(cursor, absl::MaxSplits('.', 1));
  if (!absl::SimpleAtoi(parts.first, &position.xid) || !absl::SimpleAtoi(parts.second, &position.seq) ||
      ToCursor(position) != cursor) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "the cursor is not one that this feed gave out",
        {.reason = "CURSOR_INVALID", .fields = {{"cursor", "use the cursor of an event or response, unchanged"}}});
  }
  return position;
}

// Every transaction below the watermark has ended, so no row can appear there any more. A seq says nothing of the kind:
// transactions 100 and 101 begin, 101 writes seq 1, 100 writes seq 2 and commits; a reader past seq 2 would miss seq 1.
// Hence the order by xid first.
constexpr char kWatermark[] = "select pg_snapshot_xmin(pg_current_snapshot())::text as xid";
constexpr char kAfter[] =
    " from outbox where (xid, seq) > ($1::xid8, $2::bigint) and xid < $3::xid8"
    " and ($4 = '' or clinic = $4) and ($5::text[] = '{}' or type = any ($5))"
    " order by xid, seq limit $6";
constexpr char kLast[] =
    "select xid::text as xid, seq::text as seq from outbox where xid < $1::xid8 order by outbox.xid desc, outbox.seq "
    "desc limit 1";

}  // namespace

absl::StatusOr<std::string> CursorBefore(absl::string_view cursor) {
  ASSIGN_OR_RETURN(Position position, FromCursor(cursor));
  --position.seq;
  return ToCursor(position);
}

absl::StatusOr<bool> IsAfter(absl::string_view cursor, absl::string_view other) {
  ASSIGN_OR_RETURN(const Position one, FromCursor(cursor));
  ASSIGN_OR_RETURN(const Position two, FromCursor(other));
  return std::pair(one.xid, one.seq) > std::pair(two.xid, two.seq);
}

absl::StatusOr<FeedBatch> OutboxReader::Read(const ClinicId& clinic, absl::string_view cursor,
                                             const std::vector<std::string>& types, int limit) {
  ASSIGN_OR_RETURN(const Position from, FromCursor(cursor));
  FeedBatch batch;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    batch = {};
    batch.cursor = std::string(cursor);
    ASSIGN_OR_RETURN(const pg::Row watermark, tx.QueryOne(kWatermark));
    const std::string xmin = watermark.Get<std::string>("xid");
    ASSIGN_OR_RETURN(const pg::Rows rows, tx.Query(absl::StrCat(kOutboxColumns, kAfter),
                                                   {absl::StrCat(from.xid), from.seq, xmin, clinic, types, limit}));
    for (const pg::Row& row : rows) batch.events.push_back(FeedEventFromRow(row));
    batch.more = rows.size() == limit;
    if (batch.more) {
      batch.cursor = batch.events.back().cursor;
      return absl::OkStatus();
    }
    // All that was wanted below the watermark is in the batch: go on after the last row there, wanted or not.
    ASSIGN_OR_RETURN(const std::optional<pg::Row> last, tx.QueryOptional(kLast, {xmin}));
    if (!last) return absl::OkStatus();
    const std::string end = absl::StrCat(last->Get<std::string>("xid"), ".", last->Get<std::string>("seq"));
    ASSIGN_OR_RETURN(const Position to, FromCursor(end));
    if (std::pair(to.xid, to.seq) > std::pair(from.xid, from.seq)) batch.cursor = end;
    return absl::OkStatus();
  }));
  return batch;
}

absl::StatusOr<std::string> OutboxReader::Settled() {
  std::string settled;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const pg::Row watermark, tx.QueryOne(kWatermark));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> last, tx.QueryOptional(kLast, {watermark.Get<std::string>("xid")}));
    settled = last ? absl::StrCat(last->Get<std::string>("xid"), ".", last->Get<std::string>("seq")) : "";
    return absl::OkStatus();
  }));
  return settled;
}

absl::StatusOr<std::string> OutboxReader::Head() {
  std::string head;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        const std::optional<pg::Row> last,
        tx.QueryOptional("select xid::text || '.' || seq as cursor from outbox order by xid desc, seq desc limit 1"));
    head = last ? last->Get<std::string>("cursor") : "";
    return absl::OkStatus();
  }));
  return head;
}

}  // namespace kat::tx
