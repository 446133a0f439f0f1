#ifndef KAT_SERVICES_MESSAGING_DOMAIN_QUIET_HOURS_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_QUIET_HOURS_H_

#include <optional>

#include "absl/time/time.h"

namespace kat::messaging {

// The part of each day, in the patient's own zone, in which messages may go out: [from, until), in minutes from
// midnight. The law's hours for solicitations are 8 to 21 at the called party's place (47 CFR 64.1200(c)(1)); a clinic
// keeps them for all that is not urgent.
struct SendWindow {
  int from_minute = 8 * 60;
  int until_minute = 21 * 60;
};

// Whether `at` lies in the window, by the wall clock in `zone`.
bool InWindow(absl::Time at, const SendWindow& window, absl::TimeZone zone);

// The first moment in the window at or after `at`.
absl::Time NextOpening(absl::Time at, const SendWindow& window, absl::TimeZone zone);

// The last good moment in the window at or before `at`: `at` itself inside it, else shortly before the window last
// closed.
absl::Time LastOpening(absl::Time at, const SendWindow& window, absl::TimeZone zone);

// When to send what is best sent at `target`: then, or when the window next opens, or, where that is after `latest`,
// before it last closed. Always within [earliest, latest] and the window; nullopt where that leaves no moment.
std::optional<absl::Time> PlanSendTime(absl::Time target, absl::Time earliest, absl::Time latest,
                                       const SendWindow& window, absl::TimeZone zone);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_QUIET_HOURS_H_
