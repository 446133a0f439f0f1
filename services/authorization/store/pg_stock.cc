#include "libs/base/error.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

using domain::StockEvent;
using domain::StockEventKind;
using domain::StockLot;
using domain::StockMismatch;

StockLot ReadLot(const pg::Row& row) {
  return {.id = row.Get<domain::LotId>("stock_lot"),
          .drug = row.Get<std::string>("drug"),
          .strength = row.Get<std::string>("strength"),
          .ndc = row.Get<std::string>("ndc"),
          .lot_number = row.Get<std::string>("lot_number"),
          .expiry_day = row.Get<absl::CivilDay>("expiry_day"),
          .unit = static_cast<domain::StockUnit>(row.Get<int>("unit")),
          .patient = row.Get<PatientId>("patient"),
          .supplier = row.Get<std::string>("supplier"),
          .invoice_number = row.Get<std::string>("invoice_number"),
          .received = row.Get<int>("received"),
          .on_hand = row.Get<int>("on_hand"),
          .allocated = row.Get<int>("allocated"),
          .quarantined = row.Get<int>("quarantined"),
          .received_at = row.Get<absl::Time>("received_at"),
          .received_by = row.Get<std::string>("received_by"),
          .version = row.Get<int64_t>("version")};
}

std::vector<StockLot> ReadLots(const pg::Rows& rows) {
  std::vector<StockLot> lots;
  for (const pg::Row& row : rows) lots.push_back(ReadLot(row));
  return lots;
}

StockMismatch ReadMismatch(const pg::Row& row) {
  return {.id = row.Get<domain::MismatchId>("stock_mismatch"),
          .appointment = row.Get<domain::AppointmentId>("appointment"),
          .drug = row.Get<std::string>("drug"),
          .lot_number = row.Get<std::string>("lot_number"),
          .quantity = row.Get<int>("quantity"),
          .cause = static_cast<StockMismatch::Cause>(row.Get<int>("cause")),
          .resolved = row.Get<bool>("resolved"),
          .resolution = row.Get<std::string>("resolution"),
          .created_at = row.Get<absl::Time>("created_at"),
          .version = row.Get<int64_t>("version")};
}

}  // namespace

absl::Status PgTx::InsertLot(const StockLot& lot) {
  Columns columns;
  columns.Set("stock_lot", lot.id)
      .Set("drug", lot.drug)
      .Set("strength", lot.strength)
      .Set("ndc", lot.ndc)
      .Set("lot_number", lot.lot_number)
      .Set("expiry_day", lot.expiry_day)
      .Set("unit", static_cast<int>(lot.unit))
      .Set("patient", lot.patient)
      .Set("supplier", lot.supplier)
      .Set("invoice_number", lot.invoice_number)
      .Set("received", lot.received)
      .Set("received_at", lot.received_at)
      .Set("received_by", lot.received_by);
  return OnTakenName(columns.Insert(db(), "stock_lots"), "stock_lots", "stock lot");
}

absl::StatusOr<StockLot> PgTx::FindLot(const domain::LotId& id, Lock lock) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db().QueryOptional(absl::StrCat("select * from stock_lots where stock_lot = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("stock lot");
  return ReadLot(*row);
}

absl::StatusOr<std::vector<StockLot>> PgTx::LotsOf(const std::string& drug, Lock lock) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query(absl::StrCat("select * from stock_lots where drug = $1 order by stock_lot", Suffix(lock)), {drug}));
  return ReadLots(rows);
}

absl::StatusOr<std::vector<StockLot>> PgTx::ListLots(const std::string& drug, bool include_empty, const Slice& slice) {
  const bool first = slice.after.size() < 2;
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query(
          "select * from stock_lots where ($1 = '' or drug = $1) and ($2::boolean or on_hand + quarantined > 0) "
          "and (expiry_day, stock_lot) > ($3::date, $4) order by expiry_day, stock_lot limit $5",
          {drug, include_empty, first ? "-infinity" : slice.after[0], first ? "" : slice.after[1], slice.limit}));
  return ReadLots(rows);
}

