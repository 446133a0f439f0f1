#include "services/intake/store/pg_store.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "services/intake/store/migrations/migrations.h"

namespace kat::intake {
namespace {

const absl::CivilDay kDay(2026, 11, 23);

class IntakeStoreTest : public ::testing::Test {
 protected:
  IntakeStoreTest()
      : database_(testing::TestDatabase::Get({.service = "intake", .migrations = Migrations()})),
        clinic_(database_.NewClinic()),
        store_(MakePgStore(database_.service(), clock_)) {}

  absl::Status Run(absl::FunctionRef<absl::Status(Tx&)> body) { return store_->Run({.clinic = clinic_}, body); }

  Patient NewPatient(const std::string& family, std::vector<ExternalId> ids = {}) {
    Patient patient{.id = PatientId(NewId()),
                    .given_name = "Ana",
                    .family_name = family,
                    .birth_date = absl::CivilDay(1980, 5, 6),
                    .phone = "+15550000001",
                    .address = PostalAddress{.region_code = "US", .address_lines = {"1 Main St", "Apt \"2\""}},
                    .external_ids = std::move(ids),
                    .create_time = clock_.Now(),
                    .update_time = clock_.Now()};
    return patient;
  }
  PatientId Insert(const Patient& patient) {
    EXPECT_OK(Run([&](Tx& tx) { return tx.patients().Insert(patient); }));
    return patient.id;
  }
  IntakeTemplate Template(absl::CivilDay from, std::optional<absl::CivilDay> until = std::nullopt) {
    return {.id = IntakeTemplateId(NewId()),
            .program = "iv-ketamine",
            .title = "IV",
            .effective = {from, until},
            .steps = {{.key = "phq9",
                       .kind = StepKind::kMeasure,
                       .title = "PHQ-9",
                       .required = true,
                       .validity_days = 14,
                       .responsible = 3,
                       .due_business_days = 2,
                       .tool = MeasureTool::kPhq9}},
            .create_time = clock_.Now()};
  }

