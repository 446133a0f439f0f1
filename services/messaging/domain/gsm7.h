#ifndef KAT_SERVICES_MESSAGING_DOMAIN_GSM7_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_GSM7_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kat::messaging {

// Characters that `utf8` takes in the GSM 7-bit default alphabet (3GPP TS 23.038): one, or two from its extension
// table. nullopt where a character is in neither, which would halve the carrier's segment.
std::optional<int> Gsm7Length(absl::string_view utf8);

// `utf8` with every character outside GSM 7-bit replaced (accents dropped, curly quotes made straight, anything else a
// `?`), cut to `longest` counted characters.
std::string ToGsm7(absl::string_view utf8, int longest);

// `utf8` cut to `longest` code points.
std::string CutTo(absl::string_view utf8, int longest);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_GSM7_H_
