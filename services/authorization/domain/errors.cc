#include "services/authorization/domain/errors.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace kat::authorization::domain {
namespace {

absl::Status Exists(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kAlreadyExists, message, {.reason = std::string(reason)});
}

absl::Status Refuse(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, message, {.reason = std::string(reason)});
}

}  // namespace

absl::Status NameTaken(absl::string_view resource_type) {
  return Exists("NAME_TAKEN", absl::StrCat("the clinic has a ", resource_type, " of this name; choose another id"));
}
absl::Status PayerExists() { return Exists("PAYER_EXISTS", "the clinic has a payer of this display name"); }
absl::Status PolicyOverlaps() {
  return Exists("POLICY_OVERLAPS", "another policy of this payer, program and plan is in force on some of these days");
}
absl::Status PolicyEnded() { return Refuse("POLICY_ENDED", "the policy has an end already"); }
absl::Status CoverageOverlaps() {
  return Exists("COVERAGE_OVERLAPS", "the patient has another insurance of this rank on some of these days");
}
absl::Status SelfPayOverlaps() {
  return Exists("SELF_PAY_OVERLAPS", "the patient pays for this program already on some of these days");
}
absl::Status EnrollmentExists() {
  return Exists("ENROLLMENT_EXISTS", "the patient has an enrollment that is not ended");
}
absl::Status EnrollmentUnsigned() {
  return Refuse("ENROLLMENT_UNSIGNED", "the form needs the dated signatures of patient and prescriber");
}
absl::Status InsuranceMissing() {
  return Refuse("INSURANCE_COVERAGE_MISSING",
                "the patient has no insurance on the first day asked for; add it, or elect self-pay");
}
absl::Status PolicyMissing() {
  return Refuse("PAYER_POLICY_MISSING", "the payer has no policy for this program in force on that day; add it");
}
absl::Status NotRequired() {
  return Refuse("AUTHORIZATION_NOT_REQUIRED", "the payer's policy asks no prior authorization for this program");
}
absl::Status PacketMissing() { return Refuse("PACKET_MISSING", "no packet was assembled yet"); }
absl::Status PacketIncomplete(std::vector<PreconditionViolation> gaps) {
  return Conditions("PACKET_INCOMPLETE",
                    "the packet does not show all that the policy asks; close the gaps or say why it goes as it is",
                    std::move(gaps));
}
absl::Status FormIncomplete(std::vector<PreconditionViolation> missing) {
  return Conditions("FORM_INCOMPLETE",
                    "the monitoring form has missing fields; complete the treatment record and prepare it again",
                    std::move(missing));
}
absl::Status ContestWindowClosed(absl::string_view what) {
  return Refuse("CONTEST_WINDOW_CLOSED", absl::StrCat("the time for ", what, " has passed, or the payer offers none"));
}
absl::Status DecisionBelowUse() {
  return Refuse("UNITS_BELOW_USE", "the units approved are fewer than those used already; check the decision");
}
absl::Status CoverageUnmet(std::vector<PreconditionViolation> unmet) {
  return Conditions("COVERAGE_UNMET", "the visits are not covered", std::move(unmet));
}
absl::Status StockShort(int on_hand) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("the lot has ", on_hand, " left for this; count it or take another lot"),
                   {.reason = "STOCK_SHORT", .metadata = {{"available", absl::StrCat(on_hand)}}});
}
absl::Status StockOfOtherPatient() {
  return Refuse("STOCK_OF_OTHER_PATIENT", "the lot was supplied for another patient");
}
absl::Status LotExpired() { return Refuse("LOT_EXPIRED", "the lot has expired; quarantine it"); }

absl::Status NotInFuture(absl::Time time, absl::Time now, absl::string_view field) {
  return time <= now ? absl::OkStatus() : InvalidField(field, "must not be in the future");
}

}  // namespace kat::authorization::domain
