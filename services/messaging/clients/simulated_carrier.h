#ifndef KAT_SERVICES_MESSAGING_CLIENTS_SIMULATED_CARRIER_H_
#define KAT_SERVICES_MESSAGING_CLIENTS_SIMULATED_CARRIER_H_

#include "libs/base/clock.h"
#include "services/messaging/clients/carrier.h"
#include "services/messaging/store/simulated_carrier_log.h"

namespace kat::messaging {

// A carrier that sends nothing: it keeps what it took in its own log and says `simulated-` in its identifiers. Deterministic. What it takes arrives
// a minute later by the clinic's clock, but for these addresses:
//   +15005550001, refused@*      never taken: INVALID_ARGUMENT, INVALID_ADDRESS
//   +15005550002, unavailable@*  never reached: UNAVAILABLE
//   +15005550003, timeout@*      taken, and the answer lost: DEADLINE_EXCEEDED at the first try
//   +15005550004, undelivered@*  taken, and reported undelivered a minute later
class SimulatedCarrier final : public Carrier {
 public:
  SimulatedCarrier(SimulatedCarrierLog& log, const Clock& clock) : log_(log), clock_(clock) {}

  absl::StatusOr<CarrierRecord> Send(const OutgoingMessage& message) override;
  absl::StatusOr<std::optional<CarrierRecord>> Find(const ClinicId& clinic, const MessageId& message) override;

 private:
  CarrierRecord RecordOf(const SimulatedCarrierEntry& entry) const;

  SimulatedCarrierLog& log_;
  const Clock& clock_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_CLIENTS_SIMULATED_CARRIER_H_
