#include "services/messaging/clients/simulated_carrier.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::messaging {
namespace {

bool Is(const std::string& address, absl::string_view number, absl::string_view mailbox) {
  return address == number || absl::StartsWith(address, absl::StrCat(mailbox, "@"));
}

}  // namespace

CarrierRecord SimulatedCarrier::RecordOf(const SimulatedCarrierEntry& entry) const {
  CarrierRecord record{.carrier_message_id = entry.carrier_message_id};
  if (clock_.Now() < entry.accepted_at + absl::Minutes(1)) return record;
  record.status = entry.delivers ? CarrierRecord::Status::kDelivered : CarrierRecord::Status::kUndelivered;
  if (!entry.delivers) record.failure = "SIMULATED_UNDELIVERED";
  return record;
}

absl::StatusOr<CarrierRecord> SimulatedCarrier::Send(const OutgoingMessage& message) {
  if (Is(message.address, "+15005550001", "refused")) {
    return MakeError(absl::StatusCode::kInvalidArgument, "The simulated carrier refuses this address.", {.reason = "INVALID_ADDRESS"});
  }
  if (Is(message.address, "+15005550002", "unavailable")) return PeerUnavailable("simulated carrier");
  ASSIGN_OR_RETURN(std::optional<SimulatedCarrierEntry> entry, log_.Find(message.clinic, message.message));
  const bool first = !entry.has_value();
  if (first) {
    entry = SimulatedCarrierEntry{.message = message.message,
                                  .carrier_message_id = absl::StrCat("simulated-", message.message.str()),
                                  .channel = message.channel,
                                  .address = message.address,
                                  .body = message.body,
                                  .delivers = !Is(message.address, "+15005550004", "undelivered"),
                                  .accepted_at = clock_.Now()};
    RETURN_IF_ERROR(log_.Add(message.clinic, *entry));
  }
  if (first && Is(message.address, "+15005550003", "timeout")) {
    return MakeError(absl::StatusCode::kDeadlineExceeded, "The simulated carrier did not answer in time.", {.reason = "CARRIER_TIMEOUT"});
  }
  return RecordOf(*entry);
}

absl::StatusOr<std::optional<CarrierRecord>> SimulatedCarrier::Find(const ClinicId& clinic, const MessageId& message) {
  ASSIGN_OR_RETURN(const std::optional<SimulatedCarrierEntry> entry, log_.Find(clinic, message));
  if (!entry) return std::optional<CarrierRecord>();
  return std::optional<CarrierRecord>(RecordOf(*entry));
}

}  // namespace kat::messaging
