#include "services/scheduling/api/booking_handlers.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/fingerprint.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/setup_lock.h"

namespace kat::scheduling {
namespace {

absl::StatusOr<BlockOrder> OrderOf(const v1::BookBlockRequest& request) {
  if (request.hold().empty() == !request.has_plan()) return InvalidField("hold", "give either hold or plan");
  BlockOrder order{.hold = HoldId(rpc::LastSegment(request.hold()))};
  if (request.has_plan()) {
    ASSIGN_OR_RETURN(order.plan, FromProto(request.plan()));
  } else if (!request.overrides().empty()) {
    return InvalidField("overrides", "a hold keeps to the protocol; book from a plan to depart from it");
  }
  order.overrides = OverridesOf(request.overrides());
  order.require_coverage = request.require_coverage();
  return order;
}

}  // namespace

void BookingHandlers::Register(rpc::Service& service) {
  service.Unary("BookBlock", this, &BookingHandlers::BookBlock);
  service.Unary("CancelBlock", this, &BookingHandlers::CancelBlock);
}

absl::StatusOr<BookingHandlers::Prepared> BookingHandlers::Prepare(rpc::Call& call, BlockOrder order,
                                                                   const std::string& attempt_key,
                                                                   google::protobuf::Message& served) {
  Prepared prepared;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline()}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(prepared.replayed, call.FindReplay(tx, served));
    if (prepared.replayed) return absl::OkStatus();
    CourseFacts facts;
    BlockOrder checked = order;
    ASSIGN_OR_RETURN(const std::vector<Appointment> visits, CheckOrder(tx, checked, facts));
    prepared.question = QuestionOf(facts, visits);
    prepared.question.allow_conditional = !order.require_coverage;
    if (call.validate_only()) return absl::OkStatus();
    ASSIGN_OR_RETURN(prepared.attempt, tx.gate_attempts().Open(attempt_key, tx.now(), tx.now() + limits::kGateMargin,
                                                               tx.now() + limits::kGateReservation));
    return absl::OkStatus();
  }));
  if (!prepared.replayed) call.Touch(NameOf(call.clinic(), prepared.question.patient));
  return prepared;
}

absl::Status BookingHandlers::PassGates(rpc::Call& call, const google::protobuf::Message& request,
                                        const std::string& request_id, BlockOrder* order, Gated* gated,
                                        google::protobuf::Message& served) {
  // With the body: an id that comes again with another one, after a failure, is another try.
  gated->attempt_key = absl::StrCat(call.identity().subject, "/", request_id, "/", rpc::Fingerprint(request));
  ASSIGN_OR_RETURN(const Prepared prepared, Prepare(call, *order, gated->attempt_key, served));
  gated->replayed = prepared.replayed;
  if (prepared.replayed) return absl::OkStatus();
  gated->attempt = prepared.attempt;
  if (call.validate_only()) {
    ASSIGN_OR_RETURN(order->conditional, gates_.Check(call, prepared.question));
    return absl::OkStatus();
  }
  const absl::Status reserved = gates_.Reserve(call, prepared.question, prepared.attempt.reserve_id,
                                               prepared.attempt.expires_at, &gated->reservations);
  if (!reserved.ok()) {
    GiveUp(store_, gates_, call, gated->attempt_key, gated->attempt.reserve_id, gated->reservations);
  }
  order->financial_reservation = gated->reservations.financial;
  order->coverage_reservation = gated->reservations.coverage;
  order->conditional = gated->reservations.conditional;
  return reserved;
}

void BookingHandlers::Failed(rpc::Call& call, const Gated& gated, const absl::Status& status) {
  // Where the outcome is in doubt the reservations stay until they expire: the booking may stand.
  const bool doubtful = ErrorReason(status) == "COMMIT_IN_DOUBT";
  if (doubtful || call.validate_only()) return;
  GiveUp(store_, gates_, call, gated.attempt_key, gated.attempt.reserve_id, gated.reservations);
}

absl::StatusOr<v1::BookBlockResponse> BookingHandlers::BookBlock(rpc::Call& call, const v1::BookBlockRequest& request) {
  ASSIGN_OR_RETURN(const BlockOrder order, OrderOf(request));
  return BookGated<v1::BookBlockResponse>(call, request, request.request_id(), order,
                                          [](Tx& tx, const BlockOrder& gated) -> absl::StatusOr<v1::BookBlockResponse> {
                                            ASSIGN_OR_RETURN(const BookedBlock booked, Book(tx, gated));
                                            v1::BookBlockResponse out;
                                            *out.mutable_block() = ToProto(tx.clinic(), booked.course.id, booked.block);
                                            for (const Appointment& appointment : booked.appointments) {
                                              *out.add_appointments() = ToProto(tx.clinic(), appointment);
                                            }
                                            if (const auto day = RenewalRequestBy(gated.conditional)) {
                                              *out.mutable_renewal_request_date() = rpc::ToProto(*day);
                                            }
                                            return out;
                                          });
}

absl::StatusOr<v1::CancelBlockResponse> BookingHandlers::CancelBlock(rpc::Call& call,
                                                                     const v1::CancelBlockRequest& request) {
  int number = 0;
  if (!absl::SimpleAtoi(rpc::LastSegment(request.name()), &number)) return ResourceNotFound("block");
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CancelBlockResponse> {
    RETURN_IF_ERROR(HoldSetup(tx));
    ASSIGN_OR_RETURN(const Course course,
                     tx.courses().Get(CourseId(rpc::SegmentAfter(request.name(), "courses")), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(request.course_etag(), course.version, "course"));
    ASSIGN_OR_RETURN(
        const BookedBlock cancelled,
        scheduling::CancelBlock(tx, course, number, {.reason = request.reason(), .by_clinic = request.by_clinic()}));
    v1::CancelBlockResponse out;
    *out.mutable_block() = ToProto(tx.clinic(), course.id, cancelled.block);
    for (const Appointment& appointment : cancelled.appointments) {
      *out.add_appointments() = ToProto(tx.clinic(), appointment);
    }
    return out;
  });
}

}  // namespace kat::scheduling
