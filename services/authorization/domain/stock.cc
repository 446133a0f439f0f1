#include "services/authorization/domain/stock.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/authorization/domain/errors.h"

namespace kat::authorization::domain {
namespace {

constexpr absl::string_view kNames[] = {"KIND_UNSPECIFIED", "RECEIVED",    "QUARANTINED",  "UNQUARANTINED",
                                        "ALLOCATED",        "UNALLOCATED", "ADMINISTERED", "WASTED",
                                        "RETURNED",         "DESTROYED",   "LOST",         "COUNT_ADJUSTED"};

// What one unit of an event does: to what is on hand, allocated, quarantined; and what it needs.
struct Rule {
  int on_hand, allocated, quarantined;
  bool appointment, witness, reason, quarantine_possible;
};
constexpr Rule kRules[] = {
    /* UNSPECIFIED    */ {0, 0, 0, false, false, false, false},
    /* RECEIVED       */ {+1, 0, 0, false, false, false, false},
    /* QUARANTINED    */ {-1, 0, +1, false, false, true, false},
    /* UNQUARANTINED  */ {+1, 0, -1, false, false, false, false},
    /* ALLOCATED      */ {0, +1, 0, true, false, false, false},
    /* UNALLOCATED    */ {0, -1, 0, true, false, false, false},
    /* ADMINISTERED   */ {-1, 0, 0, true, false, false, false},
    /* WASTED         */ {-1, 0, 0, false, true, false, true},
    /* RETURNED       */ {-1, 0, 0, false, false, false, true},
    /* DESTROYED      */ {-1, 0, 0, false, true, false, true},
    /* LOST           */ {-1, 0, 0, false, false, true, true},
    /* COUNT_ADJUSTED */ {+1, 0, 0, false, false, true, false},
};

int QuantityOf(const Dose& dose, StockUnit unit) {
  return unit == StockUnit::kDevice ? dose.devices : static_cast<int>((dose.micrograms + 999) / 1000);
}

}  // namespace

absl::string_view Name(StockEventKind kind) { return kNames[static_cast<int>(kind)]; }

absl::Status ValidateReceipt(const StockLot& lot, absl::Time now, absl::CivilDay today) {
  if (lot.Expired(today)) return LotExpired();
  return NotInFuture(lot.received_at, now, "stock_lot.receive_time");
}

absl::Status Effect(const StockLot& lot, int allocated_here, absl::Time now, absl::CivilDay day, StockEvent& event) {
  const Rule& rule = kRules[static_cast<int>(event.kind)];
  const auto need = [](bool there, absl::string_view field) {
    return there ? absl::OkStatus() : InvalidField(field, "is required for this kind of event");
  };
  if (absl::Status s = NotInFuture(event.occurred_at, now, "stock_event.occur_time"); !s.ok()) return s;
  if (event.quantity < 1 && event.kind != StockEventKind::kCountAdjusted) {
    return InvalidField("stock_event.quantity", "must be 1 or more");
  }
  if (rule.appointment) {
    if (absl::Status s = need(!event.appointment.empty(), "stock_event.appointment"); !s.ok()) return s;
  }
  if (rule.witness) {
    if (absl::Status s = need(!event.witness.empty(), "stock_event.witness"); !s.ok()) return s;
    if (event.witness == event.recorded_by) {
      return InvalidField("stock_event.witness", "must be another person than the one who records it");
    }
  }
  if (rule.reason) {
    if (absl::Status s = need(!event.reason.empty(), "stock_event.reason"); !s.ok()) return s;
  }
  if (event.from_quarantine && !rule.quarantine_possible) {
    return InvalidField("stock_event.from_quarantine", "cannot be set for this kind of event");
  }
  const bool for_patient = event.kind == StockEventKind::kAdministered || event.kind == StockEventKind::kAllocated;
  if (for_patient && !lot.For(event.patient)) return StockOfOtherPatient();
  if (for_patient && lot.Expired(day)) return LotExpired();

  event.on_hand_delta = event.from_quarantine ? 0 : rule.on_hand * event.quantity;
  event.allocated_delta = rule.allocated * event.quantity;
  event.quarantined_delta = event.from_quarantine ? -event.quantity : rule.quarantined * event.quantity;
  if (event.kind == StockEventKind::kAdministered) event.allocated_delta = -std::min(event.quantity, allocated_here);
  if (event.kind == StockEventKind::kUnallocated && event.quantity > allocated_here) return StockShort(allocated_here);

  const int on_hand = lot.on_hand + event.on_hand_delta, allocated = lot.allocated + event.allocated_delta;
  if (on_hand < 0) return StockShort(lot.on_hand);
  if (lot.quarantined + event.quarantined_delta < 0) return StockShort(lot.quarantined);
  // A count or a loss may leave less than was set aside; the set-aside shrinks with it. Anything else must leave it
  // alone.
  if (allocated > on_hand) {
    if (event.kind != StockEventKind::kCountAdjusted && event.kind != StockEventKind::kLost) {
      return StockShort(lot.on_hand - lot.allocated);
    }
    event.allocated_delta -= allocated - on_hand;
  }
  event.on_hand_after = on_hand;
  return absl::OkStatus();
}

Taking Take(const TreatmentRecord& record, std::vector<StockLot> lots, absl::CivilDay day, absl::Time now) {
  Taking taking;
  std::sort(lots.begin(), lots.end(), [](const StockLot& a, const StockLot& b) {
    return std::pair(a.expiry_day, a.id) < std::pair(b.expiry_day, b.id);
  });
  // Devices and milligrams of one lot are summed, so that a record that is told twice in parts gives one event a lot.
  std::map<std::pair<std::string, std::string>, Dose> by_lot;
  for (const Dose& dose : record.doses) {
    Dose& sum = by_lot[{dose.drug, dose.lot_number}];
    sum.drug = dose.drug, sum.lot_number = dose.lot_number;
    sum.micrograms += dose.micrograms, sum.devices += dose.devices;
    sum.given_at = std::max(sum.given_at, dose.given_at);
  }
  for (const auto& [key, dose] : by_lot) {
    const auto mismatch = [&](StockMismatch::Cause cause, int quantity) {
      StockMismatch m{.appointment = record.appointment,
                      .drug = dose.drug,
                      .lot_number = dose.lot_number,
                      .quantity = quantity,
                      .cause = cause,
                      .created_at = now,
                      .version = 1};
      taking.mismatches.push_back(std::move(m));
    };
    if (dose.lot_number.empty()) {
      mismatch(StockMismatch::Cause::kLotMissing, QuantityOf(dose, StockUnit::kDevice));
      continue;
    }
    bool known = false, other = false, expired = false;
    std::optional<int> left;
    for (StockLot& lot : lots) {
      if (lot.drug != dose.drug || lot.lot_number != dose.lot_number) continue;
      known = true;
      if (!left) left = QuantityOf(dose, lot.unit);
      if (!lot.For(record.patient)) {
        other = true;
        continue;
      }
      const int quantity = std::min(*left, lot.on_hand);
      if (quantity <= 0) continue;
      expired = expired || lot.Expired(day);
      StockEvent event{.lot = lot.id,
                       .kind = StockEventKind::kAdministered,
                       .quantity = quantity,
                       .appointment = record.appointment,
                       .patient = record.patient,
                       .occurred_at = dose.given_at};
      event.on_hand_delta = -quantity;
      lot.on_hand -= quantity;
      event.on_hand_after = lot.on_hand;
      *left -= quantity;
      taking.events.push_back(std::move(event));
    }
    if (!known) {
      mismatch(StockMismatch::Cause::kLotUnknown, std::max(dose.devices, 1));
    } else if (*left > 0) {
      mismatch(other ? StockMismatch::Cause::kOtherPatientsStock : StockMismatch::Cause::kQuantityShort, *left);
    }
    if (expired) mismatch(StockMismatch::Cause::kLotExpired, 0);
  }
  return taking;
}

int Available(const std::vector<StockLot>& lots, const PatientId& patient, absl::CivilDay day) {
  int available = 0;
  for (const StockLot& lot : lots) {
    if (lot.For(patient) && !lot.Expired(day)) available += lot.on_hand;
  }
  return available;
}

}  // namespace kat::authorization::domain
