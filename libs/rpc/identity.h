#ifndef KAT_LIBS_RPC_IDENTITY_H_
#define KAT_LIBS_RPC_IDENTITY_H_

#include <set>
#include <string>

#include "kat/common/v1/options.pb.h"
#include "libs/base/id.h"

namespace kat::rpc {

// Who calls. A person or outside system has a token; a service of ours has its certificate and may pass a caller's
// token on.
struct Identity {
  std::string subject;  // token `sub`, or `service:<name>` for a service as itself
  ClinicId clinic;      // empty for a platform administrator
  std::set<common::v1::Role> roles;
  std::string peer;  // service name from the peer certificate's SPIFFE id; "" for others

  bool Has(common::v1::Role role) const { return roles.count(role) > 0; }
};

// The names of its roles, separated by commas, as audit rows hold them.
std::string RoleNames(const Identity& identity);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_IDENTITY_H_
