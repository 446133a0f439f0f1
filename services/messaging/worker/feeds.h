#ifndef KAT_SERVICES_MESSAGING_WORKER_FEEDS_H_
#define KAT_SERVICES_MESSAGING_WORKER_FEEDS_H_

#include "libs/app/app.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Follows the four feeds: appointments plan messages, and every event that carries work feeds the queue.
class Feeds {
 public:
  explicit Feeds(const Peers& peers) : peers_(peers) {}

  void Register(app::App& app, Store& worker_store);

 private:
  absl::Status OnSchedulingEvent(const common::v1::Event& event, const app::App::Apply<Tx>& apply);

  const Peers& peers_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_WORKER_FEEDS_H_
