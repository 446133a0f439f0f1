#ifndef KAT_SERVICES_BILLING_WORKER_WORKER_H_
#define KAT_SERVICES_BILLING_WORKER_WORKER_H_

#include "kat/common/v1/events.pb.h"
#include "libs/app/app.h"
#include "services/billing/clients/card_processor.h"
#include "services/billing/clients/peers.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// What billing does by itself: what falls due, and what follows from scheduling's events. Every handler may see its job
// or event again.
class Worker {
 public:
  Worker(Store& worker_store, Peers peers, CardProcessor& processor)
      : store_(worker_store), peers_(std::move(peers)), processor_(processor) {}
  void Register(app::App& app);

 private:
  using Apply = app::App::Apply<Tx>;

  absl::Status OnSchedulingEvent(const common::v1::Event& event, const Apply& apply);
  absl::Status OnBlockBooked(const ClinicId& clinic, const common::v1::Event& event, const Apply& apply);
  absl::Status OnTreatmentCompleted(const ClinicId& clinic, const Visit& visit, const common::v1::Event& event,
                                    const Apply& apply);

  absl::Status ExpireEstimate(Tx& tx, const tx::Job& job);
  absl::Status RemindOfGoodFaith(Tx& tx, const tx::Job& job);
  absl::Status ResolvePayment(Tx& tx, const tx::Job& job);
  absl::Status PayRefund(Tx& tx, const tx::Job& job);
  absl::Status ChargeInstallment(Tx& tx, const tx::Job& job);
  absl::Status ExpireReservation(Tx& tx, const tx::Job& job);
  absl::Status ScrubClaim(Tx& tx, const tx::Job& job);

  Store& store_;
  Peers peers_;
  CardProcessor& processor_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_WORKER_WORKER_H_
