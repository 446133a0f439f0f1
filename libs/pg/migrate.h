#ifndef KAT_LIBS_PG_MIGRATE_H_
#define KAT_LIBS_PG_MIGRATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/pg/database.h"

namespace kat::pg {

// One numbered schema change, `NNNN_name.sql`, compiled into the service (kat_migrations in CMake).
struct Migration {
  int version = 0;
  std::string name;
  std::string sql;
};

// The schema version that the database has; 0 for an empty one.
absl::StatusOr<int> SchemaVersion(Database& database);

// Applies what is missing, in order, each in its own transaction under an advisory lock, as the migrating role. FAILED_PRECONDITION where
// an applied migration's text has changed since.
absl::Status Migrate(Database& owner, const std::vector<Migration>& migrations);

// FAILED_PRECONDITION, naming both versions, unless the database stands exactly at the last of `migrations` or beyond it.
absl::Status CheckSchema(Database& database, const std::vector<Migration>& migrations);

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_MIGRATE_H_
