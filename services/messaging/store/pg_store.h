#ifndef KAT_SERVICES_MESSAGING_STORE_PG_STORE_H_
#define KAT_SERVICES_MESSAGING_STORE_PG_STORE_H_

#include <memory>

#include "libs/base/clock.h"
#include "libs/pg/database.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// The store over PostgreSQL. `database` and `clock` outlive it.
std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_PG_STORE_H_
