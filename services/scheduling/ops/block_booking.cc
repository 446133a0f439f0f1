#include "services/scheduling/ops/block_booking.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/holding.h"
#include "services/scheduling/ops/setup_lock.h"
#include "services/scheduling/ops/wait_list_end.h"

namespace kat::scheduling {
namespace {

// The course as it is after a change of its bookings.
absl::Status Touch(Tx& tx, Course& course) {
  ++course.version;
  course.updated_at = tx.now();
  return tx.courses().Update(course);
}

absl::StatusOr<Appointment> MarkCancelled(Tx& tx, Appointment appointment, const Cancellation& cancellation) {
  ASSIGN_OR_RETURN(appointment.state, Next(appointment.state, cancellation.action));
  appointment.cancel_reason = cancellation.reason;
  appointment.cancelled_by_clinic = cancellation.by_clinic;
  appointment.condition.reset();
  if (!cancellation.by_clinic) {
    ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
    appointment.cancelled_late = IsLateCancellation(clinic, appointment.time.start, tx.now());
  }
  ++appointment.version;
  appointment.updated_at = tx.now();
  RETURN_IF_ERROR(tx.appointments().Update(appointment));
  RETURN_IF_ERROR(Publish(tx, appointment, "cancelled"));
  RETURN_IF_ERROR(TellOver(tx, appointment));
  RETURN_IF_ERROR(TellFreed(tx, {appointment.time}));
  return appointment;
}

// A block that says from which decision it was booked says the truth.
absl::Status CheckDecision(Tx& tx, const BlockPlan& plan) {
  if (plan.decision.empty()) return absl::OkStatus();
  const absl::StatusOr<Decision> decision = tx.decisions().Get(plan.decision);
  if (absl::IsNotFound(decision.status()) || (decision.ok() && decision->course != plan.course)) {
    return InvalidField("plan.decision", "is no decision about this course");
  }
  return decision.status();
}

}  // namespace

absl::StatusOr<std::vector<Appointment>> CheckOrder(Tx& tx, BlockOrder& order, CourseFacts& facts) {
  if (!order.hold.empty()) {
    ASSIGN_OR_RETURN(const Hold hold, tx.holds().Get(order.hold));
    order.plan = hold.plan;
  }
  ASSIGN_OR_RETURN(facts, LoadCourseFacts(tx, order.plan.course, Lock::kNo));
  if (!order.hold.empty()) {
    // Looked at after the course, which whoever books the hold changes with it: the plan would seem stale.
    ASSIGN_OR_RETURN(const Hold hold, tx.holds().Get(order.hold));
    if (hold.state != HoldState::kActive || hold.expires_at <= tx.now()) return HoldEnded();
  }
  return CheckPlan(facts.View(), order.plan, order.overrides);
}

absl::StatusOr<BookedBlock> Book(Tx& tx, BlockOrder order) {
  BookedBlock booked;
  CapacityChange change;
  RETURN_IF_ERROR(HoldSetup(tx));
  if (!order.hold.empty()) {
    // The course is locked before its hold, as where a hold is taken.
    ASSIGN_OR_RETURN(const Hold read, tx.holds().Get(order.hold));
    RETURN_IF_ERROR(tx.courses().Get(read.plan.course, Lock::kForUpdate).status());
    ASSIGN_OR_RETURN(const Hold hold, EndHold(tx, order.hold, HoldState::kBooked));
    if (hold.expires_at <= tx.now()) return HoldEnded();
    order.plan = hold.plan;
    change.give_back.push_back(OwnerOf(hold.id));
  }
  ASSIGN_OR_RETURN(CourseFacts facts, LoadCourseFacts(tx, order.plan.course, Lock::kForUpdate));
  ASSIGN_OR_RETURN(booked.appointments, CheckPlan(facts.View(), order.plan, order.overrides));
  NoteConditions(order.conditional, booked.appointments);
  RETURN_IF_ERROR(CheckDecision(tx, order.plan));
  booked.course = facts.course;
  booked.block = {.number = static_cast<int>(facts.course.blocks.size()) + 1,
                  .phases = order.plan.phases,
                  .financial_reservation = order.financial_reservation,
                  .coverage_reservation = order.coverage_reservation,
                  .decision = order.plan.decision,
                  .created_at = tx.now()};
  for (Appointment& appointment : booked.appointments) {
    appointment.id = AppointmentId(NewId());
    appointment.block = booked.block.number;
    appointment.created_at = appointment.updated_at = tx.now();
    booked.block.appointments.push_back(appointment.id);
    change.take.push_back(WantOf(appointment));
  }
  RETURN_IF_ERROR(Apply(tx, facts.setup, change));
  RETURN_IF_ERROR(tx.courses().InsertBlock(booked.course.id, booked.block));
  RETURN_IF_ERROR(tx.appointments().InsertAll(booked.appointments));
  booked.course.blocks.push_back(booked.block);
  RETURN_IF_ERROR(Touch(tx, booked.course));
  RETURN_IF_ERROR(PublishBlock(tx, booked.course, booked.block, "booked"));
  for (const Appointment& appointment : booked.appointments) {
    RETURN_IF_ERROR(Publish(tx, appointment, "booked"));
    RETURN_IF_ERROR(PublishOverrides(tx, appointment));
  }
  return booked;
}

absl::StatusOr<BookedBlock> CancelBlock(Tx& tx, Course course, int number, const Cancellation& cancellation) {
  const auto block = std::find_if(course.blocks.begin(), course.blocks.end(),
                                  [&](const Block& candidate) { return candidate.number == number; });
  if (block == course.blocks.end()) return ResourceNotFound("block");
  if (block->state == BlockState::kCancelled) return WrongState("block", "CANCELLED", "cancelled");
  BookedBlock cancelled;
  bool begun = false;
  std::vector<std::string> owners;
  for (const AppointmentId& id : block->appointments) {
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(id, Lock::kForUpdate));
    if (IsOpen(appointment.state)) {
      cancelled.appointments.push_back(appointment);
      owners.push_back(OwnerOf(id));
    } else {
      begun = begun || Occupies(appointment.state);
    }
  }
  RETURN_IF_ERROR(GiveBack(tx, owners));
  for (Appointment& appointment : cancelled.appointments) {
    ASSIGN_OR_RETURN(appointment, MarkCancelled(tx, appointment, cancellation));
  }
  if (!begun) {
    block->state = BlockState::kCancelled;
    RETURN_IF_ERROR(tx.courses().CancelBlock(course.id, number));
  } else if (cancelled.appointments.empty()) {
    return WrongState("block", "DONE", "cancelled");
  }
  RETURN_IF_ERROR(Touch(tx, course));
  RETURN_IF_ERROR(PublishBlock(tx, course, *block, "cancelled"));
  std::sort(cancelled.appointments.begin(), cancelled.appointments.end(),
            [](const Appointment& a, const Appointment& b) { return a.time.start < b.time.start; });
  cancelled.block = *block;
  cancelled.course = std::move(course);
  return cancelled;
}

absl::StatusOr<Appointment> CancelOne(Tx& tx, Appointment appointment, const Cancellation& cancellation) {
  RETURN_IF_ERROR(GiveBack(tx, {OwnerOf(appointment.id)}));
  return MarkCancelled(tx, std::move(appointment), cancellation);
}

}  // namespace kat::scheduling
