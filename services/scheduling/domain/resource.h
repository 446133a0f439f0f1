#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_RESOURCE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_RESOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/calendar.h"
#include "services/scheduling/domain/ids.h"

namespace kat::scheduling {

enum class ResourceKind { kStaff, kRoom, kEquipment };

// What a resource can serve as, on days [valid_from, valid_until).
struct Tag {
  std::string tag;
  std::optional<absl::CivilDay> valid_from;
  std::optional<absl::CivilDay> valid_until;
  std::string reference;  // number of the licence behind it

  bool HoldsOn(absl::CivilDay day) const {
    return (!valid_from || *valid_from <= day) && (!valid_until || day < *valid_until);
  }
};

// A room, a person or an equipment pool: to planning they are the same thing.
struct Resource {
  ResourceKey key;
  ResourceKind kind = ResourceKind::kRoom;
  std::string display_name;
  std::vector<Tag> tags;
  int capacity = 1;
  Availability availability;
  bool retired = false;
  // Of people alone.
  std::vector<int> roles;  // numbers of kat.common.v1.Role
  std::string login_subject;
  std::vector<ExternalId> external_ids;

  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;

  bool HasTag(absl::string_view tag, absl::CivilDay day) const;
};

// Collection of a kind (`rooms`), the kind of a key, and a key from both parts.
std::string CollectionOf(ResourceKind kind);
ResourceKind KindOf(const ResourceKey& key);
ResourceKey MakeKey(ResourceKind kind, absl::string_view id);

// Fills in the capacity where it is 0. INVALID_ARGUMENT with paths under `field` for tags or hours that make no sense.
absl::Status CompleteResource(Resource& resource, absl::string_view field);

// INVALID_ARGUMENT on `<field>[i]` where two ids are of one system.
absl::Status ValidateExternalIds(const std::vector<ExternalId>& ids, absl::string_view field);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_RESOURCE_H_
