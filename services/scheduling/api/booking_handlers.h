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

 private:
  absl::StatusOr<v1::BookBlockResponse> BookBlock(rpc::Call& call, const v1::BookBlockRequest& request);
  absl::StatusOr<v1::CancelBlockResponse> CancelBlock(rpc::Call& call, const v1::CancelBlockRequest& request);

  // What the gates are asked about an order; the try, unless nothing is to be kept.
  struct Prepared {
    GateQuestion question;
    GateAttempt attempt;
  };
  absl::StatusOr<Prepared> Prepare(rpc::Call& call, BlockOrder order, const std::string& attempt_key);

  Store& store_;
  BookingGates& gates_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_BOOKING_HANDLERS_H_
