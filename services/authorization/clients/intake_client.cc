#include <utility>

#include "absl/strings/strip.h"
#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "services/authorization/clients/peers.h"
#include "services/authorization/ops/names.h"

namespace kat::authorization {
namespace {

namespace iv1 = intake::v1;
using domain::PatientEvidence;
using domain::Presence;

std::optional<absl::CivilDay> DayOf(bool has, const google::type::Date& date) {
  if (!has) return std::nullopt;
  const absl::StatusOr<absl::CivilDay> day = rpc::FromProto(date, "date");
  return day.ok() ? std::optional<absl::CivilDay>(*day) : std::nullopt;
}

Presence PresenceOf(iv1::PsychiatricEvaluation::Statement statement) {
  switch (statement) {
    case iv1::PsychiatricEvaluation::ABSENT:
    case iv1::PsychiatricEvaluation::HISTORY:
      return Presence::kAbsent;
    case iv1::PsychiatricEvaluation::CURRENT:
      return Presence::kPresent;
    default:
      return Presence::kUnknown;
  }
}

std::optional<bool> AdherentOf(iv1::MedicationTrial::Adherence adherence) {
  switch (adherence) {
    case iv1::MedicationTrial::ADHERENT:
      return true;
    case iv1::MedicationTrial::PARTIAL:
    case iv1::MedicationTrial::NONADHERENT:
      return false;
    default:
      return std::nullopt;
  }
}

domain::Trial::Outcome OutcomeOf(iv1::MedicationTrial::Outcome outcome) {
  using Outcome = domain::Trial::Outcome;
  switch (outcome) {
    case iv1::MedicationTrial::INADEQUATE_RESPONSE:
      return Outcome::kInadequate;
    case iv1::MedicationTrial::PARTIAL_RESPONSE:
      return Outcome::kPartial;
    case iv1::MedicationTrial::RESPONSE:
      return Outcome::kResponse;
    case iv1::MedicationTrial::INTOLERANCE:
      return Outcome::kIntolerance;
    case iv1::MedicationTrial::ONGOING:
      return Outcome::kOngoing;
    default:
      return Outcome::kUnknown;
  }
}

void ReadEvaluation(const iv1::PsychiatricEvaluation& evaluation, PatientEvidence& e) {
  e.evaluation = evaluation.name();
  e.evaluation_day = DayOf(evaluation.has_evaluation_date(), evaluation.evaluation_date());
  for (const iv1::Diagnosis& d : evaluation.diagnoses()) {
    e.diagnoses.push_back({d.icd10_code(), DayOf(d.has_episode_start_date(), d.episode_start_date())});
  }
  e.statements = {{"psychosis", PresenceOf(evaluation.psychosis())},
                  {"mania", PresenceOf(evaluation.mania())},
                  {"substance-use-disorder", PresenceOf(evaluation.substance_use_disorder())}};
  e.psychotherapy = evaluation.psychotherapy();
}

PatientEvidence FromProto(const iv1::AuthorizationEvidence& proto) {
  PatientEvidence e;
  e.birth_date = DayOf(proto.has_birth_date(), proto.birth_date());
  if (proto.has_evaluation()) ReadEvaluation(proto.evaluation(), e);
  for (const iv1::TrialEvidence& t : proto.trials()) {
    domain::Trial trial{.drug = t.trial().drug(),
                        .drug_class = t.trial().drug_class(),
                        .max_dose = t.trial().max_dose(),
                        .end = DayOf(t.trial().has_end_date(), t.trial().end_date()),
                        .weeks = t.weeks(),
                        .adherent = AdherentOf(t.trial().adherence()),
                        .outcome = OutcomeOf(t.trial().outcome())};
    if (const auto start = DayOf(t.trial().has_start_date(), t.trial().start_date())) trial.start = *start;
    e.trials.push_back(std::move(trial));
  }
  for (const iv1::MeasureEvidence& m : proto.measures()) {
    const std::string tool(absl::StripPrefix(iv1::MeasureTool_Name(m.tool()), "MEASURE_TOOL_"));
    const auto day = DayOf(m.has_administered_date(), m.administered_date());
    if (day) e.scores.push_back({tool, m.total(), *day, m.measure()});
  }
  e.screening_day = DayOf(proto.has_screening_date(), proto.screening_date());
  e.screening = proto.medical_screening();
  if (proto.has_screening_result()) {
    e.screening_complete = proto.screening_result().missing().empty() &&
                           proto.screening_result().verdict() != iv1::ScreeningResult::INCOMPLETE;
    for (const auto& finding : proto.screening_result().findings()) e.screening_findings.push_back(finding.code());
  }
  for (const iv1::MedicationEvidence& m : proto.medications()) {
    e.medications.push_back({m.drug(), m.drug_class(), DayOf(m.has_start_date(), m.start_date())});
  }
  return e;
}

class GrpcIntake final : public IntakeClient {
 public:
  explicit GrpcIntake(std::shared_ptr<grpc::Channel> channel) : stub_(iv1::IntakeService::NewStub(channel)) {}

  absl::StatusOr<PatientEvidence> Evidence(const As& as, const PatientId& patient, const std::string& program,
                                           absl::CivilDay as_of) override {
    grpc::ClientContext context;
    as.call ? rpc::PreparePeerCall(context, *as.call) : rpc::PreparePeerCall(context, as.clinic);
    iv1::GetAuthorizationEvidenceRequest request;
    request.set_name(ResourceName(as.clinic, kPatients, patient));
    request.set_program(program);
    *request.mutable_as_of_date() = rpc::ToProto(as_of);
    iv1::AuthorizationEvidence response;
    const grpc::Status status = stub_->GetAuthorizationEvidence(&context, request, &response);
    if (!status.ok()) return rpc::FromPeer("intake", status);
    return FromProto(response);
  }

 private:
  std::unique_ptr<iv1::IntakeService::Stub> stub_;
};

}  // namespace

std::shared_ptr<IntakeClient> MakeIntakeClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_shared<GrpcIntake>(std::move(channel));
}

}  // namespace kat::authorization
