#ifndef KAT_LIBS_RPC_FIELD_RULES_H_
#define KAT_LIBS_RPC_FIELD_RULES_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

// The field rules of kat.common.v1.FieldRule, enforced on a whole request by reflection.
namespace kat::rpc {

// OK, or INVALID_ARGUMENT with every violation and its path. Fields under an `update_mask` request's resource are
// checked for shape but not for being required, since the mask decides what is written.
absl::Status CheckFieldRules(const google::protobuf::Message& request);

// PERMISSION_DENIED, OTHER_CLINIC, where a resource name in the request is of a clinic other than `clinic`.
absl::Status CheckTenant(const google::protobuf::Message& request, absl::string_view clinic);

// The clinic that the request names: of its first resource name, or its field `clinic_id`; "" where there is none.
std::string NamedClinic(const google::protobuf::Message& request);

// Adds the patients named anywhere in `message`, as `clinics/{clinic}/patients/{patient}`.
void CollectPatients(const google::protobuf::Message& message, std::set<std::string>* patients);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_FIELD_RULES_H_
