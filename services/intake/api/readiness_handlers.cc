#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/clinical_converters.h"
#include "services/intake/api/handlers.h"
#include "services/intake/domain/errors.h"
#include "services/intake/domain/limits.h"
#include "services/intake/domain/readiness.h"
#include "services/intake/flow/refresh.h"

// Readiness, and evidence for payers.
namespace kat::intake {
namespace {

// The day asked about: today where absent; INVALID_ARGUMENT where it lies too far from today.
template <class Request>
absl::StatusOr<absl::CivilDay> AskedDay(const Request& request, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const absl::CivilDay day,
                   DayOr(request.has_as_of_date(), request.as_of_date(), "as_of_date", today));
  if (day > today + kMaxDaysAhead || day < today - kMaxDaysBack) {
    return InvalidField("as_of_date",
                        absl::StrCat("lies more than ", kMaxDaysAhead, " days ahead or ", kMaxDaysBack, " days back"));
  }
  return day;
}

v1::Readiness Shown(const Readiness& readiness, const IntakeCase* intake_case, const PatientId& patient,
                    const ClinicId& clinic, absl::TimeZone zone) {
  v1::Readiness proto;
  proto.set_ready(readiness.ready);
  if (intake_case != nullptr) {
    proto.set_intake_case(NameUnder(clinic, patient, "cases", intake_case->id.str()));
  }
  const auto subject = [&](const std::string& step_key, const EvidenceRef& evidence) {
    if (!step_key.empty()) return StepName(clinic, *intake_case, step_key);
    return evidence.empty() ? PatientName(clinic, patient) : NameOf(clinic, patient, evidence);
  };
  for (const ReadinessCondition& condition : readiness.conditions) {
    common::v1::Condition* out = proto.add_conditions();
    out->set_code(condition.code);
    out->set_state(As<common::v1::Condition::State>(condition.state));
    out->set_owner("intake");
    out->set_subject(subject(condition.step_key, condition.evidence));
    out->set_description(condition.description);
    out->set_responsible(static_cast<common::v1::Role>(condition.responsible));
    if (condition.valid_through) {
      *out->mutable_expire_time() = rpc::ToProto(InstantOf(*condition.valid_through + 1, 0, zone));
    }
  }
  for (const ReadinessEvidence& evidence : readiness.evidence) {
    v1::ReadinessEvidence* out = proto.add_evidence();
    out->set_step(subject(evidence.step_key, {}));
    out->set_evidence(NameOf(clinic, patient, evidence.evidence));
    *out->mutable_evidence_date() = rpc::ToProto(evidence.evidence_date);
    out->set_age_days(evidence.age_days);
    if (evidence.valid_through) *out->mutable_valid_through_date() = rpc::ToProto(*evidence.valid_through);
  }
  if (readiness.next_change) *proto.mutable_next_change_date() = rpc::ToProto(*readiness.next_change);
  return proto;
}

void AddMeasures(const Evidence& evidence, absl::CivilDay day, const ClinicId& clinic,
                 v1::AuthorizationEvidence& proto) {
  std::vector<const Measure*> recent;
  for (const Measure& measure : evidence.measures) {
    if (measure.administered_date <= day && measure.administered_date > day - kEvidenceMeasureDays) {
      recent.push_back(&measure);
    }
  }
  std::stable_sort(recent.begin(), recent.end(),
                   [](const Measure* a, const Measure* b) { return a->administered_date > b->administered_date; });
  for (const Measure* measure : recent) {
    v1::MeasureEvidence* out = proto.add_measures();
    out->set_measure(NameUnder(clinic, measure->patient, "measures", measure->id.str()));
    out->set_tool(As<v1::MeasureTool>(measure->tool));
    out->set_total(measure->score.total);
    out->set_band(measure->score.band);
    *out->mutable_administered_date() = rpc::ToProto(measure->administered_date);
  }
}

void AddConsents(const Evidence& evidence, absl::CivilDay day, const ClinicId& clinic,
                 v1::AuthorizationEvidence& proto) {
  for (const Consent& consent : evidence.consents) {
    if (consent.signed_date > day || ConsentStateOn(consent, evidence.resign_days, day) != ConsentState::kActive)
      continue;
    v1::ConsentEvidence* out = proto.add_consents();
    out->set_consent(NameUnder(clinic, consent.patient, "consents", consent.id.str()));
    out->set_consent_key(consent.consent_key);
    *out->mutable_sign_time() = rpc::ToProto(consent.signature.sign_time);
    if (consent.valid_through) *out->mutable_valid_through_date() = rpc::ToProto(*consent.valid_through);
  }
}

void AddMedications(const Evidence& evidence, absl::CivilDay day, v1::AuthorizationEvidence& proto) {
  for (const Medication& medication : evidence.medications) {
    if (!medication.TakenOn(day)) continue;
    v1::MedicationEvidence* out = proto.add_medications();
    out->set_drug(medication.drug);
    out->set_drug_class(medication.drug_class);
    out->set_dose(medication.dose);
    if (medication.start_date) *out->mutable_start_date() = rpc::ToProto(*medication.start_date);
  }
}

void AddDocuments(const Evidence& evidence, absl::CivilDay day, const ClinicId& clinic,
                  v1::AuthorizationEvidence& proto) {
  for (const Document& document : evidence.documents) {
    if (document.document_date > day) continue;
    v1::DocumentEvidence* out = proto.add_documents();
    out->set_document(DocumentName(clinic, document.patient, document.id));
    out->set_type(document.type);
    *out->mutable_document_date() = rpc::ToProto(document.document_date);
    out->set_sha256(document.sha256);
  }
}

class ReadinessHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("GetReadiness", this, &ReadinessHandlers::GetReadiness);
    service.Unary("GetAuthorizationEvidence", this, &ReadinessHandlers::GetEvidence);
  }

 private:
  absl::StatusOr<v1::Readiness> GetReadiness(rpc::Call& call, const v1::GetReadinessRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Readiness> {
      ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
      ASSIGN_OR_RETURN(const absl::CivilDay day, AskedDay(request, DayAt(tx.now(), clinic.zone)));
      ASSIGN_OR_RETURN(const Patient patient, tx.patients().Get(PatientIn(request.name())));
      if (patient.delete_time) return PatientDeleted();
      ASSIGN_OR_RETURN(const Evidence evidence, LoadEvidence(tx, patient.id, request.program(), day));
      ASSIGN_OR_RETURN(const auto intake_case, tx.cases().Latest(patient.id, request.program()));
      const IntakeCase* found = intake_case ? &*intake_case : nullptr;
      v1::Readiness proto = Shown(JudgeReadiness(found, evidence, day), found, patient.id, tx.clinic(), clinic.zone);
      proto.set_patient(request.name());
      proto.set_program(request.program());
      *proto.mutable_as_of_date() = rpc::ToProto(day);
      return proto;
    });
  }

  absl::StatusOr<v1::AuthorizationEvidence> GetEvidence(rpc::Call& call,
                                                        const v1::GetAuthorizationEvidenceRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::AuthorizationEvidence> {
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      ASSIGN_OR_RETURN(const absl::CivilDay day, AskedDay(request, today));
      const PatientId patient = PatientIn(request.name());
      ASSIGN_OR_RETURN(const Evidence evidence, LoadEvidence(tx, patient, request.program(), day));
      v1::AuthorizationEvidence proto;
      proto.set_patient(request.name());
      proto.set_program(request.program());
      *proto.mutable_as_of_date() = rpc::ToProto(day);
      *proto.mutable_birth_date() = rpc::ToProto(evidence.birth_date);
      if (const PsychiatricEvaluation* evaluation = LatestEvaluation(evidence, day)) {
        *proto.mutable_evaluation() = ToProto(*evaluation, tx.clinic());
        for (const MedicationTrial& trial : evaluation->trials) {
          v1::TrialEvidence* out = proto.add_trials();
          *out->mutable_trial() = ToProto(trial);
          out->set_weeks(TrialWeeks(trial, day));
        }
      }
      if (const MedicalScreening* screening = LatestScreening(evidence, day)) {
        *proto.mutable_screening_date() = rpc::ToProto(screening->screening_date);
        proto.set_medical_screening(NameUnder(tx.clinic(), patient, "medicalScreenings", screening->id.str()));
        if (evidence.screening_rules) {
          *proto.mutable_screening_result() = ToProto(
              Judge(*screening, evidence.screening_rules->rules, evidence.screening_rules->id, evidence.birth_date),
              tx.clinic());
        }
      }
      AddMeasures(evidence, day, tx.clinic(), proto);
      AddConsents(evidence, day, tx.clinic(), proto);
      AddMedications(evidence, day, proto);
      AddDocuments(evidence, day, tx.clinic(), proto);
      return proto;
    });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeReadinessHandlers(Store& store) { return std::make_unique<ReadinessHandlers>(store); }

}  // namespace kat::intake
