#ifndef KAT_SERVICES_SCHEDULING_OPS_BLOCK_BOOKING_H_
#define KAT_SERVICES_SCHEDULING_OPS_BLOCK_BOOKING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"

namespace kat::scheduling {

struct BlockOrder {
  HoldId hold;  // empty: straight from `plan`
  BlockPlan plan;
  std::string financial_reservation;
  std::string coverage_reservation;
  std::vector<ProtocolOverride> overrides;
  bool require_coverage = false;  // no visit of it is booked conditionally
  VisitConditions conditional;    // visits that the coverage reservation holds no units for
};

struct BookedBlock {
  Course course;
  Block block;
  std::vector<Appointment> appointments;  // in protocol order
};

// The visits that an order would book, checked as far as can be without taking anything. FAILED_PRECONDITION,
// HOLD_ENDED; errors of CheckPlan.
absl::StatusOr<std::vector<Appointment>> CheckOrder(Tx& tx, BlockOrder& order, CourseFacts& facts);

// Books every visit of the order, or fails and the transaction with it. Errors as SchedulingService.BookBlock says.
absl::StatusOr<BookedBlock> Book(Tx& tx, BlockOrder order);

struct Cancellation {
  std::string reason;
  bool by_clinic = false;
  AppointmentAction action = AppointmentAction::kCancel;
};

// Cancels every appointment of the block that is booked or confirmed. Where none of the others took place, the block is
// cancelled whole and its phases can be booked again. `course` is locked. The appointments that it cancelled come back
// in order of time.
absl::StatusOr<BookedBlock> CancelBlock(Tx& tx, Course course, int number, const Cancellation& cancellation);

// Cancels one appointment, which the transaction has locked.
absl::StatusOr<Appointment> CancelOne(Tx& tx, Appointment appointment, const Cancellation& cancellation);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_BLOCK_BOOKING_H_
