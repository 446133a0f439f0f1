#include "services/authorization/domain/coverage.h"

#include <gtest/gtest.h>

#include <random>

#include "libs/base/business_time.h"

namespace kat::authorization::domain {
namespace {

absl::CivilDay Day(const char* text) { return *ParseDay(text); }

PriorAuthorization Auth(const char* id, UnitLimits units, const char* from = "2026-03-02",
                        const char* until = "2026-06-02") {
  PriorAuthorization auth{.id = AuthorizationId(id),
                          .patient = PatientId("pat"),
                          .payer = PayerId("payer"),
                          .policy = PolicyId("policy"),
                          .state = AuthState::kActive};
  auth.valid_from = Day(from);
  auth.valid_until = Day(until);
  auth.authorized = units;
  return auth;
}

CoverageFacts Facts() {
  CoverageFacts facts{.patient = PatientId("pat"), .course = CourseId("course"), .today = Day("2026-03-01")};
  facts.rule = {.program = "spravato-trd",
                .payer_billed = true,
                .rems_required = false,
                .drug = "esketamine",
                .mg_per_device = 28,
                .planned_doses = {{1, 2}, {2, 3}}};
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

// Two visits a week: Mondays and Thursdays from March 2.
std::vector<Visit> Visits(int count, int first = 1) {
  std::vector<Visit> visits;
  for (int i = 0; i < count; ++i) {
    const int n = first + i;
    visits.push_back({"dose-" + std::to_string(n), n, Day("2026-03-02") + 7 * ((n - 1) / 2) + 3 * ((n - 1) % 2)});
  }
  return visits;
}

const Condition* Find(const Coverage& coverage, const std::string& code) {
  for (const Condition& condition : coverage.conditions) {
    if (condition.code == code) return &condition;
  }
  return nullptr;
}

TEST(Decide, AProgramWithoutARuleOrNotBilledNeedsNothing) {
  CoverageFacts facts = Facts();
  facts.rule->payer_billed = false;
  EXPECT_EQ(Decide(facts, Visits(3)).requirement, Requirement::kNotRequired);
  EXPECT_TRUE(Decide(facts, Visits(3)).conditions.empty());
  facts.rule.reset();
  facts.program = "kap";
  const Coverage coverage = Decide(facts, Visits(3));
  EXPECT_EQ(coverage.requirement, Requirement::kNotRequired);
  EXPECT_TRUE(coverage.satisfied());
  ASSERT_NE(Find(coverage, "PROGRAM_RULE_MISSING"), nullptr);  // forgotten looks the same as not needed
  EXPECT_EQ(Find(coverage, "PROGRAM_RULE_MISSING")->state, ConditionState::kWarning);
  EXPECT_EQ(Find(coverage, "PROGRAM_RULE_MISSING")->subject_id, "kap");
  EXPECT_TRUE(Decide(facts, {{"integration-1", 0, Day("2026-03-02")}}).conditions.empty());
}

TEST(Decide, APatientWhoPaysNeedsNoAuthorization) {
  CoverageFacts facts = Facts();
  facts.insurances.clear();
  EXPECT_NE(Find(Decide(facts, Visits(1)), "INSURANCE_COVERAGE_MISSING"), nullptr);
  facts.self_pay = {{.effective_from = Day("2026-01-01")}};
  const Coverage coverage = Decide(facts, Visits(1));
  EXPECT_EQ(coverage.requirement, Requirement::kNotRequired);
  EXPECT_TRUE(coverage.satisfied());
}

TEST(Decide, InductionFitsExactlyIntoTwentyThreeDevicesAndTheNinthVisitDoesNot) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.devices = 23})};
  const Coverage eight = Decide(facts, Visits(8));
  EXPECT_TRUE(eight.satisfied());
  EXPECT_EQ(eight.allocations.size(), 8u);
  const Coverage nine = Decide(facts, Visits(9));
  ASSERT_NE(Find(nine, "AUTHORIZATION_UNITS_EXCEEDED"), nullptr);
  EXPECT_EQ(Find(nine, "AUTHORIZATION_UNITS_EXCEEDED")->description,
            "the prior authorization has 0 devices left and a visit needs 1 visit, 84 mg, 3 devices; ask for a renewal "
            "(dose-9)");
}

