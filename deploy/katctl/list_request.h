#ifndef KAT_DEPLOY_KATCTL_LIST_REQUEST_H_
#define KAT_DEPLOY_KATCTL_LIST_REQUEST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "deploy/katctl/client.h"
#include "google/protobuf/descriptor.h"

namespace kat::ctl {

// The request of a List method from what a person types: `field=value`, with dots into nested fields
// (`external_id.value=4711`), dates as 2026-12-01, and the same field again for one more element of a repeated one. A
// name of a resource may leave out its clinic (`parent=patients/…`), and a parent that is not given is the clinic.
// INVALID_ARGUMENT says which filter is wrong and which fields there are.
absl::StatusOr<Json> ListRequest(const google::protobuf::MethodDescriptor& method, const std::string& clinic,
                                 const std::vector<std::string>& filters);

// A resource's whole name: `patients/…` is one of the clinic.
std::string WholeName(const std::string& name, const std::string& clinic);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_LIST_REQUEST_H_