absl::Status PgTx::InsertStockEvent(StockEvent& event) {
  absl::StatusOr<pg::Row> row = db().QueryOne(
      "insert into stock_events (clinic, stock_lot, kind, quantity, from_quarantine, appointment, patient, witness, "
      "reason, "
      "occurred_at, recorded_by, recorded_at, on_hand_delta, allocated_delta, quarantined_delta, on_hand_after) values "
      "(kat_clinic(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0) returning stock_event, "
      "on_hand_after",
      {event.lot, Name(event.kind), event.quantity, event.from_quarantine, event.appointment, event.patient,
       event.witness, event.reason, event.occurred_at, event.recorded_by, event.recorded_at, event.on_hand_delta,
       event.allocated_delta, event.quarantined_delta});
  if (!row.ok()) {
    return OnConstraint(row.status(), "stock_never_negative", [] { return domain::StockShort(0); });
  }
  event.id = row->Get<int64_t>("stock_event");
  event.on_hand_after = row->Get<int>("on_hand_after");
  return absl::OkStatus();
}

absl::StatusOr<int> PgTx::AllocatedFor(const domain::LotId& lot, const domain::AppointmentId& appointment) {
  ASSIGN_OR_RETURN(const pg::Row row,
                   db().QueryOne("select coalesce(sum(allocated_delta), 0)::integer as allocated from stock_events "
                                 "where stock_lot = $1 and appointment = $2",
                                 {lot, appointment}));
  return std::max(0, row.Get<int>("allocated"));
}

absl::StatusOr<std::vector<StockEvent>> PgTx::ListStockEvents(const domain::LotId& lot,
                                                              const domain::AppointmentId& appointment,
                                                              std::optional<absl::Time> from,
                                                              std::optional<absl::Time> until, const Slice& slice) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query("select * from stock_events where ($1 = '' or stock_lot = $1) and ($2 = '' or appointment = $2) "
                 "and occurred_at >= $3::timestamptz and occurred_at < $4::timestamptz and stock_event > $5::bigint "
                 "order by stock_event limit $6",
                 {lot, appointment, from.value_or(absl::InfinitePast()), until.value_or(absl::InfiniteFuture()),
                  slice.after.empty() ? "0" : slice.after[0], slice.limit}));
  std::vector<StockEvent> events;
  for (const pg::Row& row : rows) {
    StockEvent event{.id = row.Get<int64_t>("stock_event"),
                     .lot = row.Get<domain::LotId>("stock_lot"),
                     .kind = EnumOf<StockEventKind>(row.Get<std::string>("kind"), 12),
                     .quantity = row.Get<int>("quantity"),
                     .from_quarantine = row.Get<bool>("from_quarantine"),
                     .appointment = row.Get<domain::AppointmentId>("appointment"),
                     .patient = row.Get<PatientId>("patient"),
                     .witness = row.Get<std::string>("witness"),
                     .reason = row.Get<std::string>("reason"),
                     .occurred_at = row.Get<absl::Time>("occurred_at"),
                     .recorded_by = row.Get<std::string>("recorded_by"),
                     .recorded_at = row.Get<absl::Time>("recorded_at"),
                     .on_hand_delta = row.Get<int>("on_hand_delta"),
                     .allocated_delta = row.Get<int>("allocated_delta"),
                     .quarantined_delta = row.Get<int>("quarantined_delta"),
                     .on_hand_after = row.Get<int>("on_hand_after")};
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<bool> PgTx::GivenFromBulk(const domain::AppointmentId& appointment) {
  ASSIGN_OR_RETURN(const pg::Row row,
                   db().QueryOne("select coalesce(bool_and(l.patient = ''), false) as bulk from stock_events e "
                                 "join stock_lots l using (clinic, stock_lot) "
                                 "where e.appointment = $1 and e.appointment <> '' and e.kind = 'ADMINISTERED'",
                                 {appointment}));
  return row.Get<bool>("bulk");
}

absl::Status PgTx::InsertCount(const domain::StockCount& count) {
  std::vector<std::string> lots;
  std::vector<int> counted, expected;
  for (const domain::StockCountLine& line : count.lines) {
    lots.push_back(line.lot.str());
    counted.push_back(line.counted);
    expected.push_back(line.expected);
  }
  Columns columns;
  columns.Set("stock_count", count.id)
      .Set("count_kind", count.kind)
      .Set("lots", lots)
      .Set("counted", IntArray(counted))
      .Set("expected", IntArray(expected))
      .Set("witness", count.witness)
      .Set("counted_at", count.counted_at)
      .Set("counted_by", count.counted_by)
      .Set("discrepancies", count.discrepancies);
  return columns.Insert(db(), "stock_counts");
}

absl::StatusOr<std::vector<domain::StockCount>> PgTx::ListCounts(const Slice& slice) {
  const bool first = slice.after.size() < 2;
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query("select * from stock_counts where (counted_at, stock_count) < ($1::timestamptz, $2) "
                 "order by counted_at desc, stock_count desc limit $3",
                 {first ? absl::InfiniteFuture() : TimeKey(slice, 0), first ? "" : slice.after[1], slice.limit}));
  std::vector<domain::StockCount> counts;
  for (const pg::Row& row : rows) {
    domain::StockCount count{.id = row.Get<domain::CountId>("stock_count"),
                             .kind = row.Get<int>("count_kind"),
                             .witness = row.Get<std::string>("witness"),
                             .counted_at = row.Get<absl::Time>("counted_at"),
                             .counted_by = row.Get<std::string>("counted_by"),
                             .discrepancies = row.Get<int>("discrepancies")};
    const auto lots = row.Get<std::vector<std::string>>("lots");
    const std::vector<int> counted = IntsAt(row, "counted"), expected = IntsAt(row, "expected");
    for (size_t i = 0; i < lots.size(); ++i) {
      count.lines.push_back({domain::LotId(lots[i]), counted[i], expected[i]});
    }
    counts.push_back(std::move(count));
  }
  return counts;
}

