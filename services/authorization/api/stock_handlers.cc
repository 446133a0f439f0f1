#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/authorization/api/convert_rems.h"
#include "services/authorization/api/rems_handlers.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/ops/authorizations.h"
#include "services/authorization/ops/publish.h"

namespace kat::authorization::api {
namespace {

using domain::StockEvent;
using domain::StockEventKind;
using domain::StockLot;
using store::Lock;
using store::Tx;

absl::Status Tell(Tx& tx, const StockEvent& event, const char* type, const char* work = nullptr) {
  tx::Event told{.type = type,
                 .subject = ResourceName(tx.clinic(), kLots, event.lot),
                 .subject_version = event.id,
                 .state = std::string(Name(event.kind))};
  if (!event.appointment.empty())
    told.related["appointment"] = ResourceName(tx.clinic(), kAppointments, event.appointment);
  if (work != nullptr) {
    told.work = ToWork({work, domain::Role::kClinicAdmin, std::nullopt, domain::Urgency::kUrgent});
  }
  return tx.Publish(told);
}

}  // namespace

void StockHandlers::Register(rpc::Service& service) {
  service.Unary("ReceiveStock", this, &StockHandlers::Receive);
  service.Unary("GetStockLot", this, &StockHandlers::GetLot);
  service.Unary("ListStock", this, &StockHandlers::List);
  service.Unary("RecordStockEvent", this, &StockHandlers::Record);
  service.Unary("ListStockEvents", this, &StockHandlers::ListEvents);
  service.Unary("CountStock", this, &StockHandlers::Count);
  service.Unary("ListStockCounts", this, &StockHandlers::ListCounts);
  service.Unary("ListStockMismatches", this, &StockHandlers::ListMismatches);
  service.Unary("ResolveStockMismatch", this, &StockHandlers::Resolve);
}

absl::StatusOr<v1::StockLot> StockHandlers::Receive(rpc::Call& call, const v1::ReceiveStockRequest& request) {
  ASSIGN_OR_RETURN(const StockLot draft, FromProto(request.stock_lot()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::StockLot> {
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    RETURN_IF_ERROR(ValidateReceipt(draft, moment.now, moment.today()));
    StockLot lot = draft;
    lot.id = ChosenId<domain::LotId>(request.stock_lot_id());
    lot.received_by = call.identity().subject;
    RETURN_IF_ERROR(tx.InsertLot(lot));
    StockEvent event{.lot = lot.id,
                     .kind = StockEventKind::kReceived,
                     .quantity = lot.received,
                     .occurred_at = lot.received_at,
                     .recorded_by = lot.received_by,
                     .recorded_at = tx.now()};
    RETURN_IF_ERROR(Effect(lot, 0, moment.now, moment.today(), event));
    RETURN_IF_ERROR(tx.InsertStockEvent(event));
    RETURN_IF_ERROR(Tell(tx, event, "stock.received"));
    ASSIGN_OR_RETURN(lot, tx.FindLot(lot.id));
    return ToProto(call.clinic(), lot);
  });
}

absl::StatusOr<v1::StockLot> StockHandlers::GetLot(rpc::Call& call, const v1::GetStockLotRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::StockLot> {
    ASSIGN_OR_RETURN(const StockLot lot, tx.FindLot(IdOf<domain::LotId>(request.name())));
    return ToProto(call.clinic(), lot);
  });
}

absl::StatusOr<v1::ListStockResponse> StockHandlers::List(rpc::Call& call, const v1::ListStockRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListStockResponse> {
    ASSIGN_OR_RETURN(std::vector<StockLot> lots, tx.ListLots(request.drug(), request.include_empty(), ToSlice(page)));
    v1::ListStockResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, lots, [](const StockLot& l) {
      return std::vector<std::string>{FormatDay(l.expiry_day), l.id.str()};
    }));
    for (const StockLot& lot : lots) *response.add_stock_lots() = ToProto(call.clinic(), lot);
    return response;
  });
}

absl::StatusOr<v1::StockEvent> StockHandlers::Record(rpc::Call& call, const v1::RecordStockEventRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::StockEvent> {
    StockEvent event = FromProto(request.stock_event());
    if (event.kind == StockEventKind::kReceived || event.kind == StockEventKind::kCountAdjusted) {
      return InvalidField("stock_event.kind", "comes from ReceiveStock and CountStock alone");
    }
    ASSIGN_OR_RETURN(const StockLot lot, tx.FindLot(IdOf<domain::LotId>(request.parent()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), lot.version, "stock lot"));
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    event.lot = lot.id;
    event.recorded_by = call.identity().subject;
    event.recorded_at = tx.now();
    int allocated = 0;
    if (!event.appointment.empty()) {
      ASSIGN_OR_RETURN(allocated, tx.AllocatedFor(lot.id, event.appointment));
    }
    RETURN_IF_ERROR(Effect(lot, allocated, moment.now, DayAt(event.occurred_at, moment.zone), event));
    RETURN_IF_ERROR(tx.InsertStockEvent(event));
    RETURN_IF_ERROR(
        Tell(tx, event, "stock.event_recorded", event.kind == StockEventKind::kLost ? "STOCK_LOSS" : nullptr));
    return ToProto(call.clinic(), event);
  });
}

