#ifndef KAT_SERVICES_MESSAGING_STORE_SIMULATED_CARRIER_LOG_H_
#define KAT_SERVICES_MESSAGING_STORE_SIMULATED_CARRIER_LOG_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/pg/database.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

// What the simulated carrier took. It stands for another company's database: each call is a transaction of its own.
struct SimulatedCarrierEntry {
  MessageId message;
  std::string carrier_message_id;
  Channel channel = Channel::kNone;
  std::string address;
  std::string body;
  bool delivers = true;  // whether it will say that it arrived
  absl::Time accepted_at;
};

class SimulatedCarrierLog {
 public:
  virtual ~SimulatedCarrierLog() = default;
  // Keeps the first entry of a message.
  virtual absl::Status Add(const ClinicId& clinic, const SimulatedCarrierEntry& entry) = 0;
  virtual absl::StatusOr<std::optional<SimulatedCarrierEntry>> Find(const ClinicId& clinic, const MessageId& message) = 0;
};

std::unique_ptr<SimulatedCarrierLog> MakePgSimulatedCarrierLog(pg::Database& database);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_SIMULATED_CARRIER_LOG_H_
