#include <algorithm>

#include "services/intake/domain/readiness.h"

// How each kind of step stands on a day.
namespace kat::intake {
namespace {

using Defect = StepStatus::Defect;

std::optional<absl::CivilDay> Earlier(std::optional<absl::CivilDay> a, std::optional<absl::CivilDay> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// A status of evidence taken on `date` that is good in itself: it counts while it is young enough.
StepStatus Aged(const StepSpec& spec, EvidenceRef evidence, absl::CivilDay date, std::optional<absl::CivilDay> own_end,
                absl::CivilDay day) {
  StepStatus status{.state = StepState::kCompleted,
                    .defect = Defect::kNone,
                    .evidence = std::move(evidence),
                    .evidence_date = date,
                    .valid_through = own_end};
  if (spec.validity_days > 0) status.valid_through = Earlier(own_end, date + spec.validity_days);
  if (status.valid_through && day > *status.valid_through) {
    status.state = StepState::kExpired;
    status.defect = Defect::kExpired;
  }
  return status;
}

StepStatus InProgress(Defect defect = Defect::kMissing) { return {.state = StepState::kInProgress, .defect = defect}; }

// The better of two: completed first, then the one that counts longer, then expired, in progress, pending.
bool Better(const StepStatus& a, const StepStatus& b) {
  const auto rank = [](const StepStatus& s) {
    switch (s.state) {
      case StepState::kWaived:
      case StepState::kCompleted:
        return 4;
      case StepState::kInProgress:
        return 2;
      case StepState::kExpired:
        return 3;
      case StepState::kPending:
        break;
    }
    return 1;
  };
  if (rank(a) != rank(b)) return rank(a) > rank(b);
  if (a.valid_through != b.valid_through) {
    return !a.valid_through || (b.valid_through && *a.valid_through > *b.valid_through);
  }
  return a.evidence_date > b.evidence_date;
}

StepStatus JudgeEvaluation(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  const PsychiatricEvaluation* latest = LatestEvaluation(evidence, day);
  if (latest == nullptr) return {};
  return Aged(spec, {"psychiatricEvaluations", latest->id.str()}, latest->evaluation_date, std::nullopt, day);
}

StepStatus JudgeScreening(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  const MedicalScreening* latest = LatestScreening(evidence, day);
  if (latest == nullptr) return {};
  StepStatus status = Aged(spec, {"medicalScreenings", latest->id.str()}, latest->screening_date, std::nullopt, day);
  if (status.state == StepState::kCompleted && evidence.screening_rules) {
    const ScreeningResult result =
        Judge(*latest, evidence.screening_rules->rules, evidence.screening_rules->id, evidence.birth_date);
    if (result.verdict == Verdict::kIncomplete) return InProgress(Defect::kIncomplete);
  }
  return status;
}

StepStatus JudgeMeasure(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  const Measure* latest = LatestOn(
      evidence.measures, day, [](const Measure& m) { return m.administered_date; },
      [&](const Measure& m) { return m.tool == spec.tool; });
  if (latest == nullptr) return {};
  return Aged(spec, {"measures", latest->id.str()}, latest->administered_date, std::nullopt, day);
}

StepStatus JudgeMedicationList(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  const MedicationVerification* latest = LatestOn(
      evidence.verifications, day, [](const MedicationVerification& v) { return v.verified_date; },
      [](const MedicationVerification&) { return true; });
  if (latest == nullptr) return {};
  if (latest->list_version != evidence.medication_list_version) return InProgress(Defect::kIncomplete);
  return Aged(spec, {"medicationVerifications", latest->id.str()}, latest->verified_date, std::nullopt, day);
}

// Whether something of what came for the request still counts; all of it may have been filed in error.
bool HasCurrentDocument(const RecordsRequest& request, const Evidence& evidence) {
  return std::any_of(evidence.documents.begin(), evidence.documents.end(), [&](const Document& d) {
    return d.state == DocumentState::kCurrent &&
           std::find(request.documents.begin(), request.documents.end(), d.id) != request.documents.end();
  });
}

StepStatus JudgeRecords(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  StepStatus best;
  for (const RecordsRequest& request : evidence.records_requests) {
    StepStatus status;
    if (request.arrived() && request.received_date && *request.received_date <= day &&
        HasCurrentDocument(request, evidence)) {
      status = Aged(spec, {"recordsRequests", request.id.str()}, *request.received_date, std::nullopt, day);
    } else if (request.state != RecordsState::kExpired && request.state != RecordsState::kRevoked) {
      status = InProgress();
    }
    if (Better(status, best)) best = status;
  }
  return best;
}

// The latest decision counts; while none is there, the step is in progress once asked for.
StepStatus JudgeClearance(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  const auto of_kind = [&](const Clearance& c) { return c.kind == spec.clearance_kind; };
  const Clearance* decided = LatestOn(
      evidence.clearances, day, [](const Clearance& c) { return *c.decision_date; },
      [&](const Clearance& c) { return of_kind(c) && c.decision_date; });
  if (decided == nullptr) {
    const bool asked = std::any_of(evidence.clearances.begin(), evidence.clearances.end(), [&](const Clearance& c) {
      return of_kind(c) && c.state != ClearanceState::kWithdrawn;
    });
    return asked ? InProgress() : StepStatus{};
  }
  if (decided->state == ClearanceState::kNotCleared) return InProgress(Defect::kNegative);
  StepStatus status =
      Aged(spec, {"clearances", decided->id.str()}, *decided->decision_date, decided->valid_through, day);
  if (decided->state == ClearanceState::kExpired) {
    status.state = StepState::kExpired;
    status.defect = Defect::kExpired;
  }
  return status;
}

StepStatus JudgeConsent(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  StepStatus best;
  for (const Consent& consent : evidence.consents) {
    if (consent.consent_key != spec.consent_key || consent.signed_date > day) continue;
    StepStatus status = Aged(spec, {"consents", consent.id.str()}, consent.signed_date, consent.valid_through, day);
    if (ConsentStateOn(consent, evidence.resign_days, day) != ConsentState::kActive) {
      status.state = StepState::kExpired;
      status.defect = Defect::kExpired;
    }
    for (const ResignDay& resign : evidence.resign_days) {  // a new version already announced ends it early
      if (resign.consent_key == consent.consent_key && resign.effective_from > consent.template_from) {
        status.valid_through = Earlier(status.valid_through, resign.effective_from - 1);
      }
    }
    if (Better(status, best)) best = status;
  }
  return best;
}

StepStatus JudgeDocument(const StepSpec& spec, const Evidence& evidence, absl::CivilDay day) {
  const Document* latest = LatestOn(
      evidence.documents, day, [](const Document& d) { return d.document_date; },
      [&](const Document& d) { return d.type == spec.document_type && d.state == DocumentState::kCurrent; });
  if (latest == nullptr) return {};
  return Aged(spec, {"documents", latest->id.str()}, latest->document_date, std::nullopt, day);
}

}  // namespace

const PsychiatricEvaluation* LatestEvaluation(const Evidence& evidence, absl::CivilDay day) {
  return LatestOn(
      evidence.evaluations, day, [](const PsychiatricEvaluation& e) { return e.evaluation_date; },
      [](const PsychiatricEvaluation&) { return true; });
}

const MedicalScreening* LatestScreening(const Evidence& evidence, absl::CivilDay day) {
  return LatestOn(
      evidence.screenings, day, [](const MedicalScreening& s) { return s.screening_date; },
      [](const MedicalScreening&) { return true; });
}

StepStatus JudgeStep(const IntakeStep& step, const Evidence& evidence, absl::CivilDay day) {
  if (step.state == StepState::kWaived) return {.state = StepState::kWaived, .defect = Defect::kNone};
  switch (step.spec.kind) {
    case StepKind::kPsychiatricEvaluation:
      return JudgeEvaluation(step.spec, evidence, day);
    case StepKind::kMedicalScreening:
      return JudgeScreening(step.spec, evidence, day);
    case StepKind::kMeasure:
      return JudgeMeasure(step.spec, evidence, day);
    case StepKind::kMedicationList:
      return JudgeMedicationList(step.spec, evidence, day);
    case StepKind::kRecordsRequest:
      return JudgeRecords(step.spec, evidence, day);
    case StepKind::kClearance:
      return JudgeClearance(step.spec, evidence, day);
    case StepKind::kConsent:
      return JudgeConsent(step.spec, evidence, day);
    case StepKind::kDocument:
      return JudgeDocument(step.spec, evidence, day);
  }
  return {};
}

bool ApplyStatus(IntakeStep& step, const StepStatus& status) {
  if (step.state == status.state && step.evidence == status.evidence && step.evidence_date == status.evidence_date &&
      step.valid_through == status.valid_through) {
    return false;
  }
  step.state = status.state;
  step.evidence = status.evidence;
  step.evidence_date = status.evidence_date;
  step.valid_through = status.valid_through;
  return true;
}

}  // namespace kat::intake
