#ifndef KAT_SERVICES_AUTHORIZATION_STORE_STORE_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_STORE_H_

#include "libs/tx/transaction.h"
#include "services/authorization/store/authorization_tables.h"
#include "services/authorization/store/payer_tables.h"
#include "services/authorization/store/rems_tables.h"

namespace kat::authorization::store {

// One transaction of this service, under one clinic.
class Tx : public tx::Transaction,
           public PayerTables,
           public InsuranceTables,
           public AuthorizationTables,
           public UnitTables,
           public RemsTables,
           public StockTables {};

using Store = tx::Store<Tx>;

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_STORE_H_
