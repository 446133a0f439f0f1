#ifndef KAT_SERVICES_INTAKE_STORE_EVIDENCE_MAPPINGS_H_
#define KAT_SERVICES_INTAKE_STORE_EVIDENCE_MAPPINGS_H_

#include "services/intake/store/json.h"
#include "services/intake/store/pg_record_table.h"

// How what clinicians record lies in its tables (migration 0004).
namespace kat::intake {

using Columns = std::vector<std::string>;

template <class Enum>
int Number(Enum value) {
  return static_cast<int>(value);
}

template <class Enum>
Enum EnumOf(const pg::Row& row, absl::string_view column) {
  return static_cast<Enum>(row.Get<int>(column));
}

template <class T>
T JsonOf(const pg::Row& row, absl::string_view column) {
  return FromJson<T>(row.Get<std::string>(column));
}

// Most tables cannot be filtered by these.
struct NoFilters {
  static constexpr const char* kStateColumn = "";
  static constexpr const char* kKeyColumn = "";
  static constexpr const char* kDateColumn = "";
};

template <>
struct Mapping<PsychiatricEvaluation> : NoFilters {
  static constexpr const char* kTable = "psychiatric_evaluations";
  static constexpr const char* kResource = "psychiatric evaluation";
  static inline const Columns kColumns = {"evaluation_date", "evaluator", "diagnoses",     "trials",
                                          "psychosis",       "mania",     "substance_use", "psychotherapy",
                                          "assessment",      "document",  "recorded_by"};
  static std::vector<pg::Param> Values(const PsychiatricEvaluation& e) {
    return {e.evaluation_date,
            ToJson(e.evaluator),
            ToJson(e.diagnoses),
            ToJson(e.trials),
            Number(e.psychosis),
            Number(e.mania),
            Number(e.substance_use_disorder),
            e.psychotherapy,
            e.assessment,
            e.document,
            e.recorded_by};
  }
  static void Read(const pg::Row& row, PsychiatricEvaluation& e) {
    e.evaluation_date = row.Get<absl::CivilDay>("evaluation_date");
    e.evaluator = JsonOf<Provider>(row, "evaluator");
    e.diagnoses = JsonOf<std::vector<Diagnosis>>(row, "diagnoses");
    e.trials = JsonOf<std::vector<MedicationTrial>>(row, "trials");
    e.psychosis = EnumOf<Statement>(row, "psychosis");
    e.mania = EnumOf<Statement>(row, "mania");
    e.substance_use_disorder = EnumOf<Statement>(row, "substance_use");
    e.psychotherapy = row.Get<std::string>("psychotherapy");
    e.assessment = row.Get<std::string>("assessment");
    e.document = row.Get<DocumentId>("document");
    e.recorded_by = row.Get<std::string>("recorded_by");
  }
};

template <>
struct Mapping<MedicalScreening> : NoFilters {
  static constexpr const char* kTable = "medical_screenings";
  static constexpr const char* kResource = "medical screening";
  static inline const Columns kColumns = {"program", "screening_date", "screener", "vitals",
                                          "answers", "verdict",        "result",   "recorded_by"};
  static std::vector<pg::Param> Values(const MedicalScreening& s) {
    return {s.program,         s.screening_date,         ToJson(s.screener), ToJson(s.vitals),
            ToJson(s.answers), Number(s.result.verdict), ToJson(s.result),   s.recorded_by};
  }
  static void Read(const pg::Row& row, MedicalScreening& s) {
    s.program = row.Get<std::string>("program");
    s.screening_date = row.Get<absl::CivilDay>("screening_date");
    s.screener = JsonOf<Provider>(row, "screener");
    s.vitals = JsonOf<Vitals>(row, "vitals");
    s.answers = JsonOf<std::vector<ScreeningAnswer>>(row, "answers");
    s.result = JsonOf<ScreeningResult>(row, "result");
    s.recorded_by = row.Get<std::string>("recorded_by");
  }
};

template <>
struct Mapping<Measure> {
  static constexpr const char* kTable = "measures";
  static constexpr const char* kResource = "measure";
  static constexpr const char* kStateColumn = "";
  static constexpr const char* kKeyColumn = "tool";
  static constexpr const char* kDateColumn = "administered_date";
  static inline const Columns kColumns = {"tool", "administered_date", "items",      "rater", "total", "prorated",
                                          "band", "risk_review",       "recorded_by"};
  static std::vector<pg::Param> Values(const Measure& m) {
    return {Number(m.tool),   m.administered_date, ToJson(m.items), m.rater,      m.score.total,
            m.score.prorated, m.score.band,        m.risk_review,   m.recorded_by};
  }
  static void Read(const pg::Row& row, Measure& m) {
    m.tool = EnumOf<MeasureTool>(row, "tool");
    m.administered_date = row.Get<absl::CivilDay>("administered_date");
    m.items = JsonOf<std::vector<MeasureItem>>(row, "items");
    m.rater = row.Get<std::string>("rater");
    m.score.total = row.Get<int>("total");
    m.score.prorated = row.Get<bool>("prorated");
    m.score.band = row.Get<std::string>("band");
    m.risk_review = row.Get<RiskReviewId>("risk_review");
    m.recorded_by = row.Get<std::string>("recorded_by");
  }
};

template <>
struct Mapping<RiskReview> {
  static constexpr const char* kTable = "risk_reviews";
  static constexpr const char* kResource = "risk review";
  static constexpr const char* kStateColumn = "state";
  static constexpr const char* kKeyColumn = "";
  static constexpr const char* kDateColumn = "";
  static inline const Columns kColumns = {"measure", "trigger", "state",       "due_at",
                                          "action",  "note",    "resolved_by", "resolved_at"};
  static std::vector<pg::Param> Values(const RiskReview& r) {
    return {r.measure, Number(r.trigger), Number(r.state), r.due_at, Number(r.action),
            r.note,    r.resolved_by,     r.resolve_time};
  }
  static void Read(const pg::Row& row, RiskReview& r) {
    r.measure = row.Get<MeasureId>("measure");
    r.trigger = EnumOf<RiskTrigger>(row, "trigger");
    r.state = EnumOf<RiskReviewState>(row, "state");
    r.due_at = row.Get<absl::Time>("due_at");
    r.action = EnumOf<RiskAction>(row, "action");
    r.note = row.Get<std::string>("note");
    r.resolved_by = row.Get<std::string>("resolved_by");
    r.resolve_time = row.Get<std::optional<absl::Time>>("resolved_at");
  }
};

template <>
struct Mapping<Medication> : NoFilters {
  static constexpr const char* kTable = "medications";
  static constexpr const char* kResource = "medication";
  static inline const Columns kColumns = {"drug",       "drug_class", "dose",        "route",
                                          "start_date", "end_date",   "stop_reason", "prescriber"};
  static std::vector<pg::Param> Values(const Medication& m) {
    return {m.drug, m.drug_class, m.dose, m.route, m.start_date, m.end_date, m.stop_reason, m.prescriber};
  }
  static void Read(const pg::Row& row, Medication& m) {
    m.drug = row.Get<std::string>("drug");
    m.drug_class = row.Get<std::string>("drug_class");
    m.dose = row.Get<std::string>("dose");
    m.route = row.Get<std::string>("route");
    m.start_date = row.Get<std::optional<absl::CivilDay>>("start_date");
    m.end_date = row.Get<std::optional<absl::CivilDay>>("end_date");
    m.stop_reason = row.Get<std::string>("stop_reason");
    m.prescriber = row.Get<std::string>("prescriber");
  }
};

template <>
struct Mapping<MedicationVerification> : NoFilters {
  static constexpr const char* kTable = "medication_verifications";
  static constexpr const char* kResource = "medication verification";
  static inline const Columns kColumns = {"verified_date", "verified_by",  "source",
                                          "changes",       "list_version", "signed_off_codes"};
  static std::vector<pg::Param> Values(const MedicationVerification& v) {
    return {v.verified_date, v.verified_by, v.source, v.changes, v.list_version, v.signed_off_codes};
  }
  static void Read(const pg::Row& row, MedicationVerification& v) {
    v.verified_date = row.Get<absl::CivilDay>("verified_date");
    v.verified_by = row.Get<std::string>("verified_by");
    v.source = row.Get<std::string>("source");
    v.changes = row.Get<std::string>("changes");
    v.list_version = row.Get<int64_t>("list_version");
    v.signed_off_codes = row.Get<std::vector<std::string>>("signed_off_codes");
  }
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_EVIDENCE_MAPPINGS_H_
