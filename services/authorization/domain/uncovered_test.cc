#include "services/authorization/domain/uncovered.h"

#include <gtest/gtest.h>

#include <random>

#include "libs/base/business_time.h"

namespace kat::authorization::domain {
namespace {

absl::CivilDay Day(const char* text) { return *ParseDay(text); }

PriorAuthorization Auth(const char* id, UnitLimits units, absl::CivilDay from, absl::CivilDay until) {
  PriorAuthorization auth{.id = AuthorizationId(id),
                          .patient = PatientId("pat"),
                          .payer = PayerId("payer"),
                          .policy = PolicyId("policy"),
                          .state = AuthState::kActive};
  auth.valid_from = from;
  auth.valid_until = until;
  auth.authorized = units;
  return auth;
}

// An insured patient whose payer takes 10 days, and whose visits take one unit each.
CoverageFacts Facts() {
  CoverageFacts facts{.patient = PatientId("pat"), .course = CourseId("course"), .today = Day("2026-03-01")};
  facts.rule = {.program = "spravato-trd", .payer_billed = true, .planned_doses = {{1, 2}}};
  facts.insurances = {{.id = InsuranceId("ins"),
                       .payer = PayerId("payer"),
                       .effective_from = Day("2026-01-01"),
                       .verified_at = absl::UnixEpoch()}};
  PayerPolicy policy{.id = PolicyId("policy"), .payer = PayerId("payer"), .effective_from = Day("2026-01-01")};
  policy.turnaround_days = 10;
  facts.policies[policy.payer] = {policy};
  facts.kept_policies[policy.id] = policy;
  return facts;
}

std::vector<Visit> EveryThirdDay(int count) {
  std::vector<Visit> visits;
  for (int n = 1; n <= count; ++n) visits.push_back({"dose-" + std::to_string(n), n, Day("2026-03-02") + 3 * (n - 1)});
  return visits;
}

TEST(Uncovered, VisitsPastTheUnitsAreConditionalAndTheRenewalIsAskedForTenDaysBeforeTheFirst) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.visits = 3}, Day("2026-03-01"), Day("2026-06-01"))};
  EXPECT_FALSE(Decide(facts, EveryThirdDay(5)).satisfied());
  const Coverage coverage = Decide(facts, EveryThirdDay(5), /*allow_conditional=*/true);
  EXPECT_TRUE(coverage.satisfied());
  EXPECT_EQ(coverage.allocations.size(), 3u);
  ASSERT_EQ(coverage.uncovered.size(), 2u);
  EXPECT_EQ(coverage.uncovered[0].code, "AUTHORIZATION_UNITS_EXCEEDED");
  EXPECT_TRUE(coverage.uncovered[0].conditional);
  EXPECT_EQ(coverage.first_uncovered, "dose-4");
  EXPECT_EQ(coverage.renewal_request_by, Day("2026-03-11") - 10);
}

TEST(Uncovered, VisitsPastTheLastDayAreConditionalAndThoseBeforeTheFirstAreNot) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {}, Day("2026-03-05"), Day("2026-03-11"))};
  const std::vector<Visit> visits = EveryThirdDay(4);  // the 2nd, 5th, 8th and 11th
  const Coverage coverage = Decide(facts, {visits[1], visits[2], visits[3]}, true);
  EXPECT_TRUE(coverage.satisfied());
  ASSERT_EQ(coverage.uncovered.size(), 1u);
  EXPECT_EQ(coverage.uncovered[0].visit.visit_id, "dose-4");
  EXPECT_EQ(coverage.uncovered[0].code, "AUTHORIZATION_DATES_EXCEEDED");
  EXPECT_FALSE(Decide(facts, {visits[0]}, true).satisfied());  // a renewal begins later still
}

TEST(Uncovered, NothingIsConditionalWithoutAnAuthorizationThatRuns) {
  CoverageFacts facts = Facts();
  EXPECT_FALSE(Decide(facts, EveryThirdDay(1), true).satisfied());
  EXPECT_EQ(Decide(facts, EveryThirdDay(1), true).uncovered[0].code, "AUTHORIZATION_MISSING");
  EXPECT_FALSE(Decide(facts, EveryThirdDay(1), true).renewal_request_by);
  facts.authorizations = {Auth("a", {}, Day("2026-01-01"), Day("2026-02-01"))};
  facts.authorizations[0].state = AuthState::kExpired;
  EXPECT_FALSE(Decide(facts, EveryThirdDay(1), true).satisfied());
  facts.authorizations[0].state = AuthState::kExhausted;
  facts.authorizations[0].valid_until = Day("2026-06-01");
  facts.authorizations[0].authorized = {.visits = 0};
  EXPECT_TRUE(Decide(facts, EveryThirdDay(1), true).satisfied());
}

TEST(Uncovered, APatientWhoPaysHasNoConditionalVisits) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.visits = 1}, Day("2026-03-01"), Day("2026-06-01"))};
  facts.self_pay = {{.effective_from = Day("2026-03-05")}};
  const Coverage coverage = Decide(facts, EveryThirdDay(4), true);
  EXPECT_TRUE(coverage.satisfied());
  EXPECT_TRUE(coverage.uncovered.empty());
  EXPECT_EQ(coverage.allocations.size(), 1u);  // of the 2nd, before the election
}

