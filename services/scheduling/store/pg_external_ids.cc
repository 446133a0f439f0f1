#include "services/scheduling/store/pg_external_ids.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {

absl::Status ReplaceExternalIds(pg::Tx& db, const ClinicId& clinic, const std::string& kind, const std::string& target,
                                const std::vector<ExternalId>& ids) {
  RETURN_IF_ERROR(
      db.Execute("delete from external_ids where clinic = $1 and kind = $2 and target = $3", {clinic, kind, target})
          .status());
  for (const ExternalId& id : ids) {
    const absl::Status inserted =
        db.Execute("insert into external_ids (clinic, kind, system, value, target) values ($1, $2, $3, $4, $5)",
                   {clinic, kind, id.system, id.value, target})
            .status();
    if (absl::IsAlreadyExists(inserted)) return ExternalIdTaken(kind);
    RETURN_IF_ERROR(inserted);
  }
  return absl::OkStatus();
}

std::string ExternalIdsOf(const std::string& kind, const std::string& target_column) {
  return absl::StrCat(
      "(select coalesce(jsonb_agg(jsonb_build_object('system', e.system, 'value', e.value) order by e.system), '[]') "
      "from external_ids e where e.clinic = kat_clinic() and e.kind = '",
      kind, "' and e.target = ", target_column, ") as external_ids");
}

std::string HasExternalId(const std::string& kind, const std::string& target_column, int n) {
  return absl::StrCat(
      "($", n, "::text is null or exists (select from external_ids e where e.clinic = $1 and e.kind = '", kind,
      "' and e.system = $", n, "::text and e.value = $", n + 1, "::text and e.target = ", target_column, "))");
}

}  // namespace kat::scheduling
