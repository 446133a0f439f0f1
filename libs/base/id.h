#ifndef KAT_LIBS_BASE_ID_H_
#define KAT_LIBS_BASE_ID_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace kat {

// The last segment of a resource name, of one type: `using PatientId = Id<struct PatientTag>;`. Two types do not mix.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(absl::string_view value) : value_(value) {}

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.value_; }

 private:
  std::string value_;
};

struct ClinicTag;
struct PatientTag;
using ClinicId = Id<ClinicTag>;
using PatientId = Id<PatientTag>;

// A new identifier, fit for a resource name segment: 26 characters of [a-z2-7], the first 11 the microsecond of real time, the others 75 random
// bits. Identifiers of one process sort in the order in which they were made, so that they break ties between rows of one (simulated) instant.
std::string NewId();

// Whether `id` may stand as a resource name segment: 1 to 63 of [a-z0-9-], a letter or digit first and last (AIP-122).
bool IsValidId(absl::string_view id);

}  // namespace kat

#endif  // KAT_LIBS_BASE_ID_H_
