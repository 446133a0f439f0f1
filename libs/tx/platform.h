#ifndef KAT_LIBS_TX_PLATFORM_H_
#define KAT_LIBS_TX_PLATFORM_H_

#include <vector>

#include "libs/pg/migrate.h"

namespace kat::tx {

// Version 1 of every service's schema: the tables of this library and the helpers for tenant tables
// (platform/0001_platform.sql).
pg::Migration PlatformMigration();

// The whole schema of a service: the platform's migration, then the service's own, which start at 2.
std::vector<pg::Migration> WithPlatform(std::vector<pg::Migration> own);

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_PLATFORM_H_
