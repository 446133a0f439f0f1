#ifndef KAT_SERVICES_SCHEDULING_API_BOOKING_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_BOOKING_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/api/booking_gates.h"
#include "services/scheduling/ops/block_booking.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Blocks.
class BookingHandlers {
 public:
  BookingHandlers(Store& store, BookingGates& gates) : store_(store), gates_(gates) {}
  void Register(rpc::Service& service);

  // Books an order behind its gates: reserves at billing and authorization, then runs `body` in the transaction that
  // keeps the response, and gives back what was reserved where that fails. A request that was served before gets its
  // response. Errors as SchedulingService.BookBlock says, and those of `body`.
  template <class Response, class Body>
  absl::StatusOr<Response> BookGated(rpc::Call& call, const google::protobuf::Message& request,
                                     const std::string& request_id, BlockOrder order, Body body) {
    Gated gated;
    Response served;
    if (absl::Status status = PassGates(call, request, request_id, &order, &gated, served); !status.ok()) return status;
    if (gated.replayed) return served;
    absl::StatusOr<Response> response = call.Write(store_, [&](Tx& tx) -> absl::StatusOr<Response> {
      if (!call.validate_only()) {
        absl::Status closed = tx.gate_attempts().Close(gated.attempt_key, gated.attempt.reserve_id);
        if (!closed.ok()) return closed;
      }
      return body(tx, order);
    });
    if (!response.ok()) Failed(call, gated, response.status());
    return response;
  }

 private:
  absl::StatusOr<v1::BookBlockResponse> BookBlock(rpc::Call& call, const v1::BookBlockRequest& request);
  absl::StatusOr<v1::CancelBlockResponse> CancelBlock(rpc::Call& call, const v1::CancelBlockRequest& request);

  // What the gates are asked about an order; the try, unless nothing is to be kept. Neither where it was served before.
  struct Prepared {
    bool replayed = false;
    GateQuestion question;
    GateAttempt attempt;
  };
  absl::StatusOr<Prepared> Prepare(rpc::Call& call, BlockOrder order, const std::string& attempt_key,
                                   google::protobuf::Message& served);

  // A try that has passed the gates, and what it reserved.
  struct Gated {
    bool replayed = false;
    std::string attempt_key;
    GateAttempt attempt;
    Reservations reservations;
  };
  absl::Status PassGates(rpc::Call& call, const google::protobuf::Message& request, const std::string& request_id,
                         BlockOrder* order, Gated* gated, google::protobuf::Message& served);
  void Failed(rpc::Call& call, const Gated& gated, const absl::Status& status);

  Store& store_;
  BookingGates& gates_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_BOOKING_HANDLERS_H_