  ManualClock clock_{absl::FromUnixSeconds(1'790'000'000)};
  testing::TestDatabase& database_;
  ClinicId clinic_;
  std::unique_ptr<Store> store_;
};

TEST_F(IntakeStoreTest, APatientComesBackAsStoredAndCanBeChanged) {
  Patient patient = NewPatient("Ruiz", {{"ehr", "7"}, {"crm", "x\"y"}});
  patient.emergency_contact = EmergencyContact{"Bo", "partner", "+15550000002"};
  Insert(patient);
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Patient read, tx.patients().Lock(patient.id));
    EXPECT_EQ(read.address, patient.address);
    EXPECT_EQ(read.emergency_contact, patient.emergency_contact);
    EXPECT_EQ(read.external_ids.size(), 2u);
    EXPECT_EQ(read.birth_date, patient.birth_date);
    EXPECT_EQ(read.create_time, patient.create_time);
    read.external_ids = {{"ehr", "8"}};
    read.version = 2;
    read.delete_time = tx.now();
    return tx.patients().Update(read);
  }));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Patient read, tx.patients().Get(patient.id));
    EXPECT_EQ(read.external_ids, (std::vector<ExternalId>{{"ehr", "8"}}));
    EXPECT_EQ(read.version, 2);
    EXPECT_TRUE(read.delete_time);
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, AnExternalIdBelongsToOnePatient) {
  const PatientId owner = Insert(NewPatient("Ruiz", {{"ehr", "7"}}));
  const absl::Status taken = Run([&](Tx& tx) { return tx.patients().Insert(NewPatient("Lee", {{"ehr", "7"}})); });
  EXPECT_ERROR(taken, absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN");
  EXPECT_EQ(GetErrorDetail(taken)->metadata.at("patient"),
            absl::StrCat("clinics/", clinic_.str(), "/patients/", owner.str()));
}

TEST_F(IntakeStoreTest, PatientsOfAnotherClinicAreNotThere) {
  const PatientId id = Insert(NewPatient("Ruiz", {{"ehr", "7"}}));
  const ClinicId other = database_.NewClinic();
  EXPECT_ERROR(store_->Run({.clinic = other}, [&](Tx& tx) { return tx.patients().Get(id).status(); }),
               absl::StatusCode::kNotFound);
  EXPECT_OK(store_->Run({.clinic = other}, [&](Tx& tx) {
    return tx.patients().Insert(NewPatient("Lee", {{"ehr", "7"}}));
  }));
}

TEST_F(IntakeStoreTest, ListsByNamePageByPageAndFindsByEachFilter) {
  for (int i = 0; i < 5; ++i) Insert(NewPatient(absl::StrCat(i % 2 ? "alpha" : "Alpha", i)));
  Insert(NewPatient("Beta_", {{"ehr", "9"}}));
  std::vector<std::string> seen;
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    PatientQuery query{.name_prefix = "ALPHA", .page = {.limit = 2}};
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, tx.patients().List(query));
      if (page.empty()) break;
      for (const Patient& p : page) seen.push_back(p.family_name);
      query.page.after = {page.back().family_name, page.back().given_name, page.back().id.str()};
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"Alpha0", "alpha1", "Alpha2", "alpha3", "Alpha4"}));
    ASSIGN_OR_RETURN(const auto by_id, tx.patients().List({.external_id = ExternalId{"ehr", "9"}}));
    EXPECT_EQ(by_id.size(), 1u);
    ASSIGN_OR_RETURN(const auto literal, tx.patients().List({.name_prefix = "b%"}));
    EXPECT_TRUE(literal.empty());
    ASSIGN_OR_RETURN(const auto by_day,
                     tx.patients().List({.phone = "+15550000001", .birth_date = absl::CivilDay(1980, 5, 6)}));
    EXPECT_EQ(by_day.size(), 6u);
    ASSIGN_OR_RETURN(const auto deleted, tx.patients().List({.deleted = true}));
    EXPECT_TRUE(deleted.empty());
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, FindsPatientsWhoMayBeTheSame) {
  Patient patient = NewPatient("O'Neil", {{"ehr", "1"}});
  const PatientId id = Insert(patient);
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    Patient same = NewPatient("ONEIL");
    same.phone = "";
    ASSIGN_OR_RETURN(const auto by_name, tx.patients().Alike(same));
    EXPECT_EQ(by_name.size(), 1u);
    Patient other = NewPatient("X", {{"ehr", "1"}});
    other.phone = "";
    ASSIGN_OR_RETURN(const auto by_id, tx.patients().Alike(other));
    EXPECT_EQ(by_id.size(), 1u);
    EXPECT_EQ(by_id[0].id, id);
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, ANewVersionEndsTheOpenOneAndOverlapsAreRefused) {
  EXPECT_OK(Run([&](Tx& tx) { return tx.intake_templates().Insert(Template(kDay)); }));
  EXPECT_OK(Run([&](Tx& tx) { return tx.intake_templates().Insert(Template(kDay + 10)); }));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto first, tx.intake_templates().InForce("iv-ketamine", kDay + 9));
    ASSIGN_OR_RETURN(const auto second, tx.intake_templates().InForce("iv-ketamine", kDay + 10));
    ASSIGN_OR_RETURN(const auto none, tx.intake_templates().InForce("iv-ketamine", kDay - 1));
    EXPECT_TRUE(first && second && !none);
    EXPECT_EQ(first->effective.until, kDay + 10);
    EXPECT_EQ(second->steps[0].tool, MeasureTool::kPhq9);
    EXPECT_EQ(second->steps[0].responsible, 3);
    return absl::OkStatus();
  }));
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.intake_templates().Insert(Template(kDay + 5, kDay + 12)); }),
               absl::StatusCode::kAlreadyExists, "EFFECTIVE_DATES_OVERLAP");
  EXPECT_OK(Run([&](Tx& tx) { return tx.intake_templates().Insert(Template(kDay - 5, kDay)); }));
}

