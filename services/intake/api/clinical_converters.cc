#include "services/intake/api/clinical_converters.h"

#include "libs/base/status_macros.h"

namespace kat::intake {

v1::MedicationTrial ToProto(const MedicationTrial& trial) {
  v1::MedicationTrial proto;
  proto.set_drug(trial.drug);
  proto.set_drug_class(trial.drug_class);
  proto.set_max_dose(trial.max_dose);
  *proto.mutable_start_date() = rpc::ToProto(trial.start_date);
  if (trial.end_date) *proto.mutable_end_date() = rpc::ToProto(*trial.end_date);
  proto.set_adherence(As<v1::MedicationTrial::Adherence>(trial.adherence));
  proto.set_outcome(As<v1::MedicationTrial::Outcome>(trial.outcome));
  proto.set_reason_stopped(trial.reason_stopped);
  proto.set_adequate(trial.adequate);
  return proto;
}

namespace {

using EvaluationStatement = v1::PsychiatricEvaluation::Statement;

absl::StatusOr<MedicationTrial> TrialFromProto(const v1::MedicationTrial& proto, const std::string& path) {
  MedicationTrial trial{.drug = proto.drug(),
                        .drug_class = proto.drug_class(),
                        .max_dose = proto.max_dose(),
                        .adherence = As<Adherence>(proto.adherence()),
                        .outcome = As<TrialOutcome>(proto.outcome()),
                        .reason_stopped = proto.reason_stopped(),
                        .adequate = proto.adequate()};
  ASSIGN_OR_RETURN(trial.start_date, rpc::FromProto(proto.start_date(), path + ".start_date"));
  ASSIGN_OR_RETURN(trial.end_date, OptionalDay(proto.has_end_date(), proto.end_date(), path + ".end_date"));
  return trial;
}

}  // namespace

v1::PsychiatricEvaluation ToProto(const PsychiatricEvaluation& evaluation, const ClinicId& clinic) {
  v1::PsychiatricEvaluation proto;
  proto.set_name(NameUnder(clinic, evaluation.patient, "psychiatricEvaluations", evaluation.id.str()));
  *proto.mutable_evaluation_date() = rpc::ToProto(evaluation.evaluation_date);
  *proto.mutable_evaluator() = ToProto(evaluation.evaluator);
  for (const Diagnosis& diagnosis : evaluation.diagnoses) {
    auto* out = proto.add_diagnoses();
    out->set_icd10_code(diagnosis.icd10_code);
    out->set_description(diagnosis.description);
    out->set_single_episode(diagnosis.single_episode);
    if (diagnosis.episode_start_date) {
      *out->mutable_episode_start_date() = rpc::ToProto(*diagnosis.episode_start_date);
    }
  }
  for (const MedicationTrial& trial : evaluation.trials) *proto.add_medication_trials() = ToProto(trial);
  proto.set_psychosis(As<EvaluationStatement>(evaluation.psychosis));
  proto.set_mania(As<EvaluationStatement>(evaluation.mania));
  proto.set_substance_use_disorder(As<EvaluationStatement>(evaluation.substance_use_disorder));
  proto.set_psychotherapy(evaluation.psychotherapy);
  proto.set_assessment(evaluation.assessment);
  proto.set_document(DocumentName(clinic, evaluation.patient, evaluation.document));
  proto.set_recorded_by(evaluation.recorded_by);
  *proto.mutable_create_time() = rpc::ToProto(evaluation.create_time);
  return proto;
}

absl::StatusOr<PsychiatricEvaluation> FromProto(const v1::PsychiatricEvaluation& proto) {
  const std::string at = "psychiatric_evaluation.";
  PsychiatricEvaluation evaluation{.evaluator = FromProto(proto.evaluator()),
                                   .psychosis = As<Statement>(proto.psychosis()),
                                   .mania = As<Statement>(proto.mania()),
                                   .substance_use_disorder = As<Statement>(proto.substance_use_disorder()),
                                   .psychotherapy = proto.psychotherapy(),
                                   .assessment = proto.assessment()};
  if (!proto.document().empty()) evaluation.document = DocumentId(rpc::LastSegment(proto.document()));
  ASSIGN_OR_RETURN(evaluation.evaluation_date, rpc::FromProto(proto.evaluation_date(), at + "evaluation_date"));
  for (int i = 0; i < proto.diagnoses_size(); ++i) {
    const v1::Diagnosis& in = proto.diagnoses(i);
    Diagnosis diagnosis{in.icd10_code(), in.description(), in.single_episode()};
    ASSIGN_OR_RETURN(diagnosis.episode_start_date,
                     OptionalDay(in.has_episode_start_date(), in.episode_start_date(),
                                 absl::StrCat(at, "diagnoses[", i, "].episode_start_date")));
    evaluation.diagnoses.push_back(std::move(diagnosis));
  }
  for (int i = 0; i < proto.medication_trials_size(); ++i) {
    ASSIGN_OR_RETURN(MedicationTrial trial,
                     TrialFromProto(proto.medication_trials(i), absl::StrCat(at, "medication_trials[", i, "]")));
    evaluation.trials.push_back(std::move(trial));
  }
  return evaluation;
}

v1::ScreeningResult ToProto(const ScreeningResult& result, const ClinicId& clinic) {
  v1::ScreeningResult proto;
  proto.set_verdict(As<v1::ScreeningResult::Verdict>(result.verdict));
  for (const ScreeningFinding& finding : result.findings) {
    auto* out = proto.add_findings();
    out->set_code(finding.code);
    out->set_outcome(As<v1::ScreeningRule::Outcome>(finding.outcome));
    out->set_reason(finding.reason);
  }
  for (const std::string& missing : result.missing) proto.add_missing(missing);
  proto.set_screening_rule_set(absl::StrCat(ClinicName(clinic), "/screeningRuleSets/", result.rule_set.str()));
  return proto;
}

v1::MedicalScreening ToProto(const MedicalScreening& screening, const ClinicId& clinic) {
  v1::MedicalScreening proto;
  proto.set_name(NameUnder(clinic, screening.patient, "medicalScreenings", screening.id.str()));
  proto.set_program(screening.program);
  *proto.mutable_screening_date() = rpc::ToProto(screening.screening_date);
  *proto.mutable_screener() = ToProto(screening.screener);
  auto* vitals = proto.mutable_vitals();
  vitals->set_systolic_mmhg(screening.vitals.systolic_mmhg);
  vitals->set_diastolic_mmhg(screening.vitals.diastolic_mmhg);
  vitals->set_heart_rate_bpm(screening.vitals.heart_rate_bpm);
  vitals->set_spo2_percent(screening.vitals.spo2_percent);
  vitals->set_respiratory_rate_per_minute(screening.vitals.respiratory_rate_per_minute);
  vitals->set_weight_grams(screening.vitals.weight_grams);
  vitals->set_height_millimeters(screening.vitals.height_millimeters);
  for (const ScreeningAnswer& answer : screening.answers) {
    auto* out = proto.add_answers();
    out->set_code(answer.code);
    out->set_answer(As<v1::ScreeningAnswer::Answer>(answer.answer));
    out->set_note(answer.note);
  }
  *proto.mutable_result() = ToProto(screening.result, clinic);
  proto.set_recorded_by(screening.recorded_by);
  *proto.mutable_create_time() = rpc::ToProto(screening.create_time);
  return proto;
}

absl::StatusOr<MedicalScreening> FromProto(const v1::MedicalScreening& proto) {
  const v1::Vitals& vitals = proto.vitals();
  MedicalScreening screening{
      .program = proto.program(),
      .screener = FromProto(proto.screener()),
      .vitals = {vitals.systolic_mmhg(), vitals.diastolic_mmhg(), vitals.heart_rate_bpm(), vitals.spo2_percent(),
                 vitals.respiratory_rate_per_minute(), vitals.weight_grams(), vitals.height_millimeters()}};
  ASSIGN_OR_RETURN(screening.screening_date,
                   rpc::FromProto(proto.screening_date(), "medical_screening.screening_date"));
  for (const auto& answer : proto.answers()) {
    screening.answers.push_back({answer.code(), As<Answer>(answer.answer()), answer.note()});
  }
  return screening;
}

v1::ScreeningRule ToProto(const ScreeningRule& rule) {
  v1::ScreeningRule proto;
  proto.set_code(rule.code);
  proto.set_outcome(As<v1::ScreeningRule::Outcome>(rule.outcome));
  proto.set_reason(rule.reason);
  proto.set_source(rule.source);
  proto.set_question(rule.question);
  if (!rule.question.empty()) proto.set_fires_on(As<v1::ScreeningAnswer::Answer>(rule.fires_on));
  proto.set_metric(As<v1::ScreeningRule::Metric>(rule.metric));
  if (rule.above) proto.set_above(*rule.above);
  if (rule.below) proto.set_below(*rule.below);
  proto.set_required(rule.required);
  return proto;
}

ScreeningRule FromProto(const v1::ScreeningRule& proto) {
  ScreeningRule rule{.code = proto.code(),
                     .outcome = As<RuleOutcome>(proto.outcome()),
                     .reason = proto.reason(),
                     .source = proto.source(),
                     .question = proto.question(),
                     .metric = As<Metric>(proto.metric()),
                     .required = proto.required()};
  if (proto.fires_on() != v1::ScreeningAnswer::ANSWER_UNSPECIFIED) rule.fires_on = As<Answer>(proto.fires_on());
  if (proto.has_above()) rule.above = proto.above();
  if (proto.has_below()) rule.below = proto.below();
  return rule;
}

v1::Measure ToProto(const Measure& measure, const ClinicId& clinic) {
  v1::Measure proto;
  proto.set_name(NameUnder(clinic, measure.patient, "measures", measure.id.str()));
  proto.set_tool(As<v1::MeasureTool>(measure.tool));
  *proto.mutable_administered_date() = rpc::ToProto(measure.administered_date);
  for (const MeasureItem& item : measure.items) {
    auto* out = proto.add_items();
    out->set_number(item.number);
    out->set_value(item.value);
  }
  proto.set_rater(measure.rater);
  proto.set_total(measure.score.total);
  proto.set_prorated(measure.score.prorated);
  proto.set_band(measure.score.band);
  if (!measure.risk_review.empty()) {
    proto.set_risk_review(NameUnder(clinic, measure.patient, "riskReviews", measure.risk_review.str()));
  }
  proto.set_recorded_by(measure.recorded_by);
  *proto.mutable_create_time() = rpc::ToProto(measure.create_time);
  return proto;
}

absl::StatusOr<Measure> FromProto(const v1::Measure& proto, absl::CivilDay today) {
  Measure measure{.tool = As<MeasureTool>(proto.tool()), .rater = proto.rater()};
  ASSIGN_OR_RETURN(measure.administered_date,
                   DayOr(proto.has_administered_date(), proto.administered_date(), "measure.administered_date", today));
  for (const auto& item : proto.items()) measure.items.push_back({item.number(), item.value()});
  return measure;
}

v1::Instrument ToProto(const Instrument& instrument) {
  v1::Instrument proto;
  proto.set_tool(As<v1::MeasureTool>(instrument.tool));
  proto.set_title(instrument.title);
  for (size_t i = 0; i < instrument.items.size(); ++i) {
    auto* item = proto.add_items();
    item->set_number(static_cast<int>(i) + 1);
    item->set_label(instrument.items[i].label);
    item->set_max_value(instrument.items[i].max_value);
  }
  for (const InstrumentBand& band : instrument.bands) {
    auto* out = proto.add_bands();
    out->set_code(band.code);
    out->set_min_total(band.min_total);
  }
  proto.set_loinc_code(instrument.loinc_code);
  proto.set_source(instrument.source);
  return proto;
}

v1::RiskReview ToProto(const RiskReview& review, const ClinicId& clinic) {
  v1::RiskReview proto;
  proto.set_name(NameUnder(clinic, review.patient, "riskReviews", review.id.str()));
  proto.set_measure(NameUnder(clinic, review.patient, "measures", review.measure.str()));
  proto.set_trigger(As<v1::RiskReview::Trigger>(review.trigger));
  proto.set_state(As<v1::RiskReview::State>(review.state));
  *proto.mutable_due_time() = rpc::ToProto(review.due_at);
  proto.set_action(As<v1::RiskReview::Action>(review.action));
  proto.set_note(review.note);
  proto.set_resolved_by(review.resolved_by);
  if (review.resolve_time) *proto.mutable_resolve_time() = rpc::ToProto(*review.resolve_time);
  *proto.mutable_create_time() = rpc::ToProto(review.create_time);
  return proto;
}

}  // namespace kat::intake
