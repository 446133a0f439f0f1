#ifndef KAT_LIBS_RPC_CONVERT_H_
#define KAT_LIBS_RPC_CONVERT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/timeofday.pb.h"

// Conversions between the well-known messages and what the domain uses.
namespace kat::rpc {

google::protobuf::Timestamp ToProto(absl::Time time);
absl::Time FromProto(const google::protobuf::Timestamp& timestamp);  // microseconds

google::type::Date ToProto(absl::CivilDay day);
// INVALID_ARGUMENT on `field` where it is not a full, real date.
absl::StatusOr<absl::CivilDay> FromProto(const google::type::Date& date, absl::string_view field);

// Minutes from midnight, 0 to 1440.
google::type::TimeOfDay MinuteToProto(int minute_of_day);
absl::StatusOr<int> MinuteFromProto(const google::type::TimeOfDay& time, absl::string_view field);

// An etag of a version number (AIP-154), and the check of one: EtagMismatch where it is set and differs.
std::string Etag(int64_t version);
absl::Status CheckEtag(absl::string_view etag, int64_t version, absl::string_view resource_type);

// Applies `mask` (AIP-134): copies the named fields of `from` over `to`; `*` or an empty mask copies all that are not
// output_only. INVALID_ARGUMENT on `update_mask` for an unknown or output_only path.
absl::Status ApplyMask(const google::protobuf::FieldMask& mask, const google::protobuf::Message& from,
                       google::protobuf::Message* to);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_CONVERT_H_