TEST_F(IntakeStoreTest, AConsentWithTheSameContentIsRefused) {
  const auto consent = [&](absl::CivilDay from) {
    return ConsentTemplate{.id = ConsentTemplateId(NewId()),
                           .key = "iv",
                           .title = "t",
                           .effective = {.from = from},
                           .body = "b",
                           .required_statements = {{"s", "text"}},
                           .resign_required = true,
                           .content_hash = std::string(64, 'a'),
                           .create_time = clock_.Now()};
  };
  EXPECT_OK(Run([&](Tx& tx) { return tx.consent_templates().Insert(consent(kDay)); }));
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.consent_templates().Insert(consent(kDay + 1)); }),
               absl::StatusCode::kAlreadyExists, "CONSENT_CONTENT_UNCHANGED");
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto days, tx.ResignDays());
    EXPECT_EQ(days.size(), 1u);
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, ACaseKeepsItsStepsAndAPatientHasOneOpenCaseOfAProgram) {
  const PatientId patient = Insert(NewPatient("Ruiz"));
  const IntakeTemplate intake_template = Template(kDay);
  IntakeCase intake_case =
      OpenCase(patient, "iv-ketamine", intake_template.id, intake_template.steps,
               Referral{.source = ReferralSource::kSelf, .referral_date = kDay, .external_reference = "R1"}, {},
               absl::UTCTimeZone(), clock_.Now());
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.intake_templates().Insert(intake_template));
    return tx.cases().Insert(intake_case);
  }));
  IntakeCase second = intake_case;
  second.id = CaseId(NewId());
  second.referral.reset();
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.cases().Insert(second); }), absl::StatusCode::kAlreadyExists, "CASE_EXISTS");

  intake_case.steps[0].state = StepState::kCompleted;
  intake_case.steps[0].evidence = {"measures", "m1"};
  intake_case.steps[0].evidence_date = kDay;
  intake_case.state = CaseState::kClosed;
  intake_case.close_reason = CloseReason::kCompleted;
  intake_case.close_time = clock_.Now();
  EXPECT_OK(Run([&](Tx& tx) { return tx.cases().Update(intake_case); }));
  second.referral = intake_case.referral;
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.cases().Insert(second); }), absl::StatusCode::kAlreadyExists,
               "REFERRAL_ALREADY_RECEIVED");
  second.referral.reset();
  EXPECT_OK(Run([&](Tx& tx) { return tx.cases().Insert(second); }));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const IntakeCase read, tx.cases().Get(patient, intake_case.id));
    EXPECT_EQ(read.steps.at(0).evidence, intake_case.steps[0].evidence);
    EXPECT_EQ(read.steps.at(0).due_at, intake_case.steps[0].due_at);
    EXPECT_EQ(read.referral->external_reference, "R1");
    ASSIGN_OR_RETURN(const auto latest, tx.cases().Latest(patient, "iv-ketamine"));
    EXPECT_EQ(latest->id, second.id);
    ASSIGN_OR_RETURN(const auto active, tx.cases().ActivePatients());
    EXPECT_EQ(active, std::vector{patient});
    ASSIGN_OR_RETURN(const auto overdue, tx.cases().List({.overdue_only = true}));
    EXPECT_TRUE(overdue.empty());
    return absl::OkStatus();
  }));
  clock_.Advance(absl::Hours(24 * 10));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto overdue, tx.cases().List({.overdue_only = true}));
    EXPECT_EQ(overdue.size(), 1u);
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, EveryKindOfRecordComesBackAsStored) {
  const PatientId patient = Insert(NewPatient("Ruiz"));
  const absl::Time now = clock_.Now();
  const ConsentTemplate consent_template{.id = ConsentTemplateId(NewId()),
                                         .key = "iv",
                                         .effective = {.from = kDay},
                                         .content_hash = std::string(64, 'b'),
                                         .create_time = now};
  const PsychiatricEvaluation evaluation{.id = EvaluationId("e"),
                                         .patient = patient,
                                         .evaluation_date = kDay,
                                         .evaluator = {.display_name = "Dr"},
                                         .diagnoses = {{"F33.2", "", false, kDay - 100}},
                                         .trials = {{.drug = "sertraline",
                                                     .drug_class = "ssri",
                                                     .start_date = kDay - 90,
                                                     .adherence = Adherence::kAdherent}},
                                         .create_time = now};
  const MedicalScreening screening{
      .id = ScreeningId("s"),
      .patient = patient,
      .program = "p",
      .screening_date = kDay,
      .vitals = {.systolic_mmhg = 120, .diastolic_mmhg = 80},
      .answers = {{"ich", Answer::kNo}},
      .result = {.verdict = Verdict::kCaution, .findings = {{"bp", RuleOutcome::kCaution, "high"}}},
      .create_time = now};
  const Measure measure{.id = MeasureId("m"),
                        .patient = patient,
                        .tool = MeasureTool::kPhq9,
                        .administered_date = kDay,
                        .items = {{9, 2}},
                        .score = {.total = 2, .band = "MINIMAL"},
                        .create_time = now};
  const RiskReview review{
      .id = RiskReviewId("r"), .patient = patient, .measure = measure.id, .due_at = now, .create_time = now};
  const Medication medication{
      .id = MedicationId("d"), .patient = patient, .drug = "lithium", .start_date = kDay, .create_time = now};
  const MedicationVerification verification{.id = VerificationId("v"),
                                            .patient = patient,
                                            .verified_date = kDay,
                                            .verified_by = "rn",
                                            .list_version = 3,
                                            .signed_off_codes = {"maoi", "a,b\"c"},
                                            .create_time = now};
  const Document document{.id = DocumentId("doc"),
                          .patient = patient,
                          .type = "ekg",
                          .document_date = kDay,
                          .size_bytes = 4,
                          .sha256 = std::string(64, '0'),
                          .create_time = now};
  RecordsRequest request{
      .id = RecordsRequestId("q"),
      .patient = patient,
      .provider = {.organization = "Clinic"},
      .record_types = {"labs"},
      .release = {.expiration_date = kDay + 5, .signature = Signature{.signer_name = "P", .sign_time = now}},
      .create_time = now,
      .update_time = now};
  const Clearance clearance{.id = ClearanceId("c"),
                            .patient = patient,
                            .kind = "cardiology",
                            .due_at = now,
                            .create_time = now,
                            .update_time = now};
  const Consent consent{.id = ConsentId("n"),
                        .patient = patient,
                        .consent_template = consent_template.id,
                        .consent_key = "iv",
                        .content_hash = consent_template.content_hash,
                        .template_from = kDay,
                        .accepted_statements = {"s"},
                        .signature = {.signer_name = "P", .sign_time = now},
                        .signed_date = kDay,
                        .valid_through = kDay + 365,
                        .create_time = now};
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.consent_templates().Insert(consent_template));
    RETURN_IF_ERROR(tx.evaluations().Insert(evaluation));
    RETURN_IF_ERROR(tx.screenings().Insert(screening));
    RETURN_IF_ERROR(tx.measures().Insert(measure));
    RETURN_IF_ERROR(tx.risk_reviews().Insert(review));
    RETURN_IF_ERROR(tx.medications().Insert(medication));
    RETURN_IF_ERROR(tx.verifications().Insert(verification));
    RETURN_IF_ERROR(tx.documents().Insert(document));
    RETURN_IF_ERROR(tx.contents().Insert(document, absl::string_view("a\0b\xff", 4)));
    RETURN_IF_ERROR(tx.records_requests().Insert(request));
    RETURN_IF_ERROR(tx.clearances().Insert(clearance));
    return tx.consents().Insert(consent);
  }));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto e, tx.evaluations().Get(patient, "e"));
    EXPECT_EQ(e.diagnoses.at(0).episode_start_date, kDay - 100);
    EXPECT_EQ(e.trials.at(0).adherence, Adherence::kAdherent);
    EXPECT_FALSE(e.trials.at(0).end_date);
    ASSIGN_OR_RETURN(const auto s, tx.screenings().Get(patient, "s"));
    EXPECT_EQ(s.vitals.diastolic_mmhg, 80);
    EXPECT_EQ(s.result.findings.at(0).reason, "high");
    ASSIGN_OR_RETURN(const auto m, tx.measures().Get(patient, "m"));
    EXPECT_EQ(m.items, measure.items);
    ASSIGN_OR_RETURN(const auto r, tx.risk_reviews().List({.state = 1}));
    EXPECT_EQ(r.size(), 1u);
    ASSIGN_OR_RETURN(const auto d, tx.medications().Get(patient, "d"));
    EXPECT_EQ(d.start_date, kDay);
    ASSIGN_OR_RETURN(const auto v, tx.verifications().Get(patient, "v"));
    EXPECT_EQ(v.signed_off_codes, verification.signed_off_codes);
    ASSIGN_OR_RETURN(const auto content, tx.contents().Get(patient, document.id));
    EXPECT_EQ(content, std::string("a\0b\xff", 4));
    ASSIGN_OR_RETURN(auto q, tx.records_requests().Get(patient, "q"));
    EXPECT_EQ(q.release.signature->sign_time, now);
    EXPECT_EQ(q.release.expiration_date, kDay + 5);
    q.documents = {document.id};
    q.version = 2;
    RETURN_IF_ERROR(tx.records_requests().Update(q));
    ASSIGN_OR_RETURN(q, tx.records_requests().Get(patient, "q"));
    EXPECT_EQ(q.documents, std::vector{document.id});
    ASSIGN_OR_RETURN(const auto c, tx.clearances().Get(patient, "c"));
    EXPECT_EQ(c.state, ClearanceState::kRequested);
    ASSIGN_OR_RETURN(const auto n, tx.consents().List({.patient = patient, .key = "iv"}));
    EXPECT_EQ(n.at(0).valid_through, kDay + 365);
    EXPECT_ERROR(tx.consents().Get(patient, "nope"), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, ListsRecordsTheLatestFirstPageByPage) {
  const PatientId patient = Insert(NewPatient("Ruiz"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_OK(Run([&](Tx& tx) {
      return tx.measures().Insert({.id = MeasureId(absl::StrCat("m", i)),
                                   .patient = patient,
                                   .tool = i == 2 ? MeasureTool::kGad7 : MeasureTool::kPhq9,
                                   .administered_date = kDay + i,
                                   .score = {.band = "MILD"},
                                   .create_time = tx.now()});
    }));
    if (i % 2) clock_.Advance(absl::Seconds(1));
  }
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    std::string seen;
    RecordQuery query{.patient = patient, .page = {.limit = 2}};
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, tx.measures().List(query));
      if (page.empty()) break;
      for (const Measure& m : page) seen += m.id.str();
      query.page.after = {absl::StrCat(absl::ToUnixMicros(page.back().create_time)), page.back().id.str()};
    }
    EXPECT_EQ(seen, "m4m3m2m1m0");
    ASSIGN_OR_RETURN(const auto gad7, tx.measures().List({.patient = patient, .key = "2"}));
    EXPECT_EQ(gad7.size(), 1u);
    ASSIGN_OR_RETURN(const auto since, tx.measures().List({.patient = patient, .since = kDay + 3}));
    EXPECT_EQ(since.size(), 2u);
    return absl::OkStatus();
  }));
}

