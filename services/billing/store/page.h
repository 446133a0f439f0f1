#ifndef KAT_SERVICES_BILLING_STORE_PAGE_H_
#define KAT_SERVICES_BILLING_STORE_PAGE_H_

#include <cstdint>
#include <vector>

namespace kat::billing {

// A run of rows, the latest first: at most `limit`, all older than the row numbered `before` (0: from the latest).
struct Run {
  int limit = 0;
  int64_t before = 0;
};

// A row with its number, for the next page.
template <class T>
struct Numbered {
  T value;
  int64_t number = 0;
};

template <class T>
using List = std::vector<Numbered<T>>;

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_PAGE_H_
