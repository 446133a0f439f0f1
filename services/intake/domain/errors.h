#ifndef KAT_SERVICES_INTAKE_DOMAIN_ERRORS_H_
#define KAT_SERVICES_INTAKE_DOMAIN_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/base/error.h"

// Every failure of the intake service that the base library does not have.
namespace kat::intake {

// ALREADY_EXISTS, PATIENT_LIKELY_DUPLICATE; metadata `patients` and `matches`, in the same order.
absl::Status LikelyDuplicate(const std::vector<std::string>& patients, const std::vector<std::string>& matches);
absl::Status ExternalIdTaken(absl::string_view patient);  // ALREADY_EXISTS, EXTERNAL_ID_TAKEN; metadata `patient`
absl::Status CaseExists(absl::string_view program);       // ALREADY_EXISTS, CASE_EXISTS
// ALREADY_EXISTS, REFERRAL_ALREADY_RECEIVED; metadata `intake_case`, the one that it opened
absl::Status ReferralAlreadyReceived(absl::string_view intake_case);
absl::Status EffectiveDatesOverlap(absl::string_view what);  // ALREADY_EXISTS, EFFECTIVE_DATES_OVERLAP
absl::Status ConsentContentUnchanged();                      // ALREADY_EXISTS, CONSENT_CONTENT_UNCHANGED
absl::Status NoIntakeTemplate(absl::string_view program);    // FAILED_PRECONDITION, NO_INTAKE_TEMPLATE
absl::Status NoScreeningRules(absl::string_view program);    // FAILED_PRECONDITION, NO_SCREENING_RULES
absl::Status NoIntakePolicy();                               // FAILED_PRECONDITION, NO_INTAKE_POLICY
absl::Status PatientHasOpenCase();                           // FAILED_PRECONDITION, PATIENT_HAS_OPEN_CASE
// FAILED_PRECONDITION, PATIENT_HAS_OPEN_WORK, with each thing to be ended first
absl::Status PatientHasOpenWork(std::vector<PreconditionViolation> unfinished);
absl::Status PatientDeleted();              // FAILED_PRECONDITION, STATE_FORBIDS
absl::Status ConsentNotWaivable();          // FAILED_PRECONDITION, CONSENT_NOT_WAIVABLE
absl::Status MedicationListFull();          // FAILED_PRECONDITION, MEDICATION_LIST_FULL
absl::Status SignOffNeedsPsychiatrist();    // PERMISSION_DENIED, SIGN_OFF_NEEDS_PSYCHIATRIST
absl::Status PsychotherapyNotesCombined();  // INVALID_ARGUMENT, PSYCHOTHERAPY_NOTES_COMBINED
absl::Status CounselingNotesCombined();     // INVALID_ARGUMENT, COUNSELING_NOTES_COMBINED
absl::Status Part2ConsentRequired();        // INVALID_ARGUMENT, PART2_CONSENT_REQUIRED
absl::Status ReleaseNotNeeded();            // FAILED_PRECONDITION, RELEASE_NOT_NEEDED
// FAILED_PRECONDITION, RELEASE_INCOMPLETE: one precondition for each missing element of 45 CFR 164.508(c).
absl::Status ReleaseIncomplete(absl::string_view request, const std::vector<std::string>& missing);
absl::Status ConsentTemplateNotInForce();  // FAILED_PRECONDITION, CONSENT_TEMPLATE_NOT_IN_FORCE
absl::Status ConsentContentChanged();      // FAILED_PRECONDITION, CONSENT_CONTENT_CHANGED
absl::Status StatementsNotAccepted(const std::vector<std::string>& codes);  // FAILED_PRECONDITION, same reason

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_ERRORS_H_
