#include "services/billing/domain/scrub.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kat::billing {
namespace {

using Finding = std::optional<ScrubFinding>;
using Kind = CodeRule::Kind;

// Days before the filing deadline from which it is worth a warning.
constexpr int kFilingWarningDays = 14;
constexpr int64_t kMicrogramsPerMilligram = 1000;

Finding Error(const char* code, std::string message) {
  return ScrubFinding{code, ScrubFinding::Severity::kError, std::move(message)};
}
Finding Warning(const char* code, std::string message) {
  return ScrubFinding{code, ScrubFinding::Severity::kWarning, std::move(message)};
}

int Count(const Claim& claim, Kind kind) {
  return static_cast<int>(
      std::count_if(claim.lines.begin(), claim.lines.end(), [&](const ClaimLine& line) { return line.kind == kind; }));
}

Finding SessionCompleted(const ScrubInput& in) {
  if (in.session.completed) return std::nullopt;
  return Error("SESSION_NOT_COMPLETED", "the treatment record is not completed; discharge the patient in scheduling");
}

Finding Observation(const ScrubInput& in) {
  if (in.session.observation_minutes >= in.set.min_observation_minutes) return std::nullopt;
  return Error("OBSERVATION_TOO_SHORT",
               absl::StrCat("observation was shorter than the ", in.set.min_observation_minutes,
                            " minutes that the payer pays for; check the monitoring times"));
}

Finding BloodPressures(const ScrubInput& in) {
  if (in.session.blood_pressures >= in.set.min_blood_pressures) return std::nullopt;
  return Error("BLOOD_PRESSURES_MISSING", absl::StrCat("the record holds fewer than ", in.set.min_blood_pressures,
                                                       " blood pressures; complete it"));
}

Finding RemsActive(const ScrubInput& in) {
  if (!in.set.rems_required && !in.session.rems_required) return std::nullopt;
  if (in.session.rems_patient_active && in.session.rems_setting_active) return std::nullopt;
  return Error("REMS_NOT_ACTIVE", "patient or setting was not active in the REMS on the day of service");
}

Finding MonitoringForm(const ScrubInput& in) {
  if (!in.session.rems_required || in.session.monitoring_form_submitted) return std::nullopt;
  const bool late = in.session.monitoring_form_due && in.now > *in.session.monitoring_form_due;
  return late ? Warning("MONITORING_FORM_LATE", "the REMS monitoring form is late; submit it")
              : Warning("MONITORING_FORM_OPEN", "the REMS monitoring form is not submitted yet; it is within its time");
}

// G2082 if and only if at most 56 mg, G2083 if and only if more: whatever bundle stands must be the one that the
// payer's dated rules give for the dose.
Finding BundleFitsDose(const ScrubInput& in) {
  if (in.set.structure != PayerCodeSet::Structure::kBundled || Count(in.claim, Kind::kSessionBundle) > 0)
    return std::nullopt;
  return Error("NO_BUNDLE_FOR_DOSE",
               "the payer's code set has no session code for this dose on this day; complete the code set");
}

Finding EstablishedPatient(const ScrubInput& in) {
  if (Count(in.claim, Kind::kSessionBundle) == 0 || in.arrangement.established_patient) return std::nullopt;
  return Error("NEW_PATIENT_WITH_BUNDLE",
               "G-codes are for established patients; mark the patient as established in the billing arrangement or "
               "code otherwise");
}

Finding NothingBesideBundle(const ScrubInput& in) {
  const int bundles = Count(in.claim, Kind::kSessionBundle);
  if (bundles == 0 || static_cast<int>(in.claim.lines.size()) == bundles) return std::nullopt;
  return Error("LINES_BESIDE_BUNDLE", "no drug, evaluation or prolonged service goes beside a session bundle");
}

Finding DrugUnits(const ScrubInput& in) {
  for (const ClaimLine& line : in.claim.lines) {
    if (line.kind == Kind::kDrug && line.units * kMicrogramsPerMilligram != in.session.dose_micrograms) {
      return Error("DRUG_UNITS_NOT_DOSE", "units of the drug line differ from the milligrams given");
    }
  }
  return std::nullopt;
}

Finding DrugLineByOwner(const ScrubInput& in) {
  if (!in.session.drug_supplied_by_clinic &&
      (Count(in.claim, Kind::kDrug) > 0 || Count(in.claim, Kind::kSessionBundle) > 0)) {
    return Error("DRUG_NOT_THE_CLINICS", "a pharmacy supplied the drug: bill neither it nor a bundle that holds it");
  }
  const bool itemized = in.set.structure == PayerCodeSet::Structure::kItemized;
  if (in.session.drug_supplied_by_clinic && itemized && Count(in.claim, Kind::kDrug) == 0) {
    return Error("DRUG_LINE_MISSING",
                 "the clinic supplied the drug and no code of the payer's set bills it on this day");
  }
  return std::nullopt;
}

// Among others J0013 from 2026-01-01 and S0013 before: the code table says which code lives on the day of service.
Finding CodesInForce(const ScrubInput& in) {
  for (const ClaimLine& line : in.claim.lines) {
    if (std::find(in.codes_in_force.begin(), in.codes_in_force.end(), line.code) == in.codes_in_force.end()) {
      return Error("CODE_NOT_IN_FORCE",
                   absl::StrCat("code ", line.code, " is not in the code table on the day of service"));
    }
  }
  return std::nullopt;
}

Finding LinesPresent(const ScrubInput& in) {
  if (!in.claim.lines.empty()) return std::nullopt;
  return Error("NO_LINES", "the payer's code set gives no line for this session");
}

Finding AuthorizationNumber(const ScrubInput& in) {
  if (!in.set.authorization_required && !in.session.authorization_needed) return std::nullopt;
  if (!in.claim.authorization_number.empty()) return std::nullopt;
  return Error("AUTHORIZATION_NUMBER_MISSING", "the payer asks for prior authorization and none covers the visit");
}

Finding AuthorizationDates(const ScrubInput& in) {
  const absl::CivilDay day = in.claim.service_date;
  const bool outside = (in.session.authorized_from && day < *in.session.authorized_from) ||
                       (in.session.authorized_until && day >= *in.session.authorized_until);
  if (!outside) return std::nullopt;
  return Error("AUTHORIZATION_DATES", "the day of service is outside the authorized days");
}

Finding AuthorizationUnits(const ScrubInput& in) {
  if (!in.session.units_overrun) return std::nullopt;
  return Error("AUTHORIZATION_UNITS", "the visit used more than the authorization had left");
}

Finding Diagnosis(const ScrubInput& in) {
  if (in.claim.diagnosis_codes.empty()) return Error("DIAGNOSIS_MISSING", "the claim has no diagnosis; add it");
  const auto fits = [&](const std::string& prefix) { return absl::StartsWith(in.claim.diagnosis_codes[0], prefix); };
  const std::vector<std::string>& prefixes = in.set.diagnosis_prefixes;
  if (prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), fits)) return std::nullopt;
  return Error("DIAGNOSIS_NOT_COVERED", "the payer does not cover the principal diagnosis for this program");
}

