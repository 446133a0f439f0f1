#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_EXTERNAL_IDS_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_EXTERNAL_IDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/pg/database.h"
#include "services/scheduling/domain/ids.h"

namespace kat::scheduling {

// Makes `ids` the external ids of `target`, in place of those it had. ALREADY_EXISTS, EXTERNAL_ID_TAKEN.
absl::Status ReplaceExternalIds(pg::Tx& db, const ClinicId& clinic, const std::string& kind, const std::string& target,
                                const std::vector<ExternalId>& ids);

// A subselect of the external ids of a row as jsonb, `external_ids`: ExternalIdsOf("staff", "r.key") with `r` the row's
// alias.
std::string ExternalIdsOf(const std::string& kind, const std::string& target_column);

// A condition that holds where the row has the external id of parameters $n and $n+1, or $n is null.
std::string HasExternalId(const std::string& kind, const std::string& target_column, int n);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_EXTERNAL_IDS_H_
