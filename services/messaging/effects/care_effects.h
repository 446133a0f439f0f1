#ifndef KAT_SERVICES_MESSAGING_EFFECTS_CARE_EFFECTS_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_CARE_EFFECTS_H_

#include "absl/status/status.h"
#include "services/messaging/store/store.h"

// What handlers and workers publish about the care team's hand-overs, and the work that late ones are.
namespace kat::messaging {

// Deadlines of care-team work; the key is the document, update or call.
inline constexpr char kDocumentDueJob[] = "document.due";
inline constexpr char kUpdateDueJob[] = "provider_update.due";
inline constexpr char kCallDueJob[] = "coordination_call.due";

// Kinds of work that late ones are.
inline constexpr char kDocumentLate[] = "DOCUMENT_UNACKNOWLEDGED";
inline constexpr char kUpdateLate[] = "PROVIDER_UPDATE_LATE";
inline constexpr char kCallLate[] = "COORDINATION_CALL_LATE";

// Publishes `type` about the resource as it stands, and schedules its deadline or ends it. One that is OVERDUE opens work; any other state closes it.
absl::Status TellDocument(Tx& tx, const char* type, const RoutedDocument& document);
absl::Status TellUpdate(Tx& tx, const char* type, const ProviderUpdate& update);
absl::Status TellCall(Tx& tx, const char* type, const CoordinationCall& call);
absl::Status TellThread(Tx& tx, const char* type, const CareThread& thread);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_CARE_EFFECTS_H_
