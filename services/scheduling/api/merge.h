#ifndef KAT_SERVICES_SCHEDULING_API_MERGE_H_
#define KAT_SERVICES_SCHEDULING_API_MERGE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/field_mask.pb.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/field_rules.h"

namespace kat::scheduling {

// `current` with the fields of `mask` as they are in `wanted`. The result is held to the rules of a creation, so that
// no update empties what is required. INVALID_ARGUMENT, with paths under `field`.
template <class Message>
absl::StatusOr<Message> Merge(const google::protobuf::FieldMask& mask, const Message& wanted, Message current,
                              absl::string_view field) {
  RETURN_IF_ERROR(rpc::ApplyMask(mask, wanted, &current));
  const absl::Status checked = rpc::CheckFieldRules(current);
  if (checked.ok()) return current;
  ErrorDetail detail = GetErrorDetail(checked).value_or(ErrorDetail{});
  for (FieldViolation& violation : detail.fields) violation.field = absl::StrCat(field, ".", violation.field);
  return InvalidFields(std::move(detail.fields));
}

// Whether a mask means all that a caller may set.
inline bool IsWhole(const google::protobuf::FieldMask& mask) {
  return mask.paths_size() == 0 || (mask.paths_size() == 1 && mask.paths(0) == "*");
}

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_MERGE_H_
