#ifndef KAT_SERVICES_MESSAGING_DOMAIN_DISCLOSURE_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_DISCLOSURE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kat::messaging {

// The words of `text` that no SMS may hold, as they stand in the lists: names of the clinic's drugs, which are always
// forbidden and found within other words as well (carriers restrict controlled substances, and a text is read by
// whoever holds the phone), and `restricted` as whole words, singular or plural. Neither case nor accents hide one, nor
// marks between letters.
std::vector<std::string> Disclosures(absl::string_view text, const std::vector<std::string>& restricted);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_DISCLOSURE_H_
