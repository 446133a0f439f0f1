#ifndef KAT_LIBS_RPC_RESOURCE_NAME_H_
#define KAT_LIBS_RPC_RESOURCE_NAME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace kat::rpc {

// The variable segments of `name` under `pattern`: ("clinics/a/patients/b", "clinics/{clinic}/patients/{patient}")
// gives {"a", "b"}. INVALID_ARGUMENT where it does not match or a segment is no valid id (AIP-122).
absl::StatusOr<std::vector<std::string>> ParseName(absl::string_view name, absl::string_view pattern);

// The last segment of a name that the adapter has already checked against its field rule: ParseName without a failure.
std::string LastSegment(absl::string_view name);

// The segment that follows `collection` in a checked name, or "": SegmentAfter("clinics/a/cases/c/steps/s", "cases") is
// "c".
std::string SegmentAfter(absl::string_view name, absl::string_view collection);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_RESOURCE_NAME_H_
