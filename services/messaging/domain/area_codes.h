#ifndef KAT_SERVICES_MESSAGING_DOMAIN_AREA_CODES_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_AREA_CODES_H_

#include "absl/strings/string_view.h"
#include "services/messaging/domain/quiet_hours.h"

namespace kat::messaging {

// The zones that the area code of a North American number (+1) lies in: several where it spans more than one. Empty for
// numbers of other countries, for toll-free and personal ones, and for codes that the table does not know. An area code
// says where a number was given out, not where its owner is: it only ever narrows the hours.
Zones ZonesOfNumber(absl::string_view e164);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_AREA_CODES_H_
