#include "services/messaging/domain/errors.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging::errors {
namespace {

absl::Status Precondition(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, message, {.reason = std::string(reason)});
}

}  // namespace

absl::Status TemplateInvalid(const std::vector<std::string>& problems) {
  ErrorDetail detail{.reason = "TEMPLATE_INVALID"};
  for (const std::string& problem : problems) detail.fields.push_back({"message_template.body", problem});
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "The words of the template break the channel's rules; see the field violations.", detail);
}

absl::Status TemplateMissing(absl::string_view code) {
  return Precondition("TEMPLATE_MISSING",
                      absl::StrCat("No ad hoc template '", code, "' holds today on any of the channels; create one."));
}

absl::Status AppointmentNeeded() {
  return Precondition("APPOINTMENT_NEEDED", "The template speaks of an appointment; name one in the request.");
}

absl::Status PolicyMissing() {
  return Precondition("POLICY_MISSING", "The clinic has no messaging policy that holds today; create one.");
}

absl::Status ConsentFormRequired() {
  return Precondition(
      "CONSENT_FORM_REQUIRED",
      "Marketing needs consent in writing (47 CFR 64.1200(a)(2)); record it with source WRITTEN_FORM or "
      "ELECTRONIC.");
}

absl::Status NotTheRecipient() {
  return MakeError(absl::StatusCode::kPermissionDenied, "Only the named recipient may acknowledge a document.",
                   {.reason = "NOT_THE_RECIPIENT"});
}

absl::Status ClaimedByAnother() {
  return Precondition("CLAIMED_BY_ANOTHER", "Somebody else has claimed this item; it must be released first.");
}

absl::Status ClosedByOwner(absl::string_view owner, absl::string_view kind) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("This item ends when ", owner, " says so: act on its subject there."),
      {.reason = "CLOSED_BY_OWNER", .metadata = {{"owner", std::string(owner)}, {"kind", std::string(kind)}}});
}

absl::Status UrgentWork() { return Precondition("URGENT_WORK", "Urgent work is not put off; claim it or pass it on."); }

absl::Status VersionNotShown() {
  return Precondition("VERSION_NOT_SHOWN",
                      "This version was never shown to you, or you have marked a later one; get the summary again.");
}

absl::Status ThreadFull() {
  return Precondition("THREAD_FULL",
                      absl::StrCat("A thread has at most ", limits::kThreadParticipants, " participants."));
}

}  // namespace kat::messaging::errors
