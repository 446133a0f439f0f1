#ifndef KAT_SERVICES_MESSAGING_STORE_STORE_H_
#define KAT_SERVICES_MESSAGING_STORE_STORE_H_

#include "libs/tx/transaction.h"
#include "services/messaging/store/care_tables.h"
#include "services/messaging/store/configuration_tables.h"
#include "services/messaging/store/message_tables.h"
#include "services/messaging/store/work_tables.h"

namespace kat::messaging {

// One transaction of this service.
class Tx : public tx::Transaction,
           public ConfigurationTables,
           public MessageTables,
           public CareTables,
           public WorkTables {};

using Store = tx::Store<Tx>;

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_STORE_H_
