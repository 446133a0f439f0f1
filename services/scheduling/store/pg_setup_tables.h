#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_SETUP_TABLES_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_SETUP_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/pg/database.h"
#include "services/scheduling/store/kept_setup.h"
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
  bool changed() const { return changed_; }  // by this transaction

 private:
  absl::StatusOr<int64_t> Version(absl::string_view lock);
  pg::Tx& db_;
  const ClinicId clinic_;
  bool changed_ = false;
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
  bool changed() const { return changed_; }

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
  bool changed_ = false;
};

class PgVisitTypeTable final : public VisitTypeTable {
 public:
  PgVisitTypeTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const VisitType& type) override;
  absl::Status Update(const VisitType& type) override;
  absl::StatusOr<VisitType> Get(const VisitTypeId& id) override;
  absl::StatusOr<std::vector<VisitType>> List(const ListRange& range) override;
  absl::StatusOr<std::vector<VisitType>> All() override;
  bool changed() const { return changed_; }

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
  bool changed_ = false;
};

// Reads what has changed since some transaction read it, which may be nothing.
class PgSetupTable final : public SetupTable {
 public:
  PgSetupTable(pg::Tx& db, const ClinicId& clinic, KeptSetups& kept, PgClinicTable& clinics, PgResourceTable& resources,
               PgVisitTypeTable& visit_types)
      : db_(db), clinic_(clinic), kept_(kept), clinics_(clinics), resources_(resources), visit_types_(visit_types) {}
  absl::StatusOr<std::shared_ptr<const ClinicSetup>> Get() override;

 private:
  absl::StatusOr<std::shared_ptr<const ClinicSetup>> Read();
  pg::Tx& db_;
  const ClinicId clinic_;
  KeptSetups& kept_;
  PgClinicTable& clinics_;
  PgResourceTable& resources_;
  PgVisitTypeTable& visit_types_;
};

// Columns of a mark, of the clinic $1, and what they say.
constexpr char kSetupMarkSql[] =
    "(select version from clinics where clinic = $1) as clinic_version, "
    "(select sum(version)::bigint from resources where clinic = $1) as resource_versions, "
    "(select sum(version)::bigint from visit_types where clinic = $1) as visit_type_versions";
SetupMark SetupMarkOf(const pg::Row& row);

class PgProtocolTable final : public ProtocolTable {
 public:
  PgProtocolTable(pg::Tx& db, const ClinicId& clinic, KeptSetups& kept) : db_(db), clinic_(clinic), kept_(kept) {}
  absl::StatusOr<ProtocolVersion> Insert(ProtocolVersion protocol) override;
  absl::StatusOr<ProtocolVersion> Get(const ProtocolId& protocol, int version) override;
  absl::StatusOr<ProtocolVersion> InEffect(const std::string& program, absl::CivilDay day) override;
  absl::StatusOr<std::vector<ProtocolVersion>> List(const std::string& program, const ListRange& range) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
  KeptSetups& kept_;
  bool changed_ = false;
};

// The key of `range` at `index`, or null on the first page.
pg::Param AfterKey(const ListRange& range, size_t index);

// ETAG_MISMATCH where `affected`, of an update of one version of a row, is 0.
absl::Status CheckUpdated(const absl::StatusOr<int64_t>& affected, absl::string_view resource_type);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_SETUP_TABLES_H_