absl::StatusOr<v1::ListStockEventsResponse> StockHandlers::ListEvents(rpc::Call& call,
                                                                      const v1::ListStockEventsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  const std::string lot = rpc::LastSegment(request.parent());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListStockEventsResponse> {
    std::optional<absl::Time> from, until;
    if (request.has_start_time()) from = rpc::FromProto(request.start_time());
    if (request.has_end_time()) until = rpc::FromProto(request.end_time());
    ASSIGN_OR_RETURN(
        std::vector<StockEvent> events,
        tx.ListStockEvents(domain::LotId(lot == "-" ? "" : lot), IdOf<domain::AppointmentId>(request.appointment()),
                           from, until, ToSlice(page)));
    v1::ListStockEventsResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, events, [](const StockEvent& e) { return std::vector<std::string>{std::to_string(e.id)}; }));
    for (const StockEvent& event : events) *response.add_stock_events() = ToProto(call.clinic(), event);
    return response;
  });
}

absl::StatusOr<v1::StockCount> StockHandlers::Count(rpc::Call& call, const v1::CountStockRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::StockCount> {
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    domain::StockCount count = FromProto(request.stock_count());
    count.id = domain::CountId(NewId());
    count.counted_by = call.identity().subject;
    RETURN_IF_ERROR(domain::NotInFuture(count.counted_at, moment.now, "stock_count.count_time"));
    if (count.witness == count.counted_by) return InvalidField("stock_count.witness", "must be another person");
    std::sort(count.lines.begin(), count.lines.end(),  // locks in one order, whoever counts
              [](const auto& a, const auto& b) { return a.lot < b.lot; });
    for (size_t i = 0; i < count.lines.size(); ++i) {
      domain::StockCountLine& line = count.lines[i];
      if (i > 0 && line.lot == count.lines[i - 1].lot) return InvalidField("stock_count.lines", "lists a lot twice");
      ASSIGN_OR_RETURN(const StockLot lot, tx.FindLot(line.lot, Lock::kWrite));
      line.expected = lot.on_hand;
      if (line.counted == line.expected) continue;
      ++count.discrepancies;
      StockEvent event{.lot = lot.id,
                       .kind = StockEventKind::kCountAdjusted,
                       .quantity = line.counted - line.expected,
                       .witness = count.witness,
                       .reason = absl::StrCat("count ", count.id.str()),
                       .occurred_at = count.counted_at,
                       .recorded_by = count.counted_by,
                       .recorded_at = tx.now()};
      RETURN_IF_ERROR(Effect(lot, 0, moment.now, moment.today(), event));
      RETURN_IF_ERROR(tx.InsertStockEvent(event));
      RETURN_IF_ERROR(Tell(tx, event, "stock.discrepancy", "STOCK_DISCREPANCY"));
    }
    RETURN_IF_ERROR(tx.InsertCount(count));
    RETURN_IF_ERROR(tx.Publish(
        {.type = "stock.counted", .subject = ResourceName(tx.clinic(), kCounts, count.id), .subject_version = 1}));
    return ToProto(call.clinic(), count);
  });
}

absl::StatusOr<v1::ListStockCountsResponse> StockHandlers::ListCounts(rpc::Call& call,
                                                                      const v1::ListStockCountsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListStockCountsResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::StockCount> counts, tx.ListCounts(ToSlice(page)));
    v1::ListStockCountsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, counts, [](const domain::StockCount& c) {
      return std::vector<std::string>{MicrosKey(c.counted_at), c.id.str()};
    }));
    for (const domain::StockCount& count : counts) *response.add_stock_counts() = ToProto(call.clinic(), count);
    return response;
  });
}

absl::StatusOr<v1::ListStockMismatchesResponse> StockHandlers::ListMismatches(
    rpc::Call& call, const v1::ListStockMismatchesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListStockMismatchesResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::StockMismatch> mismatches,
                     tx.ListMismatches(request.include_resolved(), ToSlice(page)));
    v1::ListStockMismatchesResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, mismatches, [](const domain::StockMismatch& m) {
      return std::vector<std::string>{MicrosKey(m.created_at), m.id.str()};
    }));
    for (const domain::StockMismatch& m : mismatches) *response.add_stock_mismatches() = ToProto(call.clinic(), m);
    return response;
  });
}

absl::StatusOr<v1::StockMismatch> StockHandlers::Resolve(rpc::Call& call,
                                                         const v1::ResolveStockMismatchRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::StockMismatch> {
    ASSIGN_OR_RETURN(domain::StockMismatch mismatch,
                     tx.FindMismatch(IdOf<domain::MismatchId>(request.name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), mismatch.version, "stock mismatch"));
    if (mismatch.resolved) return WrongState("stock mismatch", "RESOLVED", "resolved again");
    mismatch.resolved = true;
    mismatch.resolution = request.resolution();
    ++mismatch.version;
    RETURN_IF_ERROR(tx.UpdateMismatch(mismatch));
    tx::Event event{.type = "stock.mismatch_resolved",
                    .subject = ResourceName(tx.clinic(), kMismatches, mismatch.id),
                    .subject_version = mismatch.version,
                    .related = {{"appointment", ResourceName(tx.clinic(), kAppointments, mismatch.appointment)}}};
    domain::WorkItem item{"STOCK_MISMATCH", domain::Role::kNurse, std::nullopt, domain::Urgency::kSoon};
    item.closed = true;
    event.work = ToWork(item);
    RETURN_IF_ERROR(tx.Publish(event));
    return ToProto(call.clinic(), mismatch);
  });
}

}  // namespace kat::authorization::api