TEST(Decide, AVisitOutsideTheDatesIsRefusedWithTheDates) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.visits = 50}, "2026-03-02", "2026-03-10")};
  const Coverage coverage = Decide(facts, Visits(4));
  ASSERT_NE(Find(coverage, "AUTHORIZATION_DATES_EXCEEDED"), nullptr);
  EXPECT_EQ(Find(coverage, "AUTHORIZATION_DATES_EXCEEDED")->description,
            "the prior authorization covers 2026-03-02 to 2026-03-09; ask for a renewal (dose-4)");
}

TEST(Decide, VisitsSpanTwoAuthorizationsTheOneThatEndsFirstBeingUsedFirst) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("later", {.visits = 50}, "2026-03-02", "2026-12-01"), Auth("sooner", {.visits = 2})};
  const Coverage coverage = Decide(facts, Visits(4));
  ASSERT_TRUE(coverage.satisfied());
  EXPECT_EQ(coverage.allocations[1].authorization, AuthorizationId("sooner"));
  EXPECT_EQ(coverage.allocations[2].authorization, AuthorizationId("later"));
}

TEST(Decide, SaysHowFarARequestHasCome) {
  CoverageFacts facts = Facts();
  EXPECT_NE(Find(Decide(facts, Visits(1)), "AUTHORIZATION_MISSING"), nullptr);
  facts.authorizations = {Auth("a", {})};
  facts.authorizations[0].state = AuthState::kSubmitted;
  EXPECT_NE(Find(Decide(facts, Visits(1)), "AUTHORIZATION_UNDECIDED"), nullptr);
  facts.authorizations[0].state = AuthState::kDenied;
  EXPECT_NE(Find(Decide(facts, Visits(1)), "AUTHORIZATION_DENIED"), nullptr);
  facts.authorizations[0].payer = PayerId("another");  // the patient has changed insurance since
  EXPECT_NE(Find(Decide(facts, Visits(1)), "AUTHORIZATION_MISSING"), nullptr);
}

TEST(Decide, AVisitThatHoldsUnitsKeepsThemAndANonDosingVisitNeedsNone) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.devices = 2})};
  facts.authorizations[0].reserved = {1, 56, 2};
  facts.lines = {{.course = CourseId("course"),
                  .visit_id = "dose-1",
                  .day = Day("2026-03-02"),
                  .authorization = AuthorizationId("a"),
                  .units = {1, 56, 2},
                  .state = LineState::kConfirmed}};
  EXPECT_TRUE(Decide(facts, Visits(1)).allocations[0].already_held);
  facts.course = CourseId("another");
  EXPECT_FALSE(Decide(facts, Visits(1)).satisfied());
  EXPECT_TRUE(Decide(facts, {{"integration-1", 0, Day("2027-01-01")}}).satisfied());
}

TEST(Decide, ThePayersWeeklyLimitWarnsUnlessItsPolicySaysThatItBlocks) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.visits = 50})};
  facts.kept_policies[PolicyId("policy")].weekly_limit.drug_mg = 168;
  EXPECT_EQ(Find(Decide(facts, Visits(8)), "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED"), nullptr);
  std::vector<Visit> visits = Visits(4);
  visits[3].day = visits[2].day + 1;
  const Coverage coverage = Decide(facts, {visits[1], visits[2], visits[3]});
  ASSERT_NE(Find(coverage, "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED"), nullptr);
  EXPECT_TRUE(coverage.satisfied());
  facts.kept_policies[PolicyId("policy")].weekly_limit_blocks = true;
  EXPECT_TRUE(Decide(facts, Visits(8)).satisfied());
  const Coverage blocked = Decide(facts, {visits[1], visits[2], visits[3]});
  EXPECT_FALSE(blocked.satisfied());
  EXPECT_EQ(Find(blocked, "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED")->state, ConditionState::kUnmet);
  EXPECT_EQ(Find(blocked, "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED")->description,
            "the payer gives no more than 168 mg in 7 days; choose days further apart (dose-2, dose-3, dose-4)");
}

