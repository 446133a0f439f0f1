#ifndef KAT_SERVICES_SCHEDULING_API_WAIT_LIST_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_WAIT_LIST_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/api/booking_handlers.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// The wait list and its offers.
class WaitListHandlers {
 public:
  WaitListHandlers(Store& store, BookingHandlers& bookings, BookingGates& gates)
      : store_(store), bookings_(bookings), gates_(gates) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::WaitListEntry> CreateEntry(rpc::Call& call, const v1::CreateWaitListEntryRequest& request);
  absl::StatusOr<v1::WaitListEntry> GetEntry(rpc::Call& call, const v1::GetWaitListEntryRequest& request);
  absl::StatusOr<v1::ListWaitListEntriesResponse> ListEntries(rpc::Call& call,
                                                              const v1::ListWaitListEntriesRequest& request);
  absl::StatusOr<v1::WaitListEntry> RemoveEntry(rpc::Call& call, const v1::RemoveWaitListEntryRequest& request);
  absl::StatusOr<v1::WaitListOffer> GetOffer(rpc::Call& call, const v1::GetWaitListOfferRequest& request);
  absl::StatusOr<v1::ListWaitListOffersResponse> ListOffers(rpc::Call& call,
                                                            const v1::ListWaitListOffersRequest& request);
  absl::StatusOr<v1::AcceptWaitListOfferResponse> Accept(rpc::Call& call,
                                                         const v1::AcceptWaitListOfferRequest& request);
  absl::StatusOr<v1::WaitListOffer> Decline(rpc::Call& call, const v1::DeclineWaitListOfferRequest& request);

  absl::StatusOr<v1::AcceptWaitListOfferResponse> AcceptMove(rpc::Call& call,
                                                             const v1::AcceptWaitListOfferRequest& request,
                                                             const WaitListOffer& offer);
  absl::StatusOr<v1::AcceptWaitListOfferResponse> AcceptBlock(rpc::Call& call,
                                                              const v1::AcceptWaitListOfferRequest& request,
                                                              const HoldId& hold);

  Store& store_;
  BookingHandlers& bookings_;
  BookingGates& gates_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_WAIT_LIST_HANDLERS_H_
