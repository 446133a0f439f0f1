#ifndef KAT_SERVICES_INTAKE_FLOW_REFRESH_H_
#define KAT_SERVICES_INTAKE_FLOW_REFRESH_H_

#include <optional>

#include "absl/status/statusor.h"
#include "services/intake/domain/readiness.h"
#include "services/intake/store/store.h"

// What follows from a change of evidence, in the same transaction.
namespace kat::intake {

// The patient, locked until the transaction ends. NOT_FOUND; FAILED_PRECONDITION, STATE_FORBIDS for a deleted one.
absl::StatusOr<Patient> LockActive(Tx& tx, const PatientId& patient);

// The clinic's day at the transaction's time.
absl::StatusOr<absl::CivilDay> Today(Tx& tx);

// That the patient has the document, and it counts. NOT_FOUND; FAILED_PRECONDITION, STATE_FORBIDS for a retracted one.
absl::Status RequireDocument(Tx& tx, const PatientId& patient, absl::string_view document);

// All evidence of a patient, with the rules of `program` in force on `day`.
absl::StatusOr<Evidence> LoadEvidence(Tx& tx, const PatientId& patient, absl::string_view program, absl::CivilDay day);

// Looks at the cases of a locked patient anew: completes, expires and reopens steps, moves cases between OPEN and
// READY, announces what changed, and arranges the next look for the day on which something expires.
absl::Status Refresh(Tx& tx, const PatientId& patient);

// Opens a case by the template of `program` in force today, announces it and its steps, arranges their overdue jobs,
// and takes account of evidence that is there already. FAILED_PRECONDITION, NO_INTAKE_TEMPLATE; ALREADY_EXISTS,
// CASE_EXISTS or REFERRAL_ALREADY_RECEIVED.
absl::StatusOr<IntakeCase> OpenCaseFor(Tx& tx, const PatientId& patient, absl::string_view program,
                                       std::optional<Referral> referral);

// Announces that a case has ended, closes all work of its steps and cancels its jobs. With the patient's last open case
// ends the review of a contraindication.
absl::Status WindUp(Tx& tx, const IntakeCase& intake_case, bool was_ready);

// When an answer to a clearance requested now is late; nullopt where the clinic has no policy today.
absl::StatusOr<std::optional<absl::Time>> ClearanceDue(Tx& tx);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_FLOW_REFRESH_H_
