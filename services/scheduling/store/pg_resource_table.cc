#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_external_ids.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

std::string Select() { return absl::StrCat("select r.*, ", ExternalIdsOf("staff", "r.key"), " from resources r "); }

Resource ResourceOf(const pg::Row& row) {
  Resource resource{.key = row.Get<ResourceKey>("key"),
                    .display_name = row.Get<std::string>("display_name"),
                    .capacity = row.Get<int>("capacity"),
                    .retired = row.Get<bool>("retired"),
                    .roles = ParseJson(row.Get<std::string>("roles")).get<std::vector<int>>(),
                    .login_subject = row.Get<std::optional<std::string>>("login_subject").value_or(""),
                    .version = row.Get<int64_t>("version"),
                    .created_at = row.Get<absl::Time>("created_at"),
                    .updated_at = row.Get<absl::Time>("updated_at")};
  resource.kind = KindOf(resource.key);
  FromJson(ParseJson(row.Get<std::string>("tags")), &resource.tags);
  FromJson(ParseJson(row.Get<std::string>("availability")), &resource.availability);
  FromJson(ParseJson(row.Get<std::string>("external_ids")), &resource.external_ids);
  return resource;
}

std::vector<Resource> ResourcesOf(const pg::Rows& rows) {
  std::vector<Resource> out;
  for (const pg::Row& row : rows) out.push_back(ResourceOf(row));
  return out;
}

pg::Param NullIfEmpty(const std::string& text) { return text.empty() ? pg::Param(std::nullopt) : pg::Param(text); }

absl::Status Named(const absl::Status& status) {
  if (!absl::IsAlreadyExists(status)) return status;
  return pg::ViolatedConstraint(status) == "resources_login_subject" ? LoginSubjectTaken() : NameTaken("resource");
}

}  // namespace

absl::Status PgResourceTable::Insert(const Resource& resource) {
  changed_ = true;
  RETURN_IF_ERROR(Named(
      db_.Execute(
             "insert into resources (clinic, key, kind, display_name, tags, capacity, availability, retired, roles, "
             "login_subject, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
             "$12, $13)",
             {clinic_, resource.key, CollectionOf(resource.kind), resource.display_name, ToJson(resource.tags).dump(),
              resource.capacity, ToJson(resource.availability).dump(), resource.retired, Json(resource.roles).dump(),
              NullIfEmpty(resource.login_subject), resource.version, resource.created_at, resource.updated_at})
          .status()));
  return ReplaceExternalIds(db_, clinic_, "staff", resource.key.str(), resource.external_ids);
}

absl::Status PgResourceTable::Update(const Resource& resource) {
  changed_ = true;
  const absl::StatusOr<int64_t> updated = db_.Execute(
      "update resources set display_name = $3, tags = $4, capacity = $5, availability = $6, retired = $7, roles = $8, "
      "login_subject = $9, version = $10, updated_at = $11 where clinic = $1 and key = $2 and version = $10::bigint - "
      "1",
      {clinic_, resource.key, resource.display_name, ToJson(resource.tags).dump(), resource.capacity,
       ToJson(resource.availability).dump(), resource.retired, Json(resource.roles).dump(),
       NullIfEmpty(resource.login_subject), resource.version, resource.updated_at});
  RETURN_IF_ERROR(Named(updated.status()));
  RETURN_IF_ERROR(CheckUpdated(updated, "resource"));
  return ReplaceExternalIds(db_, clinic_, "staff", resource.key.str(), resource.external_ids);
}

absl::StatusOr<Resource> PgResourceTable::Get(const ResourceKey& key) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat(Select(), "where r.clinic = $1 and r.key = $2"), {clinic_, key}));
  if (!row) return ResourceNotFound("resource");
  return ResourceOf(*row);
}

absl::StatusOr<std::vector<Resource>> PgResourceTable::List(const ResourceFilter& filter, const ListRange& range) {
  const std::string tag = Json::array({{{"tag", filter.tag}}}).dump();
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(absl::StrCat(Select(),
                             "where r.clinic = $1 and r.kind = $2 and ($3::text is null or r.key > $3::text) "
                             "and ($4::jsonb is null or r.tags @> $4::jsonb) and ($5::text is null or r.login_subject "
                             "= $5::text) and ",
                             HasExternalId("staff", "r.key", 6), " order by r.key limit $8"),
                {clinic_, CollectionOf(filter.kind), AfterKey(range, 0),
                 filter.tag.empty() ? pg::Param(std::nullopt) : pg::Param(tag), NullIfEmpty(filter.login_subject),
                 filter.external_id ? pg::Param(filter.external_id->system) : pg::Param(std::nullopt),
                 filter.external_id ? pg::Param(filter.external_id->value) : pg::Param(std::nullopt), range.limit}));
  return ResourcesOf(rows);
}

absl::StatusOr<std::vector<Resource>> PgResourceTable::All() {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query(absl::StrCat(Select(), "where r.clinic = $1 order by r.key"), {clinic_}));
  return ResourcesOf(rows);
}

absl::StatusOr<std::map<ResourceKey, int64_t>> PgResourceTable::HoldVersions(const std::set<ResourceKey>& keys) {
  std::vector<std::string> names;
  for (const ResourceKey& key : keys) names.push_back(key.str());
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select key, version from resources where clinic = $1 and key = any ($2::text[]) order by "
                             "key for share",
                             {clinic_, names}));
  std::map<ResourceKey, int64_t> versions;
  for (const pg::Row& row : rows) versions[row.Get<ResourceKey>("key")] = row.Get<int64_t>("version");
  return versions;
}

}  // namespace kat::scheduling
