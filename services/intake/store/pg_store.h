#ifndef KAT_SERVICES_INTAKE_STORE_PG_STORE_H_
#define KAT_SERVICES_INTAKE_STORE_PG_STORE_H_

#include <memory>

#include "libs/base/clock.h"
#include "libs/pg/database.h"
#include "services/intake/store/store.h"

namespace kat::intake {

// The store over PostgreSQL. `database` and `clock` must outlive it.
std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_PG_STORE_H_
