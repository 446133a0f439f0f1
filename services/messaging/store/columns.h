#ifndef KAT_SERVICES_MESSAGING_STORE_COLUMNS_H_
#define KAT_SERVICES_MESSAGING_STORE_COLUMNS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "libs/pg/database.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/store/slice.h"

// How values of the domain lie in columns; used by the pg_ files alone.
namespace kat::messaging {

template <class Enum>
Enum GetEnum(const pg::Row& row, absl::string_view column) {
  return static_cast<Enum>(row.Get<int>(column));
}

template <class Enum>
int Number(Enum value) {
  return static_cast<int>(value);
}

inline std::vector<std::string> ChannelNumbers(const std::vector<Channel>& channels) {
  std::vector<std::string> numbers;
  for (const Channel channel : channels) numbers.push_back(std::to_string(Number(channel)));
  return numbers;
}

inline std::vector<Channel> GetChannels(const pg::Row& row, absl::string_view column) {
  std::vector<Channel> channels;
  for (const std::string& number : row.Get<std::vector<std::string>>(column)) {
    int value = 0;
    if (absl::SimpleAtoi(number, &value)) channels.push_back(static_cast<Channel>(value));
  }
  return channels;
}

// The `at`-th sort key of a slice, NULL on the first page.
inline pg::Param After(const Slice& slice, size_t at) {
  if (slice.after.size() <= at) return pg::Param(std::nullopt);
  return pg::Param(slice.after[at]);
}

// All rows, as `read` makes them.
template <class Read>
auto ReadAll(const pg::Rows& rows, Read read) {
  std::vector<decltype(read(rows[0]))> out;
  out.reserve(rows.size());
  for (const pg::Row& row : rows) out.push_back(read(row));
  return out;
}

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_COLUMNS_H_
