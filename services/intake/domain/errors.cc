#include "services/intake/domain/errors.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kat::intake {
namespace {

using absl::StatusCode;

}  // namespace

absl::Status LikelyDuplicate(const std::vector<std::string>& patients, const std::vector<std::string>& matches) {
  return MakeError(
      StatusCode::kAlreadyExists,
      "The clinic has a patient who is likely the same person: use that one, or set allow_duplicate.",
      {.reason = "PATIENT_LIKELY_DUPLICATE",
       .metadata = {{"patients", absl::StrJoin(patients, ",")}, {"matches", absl::StrJoin(matches, ",")}}});
}

absl::Status ExternalIdTaken(absl::string_view patient) {
  return MakeError(StatusCode::kAlreadyExists, "Another patient of the clinic has this external id: update that one.",
                   {.reason = "EXTERNAL_ID_TAKEN", .metadata = {{"patient", std::string(patient)}}});
}

absl::Status CaseExists(absl::string_view program) {
  return MakeError(StatusCode::kAlreadyExists, "The patient has a case of this program: close it first, or work on it.",
                   {.reason = "CASE_EXISTS", .metadata = {{"program", std::string(program)}}});
}

absl::Status ReferralAlreadyReceived(absl::string_view intake_case) {
  return MakeError(StatusCode::kAlreadyExists,
                   "A referral with this external reference was received before: see the case that it opened.",
                   {.reason = "REFERRAL_ALREADY_RECEIVED", .metadata = {{"intake_case", std::string(intake_case)}}});
}

absl::Status EffectiveDatesOverlap(absl::string_view what) {
  return MakeError(StatusCode::kAlreadyExists,
                   absl::StrCat("Another version of this ", what, " is in force on some of these days: choose others."),
                   {.reason = "EFFECTIVE_DATES_OVERLAP"});
}

absl::Status ConsentContentUnchanged() {
  return MakeError(StatusCode::kAlreadyExists, "A version of this consent with the very same content exists.",
                   {.reason = "CONSENT_CONTENT_UNCHANGED"});
}

absl::Status NoIntakeTemplate(absl::string_view program) {
  return MakeError(StatusCode::kFailedPrecondition,
                   "The program has no intake template in force today: create one with CreateIntakeTemplate.",
                   {.reason = "NO_INTAKE_TEMPLATE", .metadata = {{"program", std::string(program)}}});
}

absl::Status NoScreeningRules(absl::string_view program) {
  return MakeError(StatusCode::kFailedPrecondition,
                   "The program has no screening rules in force on that day: create them with CreateScreeningRuleSet.",
                   {.reason = "NO_SCREENING_RULES", .metadata = {{"program", std::string(program)}}});
}

absl::Status NoIntakePolicy() {
  return MakeError(StatusCode::kFailedPrecondition,
                   "The clinic has no intake policy in force today: create one with CreateIntakePolicy.",
                   {.reason = "NO_INTAKE_POLICY"});
}

absl::Status PatientHasOpenCase() {
  return MakeError(StatusCode::kFailedPrecondition, "The patient has a case that is not closed: close it first.",
                   {.reason = "PATIENT_HAS_OPEN_CASE"});
}

absl::Status PatientHasOpenWork(std::vector<PreconditionViolation> unfinished) {
  return Conditions("PATIENT_HAS_OPEN_WORK", "Something about the patient is unfinished: see each, and end it first.",
                    std::move(unfinished));
}

absl::Status PatientDeleted() { return WrongState("patient", "DELETED", "be changed; undelete it first"); }

absl::Status ConsentNotWaivable() {
  return MakeError(StatusCode::kFailedPrecondition, "A consent cannot be waived: nobody is treated without it.",
                   {.reason = "CONSENT_NOT_WAIVABLE"});
}

absl::Status MedicationListFull() {
  return MakeError(StatusCode::kFailedPrecondition, "The list holds as many medications as it can: stop some first.",
                   {.reason = "MEDICATION_LIST_FULL"});
}

absl::Status SignOffNeedsPsychiatrist() {
  return MakeError(StatusCode::kPermissionDenied, "Only a psychiatrist may sign off interactions.",
                   {.reason = "SIGN_OFF_NEEDS_PSYCHIATRIST"});
}

absl::Status PsychotherapyNotesCombined() {
  return MakeError(
      StatusCode::kInvalidArgument,
      "Psychotherapy notes need an authorization of their own (45 CFR 164.508(b)(3)(ii)): ask for them in a "
      "request with that basis, and for nothing else in it.",
      {.reason = "PSYCHOTHERAPY_NOTES_COMBINED",
       .fields = {{"records_request.record_types",
                   "holds `psychotherapy-notes` exactly where basis is "
                   "PSYCHOTHERAPY_NOTES_AUTHORIZATION, and then alone"}}});
}

absl::Status CounselingNotesCombined() {
  return MakeError(StatusCode::kInvalidArgument,
                   "Substance use disorder counseling notes need a consent of their own (42 CFR 2.31(b)): ask for them "
                   "in a request with that basis, and for nothing else in it.",
                   {.reason = "COUNSELING_NOTES_COMBINED",
                    .fields = {{"records_request.record_types",
                                "holds `substance-use-counseling-notes` exactly where basis is "
                                "SUBSTANCE_USE_COUNSELING_NOTES_CONSENT, and then alone"}}});
}

absl::Status Part2ConsentRequired() {
  return MakeError(
      StatusCode::kInvalidArgument,
      "A substance use disorder program discloses on the patient's written consent alone (42 CFR 2.31), for treatment "
      "too: have a release signed.",
      {.reason = "PART2_CONSENT_REQUIRED",
       .fields = {{"records_request.basis", "cannot be TREATMENT where the provider is a part2_program"}}});
}

absl::Status ReleaseNotNeeded() {
  return MakeError(StatusCode::kFailedPrecondition,
                   "A disclosure for treatment needs no authorization (45 CFR 164.506(c)(2)): send the request.",
                   {.reason = "RELEASE_NOT_NEEDED"});
}

absl::Status ReleaseIncomplete(absl::string_view request, const std::vector<std::string>& missing) {
  std::vector<PreconditionViolation> unmet;
  for (const std::string& element : missing) {
    unmet.push_back({.type = element,
                     .subject = std::string(request),
                     .description = absl::StrCat("The release lacks ", element, ", 45 CFR 164.508(c).")});
  }
  return Conditions("RELEASE_INCOMPLETE", "The release is not a valid authorization: see each missing element.",
                    std::move(unmet));
}

absl::Status ConsentTemplateNotInForce() {
  return MakeError(StatusCode::kFailedPrecondition,
                   "This version of the consent is not in force on the day of signing: use the one that is.",
                   {.reason = "CONSENT_TEMPLATE_NOT_IN_FORCE"});
}

absl::Status ConsentContentChanged() {
  return MakeError(StatusCode::kFailedPrecondition,
                   "The signer saw another text than this version's: show it again and sign anew.",
                   {.reason = "CONSENT_CONTENT_CHANGED"});
}

absl::Status StatementsNotAccepted(const std::vector<std::string>& codes) {
  std::vector<PreconditionViolation> unmet;
  for (const std::string& code : codes) {
    unmet.push_back(
        {.type = "STATEMENT_NOT_ACCEPTED", .subject = code, .description = "The signer must accept this statement."});
  }
  return Conditions("STATEMENTS_NOT_ACCEPTED", "Required statements were not accepted.", std::move(unmet));
}

}  // namespace kat::intake
