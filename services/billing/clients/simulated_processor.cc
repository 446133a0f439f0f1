#include <cstdint>
#include <map>
#include <mutex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/billing/clients/card_processor.h"

namespace kat::billing {
namespace {

using Outcome = ProcessorAnswer::Outcome;

constexpr char kRefundFails[] = "nr";  // marks references of charges whose refunds are refused

// FNV-1a, so that a reference is the same on every replica and after every restart.
std::string ReferenceOf(absl::string_view key) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

// Answers are kept by key while the process lives. After a restart a key is as new, and leads to the same answer in the
// end.
class SimulatedProcessor final : public CardProcessor {
 public:
  std::string name() const override { return "simulated"; }

  ProcessorAnswer Charge(const CardCharge& charge) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const auto known = answers_.find(charge.key); known != answers_.end()) return known->second;
    const bool fresh = asked_.insert(charge.key).second;
    const auto is = [&](absl::string_view magic) { return absl::StartsWith(charge.token, magic); };
    const auto keep = [&](ProcessorAnswer answer) { return answers_[charge.key] = std::move(answer); };

    if (is("tok_sim_decline_first")) {
      if (declined_.insert(charge.token).second) return keep({Outcome::kRefused, "", "insufficient_funds"});
    } else if (is("tok_sim_decline")) {
      return keep({Outcome::kRefused, "", "card_declined"});
    } else if (is("tok_sim_insufficient_funds")) {
      return keep({Outcome::kRefused, "", "insufficient_funds"});
    } else if (is("tok_sim_timeout_lost") && fresh) {
      return {Outcome::kUnknown};
    }
    const char* mark = is("tok_sim_refund_fails") ? kRefundFails : "ch";
    const ProcessorAnswer done = keep({Outcome::kDone, absl::StrCat("simulated_", mark, "_", ReferenceOf(charge.key))});
    if (is("tok_sim_timeout_captured") && fresh) return {Outcome::kUnknown};
    return done;
  }

  ProcessorAnswer Refund(const CardRefund& refund) override {
    if (absl::StartsWith(refund.charge_reference, absl::StrCat("simulated_", kRefundFails))) {
      return {Outcome::kRefused, "", "account_closed"};
    }
    return {Outcome::kDone, absl::StrCat("simulated_re_", ReferenceOf(refund.key))};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, ProcessorAnswer> answers_;
  std::set<std::string> asked_, declined_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CardProcessor>> MakeCardProcessor(absl::string_view name) {
  if (name == "simulated") return std::make_unique<SimulatedProcessor>();
  return InvalidField("processor", "must be `simulated`: no other card processor is built in");
}

}  // namespace kat::billing