// Sessions 2 to 4 of 84 mg each, booked on March 5, 9 and 12, where 168 mg a week are paid and no more.
CoverageFacts BookedUnderALimit() {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.visits = 50})};
  facts.kept_policies[PolicyId("policy")].weekly_limit.drug_mg = 168;
  facts.kept_policies[PolicyId("policy")].weekly_limit_blocks = true;
  for (const Visit& visit : Visits(3, 2)) {
    facts.lines.push_back({.course = facts.course,
                           .visit_id = visit.visit_id,
                           .session_number = visit.session_number,
                           .day = visit.day,
                           .authorization = AuthorizationId("a"),
                           .units = {1, 84, 3},
                           .state = LineState::kConfirmed});
  }
  return facts;
}

TEST(Decide, ABookedVisitMayNotMoveIntoAWeekThatIsFullAndIsNotRefusedWhereItStands) {
  CoverageFacts facts = BookedUnderALimit();
  std::vector<Visit> visits = Visits(3, 2);
  visits[2].day = Day("2026-03-10");
  EXPECT_FALSE(Decide(facts, {visits[2]}).satisfied());
  facts.lines[2].day = Day("2026-03-10");  // moved there while the limit only warned
  const Coverage coverage = Decide(facts, {visits[2]});
  EXPECT_TRUE(coverage.satisfied());
  EXPECT_NE(Find(coverage, "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED"), nullptr);
}

TEST(Decide, VisitsThatMoveTogetherCountOnTheirNewDaysAlone) {
  std::vector<Visit> visits = Visits(3, 2);  // each a week later: session 3 goes where 4 stood, and 4 makes room
  for (Visit& visit : visits) visit.day += 3;
  const Coverage coverage = Decide(BookedUnderALimit(), visits);
  EXPECT_EQ(Find(coverage, "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED"), nullptr);
}

TEST(Decide, TheRemsWantsACertifiedSettingAnEnrolledPatientAndDrugForToday) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.devices = 23})};
  facts.rule->rems_required = true;
  facts.today = Day("2026-03-02");
  Coverage coverage = Decide(facts, Visits(2));
  EXPECT_EQ(Find(coverage, "REMS_SETTING_NOT_CERTIFIED")->state, ConditionState::kUnmet);
  EXPECT_EQ(Find(coverage, "DRUG_STOCK_MISSING")->state, ConditionState::kUnmet);
  RemsSetting setting{.type = RemsSetting::Type::kOutpatient, .certified_from = Day("2025-01-01")};
  facts.rems.settings = {setting};
  facts.stock = {{.drug = "esketamine", .expiry_day = Day("2027-01-01"), .on_hand = 2}};
  coverage = Decide(facts, Visits(2));
  EXPECT_EQ(Find(coverage, "REMS_PATIENT_NOT_ENROLLED")->state, ConditionState::kUnmet);
  EXPECT_EQ(Find(coverage, "DRUG_STOCK_MISSING")->state,
            ConditionState::kWarning);  // the second visit is on another day
  facts.rems.enrollments = {{.enrolled_from = Day("2026-02-27")}};
  EXPECT_TRUE(Decide(facts, Visits(2)).satisfied());
  facts.rems.settings[0].suspended_from = Day("2026-03-01");
  EXPECT_FALSE(Decide(facts, Visits(2)).satisfied());
  facts.rems.settings[0] = setting;
  facts.rems.settings[0].type = RemsSetting::Type::kInpatient;
  facts.rems.enrollments.clear();
  EXPECT_TRUE(Decide(facts, Visits(1)).satisfied());
}

