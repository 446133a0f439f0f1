#include "libs/rpc/resource_name.h"

#include "absl/strings/str_split.h"
#include "libs/base/error.h"
#include "libs/base/id.h"

namespace kat::rpc {

absl::StatusOr<std::vector<std::string>> ParseName(absl::string_view name, absl::string_view pattern) {
  const std::vector<absl::string_view> have = absl::StrSplit(name, '/');
  const std::vector<absl::string_view> want = absl::StrSplit(pattern, '/');
  const absl::Status mismatch = absl::InvalidArgumentError(absl::StrCat("must be a resource name like ", pattern));
  if (have.size() != want.size()) return mismatch;
  std::vector<std::string> variables;
  for (size_t i = 0; i < want.size(); ++i) {
    if (want[i].front() != '{') {
      if (have[i] != want[i]) return mismatch;
    } else if (IsValidId(have[i])) {
      variables.emplace_back(have[i]);
    } else {
      return mismatch;
    }
  }
  return variables;
}

std::string LastSegment(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

std::string SegmentAfter(absl::string_view name, absl::string_view collection) {
  const std::vector<absl::string_view> segments = absl::StrSplit(name, '/');
  for (size_t i = 0; i + 1 < segments.size(); i += 2) {
    if (segments[i] == collection) return std::string(segments[i + 1]);
  }
  return "";
}

}  // namespace kat::rpc
