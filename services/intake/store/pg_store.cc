#include "services/intake/store/pg_store.h"

#include <utility>

#include "libs/tx/pg_transaction.h"
#include "services/intake/store/pg_cases.h"
#include "services/intake/store/pg_patients.h"
#include "services/intake/store/pg_policies.h"
#include "services/intake/store/request_mappings.h"

namespace kat::intake {
namespace {

class PgContentTable final : public ContentTable {
 public:
  PgContentTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status Insert(const Document& document, absl::string_view content) override {
    return db_
        .Execute("insert into document_contents (clinic, patient, document, content) values ($1, $2, $3, $4)",
                 {clinic_, document.patient, document.id, pg::Param::Bytes(content)})
        .status();
  }

  absl::StatusOr<std::string> Get(const PatientId& patient, const DocumentId& id) override {
    ASSIGN_OR_RETURN(
        const auto row,
        db_.QueryOptional("select content from document_contents where patient = $1 and document = $2", {patient, id}));
    if (!row) return ResourceNotFound("document");
    return pg::BytesFromText(row->Get<std::string>("content"));
  }

 private:
  pg::Tx& db_;
  ClinicId clinic_;
};

class PgTx final : public tx::PgTransaction<Tx> {
 public:
  PgTx(pg::Tx& db, const ClinicId& clinic, absl::Time now, std::string trace_id)
      : PgTransaction(db, clinic, now, std::move(trace_id)),
        intake_templates_(db, clinic),
        consent_templates_(db, clinic),
        screening_rules_(db, clinic),
        interaction_rules_(db, clinic),
        intake_policies_(db, clinic),
        patients_(db, clinic),
        cases_(db, clinic, now),
        evaluations_(db, clinic),
        screenings_(db, clinic),
        measures_(db, clinic),
        risk_reviews_(db, clinic),
        medications_(db, clinic),
        verifications_(db, clinic),
        records_requests_(db, clinic),
        clearances_(db, clinic),
        consents_(db, clinic),
        documents_(db, clinic),
        contents_(db, clinic) {}

  PolicyTable<IntakeTemplate>& intake_templates() override { return intake_templates_; }
  PolicyTable<ConsentTemplate>& consent_templates() override { return consent_templates_; }
  PolicyTable<ScreeningRuleSet>& screening_rules() override { return screening_rules_; }
  PolicyTable<InteractionRuleSet>& interaction_rules() override { return interaction_rules_; }
  PolicyTable<IntakePolicy>& intake_policies() override { return intake_policies_; }
  PatientTable& patients() override { return patients_; }
  CaseTable& cases() override { return cases_; }
  RecordTable<PsychiatricEvaluation>& evaluations() override { return evaluations_; }
  RecordTable<MedicalScreening>& screenings() override { return screenings_; }
  RecordTable<Measure>& measures() override { return measures_; }
  RecordTable<RiskReview>& risk_reviews() override { return risk_reviews_; }
  RecordTable<Medication>& medications() override { return medications_; }
  RecordTable<MedicationVerification>& verifications() override { return verifications_; }
  RecordTable<RecordsRequest>& records_requests() override { return records_requests_; }
  RecordTable<Clearance>& clearances() override { return clearances_; }
  RecordTable<Consent>& consents() override { return consents_; }
  RecordTable<Document>& documents() override { return documents_; }
  ContentTable& contents() override { return contents_; }

  absl::StatusOr<std::vector<ResignDay>> ResignDays() override {
    ASSIGN_OR_RETURN(const pg::Rows rows,
                     db().Query("select key, effective_from from dated_policies where kind = 2 and resign_required"));
    std::vector<ResignDay> days;
    for (const pg::Row& row : rows) {
      days.push_back({row.Get<std::string>("key"), row.Get<absl::CivilDay>("effective_from")});
    }
    return days;
  }

 private:
  PgPolicyTable<IntakeTemplate> intake_templates_;
  PgPolicyTable<ConsentTemplate> consent_templates_;
  PgPolicyTable<ScreeningRuleSet> screening_rules_;
  PgPolicyTable<InteractionRuleSet> interaction_rules_;
  PgPolicyTable<IntakePolicy> intake_policies_;
  PgPatientTable patients_;
  PgCaseTable cases_;
  PgRecordTable<PsychiatricEvaluation> evaluations_;
  PgRecordTable<MedicalScreening> screenings_;
  PgRecordTable<Measure> measures_;
  PgRecordTable<RiskReview> risk_reviews_;
  PgRecordTable<Medication> medications_;
  PgRecordTable<MedicationVerification> verifications_;
  PgRecordTable<RecordsRequest> records_requests_;
  PgRecordTable<Clearance> clearances_;
  PgRecordTable<Consent> consents_;
  PgRecordTable<Document> documents_;
  PgContentTable contents_;
};

}  // namespace

std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock) {
  return std::make_unique<tx::PgStore<Tx, PgTx>>(database, clock);
}

}  // namespace kat::intake
