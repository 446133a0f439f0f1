#ifndef KAT_SERVICES_MESSAGING_STORE_SLICE_H_
#define KAT_SERVICES_MESSAGING_STORE_SLICE_H_

#include <string>
#include <vector>

namespace kat::messaging {

// Part of a list: at most `limit` rows after the one with these sort keys (empty: from the start).
struct Slice {
  int limit = 0;
  std::vector<std::string> after;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_SLICE_H_