absl::Status PgTx::InsertMismatch(const StockMismatch& mismatch) {
  Columns columns;
  columns.Set("stock_mismatch", mismatch.id)
      .Set("appointment", mismatch.appointment)
      .Set("drug", mismatch.drug)
      .Set("lot_number", mismatch.lot_number)
      .Set("quantity", mismatch.quantity)
      .Set("cause", static_cast<int>(mismatch.cause))
      .Set("resolved", mismatch.resolved)
      .Set("resolution", mismatch.resolution)
      .Set("created_at", mismatch.created_at)
      .Set("version", mismatch.version);
  return columns.Insert(db(), "stock_mismatches");
}

absl::Status PgTx::UpdateMismatch(const StockMismatch& mismatch) {
  Columns columns;
  columns.Set("resolved", mismatch.resolved).Set("resolution", mismatch.resolution).Set("version", mismatch.version);
  return columns.Update(db(), "stock_mismatches", "stock_mismatch", mismatch.id);
}

absl::StatusOr<StockMismatch> PgTx::FindMismatch(const domain::MismatchId& id, Lock lock) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db().QueryOptional(absl::StrCat("select * from stock_mismatches where stock_mismatch = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("stock mismatch");
  return ReadMismatch(*row);
}

absl::StatusOr<std::vector<StockMismatch>> PgTx::ListMismatches(bool include_resolved, const Slice& slice) {
  const bool first = slice.after.size() < 2;
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query("select * from stock_mismatches where ($1::boolean or not resolved) "
                              "and (created_at, stock_mismatch) < ($2::timestamptz, $3) "
                              "order by created_at desc, stock_mismatch desc limit $4",
                              {include_resolved, first ? absl::InfiniteFuture() : TimeKey(slice, 0),
                               first ? "" : slice.after[1], slice.limit}));
  std::vector<StockMismatch> mismatches;
  for (const pg::Row& row : rows) mismatches.push_back(ReadMismatch(row));
  return mismatches;
}

}  // namespace kat::authorization::store
