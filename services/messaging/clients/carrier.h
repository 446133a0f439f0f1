#ifndef KAT_SERVICES_MESSAGING_CLIENTS_CARRIER_H_
#define KAT_SERVICES_MESSAGING_CLIENTS_CARRIER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/base/id.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

// A text or mail on its way out. `message` is the key: the carrier takes each once.
struct OutgoingMessage {
  ClinicId clinic;
  MessageId message;
  Channel channel = Channel::kSms;
  std::string address;
  std::string subject_line;
  std::string body;
};

// What the carrier knows of a message.
struct CarrierRecord {
  enum class Status { kAccepted, kDelivered, kUndelivered };
  std::string carrier_message_id;
  Status status = Status::kAccepted;
  std::string failure;
};

// Who takes texts and mails to patients. Thread-safe.
class Carrier {
 public:
  virtual ~Carrier() = default;
  // Hands a message over; the same message again gets the first answer and is not sent again. INVALID_ARGUMENT, with the carrier's code as
  // reason, where it will never take it; UNAVAILABLE or DEADLINE_EXCEEDED where it may have taken it: ask Find.
  virtual absl::StatusOr<CarrierRecord> Send(const OutgoingMessage& message) = 0;
  // What it knows of a message; nullopt where it never took it.
  virtual absl::StatusOr<std::optional<CarrierRecord>> Find(const ClinicId& clinic, const MessageId& message) = 0;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_CLIENTS_CARRIER_H_
