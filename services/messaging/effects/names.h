#ifndef KAT_SERVICES_MESSAGING_EFFECTS_NAMES_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_NAMES_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/id.h"
#include "services/messaging/domain/ids.h"

// Resource names (AIP-122) of this service, and of what it speaks of. "" for an empty id.
namespace kat::messaging::names {

inline std::string Clinic(const ClinicId& clinic) { return absl::StrCat("clinics/", clinic.str()); }

template <class Tag>
std::string Under(const ClinicId& clinic, const char* collection, const Id<Tag>& id) {
  return id.empty() ? "" : absl::StrCat("clinics/", clinic.str(), "/", collection, "/", id.str());
}

inline std::string Of(const ClinicId& c, const PatientId& id) { return Under(c, "patients", id); }
inline std::string Of(const ClinicId& c, const AppointmentId& id) { return Under(c, "appointments", id); }
inline std::string Of(const ClinicId& c, const CourseId& id) { return Under(c, "courses", id); }
inline std::string Of(const ClinicId& c, const MessageId& id) { return Under(c, "messages", id); }
inline std::string Of(const ClinicId& c, const ReplyId& id) { return Under(c, "replies", id); }
inline std::string Of(const ClinicId& c, const TemplateId& id) { return Under(c, "messageTemplates", id); }
inline std::string Of(const ClinicId& c, const CadenceId& id) { return Under(c, "cadencePolicies", id); }
inline std::string Of(const ClinicId& c, const PolicyId& id) { return Under(c, "messagingPolicies", id); }
inline std::string Of(const ClinicId& c, const ThreadId& id) { return Under(c, "threads", id); }
inline std::string Of(const ClinicId& c, const DocumentId& id) { return Under(c, "routedDocuments", id); }
inline std::string Of(const ClinicId& c, const UpdateId& id) { return Under(c, "providerUpdates", id); }
inline std::string Of(const ClinicId& c, const CallId& id) { return Under(c, "coordinationCalls", id); }
inline std::string Of(const ClinicId& c, const WorkItemId& id) { return Under(c, "workItems", id); }

}  // namespace kat::messaging::names

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_NAMES_H_
