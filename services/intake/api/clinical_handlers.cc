#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/clinical_converters.h"
#include "services/intake/api/handlers.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Psychiatric evaluations and medical screenings.
namespace kat::intake {
namespace {

constexpr char kReview[] = "CONTRAINDICATION_REVIEW";

std::string ScreeningName(Tx& tx, const MedicalScreening& screening) {
  return NameUnder(tx.clinic(), screening.patient, "medicalScreenings", screening.id.str());
}

// A screening that has become the latest, in place of `before`, and finds a hard contraindication which that one did
// not find takes back what others decided without knowing of it.
absl::Status FollowFindings(Tx& tx, const MedicalScreening& screening, const MedicalScreening* before) {
  if (before != nullptr && before->result.verdict == Verdict::kHardContraindication) {
    RETURN_IF_ERROR(Announce(tx, screening.patient,
                             {.type = "contraindication.superseded",
                              .subject = ScreeningName(tx, *before),
                              .version = 3,
                              .work = {CloseWork(kReview, kRolePsychiatrist)}}));
  }
  if (screening.result.verdict == Verdict::kHardContraindication) {
    RETURN_IF_ERROR(
        Announce(tx, screening.patient,
                 {.type = "contraindication.found",
                  .subject = ScreeningName(tx, screening),
                  .version = 2,
                  .work = {OpenWork(kReview, kRolePsychiatrist, std::nullopt, tx::Work::Urgency::kUrgent)}}));
  }
  if (NewHardFindings(screening.result, before == nullptr ? nullptr : &before->result).empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Clearance> clearances, tx.clearances().List({.patient = screening.patient}));
  ASSIGN_OR_RETURN(const std::optional<absl::Time> due, ClearanceDue(tx));
  for (Clearance clearance : clearances) {
    const ClearanceState was = clearance.state;
    RETURN_IF_ERROR(AdvanceClearance(clearance, ClearanceEvent::kContraindicationFound, "be reopened"));
    if (clearance.state == was) continue;
    clearance.state_note = "A screening found a new hard contraindication.";
    clearance.due_at = due.value_or(tx.now());  // without a policy it is late at once rather than never
    ++clearance.version;
    clearance.update_time = tx.now();
    RETURN_IF_ERROR(tx.clearances().Update(clearance));
    RETURN_IF_ERROR(AnnounceClearance(tx, clearance, "reopened"));
  }
  return absl::OkStatus();
}

class ClinicalHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("CreatePsychiatricEvaluation", this, &ClinicalHandlers::CreateEvaluation);
    service.Unary("GetPsychiatricEvaluation", this, &ClinicalHandlers::GetEvaluation);
    service.Unary("ListPsychiatricEvaluations", this, &ClinicalHandlers::ListEvaluations);
    service.Unary("CreateMedicalScreening", this, &ClinicalHandlers::CreateScreening);
    service.Unary("GetMedicalScreening", this, &ClinicalHandlers::GetScreening);
    service.Unary("ListMedicalScreenings", this, &ClinicalHandlers::ListScreenings);
  }

 private:
  absl::StatusOr<v1::PsychiatricEvaluation> CreateEvaluation(rpc::Call& call,
                                                             const v1::CreatePsychiatricEvaluationRequest& request) {
    ASSIGN_OR_RETURN(const PsychiatricEvaluation draft, FromProto(request.psychiatric_evaluation()));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PsychiatricEvaluation> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      PsychiatricEvaluation evaluation = draft;
      RETURN_IF_ERROR(ValidateEvaluation(evaluation, today));
      if (!evaluation.document.empty()) {
        RETURN_IF_ERROR(RequireDocument(tx, patient.id, evaluation.document.str()));
      }
      evaluation.id = EvaluationId(NewId());
      evaluation.patient = patient.id;
      evaluation.recorded_by = call.identity().subject;
      evaluation.create_time = tx.now();
      RETURN_IF_ERROR(tx.evaluations().Insert(evaluation));
      v1::PsychiatricEvaluation response = ToProto(evaluation, tx.clinic());
      RETURN_IF_ERROR(Announce(tx, patient.id, {.type = "evaluation.recorded", .subject = response.name()}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return response;
    });
  }

  absl::StatusOr<v1::PsychiatricEvaluation> GetEvaluation(rpc::Call& call,
                                                          const v1::GetPsychiatricEvaluationRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PsychiatricEvaluation> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.evaluations().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return ToProto(found, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListPsychiatricEvaluationsResponse> ListEvaluations(
      rpc::Call& call, const v1::ListPsychiatricEvaluationsRequest& request) {
    return ServePage<v1::ListPsychiatricEvaluationsResponse>(
        call, request, RecordQuery{.patient = PatientIn(request.parent())},
        [](Tx& tx, const RecordQuery& q) { return tx.evaluations().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_psychiatric_evaluations() = ToProto(row, tx.clinic()); });
  }

  absl::StatusOr<v1::MedicalScreening> CreateScreening(rpc::Call& call,
                                                       const v1::CreateMedicalScreeningRequest& request) {
    ASSIGN_OR_RETURN(const MedicalScreening draft, FromProto(request.medical_screening()));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MedicalScreening> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      MedicalScreening screening = draft;
      RETURN_IF_ERROR(ValidateScreening(screening, today));
      ASSIGN_OR_RETURN(const auto rules, tx.screening_rules().InForce(screening.program, screening.screening_date));
      if (!rules) return NoScreeningRules(screening.program);
      ASSIGN_OR_RETURN(const Evidence evidence, LoadEvidence(tx, patient.id, screening.program, today));
      const MedicalScreening* before = LatestScreening(evidence, today);
      // A screening of an earlier day that is filed late is for the record: the latest by day counts.
      const bool is_latest = before == nullptr || before->screening_date <= screening.screening_date;
      screening.id = ScreeningId(NewId());
      screening.patient = patient.id;
      screening.result = Judge(screening, rules->rules, rules->id, patient.birth_date);
      screening.recorded_by = call.identity().subject;
      screening.create_time = tx.now();
      RETURN_IF_ERROR(tx.screenings().Insert(screening));
      RETURN_IF_ERROR(
          Announce(tx, patient.id, {.type = "screening.recorded", .subject = ScreeningName(tx, screening)}));
      if (is_latest) RETURN_IF_ERROR(FollowFindings(tx, screening, before));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(screening, tx.clinic());
    });
  }

  absl::StatusOr<v1::MedicalScreening> GetScreening(rpc::Call& call, const v1::GetMedicalScreeningRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::MedicalScreening> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.screenings().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return ToProto(found, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListMedicalScreeningsResponse> ListScreenings(rpc::Call& call,
                                                                   const v1::ListMedicalScreeningsRequest& request) {
    return ServePage<v1::ListMedicalScreeningsResponse>(
        call, request, RecordQuery{.patient = PatientIn(request.parent())},
        [](Tx& tx, const RecordQuery& q) { return tx.screenings().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_medical_screenings() = ToProto(row, tx.clinic()); });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeClinicalHandlers(Store& store) { return std::make_unique<ClinicalHandlers>(store); }

}  // namespace kat::intake
