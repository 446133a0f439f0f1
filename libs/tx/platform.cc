#include "libs/tx/platform.h"

#include "libs/tx/platform/migrations.h"

namespace kat::tx {

pg::Migration PlatformMigration() { return platform::Migrations().front(); }

std::vector<pg::Migration> WithPlatform(std::vector<pg::Migration> own) {
  own.insert(own.begin(), PlatformMigration());
  return own;
}

}  // namespace kat::tx
