#include "absl/strings/str_cat.h"
#include "services/authorization/api/convert_rems.h"

namespace kat::authorization::api {

absl::StatusOr<domain::StockLot> FromProto(const v1::StockLot& proto) {
  domain::StockLot lot{.drug = proto.drug(),
                       .strength = proto.strength(),
                       .ndc = proto.ndc(),
                       .lot_number = proto.lot_number(),
                       .unit = static_cast<domain::StockUnit>(proto.unit()),
                       .patient = IdOf<PatientId>(proto.patient()),
                       .supplier = proto.supplier(),
                       .invoice_number = proto.invoice_number(),
                       .received = proto.received(),
                       .received_at = rpc::FromProto(proto.receive_time())};
  ASSIGN_OR_RETURN(lot.expiry_day, rpc::FromProto(proto.expiry_date(), "stock_lot.expiry_date"));
  return lot;
}

v1::StockLot ToProto(const ClinicId& clinic, const domain::StockLot& lot) {
  v1::StockLot proto;
  proto.set_name(ResourceName(clinic, kLots, lot.id));
  proto.set_drug(lot.drug);
  proto.set_strength(lot.strength);
  proto.set_ndc(lot.ndc);
  proto.set_lot_number(lot.lot_number);
  *proto.mutable_expiry_date() = rpc::ToProto(lot.expiry_day);
  proto.set_unit(static_cast<v1::StockLot::Unit>(lot.unit));
  proto.set_patient(ResourceName(clinic, kPatients, lot.patient));
  proto.set_supplier(lot.supplier);
  proto.set_invoice_number(lot.invoice_number);
  proto.set_received(lot.received);
  proto.set_on_hand(lot.on_hand);
  proto.set_allocated(lot.allocated);
  proto.set_quarantined(lot.quarantined);
  *proto.mutable_receive_time() = rpc::ToProto(lot.received_at);
  proto.set_received_by(lot.received_by);
  proto.set_etag(rpc::Etag(lot.version));
  return proto;
}

domain::StockEvent FromProto(const v1::StockEvent& proto) {
  domain::StockEvent event{.kind = static_cast<domain::StockEventKind>(proto.kind()),
                           .quantity = proto.quantity(),
                           .from_quarantine = proto.from_quarantine(),
                           .appointment = IdOf<domain::AppointmentId>(proto.appointment()),
                           .patient = IdOf<PatientId>(proto.patient()),
                           .witness = proto.witness(),
                           .reason = proto.reason(),
                           .occurred_at = rpc::FromProto(proto.occur_time())};
  return event;
}

v1::StockEvent ToProto(const ClinicId& clinic, const domain::StockEvent& event) {
  v1::StockEvent proto;
  proto.set_name(absl::StrCat(ResourceName(clinic, kLots, event.lot), "/stockEvents/", event.id));
  proto.set_kind(static_cast<v1::StockEvent::Kind>(event.kind));
  proto.set_quantity(event.quantity);
  proto.set_from_quarantine(event.from_quarantine);
  proto.set_appointment(ResourceName(clinic, kAppointments, event.appointment));
  proto.set_patient(ResourceName(clinic, kPatients, event.patient));
  proto.set_witness(event.witness);
  proto.set_reason(event.reason);
  *proto.mutable_occur_time() = rpc::ToProto(event.occurred_at);
  proto.set_recorded_by(event.recorded_by);
  *proto.mutable_record_time() = rpc::ToProto(event.recorded_at);
  proto.set_on_hand_after(event.on_hand_after);
  return proto;
}

domain::StockCount FromProto(const v1::StockCount& proto) {
  domain::StockCount count{
      .kind = proto.count_kind(), .witness = proto.witness(), .counted_at = rpc::FromProto(proto.count_time())};
  for (const auto& line : proto.lines()) {
    count.lines.push_back({IdOf<domain::LotId>(line.stock_lot()), line.counted(), 0});
  }
  return count;
}

v1::StockCount ToProto(const ClinicId& clinic, const domain::StockCount& count) {
  v1::StockCount proto;
  proto.set_name(ResourceName(clinic, kCounts, count.id));
  proto.set_count_kind(static_cast<v1::StockCount::CountKind>(count.kind));
  for (const domain::StockCountLine& line : count.lines) {
    auto* to = proto.add_lines();
    to->set_stock_lot(ResourceName(clinic, kLots, line.lot));
    to->set_counted(line.counted);
    to->set_expected(line.expected);
  }
  proto.set_witness(count.witness);
  *proto.mutable_count_time() = rpc::ToProto(count.counted_at);
  proto.set_counted_by(count.counted_by);
  proto.set_discrepancies(count.discrepancies);
  return proto;
}

v1::StockMismatch ToProto(const ClinicId& clinic, const domain::StockMismatch& mismatch) {
  v1::StockMismatch proto;
  proto.set_name(ResourceName(clinic, kMismatches, mismatch.id));
  proto.set_appointment(ResourceName(clinic, kAppointments, mismatch.appointment));
  proto.set_drug(mismatch.drug);
  proto.set_lot_number(mismatch.lot_number);
  proto.set_quantity(mismatch.quantity);
  proto.set_cause(static_cast<v1::StockMismatch::Cause>(mismatch.cause));
  proto.set_resolved(mismatch.resolved);
  proto.set_resolution(mismatch.resolution);
  *proto.mutable_create_time() = rpc::ToProto(mismatch.created_at);
  proto.set_etag(rpc::Etag(mismatch.version));
  return proto;
}

}  // namespace kat::authorization::api
