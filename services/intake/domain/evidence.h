#ifndef KAT_SERVICES_INTAKE_DOMAIN_EVIDENCE_H_
#define KAT_SERVICES_INTAKE_DOMAIN_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/intake/domain/clearance.h"
#include "services/intake/domain/consent.h"
#include "services/intake/domain/document.h"
#include "services/intake/domain/evaluation.h"
#include "services/intake/domain/measure.h"
#include "services/intake/domain/medication.h"
#include "services/intake/domain/policy.h"
#include "services/intake/domain/records_request.h"
#include "services/intake/domain/screening.h"

namespace kat::intake {

// All that is known of a patient, and the clinic's rules in force on the day it is looked at. Order does not matter.
struct Evidence {
  absl::CivilDay birth_date;
  std::vector<PsychiatricEvaluation> evaluations;
  std::vector<MedicalScreening> screenings;
  std::vector<Measure> measures;
  std::vector<RiskReview> open_reviews;
  std::vector<Medication> medications;
  std::vector<MedicationVerification> verifications;
  int64_t medication_list_version = 0;
  std::vector<RecordsRequest> records_requests;
  std::vector<Clearance> clearances;
  std::vector<Consent> consents;
  std::vector<Document> documents;  // current ones

  std::optional<ScreeningRuleSet> screening_rules;
  std::optional<InteractionRuleSet> interaction_rules;
  std::vector<ResignDay> resign_days;
};

// The latest of `items` by `date_of`, then by create_time, that lies on `day` or before and that `counts`; nullptr
// where there is none.
template <class Item, class DateOf, class Counts>
const Item* LatestOn(const std::vector<Item>& items, absl::CivilDay day, DateOf date_of, Counts counts) {
  const Item* latest = nullptr;
  for (const Item& item : items) {
    if (!counts(item) || date_of(item) > day) continue;
    if (latest == nullptr || date_of(item) > date_of(*latest) ||
        (date_of(item) == date_of(*latest) && item.create_time > latest->create_time)) {
      latest = &item;
    }
  }
  return latest;
}

const PsychiatricEvaluation* LatestEvaluation(const Evidence& evidence, absl::CivilDay day);
const MedicalScreening* LatestScreening(const Evidence& evidence, absl::CivilDay day);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_EVIDENCE_H_
