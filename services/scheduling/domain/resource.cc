#include "services/scheduling/domain/resource.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {

bool Resource::HasTag(absl::string_view tag, absl::CivilDay day) const {
  for (const Tag& held : tags) {
    if (held.tag == tag && held.HoldsOn(day)) return true;
  }
  return false;
}

std::string CollectionOf(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kStaff:
      return "staff";
    case ResourceKind::kRoom:
      return "rooms";
    case ResourceKind::kEquipment:
      return "equipmentPools";
  }
  return "";
}

ResourceKind KindOf(const ResourceKey& key) {
  if (absl::StartsWith(key.str(), "staff/")) return ResourceKind::kStaff;
  if (absl::StartsWith(key.str(), "rooms/")) return ResourceKind::kRoom;
  return ResourceKind::kEquipment;
}

ResourceKey MakeKey(ResourceKind kind, absl::string_view id) {
  return ResourceKey(absl::StrCat(CollectionOf(kind), "/", id));
}

absl::Status CompleteResource(Resource& resource, absl::string_view field) {
  if (resource.capacity == 0) {
    resource.capacity = resource.kind == ResourceKind::kStaff ? limits::kDefaultStaffCapacity : 1;
  }
  for (size_t i = 0; i < resource.tags.size(); ++i) {
    const Tag& tag = resource.tags[i];
    if (tag.valid_from && tag.valid_until && *tag.valid_until <= *tag.valid_from) {
      return InvalidField(absl::StrCat(field, ".tags[", i, "]"), "valid_until must be after valid_from");
    }
  }
  absl::Status ids = ValidateExternalIds(resource.external_ids, absl::StrCat(field, ".external_ids"));
  if (!ids.ok()) return ids;
  if (resource.kind != ResourceKind::kStaff && !resource.availability.on_call.empty()) {
    return InvalidField(absl::StrCat(field, ".availability.on_call_hours"), "is for staff alone");
  }
  return ValidateAvailability(resource.availability, absl::StrCat(field, ".availability"));
}

absl::Status ValidateExternalIds(const std::vector<ExternalId>& ids, absl::string_view field) {
  std::set<std::string> systems;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!systems.insert(ids[i].system).second) {
      return InvalidField(absl::StrCat(field, "[", i, "]"), "is the second identifier of one system");
    }
  }
  return absl::OkStatus();
}

}  // namespace kat::scheduling
