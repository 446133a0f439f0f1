#ifndef KAT_LIBS_RPC_PAGE_H_
#define KAT_LIBS_RPC_PAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kat::rpc {

// Keyset paging (AIP-158). `after` holds the sort keys of the last row already returned; empty on the first page.
struct Page {
  int size = 0;
  std::vector<std::string> after;
};

// Reads `page_size` (0 means 50, above 200 becomes 200, negative is INVALID_ARGUMENT) and `page_token` of a list
// request. A token is opaque, and valid only with the same other fields of the request: anything else is
// INVALID_ARGUMENT, PAGE_TOKEN_INVALID.
absl::StatusOr<Page> ParsePage(const google::protobuf::Message& list_request);

// The token of the page after one that ended at `keys`.
std::string NextPageToken(const google::protobuf::Message& list_request, const std::vector<std::string>& keys);

// Builds a page out of rows fetched with LIMIT page.size + 1: drops the surplus row and returns the token, "" on the
// last page.
template <class Row, class Keys>
std::string FinishPage(const google::protobuf::Message& list_request, const Page& page, std::vector<Row>& rows,
                       Keys keys) {
  if (static_cast<int>(rows.size()) <= page.size) return "";
  rows.resize(page.size);
  return NextPageToken(list_request, keys(rows.back()));
}

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_PAGE_H_
