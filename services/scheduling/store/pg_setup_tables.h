#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_SETUP_TABLES_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_SETUP_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/pg/database.h"
#include "services/scheduling/store/tables.h"

// The SQL of tables.h. Each is used inside one transaction, under one clinic.
namespace kat::scheduling {

class PgClinicTable final : public ClinicTable {
 public:
  PgClinicTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Clinic& clinic) override;
  absl::Status Update(const Clinic& clinic) override;
  absl::StatusOr<Clinic> Get() override;
  absl::StatusOr<int64_t> HoldVersion() override;
  absl::StatusOr<int64_t> LockVersion() override;
  absl::StatusOr<bool> HasBookings() override;

 private:
  absl::StatusOr<int64_t> Version(absl::string_view lock);
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgResourceTable final : public ResourceTable {
 public:
  PgResourceTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Resource& resource) override;
  absl::Status Update(const Resource& resource) override;
  absl::StatusOr<Resource> Get(const ResourceKey& key) override;
  absl::StatusOr<std::vector<Resource>> List(const ResourceFilter& filter, const ListRange& range) override;
  absl::StatusOr<std::vector<Resource>> All() override;
  absl::StatusOr<std::map<ResourceKey, int64_t>> HoldVersions(const std::set<ResourceKey>& keys) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgVisitTypeTable final : public VisitTypeTable {
 public:
  PgVisitTypeTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const VisitType& type) override;
  absl::Status Update(const VisitType& type) override;
  absl::StatusOr<VisitType> Get(const VisitTypeId& id) override;
  absl::StatusOr<std::vector<VisitType>> List(const ListRange& range) override;
  absl::StatusOr<std::vector<VisitType>> All() override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgProtocolTable final : public ProtocolTable {
 public:
  PgProtocolTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::StatusOr<ProtocolVersion> Insert(ProtocolVersion protocol) override;
  absl::StatusOr<ProtocolVersion> Get(const ProtocolId& protocol, int version) override;
  absl::StatusOr<ProtocolVersion> InEffect(const std::string& program, absl::CivilDay day) override;
  absl::StatusOr<std::vector<ProtocolVersion>> List(const std::string& program, const ListRange& range) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

// The key of `range` at `index`, or null on the first page.
pg::Param AfterKey(const ListRange& range, size_t index);

// ETAG_MISMATCH where `affected`, of an update of one version of a row, is 0.
absl::Status CheckUpdated(const absl::StatusOr<int64_t>& affected, absl::string_view resource_type);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_SETUP_TABLES_H_
