#ifndef KAT_SERVICES_MESSAGING_DOMAIN_ERRORS_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Every failure of this service that has a name of its own.
namespace kat::messaging::errors {

// INVALID_ARGUMENT, TEMPLATE_INVALID: everything wrong with the words of a template, on `message_template.body`.
absl::Status TemplateInvalid(const std::vector<std::string>& problems);
// FAILED_PRECONDITION, TEMPLATE_MISSING.
absl::Status TemplateMissing(absl::string_view code);
// FAILED_PRECONDITION, APPOINTMENT_NEEDED: the template speaks of a date or time.
absl::Status AppointmentNeeded();
// FAILED_PRECONDITION, POLICY_MISSING: the clinic has no messaging policy that holds today.
absl::Status PolicyMissing();
// FAILED_PRECONDITION, CONSENT_FORM_REQUIRED: 47 CFR 64.1200(a)(2).
absl::Status ConsentFormRequired();
// PERMISSION_DENIED, NOT_THE_RECIPIENT.
absl::Status NotTheRecipient();
// FAILED_PRECONDITION, CLAIMED_BY_ANOTHER.
absl::Status ClaimedByAnother();
// FAILED_PRECONDITION, CLOSED_BY_OWNER; metadata `owner` and `subject_type`.
absl::Status ClosedByOwner(absl::string_view owner, absl::string_view kind);
// FAILED_PRECONDITION, URGENT_WORK.
absl::Status UrgentWork();
// FAILED_PRECONDITION, VERSION_NOT_SHOWN.
absl::Status VersionNotShown();
// FAILED_PRECONDITION, THREAD_FULL.
absl::Status ThreadFull();

}  // namespace kat::messaging::errors

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_ERRORS_H_
