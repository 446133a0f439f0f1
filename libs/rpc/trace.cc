#include "libs/rpc/trace.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "re2/re2.h"

namespace kat::rpc {
namespace {

std::string RandomHex64() {
  thread_local absl::BitGen random;
  return absl::StrFormat("%016x", absl::Uniform<uint64_t>(absl::IntervalClosed, random, 1, UINT64_MAX));
}

}  // namespace

std::string TraceIdFrom(absl::string_view traceparent) {
  static const RE2* const kFormat = new RE2("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");
  std::string id;
  if (RE2::FullMatch(re2::StringPiece(traceparent.data(), traceparent.size()), *kFormat, &id) &&
      id != std::string(32, '0'))
    return id;
  return absl::StrCat(RandomHex64(), RandomHex64());
}

std::string MakeTraceparent(absl::string_view trace_id) {
  return absl::StrCat("00-", trace_id, "-", RandomHex64(), "-01");
}

}  // namespace kat::rpc
