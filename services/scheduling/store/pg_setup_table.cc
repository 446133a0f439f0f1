#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {

SetupMark SetupMarkOf(const pg::Row& row) {
  const auto sum = [&](absl::string_view column) { return row.Get<std::optional<int64_t>>(column).value_or(0); };
  return {sum("clinic_version"), sum("resource_versions"), sum("visit_type_versions")};
}

SetupMark SetupMarkOf(const ClinicSetup& setup) {
  SetupMark mark{.clinic = setup.clinic.version};
  for (const auto& [key, resource] : setup.resources) mark.resources += resource.version;
  for (const auto& [id, type] : setup.visit_types) mark.visit_types += type.version;
  return mark;
}

absl::StatusOr<std::shared_ptr<const ClinicSetup>> PgSetupTable::Get() {
  // What this transaction has changed may never be: it is for nobody else, and what is kept is not for it.
  if (clinics_.changed() || resources_.changed() || visit_types_.changed()) return Read();
  ASSIGN_OR_RETURN(const pg::Row row, db_.QueryOne(absl::StrCat("select ", kSetupMarkSql), {clinic_}));
  const std::shared_ptr<const KeptSetups::Setup> kept = kept_.setups.Find(clinic_);
  if (kept && kept->server == db_.server() && kept->mark == SetupMarkOf(row)) return kept->setup;
  ASSIGN_OR_RETURN(std::shared_ptr<const ClinicSetup> setup, Read());
  kept_.setups.Put(
      clinic_, std::make_shared<const KeptSetups::Setup>(KeptSetups::Setup{db_.server(), SetupMarkOf(*setup), setup}));
  return setup;
}

absl::StatusOr<std::shared_ptr<const ClinicSetup>> PgSetupTable::Read() {
  auto setup = std::make_shared<ClinicSetup>();
  ASSIGN_OR_RETURN(setup->clinic, clinics_.Get());
  ASSIGN_OR_RETURN(const std::vector<Resource> resources, resources_.All());
  for (const Resource& resource : resources) setup->resources[resource.key] = resource;
  ASSIGN_OR_RETURN(const std::vector<VisitType> types, visit_types_.All());
  for (const VisitType& type : types) setup->visit_types[type.id] = type;
  return setup;
}

}  // namespace kat::scheduling
