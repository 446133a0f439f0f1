#ifndef KAT_SERVICES_BILLING_CLIENTS_CARD_PROCESSOR_H_
#define KAT_SERVICES_BILLING_CLIENTS_CARD_PROCESSOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

struct CardCharge {
  std::string key;  // idempotency key: one key moves money once, however often it is sent
  std::string token;
  Minor amount = 0;
  std::string currency;
};

struct CardRefund {
  std::string key;
  std::string charge_reference;
  Minor amount = 0;
  std::string currency;
};

struct ProcessorAnswer {
  // kUnknown: no answer in time. Money may have moved; send the same key again to learn.
  enum class Outcome { kDone, kRefused, kUnknown };

  Outcome outcome = Outcome::kUnknown;
  std::string reference;     // where done
  std::string refusal_code;  // where refused: `insufficient_funds`
};

// Who charges cards. Thread-safe; bounds its own waiting.
class CardProcessor {
 public:
  virtual ~CardProcessor() = default;
  virtual std::string name() const = 0;
  virtual ProcessorAnswer Charge(const CardCharge& charge) = 0;
  virtual ProcessorAnswer Refund(const CardRefund& refund) = 0;
};

// By name, as the option `--processor` gives it; INVALID_ARGUMENT for one that is not known. The only one is
// `simulated`: it moves no money and says so. Any token works; these do more (a suffix after them, such as `-2`, makes
// them distinct):
//   tok_sim_decline                 declined, card_declined
//   tok_sim_insufficient_funds      declined, insufficient_funds
//   tok_sim_decline_first           the first charge of the token is declined (insufficient_funds), later ones go
//   through tok_sim_timeout_captured        executes, then does not answer in time; the same key sent again says that
//   it was captured tok_sim_timeout_lost            does not answer and did nothing; the same key sent again executes
//   tok_sim_refund_fails            captured, but its refunds are refused (account_closed)
absl::StatusOr<std::unique_ptr<CardProcessor>> MakeCardProcessor(absl::string_view name);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_CLIENTS_CARD_PROCESSOR_H_
