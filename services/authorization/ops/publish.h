#ifndef KAT_SERVICES_AUTHORIZATION_OPS_PUBLISH_H_
#define KAT_SERVICES_AUTHORIZATION_OPS_PUBLISH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/authorization/domain/work.h"
#include "services/authorization/store/store.h"

namespace kat::authorization {

tx::Work ToWork(const domain::WorkItem& item);

// Publishes one event a type, in order, and announces the work that changed: the first item with the last event, each
// further one as an event
// `<resource>.work` of its own, since an event carries one piece of work.
absl::Status PublishAll(store::Tx& tx, tx::Event event, const std::string& resource,
                        const std::vector<std::string>& types, const std::vector<domain::WorkItem>& work);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_OPS_PUBLISH_H_
