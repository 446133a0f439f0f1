#ifndef KAT_SERVICES_BILLING_STORE_STORE_H_
#define KAT_SERVICES_BILLING_STORE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/tx/transaction.h"
#include "services/billing/store/claim_tables.h"
#include "services/billing/store/estimate_tables.h"
#include "services/billing/store/money_tables.h"
#include "services/billing/store/plan_tables.h"
#include "services/billing/store/price_tables.h"

namespace kat::pg {
class Database;
}

namespace kat::billing {

// One transaction of billing, of one clinic. In every table: Get… is NOT_FOUND where there is none; Update… takes the
// version that was read and is ABORTED, ETAG_MISMATCH, where another was first; lists come the latest first.
class Tx : public tx::Transaction,
           public PriceTables,
           public EstimateTables,
           public MoneyTables,
           public PlanTables,
           public ClaimTables {
 public:
  using ClaimTables::Insert;
  using ClaimTables::Update;
  using EstimateTables::Insert;
  using EstimateTables::Update;
  using MoneyTables::Insert;
  using MoneyTables::Update;
  using PlanTables::Insert;
  using PlanTables::Update;
  using PriceTables::Insert;
};

using Store = tx::Store<Tx>;

std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_STORE_H_
