#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_OVERRIDE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_OVERRIDE_H_

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/scheduling/domain/ids.h"
#include "services/scheduling/domain/reason.h"

namespace kat::scheduling {

// A departure from the protocol that somebody answers for.
struct ProtocolOverride {
  ReasonKind rule = ReasonKind::kMinDays;
  std::string from_visit;
  std::string to_visit;
  int64_t allowed = 0;
  int64_t asked = 0;
  ResourceKey decided_by;  // staff
  int role = 0;            // number of the kat.common.v1.Role that lets them decide it
  std::string reason;
  absl::Time decided_at;

  // How far it departs, in the rule's unit.
  int64_t amount() const { return std::abs(asked - allowed); }
  // Whether it is about this breach: the rule, the visits and the amount.
  bool Answers(const Reason& breach) const {
    return rule == breach.kind && from_visit == breach.from_visit && to_visit == breach.to_visit &&
           allowed == breach.allowed && asked == breach.asked;
  }
  friend bool operator==(const ProtocolOverride&, const ProtocolOverride&) = default;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_OVERRIDE_H_
