#ifndef KAT_SERVICES_AUTHORIZATION_CLIENTS_CHANNEL_H_
#define KAT_SERVICES_AUTHORIZATION_CLIENTS_CHANNEL_H_

#include "absl/status/statusor.h"
#include "services/authorization/domain/evidence.h"
#include "services/authorization/domain/prior_authorization.h"

namespace kat::authorization {

// The way by which a request reaches a payer. Whatever the way, what comes back is the proof that it went. Thread-safe.
class PayerChannel {
 public:
  virtual ~PayerChannel() = default;
  // Sends `packet`, or takes note that a person has sent it as `told`.
  virtual absl::StatusOr<domain::Submission> Send(const domain::PriorAuthorization& auth, const domain::Packet& packet,
                                                  const domain::Submission& told) = 0;
};

// Portal, fax and telephone: a person has sent the packet and says how. What each needs as proof is the domain's rule.
class ManualChannel final : public PayerChannel {
 public:
  absl::StatusOr<domain::Submission> Send(const domain::PriorAuthorization&, const domain::Packet&,
                                          const domain::Submission& told) override {
    return told;
  }
};

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_CLIENTS_CHANNEL_H_
