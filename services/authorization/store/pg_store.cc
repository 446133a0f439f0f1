#include "services/authorization/store/pg_store.h"

#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {

std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock) {
  return std::make_unique<tx::PgStore<Tx, PgTx>>(database, clock);
}

}  // namespace kat::authorization::store
