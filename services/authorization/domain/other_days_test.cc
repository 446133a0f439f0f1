#include "services/authorization/domain/other_days.h"

#include <gtest/gtest.h>

#include <random>

#include "libs/base/business_time.h"

namespace kat::authorization::domain {
namespace {

const absl::CivilDay kMonday(2026, 3, 2);
const DaySpan kMarch{absl::CivilDay(2026, 3, 1), absl::CivilDay(2026, 4, 1)};

PriorAuthorization Auth(const char* id, absl::CivilDay from, absl::CivilDay until) {
  PriorAuthorization auth{.id = AuthorizationId(id),
                          .patient = PatientId("pat"),
                          .payer = PayerId("payer"),
                          .policy = PolicyId("policy"),
                          .state = AuthState::kActive};
  auth.valid_from = from;
  auth.valid_until = until;
  auth.authorized = {.visits = 50};
  return auth;
}

// A program that is billed, of 84 mg a session, under an authorization of March 2 to 19.
CoverageFacts Facts() {
  CoverageFacts facts{.patient = PatientId("pat"), .course = CourseId("course"), .today = kMonday - 1};
  facts.rule = {.program = "spravato-trd",
                .payer_billed = true,
                .rems_required = false,
                .drug = "esketamine",
                .mg_per_device = 28,
                .planned_doses = {{1, 3}}};
  facts.insurances = {{.id = InsuranceId("ins"),
                       .payer = PayerId("payer"),
                       .effective_from = absl::CivilDay(2026, 1, 1),
                       .verified_at = absl::UnixEpoch()}};
  PayerPolicy policy{.id = PolicyId("policy"), .payer = PayerId("payer"), .effective_from = absl::CivilDay(2026, 1, 1)};
  facts.policies[policy.payer] = {policy};
  facts.kept_policies[policy.id] = policy;
  facts.authorizations = {Auth("a", kMonday, kMonday + 18)};
  return facts;
}

Visit Dose(int number, absl::CivilDay day) { return {"dose-" + std::to_string(number), number, day}; }

// Books the visits under authorization "a".
void Book(CoverageFacts& facts, const std::vector<Visit>& visits) {
  for (const Visit& visit : visits) {
    facts.lines.push_back({.course = facts.course,
                           .visit_id = visit.visit_id,
                           .session_number = visit.session_number,
                           .day = visit.day,
                           .authorization = AuthorizationId("a"),
                           .units = {1, 84, 3},
                           .state = LineState::kConfirmed});
  }
}

TEST(OtherDays, ACoveredVisitMayStandOnTheDaysOfItsAuthorizationAndNotOnThoseOfTheNext) {
  CoverageFacts facts = Facts();
  facts.authorizations.push_back(Auth("b", kMonday + 18, kMonday + 90));
  Book(facts, {Dose(1, kMonday)});
  EXPECT_EQ(FindOtherDays(facts, Dose(1, kMonday), kMarch), (std::vector<DaySpan>{{kMonday, kMonday + 18}}));
}

TEST(OtherDays, AVisitThatThePatientPaysForKeepsToTheDaysOfSelfPay) {
  CoverageFacts facts = Facts();
  facts.self_pay = {{.effective_from = kMonday, .effective_until = kMonday + 10}};
  EXPECT_EQ(FindOtherDays(facts, Dose(1, kMonday + 1), kMarch), (std::vector<DaySpan>{{kMonday, kMonday + 10}}));
}

TEST(OtherDays, AVisitGoesNowhereWithoutInsuranceOrBeyondTheRems) {
  CoverageFacts facts = Facts();
  facts.insurances[0].effective_until = kMonday + 12;
  facts.rule->rems_required = true;
  facts.rems.settings = {{.type = RemsSetting::Type::kOutpatient, .certified_from = absl::CivilDay(2025, 1, 1)}};
  facts.rems.enrollments = {{.enrolled_from = kMonday + 2}};
  Book(facts, {Dose(1, kMonday + 3)});
  EXPECT_EQ(FindOtherDays(facts, Dose(1, kMonday + 3), kMarch), (std::vector<DaySpan>{{kMonday + 2, kMonday + 12}}));
}

TEST(OtherDays, AConditionalVisitMayStandWhereItIsConditionalOrCoveredButNotWhereItIsRefused) {
  CoverageFacts facts = Facts();
  const Visit late = Dose(1, kMonday + 20);
  EXPECT_EQ(FindOtherDays(facts, late, kMarch), (std::vector<DaySpan>{{kMonday, kMarch.until}}));
  facts.settings.refuse_conditional_visits = true;
  EXPECT_EQ(FindOtherDays(facts, late, kMarch), (std::vector<DaySpan>{{kMonday, kMonday + 18}}));
}

TEST(OtherDays, AWeekThatIsFullIsNoMatterOfDaysSinceTheOthersMayMoveToo) {
  CoverageFacts facts = Facts();
  facts.kept_policies[PolicyId("policy")].weekly_limit.visits = 1;
  facts.kept_policies[PolicyId("policy")].weekly_limit_blocks = true;
  Book(facts, {Dose(1, kMonday), Dose(2, kMonday + 7)});
  EXPECT_EQ(FindOtherDays(facts, Dose(1, kMonday), kMarch), (std::vector<DaySpan>{{kMonday, kMonday + 18}}));
}

TEST(Spacings, TheFirstVisitThatDoesNotFitIntoAWeekStandsAWeekAfterTheOneThatBeginsIt) {
  CoverageFacts facts = Facts();
  const std::vector<Visit> visits = {Dose(1, kMonday), Dose(2, kMonday + 3), Dose(3, kMonday + 7),
                                     Dose(4, kMonday + 10)};
  Book(facts, visits);
  EXPECT_TRUE(FindSpacings(facts, visits).empty());
  facts.kept_policies[PolicyId("policy")].weekly_limit.drug_mg = 168;
  EXPECT_TRUE(FindSpacings(facts, visits).empty()) << "it only warns";
  facts.kept_policies[PolicyId("policy")].weekly_limit_blocks = true;
  EXPECT_EQ(FindSpacings(facts, visits), (std::vector<VisitSpacing>{{"dose-1", "dose-3", 7}, {"dose-2", "dose-4", 7}}));
}

TEST(Spacings, OnlyTheTightestAreListedWhereVisitsHaveUnlikeDoses) {
  CoverageFacts facts = Facts();
  facts.kept_policies[PolicyId("policy")].weekly_limit.devices = 4;
  facts.kept_policies[PolicyId("policy")].weekly_limit_blocks = true;
  facts.rule->planned_doses = {{1, 1}, {2, 2}, {3, 4}};
  const std::vector<Visit> visits = {Dose(1, kMonday), Dose(2, kMonday + 3), Dose(3, kMonday + 10)};
  EXPECT_EQ(FindSpacings(facts, visits), (std::vector<VisitSpacing>{{"dose-2", "dose-3", 7}}));
}

TEST(Spacings, AreKeptByVisitsThatAWeeklyLimitTakesAndBrokenByThoseThatItRefuses) {
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    CoverageFacts facts = Facts();
    facts.kept_policies[PolicyId("policy")].weekly_limit.devices = std::uniform_int_distribution(4, 9)(random);
    facts.kept_policies[PolicyId("policy")].weekly_limit_blocks = true;
    facts.rule->planned_doses.clear();
    for (int n = 1; n <= 6; ++n) {
      facts.rule->planned_doses.push_back({n, std::uniform_int_distribution(1, 4)(random)});
    }
    facts.authorizations[0].valid_until = kMonday + 200;
    std::vector<Visit> visits;
    absl::CivilDay day = kMonday + 100;
    for (int n = 1; n <= 6; ++n) {
      visits.push_back(Dose(n, day));
      day += std::uniform_int_distribution(1, 5)(random);
    }
    const std::vector<VisitSpacing> spacings = FindSpacings(facts, visits);
    const Coverage coverage = Decide(facts, visits);
    const bool keeps = std::all_of(spacings.begin(), spacings.end(), [&](const VisitSpacing& spacing) {
      absl::CivilDay from, to;
      for (const Visit& visit : visits) {
        if (visit.visit_id == spacing.from_visit) from = visit.day;
        if (visit.visit_id == spacing.to_visit) to = visit.day;
      }
      return to - from >= spacing.min_days;
    });
    EXPECT_EQ(keeps, coverage.satisfied()) << round;
    refused += !coverage.satisfied();
  }
  EXPECT_GT(refused, 100);
  EXPECT_LT(refused, 1900);
}

}  // namespace
}  // namespace kat::authorization::domain