TEST_F(IntakeStoreTest, TheDatabaseRefusesWhatNoRuleAllows) {
  const PatientId patient = Insert(NewPatient("Ruiz"));
  const absl::Time now = clock_.Now();
  EXPECT_ERROR(Run([&](Tx& tx) {
                 return tx.records_requests().Insert({.id = RecordsRequestId("a"),
                                                      .patient = patient,
                                                      .basis = RecordsBasis::kAuthorization,
                                                      .record_types = {"psychotherapy-notes", "labs"},
                                                      .create_time = now,
                                                      .update_time = now});
               }),
               absl::StatusCode::kFailedPrecondition);
  EXPECT_ERROR(Run([&](Tx& tx) {
                 return tx.measures().Insert({.id = MeasureId("a"),
                                              .patient = PatientId("nobody"),
                                              .tool = MeasureTool::kPhq9,
                                              .score = {.band = "X"},
                                              .create_time = now});
               }),
               absl::StatusCode::kFailedPrecondition);
  EXPECT_ERROR(Run([&](Tx& tx) {
                 return tx.clearances().Insert({.id = ClearanceId("a"),
                                                .patient = patient,
                                                .kind = "k",
                                                .state = ClearanceState::kCleared,
                                                .create_time = now,
                                                .update_time = now});
               }),
               absl::StatusCode::kFailedPrecondition);
}

TEST_F(IntakeStoreTest, AChangeOfTheMedicationListCounts) {
  const PatientId patient = Insert(NewPatient("Ruiz"));
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t before, tx.patients().MedicationListVersion(patient));
    ASSIGN_OR_RETURN(const int64_t after, tx.patients().ChangeMedicationList(patient));
    EXPECT_EQ(after, before + 1);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::intake
