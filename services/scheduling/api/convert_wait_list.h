#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_WAIT_LIST_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_WAIT_LIST_H_

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/wait_list.pb.h"
#include "services/scheduling/domain/wait_list.h"

namespace kat::scheduling {

// INVALID_ARGUMENT on `wait_list_entry.…`.
absl::StatusOr<WaitListEntry> FromProto(const v1::WaitListEntry& entry);
v1::WaitListEntry ToProto(const ClinicId& clinic, const WaitListEntry& entry);
v1::WaitListOffer ToProto(const ClinicId& clinic, const WaitListOffer& offer);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_WAIT_LIST_H_