TEST(Forecast, ADoseChangeBringsTheBreakForwardAndTheRenewalIsAskedForBackwardsFromIt) {
  CoverageFacts facts = Facts();
  facts.authorizations = {Auth("a", {.devices = 23})};
  const Forecast planned = ForecastUnits(facts, Visits(9), 0);
  EXPECT_EQ(planned.first_uncovered, "dose-9");
  EXPECT_EQ(planned.renewal_request_by, Day("2026-03-30") - 10);
  EXPECT_EQ(planned.visits[7].remaining.devices, 0);
  EXPECT_EQ(ForecastUnits(facts, Visits(9), 2).first_uncovered, "");
  EXPECT_EQ(ForecastUnits(facts, Visits(9), 2).renewal_request_by, Day("2026-06-02") - 10);
  EXPECT_EQ(ForecastUnits(facts, Visits(9), 3).first_uncovered, "dose-8");
}

TEST(Consume, TakesTheActualDoseAndPutsTheRestToOverrun) {
  PriorAuthorization auth = Auth("a", {.devices = 5});
  auth.reserved = {2, 112, 4};
  UnitLine line{.authorization = auth.id, .units = {1, 56, 2}, .state = LineState::kConfirmed};
  Consume(line, &auth, {1, 84, 3});
  EXPECT_EQ(line.units, (UnitCounts{1, 84, 3}));
  auth.authorized.devices = 4;
  line.units = {1, 56, 2};
  Consume(line, &auth, {1, 84, 3});
  EXPECT_EQ(line.units.devices, 2);
  EXPECT_EQ(line.overrun.devices, 1);
  UnitLine bare;
  Consume(bare, nullptr, {1, 84, 3});
  EXPECT_EQ(bare.overrun, (UnitCounts{1, 84, 3}));
}

// Whatever happens to visits in whatever order, the counters are the sum of the lines and never exceed what is
// authorized.
TEST(Units, RandomReserveConsumeReleaseAndExpireKeepTheCountersExact) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    CoverageFacts facts = Facts();
    facts.authorizations = {Auth("a", {.devices = 10 + pick(30)}),
                            Auth("b", {.visits = pick(8)}, "2026-04-01", "2026-09-01")};
    std::vector<UnitLine>& lines = facts.lines;
    for (int step = 0; step < 60; ++step) {
      if (pick(2) == 0 || lines.empty()) {
        const int n = 1 + pick(40);
        const Coverage coverage = Decide(facts, Visits(1 + pick(3), n));
        if (coverage.satisfied()) {
          for (const Allocation& a : coverage.allocations) {
            if (a.already_held) continue;
            lines.push_back({.course = facts.course,
                             .visit_id = a.visit.visit_id,
                             .session_number = a.visit.session_number,
                             .day = a.visit.day,
                             .authorization = a.authorization,
                             .units = a.units});
          }
        }
      } else {
        UnitLine& line = lines[pick(static_cast<int>(lines.size()))];
        if (line.state == LineState::kHeld || line.state == LineState::kConfirmed) {
          const int what = pick(4);
          if (what == 0) line.state = LineState::kConfirmed;
          if (what == 1) line.state = LineState::kReleased;
          if (what == 2) line.state = LineState::kExpired;
          if (what == 3) {
            const PriorAuthorization* auth = &facts.authorizations[*line.authorization == AuthorizationId("a") ? 0 : 1];
            Consume(line, auth, pick(2) ? UnitCounts{1, 84, 3} : UnitCounts{1, 56, 2});
          }
        }
      }
      for (PriorAuthorization& auth : facts.authorizations) {
        auth.reserved = auth.consumed = {};
        for (const UnitLine& line : lines) {
          if (!line.authorization || *line.authorization != auth.id) continue;
          if (line.state == LineState::kHeld || line.state == LineState::kConfirmed)
            auth.reserved = auth.reserved + line.units;
          if (line.state == LineState::kConsumed) auth.consumed = auth.consumed + line.units;
        }
        ASSERT_TRUE(Fits(auth.authorized, {}, auth.used())) << "seed " << seed << " step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace kat::authorization::domain
