#include "services/intake/domain/medication.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/intake/domain/errors.h"
#include "services/intake/domain/limits.h"

namespace kat::intake {
namespace {

bool Meets(const Medication& medication, const InteractionRule& rule) {
  return std::find(rule.drug_classes.begin(), rule.drug_classes.end(), medication.drug_class) !=
             rule.drug_classes.end() ||
         std::any_of(rule.drugs.begin(), rule.drugs.end(),
                     [&](const std::string& drug) { return absl::EqualsIgnoreCase(drug, medication.drug); });
}

bool SignedOff(const std::string& code, const Medication& medication,
               const std::vector<MedicationVerification>& verifications) {
  return std::any_of(verifications.begin(), verifications.end(), [&](const MedicationVerification& v) {
    return v.create_time >= medication.create_time &&
           std::find(v.signed_off_codes.begin(), v.signed_off_codes.end(), code) != v.signed_off_codes.end();
  });
}

}  // namespace

absl::Status ValidateInteractionRules(const std::vector<InteractionRule>& rules) {
  std::vector<FieldViolation> wrong;
  std::set<std::string> codes;
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string path = absl::StrCat("interaction_rule_set.rules[", i, "]");
    if (!codes.insert(rules[i].code).second) wrong.push_back({path + ".code", "is there twice"});
    if (rules[i].drug_classes.empty() && rules[i].drugs.empty())
      wrong.push_back({path, "names neither class nor drug"});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

absl::Status CheckRoom(const std::vector<Medication>& medications) {
  const auto taken = std::count_if(medications.begin(), medications.end(), [](const auto& m) { return !m.end_date; });
  return taken < kMaxMedications ? absl::OkStatus() : MedicationListFull();
}

absl::Status StopMedication(Medication& medication, absl::CivilDay end_date, absl::string_view reason,
                            absl::CivilDay today) {
  if (medication.end_date) return WrongState("medication", "STOPPED", "be stopped");
  if (end_date > today) return InvalidField("end_date", "lies in the future");
  if (medication.start_date && end_date < *medication.start_date)
    return InvalidField("end_date", "lies before the start");
  medication.end_date = end_date;
  medication.stop_reason = std::string(reason);
  return absl::OkStatus();
}

std::vector<InteractionFlag> FindInteractions(const std::vector<Medication>& medications,
                                              const std::vector<MedicationVerification>& verifications,
                                              const std::vector<InteractionRule>& rules, absl::CivilDay day) {
  std::vector<InteractionFlag> flags;
  for (const Medication& medication : medications) {
    if (!medication.TakenOn(day)) continue;
    for (const InteractionRule& rule : rules) {
      if (!Meets(medication, rule)) continue;
      flags.push_back(
          {.code = rule.code,
           .medication = medication.id,
           .handling = rule.handling,
           .reason = rule.reason,
           .instruction = rule.instruction,
           .signed_off = rule.handling == Handling::kSignOff && SignedOff(rule.code, medication, verifications)});
    }
  }
  return flags;
}

}  // namespace kat::intake
