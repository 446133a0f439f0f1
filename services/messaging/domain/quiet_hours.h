#ifndef KAT_SERVICES_MESSAGING_DOMAIN_QUIET_HOURS_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_QUIET_HOURS_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace kat::messaging {

// The part of each day in which messages may go out: [from, until), in minutes from midnight. The law's hours for
// solicitations are 8 to 21 at the called party's place (47 CFR 64.1200(c)(1)); a clinic keeps them for all that is not
// urgent, and narrower ones where its state asks for them.
struct SendWindow {
  int from_minute = 8 * 60;
  int until_minute = 21 * 60;
};

// Every zone that the patient may be in. The hours must hold in all of them at once: by the wall clock of each. Never
// empty.
using Zones = std::vector<absl::TimeZone>;

// Whether `at` lies in the window in every zone.
bool InWindow(absl::Time at, const SendWindow& window, const Zones& zones);

// The first moment in the window at or after `at`; InfiniteFuture where the zones have none in common within days.
absl::Time NextOpening(absl::Time at, const SendWindow& window, const Zones& zones);

// The last good moment in the window at or before `at`: `at` itself inside it, else shortly before the window last
// closed; InfinitePast where the zones have none in common within days.
absl::Time LastOpening(absl::Time at, const SendWindow& window, const Zones& zones);

// When to send what is best sent at `target`: then, or when the window next opens, or, where that is after `latest`,
// before it last closed. Always within [earliest, latest] and the window; nullopt where that leaves no moment.
std::optional<absl::Time> PlanSendTime(absl::Time target, absl::Time earliest, absl::Time latest,
                                       const SendWindow& window, const Zones& zones);

// The first moment of the present day in that zone where the day began first: what was sent since then may have been
// sent today.
absl::Time StartOfToday(absl::Time now, const Zones& zones);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_QUIET_HOURS_H_
