#ifndef KAT_DEPLOY_KATCTL_LOAD_H_
#define KAT_DEPLOY_KATCTL_LOAD_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "deploy/katctl/client.h"

namespace kat::ctl {

// Sends a file of requests, in order: a JSON array of `{"method": …, "role": …, "request": {…}, "save": "name"}`; the
// role is clinic_admin where none is given. In any string, `clinics/{clinic}` is the clinic, and `{name.field}` a field
// of an earlier answer saved under `name`. A request that lacks a request id gets one derived from file and place, so
// that loading a file twice changes nothing.
absl::Status LoadFile(Client& client, const std::string& path, const std::string& clinic);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_LOAD_H_
