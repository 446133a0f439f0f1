#ifndef KAT_SERVICES_AUTHORIZATION_API_CONVERT_COMMON_H_
#define KAT_SERVICES_AUTHORIZATION_API_CONVERT_COMMON_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/type/postal_address.pb.h"
#include "kat/authorization/v1/types.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/call.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/authorization/domain/policy.h"
#include "services/authorization/domain/rems.h"
#include "services/authorization/domain/units.h"
#include "services/authorization/ops/names.h"
#include "services/authorization/store/store.h"

namespace kat::authorization::api {

inline absl::StatusOr<std::optional<absl::CivilDay>> OptionalDay(bool has, const google::type::Date& date,
                                                                 absl::string_view field) {
  if (!has) return std::optional<absl::CivilDay>();
  ASSIGN_OR_RETURN(const absl::CivilDay day, rpc::FromProto(date, field));
  return std::optional<absl::CivilDay>(day);
}

template <class IdType>
IdType IdOf(const std::string& name) {
  return IdType(name.empty() ? "" : rpc::LastSegment(name));
}

// The id that a create request asks for, or a new one.
template <class IdType>
IdType ChosenId(const std::string& wanted) {
  return IdType(wanted.empty() ? NewId() : wanted);
}

template <class Strings>
std::vector<std::string> Texts(const Strings& strings) {
  return std::vector<std::string>(strings.begin(), strings.end());
}

inline domain::UnitLimits FromProto(const v1::UnitLimits& proto) {
  domain::UnitLimits limits;
  if (proto.has_visits()) limits.visits = proto.visits();
  if (proto.has_drug_mg()) limits.drug_mg = proto.drug_mg();
  if (proto.has_devices()) limits.devices = proto.devices();
  return limits;
}

inline v1::UnitLimits ToProto(const domain::UnitLimits& limits) {
  v1::UnitLimits proto;
  if (limits.visits) proto.set_visits(*limits.visits);
  if (limits.drug_mg) proto.set_drug_mg(*limits.drug_mg);
  if (limits.devices) proto.set_devices(*limits.devices);
  return proto;
}

inline v1::UnitCounts ToProto(const domain::UnitCounts& counts) {
  v1::UnitCounts proto;
  proto.set_visits(counts.visits);
  proto.set_drug_mg(counts.drug_mg);
  proto.set_devices(counts.devices);
  return proto;
}

inline v1::DateRange RangeToProto(const std::optional<absl::CivilDay>& from,
                                  const std::optional<absl::CivilDay>& until) {
  v1::DateRange proto;
  if (from) *proto.mutable_from() = rpc::ToProto(*from);
  if (until) *proto.mutable_until() = rpc::ToProto(*until);
  return proto;
}

inline domain::Address FromProto(const google::type::PostalAddress& proto) {
  return {proto.region_code(), proto.postal_code(), proto.administrative_area(), proto.locality(),
          Texts(proto.address_lines())};
}

inline google::type::PostalAddress ToProto(const domain::Address& address) {
  google::type::PostalAddress proto;
  proto.set_region_code(address.region_code);
  proto.set_postal_code(address.postal_code);
  proto.set_administrative_area(address.administrative_area);
  proto.set_locality(address.locality);
  for (const std::string& line : address.lines) proto.add_address_lines(line);
  return proto;
}

// A page of a list as the store takes it: one row more than asked for tells whether there is a next page.
inline store::Slice ToSlice(const rpc::Page& page) { return {page.size + 1, page.after}; }

inline std::string MicrosKey(absl::Time time) { return std::to_string(absl::ToUnixMicros(time)); }

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_CONVERT_COMMON_H_
