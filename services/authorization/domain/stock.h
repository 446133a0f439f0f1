#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_STOCK_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_STOCK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/authorization/domain/ids.h"
#include "services/authorization/domain/treatment.h"

// Controlled drug stock by lot, and its ledger (21 CFR 1304). Numbers of kat.authorization.v1.
namespace kat::authorization::domain {

enum class StockUnit { kUnspecified, kDevice, kMilligram };

struct StockLot {
  LotId id;
  std::string drug;
  std::string strength;
  std::string ndc;
  std::string lot_number;
  absl::CivilDay expiry_day;  // last day on which it may be given
  StockUnit unit = StockUnit::kDevice;
  PatientId patient;  // empty for bulk stock
  std::string supplier;
  std::string invoice_number;
  int received = 0;
  int on_hand = 0;
  int allocated = 0;
  int quarantined = 0;
  absl::Time received_at;
  std::string received_by;
  int64_t version = 0;

  bool Expired(absl::CivilDay day) const { return day > expiry_day; }
  bool For(const PatientId& who) const { return patient.empty() || patient == who; }
};

enum class StockEventKind {
  kUnspecified,
  kReceived,
  kQuarantined,
  kUnquarantined,
  kAllocated,
  kUnallocated,
  kAdministered,
  kWasted,
  kReturned,
  kDestroyed,
  kLost,
  kCountAdjusted
};
absl::string_view Name(StockEventKind kind);

struct StockEvent {
  int64_t id = 0;
  LotId lot;
  StockEventKind kind = StockEventKind::kUnspecified;
  int quantity = 0;
  bool from_quarantine = false;
  AppointmentId appointment;
  PatientId patient;
  std::string witness;
  std::string reason;
  absl::Time occurred_at;
  std::string recorded_by;
  absl::Time recorded_at;
  // What it does to the lot; set by Effect.
  int on_hand_delta = 0, allocated_delta = 0, quarantined_delta = 0;
  int on_hand_after = 0;
};

struct StockCountLine {
  LotId lot;
  int counted = 0;
  int expected = 0;
};
struct StockCount {
  CountId id;
  int kind = 0;  // number of StockCount.CountKind
  std::vector<StockCountLine> lines;
  std::string witness;
  absl::Time counted_at;
  std::string counted_by;
  int discrepancies = 0;
};

struct StockMismatch {
  enum class Cause { kUnspecified, kLotUnknown, kQuantityShort, kLotExpired, kOtherPatientsStock, kLotMissing };
  MismatchId id;
  AppointmentId appointment;
  std::string drug;
  std::string lot_number;
  int quantity = 0;
  Cause cause = Cause::kUnspecified;
  bool resolved = false;
  std::string resolution;
  absl::Time created_at;
  int64_t version = 0;
};

// A delivery, checked. LOT_EXPIRED where it is out of date already.
absl::Status ValidateReceipt(const StockLot& lot, absl::Time now, absl::CivilDay today);

// Checks an event against the lot and works out what it does to it. `allocated_here` is what is set aside in this lot
// for the event's appointment. INVALID_ARGUMENT; STOCK_SHORT; STOCK_OF_OTHER_PATIENT; LOT_EXPIRED.
absl::Status Effect(const StockLot& lot, int allocated_here, absl::Time now, absl::CivilDay day, StockEvent& event);

// What a treatment takes from the cabinet.
struct Taking {
  std::vector<StockEvent> events;         // ADMINISTERED, with their effects
  std::vector<StockMismatch> mismatches;  // what could not be taken
};

// Takes the doses of `record` from `lots` (all lots of their drugs), lot by lot, the ones that expire first first where
// a lot number was delivered more than once. Never takes more than is there.
Taking Take(const TreatmentRecord& record, std::vector<StockLot> lots, absl::CivilDay day, absl::Time now);

// What may be given to `patient` on `day`: on hand and not expired, bulk or the patient's own.
int Available(const std::vector<StockLot>& lots, const PatientId& patient, absl::CivilDay day);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_STOCK_H_
