#ifndef KAT_SERVICES_MESSAGING_DOMAIN_IDS_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_IDS_H_

#include "libs/base/id.h"

namespace kat::messaging {

using MessageId = Id<struct MessageTag>;
using TemplateId = Id<struct TemplateTag>;
using CadenceId = Id<struct CadenceTag>;
using PolicyId = Id<struct MessagingPolicyTag>;
using ReplyId = Id<struct ReplyTag>;
using ConsentEventId = Id<struct ConsentEventTag>;
using AppointmentId = Id<struct AppointmentTag>;
using CourseId = Id<struct CourseTag>;
using ThreadId = Id<struct ThreadTag>;
using PostId = Id<struct PostTag>;
using DocumentId = Id<struct RoutedDocumentTag>;
using UpdateId = Id<struct ProviderUpdateTag>;
using CallId = Id<struct CoordinationCallTag>;
using WorkItemId = Id<struct WorkItemTag>;

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_IDS_H_