Finding DrugCode(const ScrubInput& in) {
  if (in.set.ndc_unit.empty() || !in.session.drug_supplied_by_clinic) return std::nullopt;
  const bool eleven = in.claim.ndc.size() == 11 && std::all_of(in.claim.ndc.begin(), in.claim.ndc.end(),
                                                               [](char c) { return c >= '0' && c <= '9'; });
  if (!eleven) return Error("NDC_INVALID", "the payer wants the drug's NDC in 11 digits (loop 2410 LIN); complete it");
  if (in.session.devices <= 0)
    return Error("NDC_QUANTITY_MISSING", "the record does not say how many units of the NDC were used");
  return std::nullopt;
}

// One of the payer's rules for the day must ask for the line's modifiers; the same code may have others at other doses
// and on other days.
Finding Modifiers(const ScrubInput& in) {
  for (const ClaimLine& line : in.claim.lines) {
    const auto asks = [&](const CodeRule& rule) {
      return rule.code == line.code && rule.kind == line.kind && rule.InForce(in.claim.service_date) &&
             rule.modifiers == line.modifiers;
    };
    if (std::none_of(in.set.rules.begin(), in.set.rules.end(), asks)) {
      return Error("MODIFIERS", absl::StrCat("the payer asks for other modifiers on ", line.code));
    }
  }
  return std::nullopt;
}

Finding WeeklyFrequency(const ScrubInput& in) {
  for (const ClaimLine& line : in.claim.lines) {
    const auto earlier = in.units_this_week.find(line.code);
    int units = earlier == in.units_this_week.end() ? 0 : earlier->second;
    for (const ClaimLine& other : in.claim.lines) units += other.code == line.code ? other.units : 0;
    for (const CodeRule& rule : in.set.rules) {
      if (rule.code != line.code || rule.max_units_per_week == 0 || !rule.InForce(in.claim.service_date)) continue;
      if (units <= rule.max_units_per_week) continue;
      return Error("WEEKLY_FREQUENCY",
                   absl::StrCat("with the claims of the 6 days before, ", units, " units of ", line.code,
                                " are billed and the payer pays ", rule.max_units_per_week,
                                " in 7 days; ask the payer for more, or close the claim"));
    }
  }
  return std::nullopt;
}

