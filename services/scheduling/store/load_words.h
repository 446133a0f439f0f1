#ifndef KAT_SERVICES_SCHEDULING_STORE_LOAD_WORDS_H_
#define KAT_SERVICES_SCHEDULING_STORE_LOAD_WORDS_H_

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace kat::scheduling {

// Words of a text with one space between each; there are as many as are asked for.
class Words {
 public:
  explicit Words(absl::string_view text) : left_(text) {}
  bool AtEnd() const { return left_.empty(); }
  absl::string_view Next() {
    const size_t end = std::min(left_.find(' '), left_.size());
    const absl::string_view word = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return word;
  }
  int64_t NextNumber() {
    int64_t number = 0;
    const absl::string_view word = Next();
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
  }

 private:
  absl::string_view left_;
};

// Thousands of loads are read at once: those of a resource as words of one text, where a row for each would cost as
// much again. Instants in seconds since 1970.
struct LoadInWords {
  static constexpr char kSql[] =
      "string_agg(concat_ws(' ', id, owner, role, load, date_part('epoch', start_at)::bigint, "
      "date_part('epoch', end_at)::bigint), ' ')";

  static LoadInWords Next(Words& words) {
    LoadInWords load;
    load.id = words.NextNumber();
    load.owner = words.Next();
    load.role = words.Next();
    load.load = static_cast<int>(words.NextNumber());
    load.start = words.NextNumber();
    load.end = words.NextNumber();
    return load;
  }

  int64_t id = 0;
  absl::string_view owner;
  absl::string_view role;
  int load = 0;
  int64_t start = 0;
  int64_t end = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_LOAD_WORDS_H_
