#include "services/billing/domain/code_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::billing {
namespace {

constexpr int64_t kMicrogramsPerMilligram = 1000;
// CPT 96365 covers the first 90 minutes of an infusion; 96366 each further hour begun.
constexpr int kFirstInfusionMinutes = 90;
constexpr int kMinutesPerHour = 60;

bool Applies(const CodeRule& rule, const SessionDose& session) {
  if (!rule.InForce(session.service_date)) return false;
  if (rule.kind == CodeRule::Kind::kDrug && !session.drug_supplied_by_clinic) return false;
  if (session.dose_micrograms <= rule.above_dose_mg * kMicrogramsPerMilligram) return false;
  return rule.up_to_dose_mg == 0 || session.dose_micrograms <= rule.up_to_dose_mg * kMicrogramsPerMilligram;
}

int Units(const CodeRule& rule, const SessionDose& session) {
  switch (rule.unit_basis) {
    case CodeRule::UnitBasis::kPerMilligram:
      return static_cast<int>((session.dose_micrograms + kMicrogramsPerMilligram - 1) / kMicrogramsPerMilligram);
    case CodeRule::UnitBasis::kPerAdditionalHour:
      return std::max(0, (session.infusion_minutes - kFirstInfusionMinutes + kMinutesPerHour - 1) / kMinutesPerHour);
    default:
      return 1;
  }
}

bool HoldsDrug(CodeRule::Kind kind) { return kind == CodeRule::Kind::kDrug || kind == CodeRule::Kind::kSessionBundle; }

}  // namespace

bool CodeRule::InForce(absl::CivilDay day) const {
  return (!service_from || day >= *service_from) && (!service_until || day < *service_until);
}

absl::Status CheckCodeSet(const PayerCodeSet& set) {
  RETURN_IF_ERROR(CheckEffective(set.effective, "payer_code_set"));
  if (set.place_of_service == "02" || set.place_of_service == "10") {
    return InvalidField("payer_code_set.place_of_service", "a dosing session is never given by telehealth");
  }
  for (size_t i = 0; i < set.rules.size(); ++i) {
    const CodeRule& rule = set.rules[i];
    const std::string field = absl::StrCat("payer_code_set.rules[", i, "]");
    const bool bundle = rule.kind == CodeRule::Kind::kSessionBundle;
    if (bundle != (set.structure == PayerCodeSet::Structure::kBundled)) {
      return InvalidField(field + ".kind", "a bundled code set holds session bundles alone, an itemized one none");
    }
    if (rule.up_to_dose_mg != 0 && rule.up_to_dose_mg <= rule.above_dose_mg) {
      return InvalidField(field + ".up_to_dose_mg", "must be above above_dose_mg");
    }
    if (rule.service_from && rule.service_until && *rule.service_until <= *rule.service_from) {
      return InvalidField(field + ".service_until", "must be after service_from");
    }
    RETURN_IF_ERROR(CheckAmount(rule.unit_charge, 0, field + ".unit_charge"));
  }
  return absl::OkStatus();
}

std::vector<ClaimLine> BuildLines(const PayerCodeSet& set, const SessionDose& session, absl::string_view ndc,
                                  int devices) {
  std::vector<ClaimLine> lines;
  for (const CodeRule& rule : set.rules) {
    if (!Applies(rule, session)) continue;
    ClaimLine line{rule.code, rule.kind, rule.modifiers, Units(rule, session)};
    if (line.units == 0) continue;
    line.charge = rule.unit_charge * line.units;
    if (HoldsDrug(rule.kind) && !set.ndc_unit.empty() && !ndc.empty()) {
      line.drug_identification = absl::StrCat("N4 ", ndc, " ", set.ndc_unit, devices);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace kat::billing
