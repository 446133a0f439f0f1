#ifndef KAT_SERVICES_AUTHORIZATION_STORE_PG_STORE_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_PG_STORE_H_

#include <memory>

#include "libs/base/clock.h"
#include "libs/pg/database.h"
#include "services/authorization/store/store.h"

namespace kat::authorization::store {

// The store over PostgreSQL. Both arguments outlive it.
std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock);

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_PG_STORE_H_
