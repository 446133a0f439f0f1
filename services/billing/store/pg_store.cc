#include "services/billing/store/pg_tx.h"

namespace kat::billing {

std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock) {
  return std::make_unique<tx::PgStore<Tx, PgTx>>(database, clock);
}

}  // namespace kat::billing
