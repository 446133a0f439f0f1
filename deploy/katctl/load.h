#ifndef KAT_DEPLOY_KATCTL_LOAD_H_
#define KAT_DEPLOY_KATCTL_LOAD_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "deploy/katctl/client.h"

namespace kat::ctl {

// Sends a file of requests, in order: a JSON array of `{"method": …, "request": {…}, "save": "name"}`. In any string,
// `{clinic}` is the caller's clinic, and `{name.field}` a field of an earlier answer saved under `name`. A request that
// lacks a request_id gets one derived from file, clinic and place, so that loading a file twice changes nothing.
absl::Status LoadFile(Client& client, const std::string& path, const Caller& caller);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_LOAD_H_
