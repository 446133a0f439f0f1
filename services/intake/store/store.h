#ifndef KAT_SERVICES_INTAKE_STORE_STORE_H_
#define KAT_SERVICES_INTAKE_STORE_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/tx/transaction.h"
#include "services/intake/domain/evidence.h"
#include "services/intake/domain/intake_case.h"
#include "services/intake/domain/patient.h"
#include "services/intake/domain/policy.h"
#include "services/intake/store/tables.h"

// What the intake service keeps. NOT_FOUND, RESOURCE_NOT_FOUND, for what is not there; every call acts on the
// transaction's clinic alone.
namespace kat::intake {

struct PatientQuery {
  std::optional<ExternalId> external_id;
  std::string name_prefix;  // of family, given or preferred name, without case
  std::string phone;
  std::optional<absl::CivilDay> birth_date;
  bool deleted = false;
  PageQuery page;  // keys: family name, given name, id
};

class PatientTable {
 public:
  virtual ~PatientTable() = default;
  // ALREADY_EXISTS, EXTERNAL_ID_TAKEN where another patient has one of the external ids; Insert and Update alike.
  virtual absl::Status Insert(const Patient& patient) = 0;
  virtual absl::Status Update(const Patient& patient) = 0;
  virtual absl::StatusOr<Patient> Get(const PatientId& id) = 0;
  // Get, and nobody else changes anything of this patient until the transaction ends.
  virtual absl::StatusOr<Patient> Lock(const PatientId& id) = 0;
  virtual absl::StatusOr<std::vector<Patient>> List(const PatientQuery& query) = 0;
  // Keeps other transactions that call it for a patient of the same name and birth date, or of the same phone, waiting
  // until this one ends: what Alike says after it still holds when this transaction inserts.
  virtual absl::Status LockIdentity(const Patient& patient) = 0;
  // Patients, deleted or not, who share name and birth date, phone or an external id.
  virtual absl::StatusOr<std::vector<Patient>> Alike(const Patient& patient) = 0;
  // Version of the medication list, and its change.
  virtual absl::StatusOr<int64_t> MedicationListVersion(const PatientId& id) = 0;
  virtual absl::StatusOr<int64_t> ChangeMedicationList(const PatientId& id) = 0;
};

struct CaseQuery {
  std::optional<PatientId> patient;
  std::string program;
  int state = 0;
  bool overdue_only = false;
  PageQuery page;  // keys: create_time in microseconds, id
};

class CaseTable {
 public:
  virtual ~CaseTable() = default;
  // ALREADY_EXISTS: CASE_EXISTS, REFERRAL_ALREADY_RECEIVED.
  virtual absl::Status Insert(const IntakeCase& intake_case) = 0;
  // Writes the case and all of its steps.
  virtual absl::Status Update(const IntakeCase& intake_case) = 0;
  virtual absl::StatusOr<IntakeCase> Get(const PatientId& patient, const CaseId& id) = 0;
  // The name of the case that the referral of this external reference opened; nullopt where none did.
  virtual absl::StatusOr<std::optional<std::string>> OpenedBy(absl::string_view external_reference) = 0;
  // The patient's cases that are not closed.
  virtual absl::StatusOr<std::vector<IntakeCase>> Active(const PatientId& patient) = 0;
  // The case of the program that is not closed, else the one closed last.
  virtual absl::StatusOr<std::optional<IntakeCase>> Latest(const PatientId& patient, absl::string_view program) = 0;
  virtual absl::StatusOr<std::vector<IntakeCase>> List(const CaseQuery& query) = 0;
  // Patients who have a case that is not closed.
  virtual absl::StatusOr<std::vector<PatientId>> ActivePatients() = 0;
};

class ContentTable {
 public:
  virtual ~ContentTable() = default;
  virtual absl::Status Insert(const Document& document, absl::string_view content) = 0;
  virtual absl::StatusOr<std::string> Get(const PatientId& patient, const DocumentId& id) = 0;
};

class Tx : public tx::Transaction {
 public:
  virtual PolicyTable<IntakeTemplate>& intake_templates() = 0;
  virtual PolicyTable<ConsentTemplate>& consent_templates() = 0;
  virtual PolicyTable<ScreeningRuleSet>& screening_rules() = 0;
  virtual PolicyTable<InteractionRuleSet>& interaction_rules() = 0;
  virtual PolicyTable<IntakePolicy>& intake_policies() = 0;
  // Of consent versions that must be signed anew.
  virtual absl::StatusOr<std::vector<ResignDay>> ResignDays() = 0;

  virtual PatientTable& patients() = 0;
  virtual CaseTable& cases() = 0;
  virtual RecordTable<PsychiatricEvaluation>& evaluations() = 0;
  virtual RecordTable<MedicalScreening>& screenings() = 0;
  virtual RecordTable<Measure>& measures() = 0;
  virtual RecordTable<RiskReview>& risk_reviews() = 0;
  virtual RecordTable<Medication>& medications() = 0;
  virtual RecordTable<MedicationVerification>& verifications() = 0;
  virtual RecordTable<RecordsRequest>& records_requests() = 0;
  virtual RecordTable<Clearance>& clearances() = 0;
  virtual RecordTable<Consent>& consents() = 0;
  virtual RecordTable<Document>& documents() = 0;
  virtual ContentTable& contents() = 0;
};

using Store = tx::Store<Tx>;

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_STORE_H_