Finding ProviderNumbers(const ScrubInput& in) {
  if (IsNpi(in.claim.rendering_npi) && IsNpi(in.claim.billing_npi) && !in.settings.tin.empty() &&
      !in.settings.taxonomy_code.empty()) {
    return std::nullopt;
  }
  return Error("PROVIDER_NUMBERS",
               "NPI, TIN or taxonomy code is missing; complete the billing settings or the rendering NPI");
}

Finding Eligibility(const ScrubInput& in) {
  if (in.claim.eligibility_confirmed) return std::nullopt;
  return Warning("ELIGIBILITY_NOT_CONFIRMED",
                 "nobody has confirmed that the patient was covered on the day of service");
}

Finding Member(const ScrubInput& in) {
  if (!in.claim.member_id.empty() && !in.claim.payer.empty()) return std::nullopt;
  return Error("MEMBER_MISSING", "payer or member number is missing; complete the insurance");
}

Finding OneBundle(const ScrubInput& in) {
  int units = 0;
  for (const ClaimLine& line : in.claim.lines) units += line.kind == Kind::kSessionBundle ? line.units : 0;
  if (units <= 1) return std::nullopt;
  return Error("SEVERAL_BUNDLES", "one session bundle a day");
}

Finding InfusionTimes(const ScrubInput& in) {
  if (Count(in.claim, Kind::kAdministration) == 0 || in.session.dose_times_present) return std::nullopt;
  return Error("ADMINISTRATION_TIMES_MISSING", "start and stop of the administration are not on record");
}

Finding Duplicate(const ScrubInput& in) {
  if (!in.duplicate) return std::nullopt;
  return Error("DUPLICATE", "another claim of this patient and payer stands for the same day");
}

Finding TimelyFiling(const ScrubInput& in) {
  if (in.today > in.claim.filing_deadline) return Error("FILING_DEADLINE_PASSED", "the payer's time to file is over");
  if (in.today <= in.claim.filing_deadline - kFilingWarningDays) return std::nullopt;
  return Warning("FILING_DEADLINE_NEAR", "the payer's time to file ends soon; submit the claim");
}

Finding NotSelfPay(const ScrubInput& in) {
  if (in.arrangement.mode == BillingMode::kInsured && !in.session.self_pay) return std::nullopt;
  return Error("SELF_PAY", "the patient pays this visit; close the claim");
}

Finding Consent(const ScrubInput& in) {
  if (in.arrangement.billing_consent_date && *in.arrangement.billing_consent_date <= in.claim.service_date)
    return std::nullopt;
  return Error("CONSENT_TO_BILL", "the patient had not consented to bill the payer by the day of service");
}

Finding Savings(const ScrubInput& in) {
  if (!in.arrangement.manufacturer_savings || !(in.set.government || in.session.government_payer)) return std::nullopt;
  return Error("SAVINGS_WITH_GOVERNMENT_PAYER", "a manufacturer's savings may not be used with a government payer");
}

}  // namespace

std::vector<ScrubFinding> Scrub(const ScrubInput& input) {
  static constexpr Finding (*kRules[])(const ScrubInput&) = {
      SessionCompleted,    Observation,         BloodPressures,     RemsActive,      MonitoringForm, BundleFitsDose,
      EstablishedPatient,  NothingBesideBundle, DrugUnits,          DrugLineByOwner, CodesInForce,   LinesPresent,
      AuthorizationNumber, AuthorizationDates,  AuthorizationUnits, Diagnosis,       DrugCode,       Modifiers,
      WeeklyFrequency,     ProviderNumbers,     Eligibility,        Member,          OneBundle,      InfusionTimes,
      Duplicate,           TimelyFiling,        NotSelfPay,         Consent,         Savings};
  std::vector<ScrubFinding> findings;
  for (const auto rule : kRules) {
    if (Finding finding = rule(input)) findings.push_back(*std::move(finding));
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const ScrubFinding& a, const ScrubFinding& b) { return a.severity < b.severity; });
  return findings;
}

bool Blocks(const std::vector<ScrubFinding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const ScrubFinding& f) { return f.severity == ScrubFinding::Severity::kError; });
}

}  // namespace kat::billing
