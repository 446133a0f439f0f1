#include "services/billing/domain/claim.h"

#include <algorithm>
#include <map>

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/billing/domain/scrub.h"

namespace kat::billing {
namespace {

using S = Claim::State;
using E = Claim::Event;
using Kind = CodeRule::Kind;
using Basis = CodeRule::UnitBasis;

PayerCodeSet Bundled() {
  PayerCodeSet set;
  set.structure = PayerCodeSet::Structure::kBundled;
  set.rules = {{"G2082", Kind::kSessionBundle, Basis::kPerSession, 0, 56, {}, {}, {"KX"}, 100'000},
               {"G2083", Kind::kSessionBundle, Basis::kPerSession, 56, 0, {}, {}, {"KX"}, 140'000}};
  set.place_of_service = "11";
  set.diagnosis_prefixes = {"F32", "F33"};
  set.timely_filing_days = 365;
  set.min_observation_minutes = 120;
  set.min_blood_pressures = 3;
  set.rems_required = true;
  return set;
}

PayerCodeSet Itemized() {
  PayerCodeSet set = Bundled();
  set.structure = PayerCodeSet::Structure::kItemized;
  const absl::CivilDay change(2026, 1, 1);
  set.rules = {{"S0013", Kind::kDrug, Basis::kPerMilligram, 0, 0, {}, change, {}, 1'400},
               {"J0013", Kind::kDrug, Basis::kPerMilligram, 0, 0, change, {}, {}, 1'500},
               {"99215", Kind::kEvaluation, Basis::kPerSession, 0, 0, {}, {}, {}, 30'000}};
  set.ndc_unit = "UN";
  set.authorization_required = true;
  return set;
}

// A session of 84 mg with everything in order.
struct Case {
  Case() {
    session = {.completed = true,
               .dose_micrograms = 84'000,
               .devices = 3,
               .dose_times_present = true,
               .observation_minutes = 125,
               .blood_pressures = 3,
               .ndc = "50458002803",
               .authorization_number = "PA-1",
               .authorized_from = absl::CivilDay(2026, 11, 1),
               .authorized_until = absl::CivilDay(2027, 1, 31),
               .rems_required = true,
               .rems_setting_active = true,
               .rems_patient_active = true,
               .monitoring_form_submitted = true,
               .payer = PayerId("acme"),
               .member_id = "M1"};
    arrangement.mode = BillingMode::kInsured;
    arrangement.payer = PayerId("acme");
    arrangement.billing_consent_date = absl::CivilDay(2026, 10, 1);
    arrangement.diagnosis_codes = {"F33.2"};
    arrangement.established_patient = true;
    settings.npi = "1234567893";
    settings.tin = "12-3456789";
    settings.taxonomy_code = "2084P0800X";
    claim.payer = PayerId("acme");
    claim.service_date = absl::CivilDay(2026, 11, 20);
    claim.eligibility_confirmed = true;
  }

  std::vector<std::string> Findings(const PayerCodeSet& set) {
    Fill(claim, session, arrangement, settings, set);
    std::vector<std::string> codes;
    for (const ScrubFinding& finding : Scrub({claim,
                                              session,
                                              arrangement,
                                              settings,
                                              set,
                                              {"G2082", "G2083", "J0013", "99215"},
                                              units_this_week,
                                              duplicate,
                                              absl::CivilDay(2026, 11, 23),
                                              absl::FromCivil(absl::CivilDay(2026, 11, 23), absl::UTCTimeZone())})) {
      codes.push_back(finding.code);
    }
    return codes;
  }

  SessionFacts session;
  BillingArrangement arrangement;
  BillingSettings settings;
  Claim claim;
  std::map<std::string, int> units_this_week;
  bool duplicate = false;
};

using Codes = std::vector<std::string>;

TEST(Scrub, ACompleteSessionIsClean) {
  EXPECT_EQ(Case().Findings(Bundled()), Codes{});
  EXPECT_EQ(Case().Findings(Itemized()), Codes{});
}

TEST(ClaimLines, TheDoseChoosesTheBundle) {
  Case c;
  c.Findings(Bundled());
  ASSERT_EQ(c.claim.lines.size(), 1u);
  EXPECT_EQ(c.claim.lines[0].code, "G2083");
  c.session.dose_micrograms = 56'000;
  c.Findings(Bundled());
  EXPECT_EQ(c.claim.lines[0].code, "G2082");
}

TEST(ClaimLines, TheDayOfServiceChoosesTheDrugCode) {
  Case c;
  c.Findings(Itemized());
  EXPECT_EQ(c.claim.lines[0].code, "J0013");
  EXPECT_EQ(c.claim.lines[0].units, 84);
  EXPECT_EQ(c.claim.lines[0].charge, 126'000);
  EXPECT_EQ(c.claim.lines[0].drug_identification, "N4 50458002803 UN3");
  c.claim.service_date = absl::CivilDay(2025, 12, 31);
  c.Findings(Itemized());
  EXPECT_EQ(c.claim.lines[0].code, "S0013");
}

TEST(ClaimLines, FurtherHoursOfAnInfusionStartAfterNinetyMinutes) {
  PayerCodeSet set = Itemized();
  set.rules = {{"96365", Kind::kAdministration, Basis::kPerSession, 0, 0, {}, {}, {}, 1},
               {"96366", Kind::kAdministrationAdditional, Basis::kPerAdditionalHour, 0, 0, {}, {}, {}, 1}};
  EXPECT_EQ(BuildLines(set, {.dose_micrograms = 1, .infusion_minutes = 90}, "", 0).size(), 1u);
  EXPECT_EQ(BuildLines(set, {.dose_micrograms = 1, .infusion_minutes = 91}, "", 0)[1].units, 1);
}

TEST(Scrub, FindsWhatTheRecordLacks) {
  Case c;
  c.session.completed = false;
  c.session.observation_minutes = 119;
  c.session.blood_pressures = 2;
  c.session.rems_patient_active = false;
  EXPECT_EQ(c.Findings(Bundled()),
            (Codes{"SESSION_NOT_COMPLETED", "OBSERVATION_TOO_SHORT", "BLOOD_PRESSURES_MISSING", "REMS_NOT_ACTIVE"}));
}

TEST(Scrub, FindsWhatTheAuthorizationLacks) {
  Case c;
  c.session.authorization_number = "";
  c.session.authorized_until = absl::CivilDay(2026, 11, 19);
  c.session.units_overrun = true;
  EXPECT_EQ(c.Findings(Itemized()),
            (Codes{"AUTHORIZATION_NUMBER_MISSING", "AUTHORIZATION_DATES", "AUTHORIZATION_UNITS"}));
}

TEST(Scrub, ANewPatientGetsNoBundle) {
  Case c;
  c.arrangement.established_patient = false;
  EXPECT_EQ(c.Findings(Bundled()), Codes{"NEW_PATIENT_WITH_BUNDLE"});
  EXPECT_EQ(c.Findings(Itemized()), Codes{});
}

TEST(Scrub, APharmacysDrugIsNotBilled) {
  Case c;
  c.session.drug_supplied_by_clinic = false;
  EXPECT_EQ(c.Findings(Bundled()), Codes{"DRUG_NOT_THE_CLINICS"});
  EXPECT_EQ(c.Findings(Itemized()), Codes{});
  EXPECT_EQ(c.claim.lines.size(), 1u);
}

TEST(Scrub, ACodeMustLiveOnTheDayOfService) {
  Case c;
  c.claim.service_date = absl::CivilDay(2025, 12, 31);
  c.session.authorized_from = std::nullopt;
  c.arrangement.billing_consent_date = absl::CivilDay(2025, 1, 1);
  const Codes codes = c.Findings(Itemized());
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "CODE_NOT_IN_FORCE"), 1);  // S0013 is not in this table
}

TEST(Scrub, ChecksDiagnosisDrugCodeAndNumbers) {
  Case c;
  c.arrangement.diagnosis_codes = {"F41.1"};
  c.session.ndc = "5045-802";
  c.settings.tin = "";
  EXPECT_EQ(c.Findings(Itemized()), (Codes{"DIAGNOSIS_NOT_COVERED", "NDC_INVALID", "PROVIDER_NUMBERS"}));
}

TEST(Scrub, MoreOfACodeInAWeekThanThePayersRuleOfTheDayAllowsIsFound) {
  PayerCodeSet set = Itemized();
  const absl::CivilDay change(2026, 11, 20);
  set.rules[1].max_units_per_week = 168;
  Case c;
  c.units_this_week = {{"J0013", 84}, {"99215", 7}};
  EXPECT_EQ(c.Findings(set), Codes{});
  c.units_this_week["J0013"] = 85;
  EXPECT_EQ(c.Findings(set), Codes{"WEEKLY_FREQUENCY"});
  set.rules[1].service_until = change;  // from that day on the payer allows more
  set.rules.push_back({"J0013", Kind::kDrug, Basis::kPerMilligram, 0, 0, change, {}, {}, 1'500, 252});
  EXPECT_EQ(c.Findings(set), Codes{});
  c.claim.service_date = change - 1;
  EXPECT_EQ(c.Findings(set), Codes{"WEEKLY_FREQUENCY"});
  PayerCodeSet bundles = Bundled();
  bundles.rules[1].max_units_per_week = 2;
  Case third;
  third.units_this_week = {{"G2083", 2}};
  EXPECT_EQ(third.Findings(bundles), Codes{"WEEKLY_FREQUENCY"});
}

TEST(Scrub, ACodeMayHaveOtherModifiersOnOtherDays) {
  PayerCodeSet set = Itemized();
  const absl::CivilDay change(2026, 7, 1);
  set.rules[1].service_until = change;
  set.rules.push_back({"J0013", Kind::kDrug, Basis::kPerMilligram, 0, 0, change, {}, {"JZ"}, 1'500});
  Case c;
  EXPECT_EQ(c.Findings(set), Codes{});
  EXPECT_EQ(c.claim.lines.back().modifiers, std::vector<std::string>{"JZ"});
}

TEST(TakeDoses, CountsTheProgramsDrugAlone) {
  const absl::Time start = absl::FromCivil(absl::CivilSecond(2026, 11, 20, 10, 0, 0), absl::UTCTimeZone());
  const std::vector<GivenDose> doses = {{"ondansetron", 4'000, 1, "00143989105", start - absl::Minutes(20)},
                                        {"esketamine", 28'000, 1, "50458002802", start},
                                        {"esketamine", 28'000, 1, "50458002802", start + absl::Minutes(5)}};
  SessionFacts session;
  session.drug = "esketamine";
  TakeDoses(doses, start + absl::Minutes(125), session);
  EXPECT_EQ(session.dose_micrograms, 56'000);
  EXPECT_EQ(session.devices, 2);
  EXPECT_EQ(session.ndc, "50458002802");
  EXPECT_EQ(session.observation_minutes, 120);
  EXPECT_EQ(session.infusion_minutes, 5);
  EXPECT_TRUE(session.dose_times_present);
  SessionFacts open;
  TakeDoses(doses, std::nullopt, open);
  EXPECT_EQ(open.dose_micrograms, 60'000);  // no drug named: all of them
  EXPECT_FALSE(open.dose_times_present);
}

TEST(Scrub, SelfPaySavingsAndDuplicatesBlock) {
  Case c;
  c.session.self_pay = true;
  c.duplicate = true;
  c.arrangement.manufacturer_savings = true;
  PayerCodeSet set = Bundled();
  set.government = true;
  EXPECT_EQ(c.Findings(set), (Codes{"DUPLICATE", "SELF_PAY", "SAVINGS_WITH_GOVERNMENT_PAYER"}));
}

TEST(Scrub, AFormInItsWindowAndAnUncheckedMemberOnlyWarn) {
  Case c;
  c.session.monitoring_form_submitted = false;
  c.claim.eligibility_confirmed = false;
  EXPECT_EQ(c.Findings(Bundled()), (Codes{"MONITORING_FORM_OPEN", "ELIGIBILITY_NOT_CONFIRMED"}));
}

TEST(Scrub, TheFilingClockWarnsAndThenBlocks) {
  Case c;
  PayerCodeSet set = Bundled();
  set.timely_filing_days = 10;
  EXPECT_EQ(c.Findings(set), Codes{"FILING_DEADLINE_NEAR"});
  set.timely_filing_days = 2;
  EXPECT_EQ(c.Findings(set), Codes{"FILING_DEADLINE_PASSED"});
}

TEST(Claim, EveryStateAndEventHasAnAnswer) {
  for (int state = 0; state <= 16; ++state) {
    for (int event = 0; event <= 17; ++event) {
      const auto next = Next(static_cast<S>(state), static_cast<E>(event));
      if (next) {
        EXPECT_NE(*next, S::kUnspecified);
      }
    }
  }
  EXPECT_TRUE(PossibleEvents(S::kClosed).empty());
}

TEST(Claim, OnlyAReadyClaimIsSubmitted) {
  for (int state = 0; state <= 16; ++state) {
    EXPECT_EQ(Next(static_cast<S>(state), E::kSubmit).has_value(), static_cast<S>(state) == S::kReady);
  }
}

TEST(Claim, RejectedIsNotDenied) {
  EXPECT_EQ(Next(S::kAckRejected, E::kScrubPass), S::kReady);
  EXPECT_FALSE(Next(S::kAckRejected, E::kAppeal));
  EXPECT_EQ(Next(S::kDenied, E::kAppeal), S::kAppealed);
  EXPECT_FALSE(Next(S::kDenied, E::kScrubPass));
}

TEST(CodeSet, KeepsBundlesAndItemsApart) {
  PayerCodeSet set = Bundled();
  EXPECT_TRUE(CheckCodeSet(set).ok());
  set.rules[0].kind = Kind::kDrug;
  EXPECT_FALSE(CheckCodeSet(set).ok());
  set = Itemized();
  EXPECT_TRUE(CheckCodeSet(set).ok());
  set.place_of_service = "10";
  EXPECT_FALSE(CheckCodeSet(set).ok());
}

}  // namespace
}  // namespace kat::billing