TEST(Uncovered, TheClinicMayRefuseConditionalVisits) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.visits = 3}, Day("2026-03-01"), Day("2026-06-01"))};
  facts.settings.refuse_conditional_visits = true;
  EXPECT_FALSE(Decide(facts, EveryThirdDay(4), true).satisfied());
}

TEST(Uncovered, ADeniedRenewalEndsConditionalBookingUntilItIsContested) {
  CoverageFacts facts = Facts();
  PriorAuthorization renewal = Auth("b", {}, Day("2026-03-01"), Day("2026-06-01"));
  renewal.kind = AuthorizationKind::kRenewal;
  renewal.previous = AuthorizationId("a");
  renewal.state = AuthState::kDenied;
  facts.authorizations = {Auth("a", {.visits = 3}, Day("2026-03-01"), Day("2026-06-01")), renewal};
  EXPECT_FALSE(Decide(facts, EveryThirdDay(4), true).satisfied());
  facts.authorizations[1].state = AuthState::kAppealFirst;
  EXPECT_TRUE(Decide(facts, EveryThirdDay(4), true).satisfied());
}

TEST(Uncovered, TheFirstUncoveredVisitMayBeOneThatIsBookedAlready) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {}, Day("2026-03-01"), Day("2026-03-20"))};
  UnitLine line{.course = facts.course, .visit_id = "dose-9", .session_number = 9, .day = Day("2026-03-26")};
  MarkUncovered(facts, "AUTHORIZATION_DATES_EXCEEDED", line);
  EXPECT_EQ(line.renewal_request_by, Day("2026-03-16"));
  facts.lines = {line};
  const Coverage coverage = Decide(facts, {{"dose-10", 10, Day("2026-03-29")}}, true);
  EXPECT_EQ(coverage.first_uncovered, "dose-9");
  EXPECT_EQ(coverage.renewal_request_by, Day("2026-03-16"));
}

TEST(Uncovered, TheLongestTurnaroundOfThePoliciesConcernedCounts) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {}, Day("2026-03-01"), Day("2026-03-20"))};
  PayerPolicy slower{.id = PolicyId("next"), .payer = PayerId("payer"), .effective_from = Day("2026-04-01")};
  slower.policy_version = 2;
  slower.turnaround_days = 21;
  facts.policies[PayerId("payer")][0].effective_until = Day("2026-04-01");
  facts.policies[PayerId("payer")].push_back(slower);
  EXPECT_EQ(RenewalRequestBy(facts, Day("2026-03-25")), Day("2026-03-15"));
  EXPECT_EQ(RenewalRequestBy(facts, Day("2026-04-25")), Day("2026-04-04"));
}

// Over random dates and units: every visit is covered or conditional, never both; what is covered lies within dates and
// units; and the first uncovered visit is the earliest.
TEST(Uncovered, RandomBlocksSplitIntoWhatIsCoveredAndWhatIsConditional) {
  int conditional = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    CoverageFacts facts = Facts();
    const absl::CivilDay until = Day("2026-03-02") + pick(60);
    UnitLimits units;
    if (pick(3) > 0) units.visits = pick(20);
    facts.authorizations = {Auth("a", units, Day("2026-03-01"), until)};
    std::vector<Visit> visits;
    absl::CivilDay day = Day("2026-03-02");
    for (int n = 1, count = 1 + pick(16); n <= count; ++n, day += pick(7)) {
      visits.push_back({"dose-" + std::to_string(n), n, day});
    }
    const Coverage coverage = Decide(facts, visits, true);
    ASSERT_TRUE(coverage.satisfied()) << seed;
    ASSERT_EQ(coverage.allocations.size() + coverage.uncovered.size(), visits.size()) << seed;
    for (const Allocation& allocation : coverage.allocations) ASSERT_LT(allocation.visit.day, until) << seed;
    ASSERT_LE(coverage.allocations.size(), static_cast<size_t>(units.visits.value_or(100))) << seed;
    for (const UncoveredVisit& visit : coverage.uncovered) {
      const bool by_date = visit.visit.day >= until;
      ASSERT_EQ(visit.code, by_date ? "AUTHORIZATION_DATES_EXCEEDED" : "AUTHORIZATION_UNITS_EXCEEDED") << seed;
    }
    ASSERT_EQ(coverage.renewal_request_by.has_value(), !coverage.uncovered.empty()) << seed;
    if (!coverage.uncovered.empty()) {
      ++conditional;
      ASSERT_EQ(*coverage.renewal_request_by, coverage.uncovered[0].visit.day - 10) << seed;
      ASSERT_EQ(coverage.first_uncovered, coverage.uncovered[0].visit.visit_id) << seed;
    }
  }
  EXPECT_GT(conditional, 500);
}

}  // namespace
}  // namespace kat::authorization::domain
