#ifndef KAT_DEPLOY_KATCTL_SCHEMA_H_
#define KAT_DEPLOY_KATCTL_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "deploy/katctl/docs.h"
#include "google/protobuf/descriptor.h"

// The API as this program knows it: the contracts it was built with.
namespace kat::ctl {

// Every method of the five services, the feed and the simulated clock, by full name.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

// A method by `kat.intake.v1.IntakeService/GetPatient`, or by `IntakeService/GetPatient` or `GetPatient` where that is
// unique. NOT_FOUND, with the nearest names, otherwise.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(absl::string_view name);

// The service that serves a method: `intake`. "" for the feed and the clock, which all serve.
std::string ServiceOf(const google::protobuf::MethodDescriptor& method);

// `kat.intake.v1.IntakeService/GetPatient`.
std::string FullName(const google::protobuf::MethodDescriptor& method);

// The List method of a collection: `patients`, `work-items`, `workItems`.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindList(absl::string_view collection);
// What FindList finds: `patients`, `work-items`.
std::vector<std::string> Collections();
// The Get method whose request takes names like `name`.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindGet(absl::string_view name);

// The roles that tokens carry: `assistant`, `nurse`.
std::vector<std::string> RoleNames();
// Those that may call a method.
std::vector<std::string> RolesOf(const google::protobuf::MethodDescriptor& method);

// A method for people: what it does, who may call it, its fields and what they mean.
std::string DescribeMethod(const google::protobuf::MethodDescriptor& method, const Docs& docs);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_SCHEMA_H_
