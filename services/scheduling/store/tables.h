#ifndef KAT_SERVICES_SCHEDULING_STORE_TABLES_H_
#define KAT_SERVICES_SCHEDULING_STORE_TABLES_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/clinic_setup.h"
#include "services/scheduling/domain/protocol.h"
#include "services/scheduling/domain/resource.h"
#include "services/scheduling/domain/visit_type.h"

// What a clinic is set up with, as one transaction sees it. Every Update writes the version given, where the row has
// the one before it, and is ABORTED (ETAG_MISMATCH) otherwise. Lists return up to `limit` rows after the row whose sort
// keys are `after`.
namespace kat::scheduling {

struct ListRange {
  std::vector<std::string> after;
  int limit = 50;
};

class ClinicTable {
 public:
  virtual ~ClinicTable() = default;
  virtual absl::Status Insert(const Clinic& clinic) = 0;  // ALREADY_EXISTS, NAME_TAKEN
  virtual absl::Status Update(const Clinic& clinic) = 0;
  virtual absl::StatusOr<Clinic> Get() = 0;  // NOT_FOUND
  // Its version, which no other transaction changes before this one ends.
  virtual absl::StatusOr<int64_t> HoldVersion() = 0;  // NOT_FOUND
  // The same, for a transaction that will change the clinic or its resources: it waits for every HoldVersion.
  virtual absl::StatusOr<int64_t> LockVersion() = 0;  // NOT_FOUND
  // Whether appointments or holds stand that were agreed on the clinic's clock.
  virtual absl::StatusOr<bool> HasBookings() = 0;
};

struct ResourceFilter {
  ResourceKind kind = ResourceKind::kRoom;
  std::string tag;
  std::string login_subject;
  std::optional<ExternalId> external_id;
};

class ResourceTable {
 public:
  virtual ~ResourceTable() = default;
  // ALREADY_EXISTS: NAME_TAKEN, EXTERNAL_ID_TAKEN, LOGIN_SUBJECT_TAKEN; Update the latter two.
  virtual absl::Status Insert(const Resource& resource) = 0;
  virtual absl::Status Update(const Resource& resource) = 0;
  virtual absl::StatusOr<Resource> Get(const ResourceKey& key) = 0;  // NOT_FOUND
  virtual absl::StatusOr<std::vector<Resource>> List(const ResourceFilter& filter, const ListRange& range) = 0;
  virtual absl::StatusOr<std::vector<Resource>> All() = 0;
  // Versions of those of `keys` that there are, which no other transaction changes before this one ends.
  virtual absl::StatusOr<std::map<ResourceKey, int64_t>> HoldVersions(const std::set<ResourceKey>& keys) = 0;
};

class VisitTypeTable {
 public:
  virtual ~VisitTypeTable() = default;
  virtual absl::Status Insert(const VisitType& type) = 0;  // ALREADY_EXISTS, NAME_TAKEN
  virtual absl::Status Update(const VisitType& type) = 0;
  virtual absl::StatusOr<VisitType> Get(const VisitTypeId& id) = 0;  // NOT_FOUND
  virtual absl::StatusOr<std::vector<VisitType>> List(const ListRange& range) = 0;
  virtual absl::StatusOr<std::vector<VisitType>> All() = 0;
};

// Stands for the clinic, its resources and its visit types: each number grows with each change, and never shrinks.
struct SetupMark {
  int64_t clinic = 0;
  int64_t resources = 0;
  int64_t visit_types = 0;

  friend bool operator==(const SetupMark&, const SetupMark&) = default;
};
SetupMark SetupMarkOf(const ClinicSetup& setup);

// The three above as one.
class SetupTable {
 public:
  virtual ~SetupTable() = default;
  virtual absl::StatusOr<std::shared_ptr<const ClinicSetup>> Get() = 0;  // NOT_FOUND
};

class ProtocolTable {
 public:
  virtual ~ProtocolTable() = default;
  // Gives it the next version number.
  virtual absl::StatusOr<ProtocolVersion> Insert(ProtocolVersion protocol) = 0;
  virtual absl::StatusOr<ProtocolVersion> Get(const ProtocolId& protocol, int version) = 0;  // NOT_FOUND
  // The highest version of the program's protocols that is in effect on `day`; NOT_FOUND, NO_PROTOCOL_IN_EFFECT.
  virtual absl::StatusOr<ProtocolVersion> InEffect(const std::string& program, absl::CivilDay day) = 0;
  virtual absl::StatusOr<std::vector<ProtocolVersion>> List(const std::string& program, const ListRange& range) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_TABLES_H_
