#include "services/scheduling/domain/protocol.h"

#include <algorithm>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/protocol_check.h"
#include "services/scheduling/domain/protocol_expansion.h"
#include "services/scheduling/domain/reason.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const VisitDurations kTypes = {
    {VisitTypeId("iv-infusion"), 110}, {VisitTypeId("integration"), 50}, {VisitTypeId("spravato"), 150}};

bool Has(const Expansion& expansion, const std::string& from, const std::string& to, const Gap& gap) {
  return std::find(expansion.lags.begin(), expansion.lags.end(), VisitLag{from, to, gap}) != expansion.lags.end();
}

TEST(ProtocolTest, SixInfusionsIn14To21DaysBecomeLags) {
  const Expansion all = ExpandPhases(sample::MakeIvProtocol(), {0}, {});
  ASSERT_EQ(all.visits.size(), 9u);
  EXPECT_EQ(all.visits[5].visit_id, "infusion-6");
  EXPECT_EQ(all.visits[8].visit_id, "integration-3");
  EXPECT_TRUE(Has(all, "infusion-2", "infusion-3", {.min_days = 2, .max_days = 5, .ideal_days = 3}));
  EXPECT_TRUE(Has(all, "infusion-1", "infusion-6", {.min_days = 13, .max_days = 20}));
  EXPECT_TRUE(Has(all, "infusion-3", "infusion-6", {.min_days = 7}));
  EXPECT_TRUE(Has(all, "infusion-6", "integration-3", {.min_days = 1, .max_days = 3, .ideal_days = 1}));
  EXPECT_TRUE(Has(all, "integration-1", "integration-2", {}));
}

TEST(ProtocolTest, NumbersCountOnThroughPhasesAndBlocks) {
  const ProtocolVersion spravato = sample::MakeSpravatoProtocol();
  StemCounts before = CountAfter(spravato, {0}, {});
  const Expansion weekly = ExpandPhases(spravato, {1}, before);
  EXPECT_EQ(weekly.visits.front().visit_id, "dose-9");
  EXPECT_TRUE(Has(weekly, "dose-8", "dose-9", {.min_days = 5, .max_days = 9, .ideal_days = 7}));
  before = CountAfter(spravato, {1, 2}, before);
  EXPECT_EQ(ExpandPhases(spravato, {2}, before).visits.front().visit_id, "dose-17");
}

TEST(ProtocolTest, TheShippedProtocolsAreValid) {
  EXPECT_TRUE(ValidateProtocol(sample::MakeIvProtocol(), kTypes).ok());
  EXPECT_TRUE(ValidateProtocol(sample::MakeSpravatoProtocol(), kTypes).ok());
}

TEST(ProtocolTest, AProtocolThatNoCalendarCanKeepIsRefusedWithTheRulesThatContradict) {
  ProtocolVersion protocol = sample::MakeIvProtocol();
  protocol.phases[0].spacings[0].gap.min_days = 5;  // five gaps of 5 days are 25, and 20 are allowed
  const absl::Status status = ValidateProtocol(protocol, kTypes);
  EXPECT_EQ(ErrorReason(status), "PROTOCOL_UNSATISFIABLE");
  const ErrorDetail detail = *GetErrorDetail(status);
  EXPECT_EQ(detail.preconditions.size(), 6u);  // the five gaps and the span
  const bool names_span = std::any_of(detail.preconditions.begin(), detail.preconditions.end(), [](const auto& rule) {
    return rule.description == "infusion-1 → infusion-6: at least 13 days, at most 20 days";
  });
  EXPECT_TRUE(names_span);
}

TEST(ProtocolTest, MinuteRulesContradictDayRules) {
  EXPECT_TRUE(FindContradiction({{"a", "b", {.max_days = 1, .min_minutes = 1500}}}).empty());
  EXPECT_FALSE(FindContradiction({{"a", "b", {.max_days = 1, .min_minutes = 2 * 1440}}}).empty());
}

TEST(ProtocolTest, MinuteRulesContradictEachOtherWithinADay) {
  const std::vector<VisitLag> lags = {
      {"a", "b", {.max_minutes = 100}}, {"b", "c", {.max_minutes = 100}}, {"a", "c", {.min_minutes = 201}}};
  EXPECT_EQ(FindContradiction(lags).size(), 3u);
  EXPECT_TRUE(FindContradiction({lags[0], lags[1], {"a", "c", {.min_minutes = 200}}}).empty());
}

TEST(ProtocolTest, AVisitThatWouldFollowBeforeTheFirstHasEndedIsRefusedWithTheReason) {
  ProtocolVersion protocol = sample::MakeIvProtocol();
  protocol.phases[0].follow_ups[0].gap = {.max_minutes = 60};
  const absl::Status status = ValidateProtocol(protocol, kTypes);
  EXPECT_EQ(ErrorReason(status), "PROTOCOL_UNSATISFIABLE");
  EXPECT_TRUE(absl::EndsWith(GetErrorDetail(status)->preconditions.at(0).description,
                             ": at least 110 minutes, at most 60 minutes"))
      << status;
  protocol.phases[0].follow_ups[0].gap = {.max_minutes = 110};
  EXPECT_TRUE(ValidateProtocol(protocol, kTypes).ok());
}

TEST(ProtocolTest, ARuleAgainstTheOrderOfVisitsIsRefused) {
  ProtocolVersion protocol = sample::MakeIvProtocol();
  protocol.phases[0].spacings.clear();
  protocol.phases[0].rolling_limits.clear();
  protocol.lags = {{"infusion-5", "infusion-2", {}}};
  EXPECT_EQ(ErrorReason(ValidateProtocol(protocol, kTypes)), "PROTOCOL_UNSATISFIABLE");
}

// Whatever rules some starts keep on days of 24 hours are no contradiction.
TEST(ProtocolTest, RulesThatAnyStartsKeepAreNeverRefused) {
  const absl::TimeZone zone = *LoadZone("America/Phoenix");
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % n); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<TimedVisit> visits;
    absl::Time at = InstantOf(absl::CivilDay(2026, 10, 28), 5 * pick(288), zone);
    for (int i = 0; i < 5; ++i) {
      visits.push_back({absl::StrCat("v", i), at, at + absl::Minutes(5)});
      at += absl::Minutes(5 + 5 * pick(pick(2) == 0 ? 30 : 900));
    }
    std::vector<VisitLag> lags;
    for (int i = 0; i < 8; ++i) {
      const int from = pick(4);
      const int to = from + 1 + pick(4 - from);
      const int days = static_cast<int>(DayAt(visits[to].start, zone) - DayAt(visits[from].start, zone));
      const int minutes = static_cast<int>((visits[to].start - visits[from].start) / absl::Minutes(1));
      Gap gap;
      if (pick(2) == 0) gap.min_days = days;
      if (pick(2) == 0) gap.max_days = days;
      if (pick(2) == 0) gap.min_minutes = minutes;
      if (pick(2) == 0) gap.max_minutes = minutes;
      lags.push_back({visits[from].visit_id, visits[to].visit_id, gap});
    }
    ASSERT_TRUE(CheckLags(lags, visits, zone).empty());
    ASSERT_TRUE(FindContradiction(lags, {{"v0", 5}, {"v1", 5}, {"v2", 5}, {"v3", 5}}).empty()) << "round " << round;
  }
}

// Whether some days keep the rules of a protocol of one phase and one stem: every way to lay the visits is tried, and
// each rule is counted as it is said, not as it is expanded.
bool SomeDaysKeep(const Phase& phase, std::vector<int>& days, int last_day) {
  const int count = phase.visits[0].count;
  if (static_cast<int>(days.size()) < count) {
    for (int day = days.empty() ? 0 : days.back(); day <= (days.empty() ? 0 : last_day); ++day) {
      days.push_back(day);
      const bool found = SomeDaysKeep(phase, days, last_day);
      days.pop_back();
      if (found) return true;
    }
    return false;
  }
  for (const Spacing& spacing : phase.spacings) {
    for (int i = 0; i + spacing.step < count; ++i) {
      const int gap = days[i + spacing.step] - days[i];
      if (gap < spacing.gap.min_days || (spacing.gap.max_days && gap > *spacing.gap.max_days)) return false;
    }
  }
  for (const RollingLimit& limit : phase.rolling_limits) {
    for (int first : days) {
      const auto within = [&](int day) { return day >= first && day < first + limit.days; };
      if (std::count_if(days.begin(), days.end(), within) > limit.max_visits) return false;
    }
  }
  for (const SpanLimit& limit : phase.span_limits) {
    const int span = days.back() - days.front() + 1;
    if (count > 1 && (span < limit.min_days || (limit.max_days > 0 && span > limit.max_days))) return false;
  }
  return true;
}

TEST(ProtocolTest, AProtocolIsRefusedExactlyWhereNoDaysKeepItsRules) {
  std::mt19937 random(11);
  const auto pick = [&](int from, int to) { return from + static_cast<int>(random() % (to - from + 1)); };
  int refused = 0;
  constexpr int kRounds = 1500;
  for (int round = 0; round < kRounds; ++round) {
    Phase phase{.id = "p", .visits = {{"visit", VisitTypeId("integration"), pick(2, 4)}}};
    for (int i = pick(1, 2); i > 0; --i) {
      Gap gap{.min_days = pick(0, 4)};
      if (pick(0, 2) > 0) gap.max_days = gap.min_days + pick(0, 2);
      phase.spacings.push_back({"visit", pick(1, 2), gap});
    }
    if (pick(0, 1) == 0) phase.rolling_limits.push_back({"visit", pick(1, 3), pick(2, 7)});
    if (pick(0, 1) == 0) {
      const int min_days = pick(1, 10);
      phase.span_limits.push_back({"visit", min_days, pick(0, 2) == 0 ? 0 : min_days + pick(0, 3)});
    }
    const ProtocolVersion protocol{.protocol = ProtocolId("small"), .phases = {phase}};
    const absl::Status status = ValidateProtocol(protocol, kTypes);
    ASSERT_TRUE(status.ok() || ErrorReason(status) == "PROTOCOL_UNSATISFIABLE") << status;
    std::vector<int> days;
    // The least days that keep all lower bounds are within 3 gaps of at most 7 days.
    ASSERT_EQ(status.ok(), SomeDaysKeep(phase, days, 22)) << "round " << round << ": " << status;
    if (status.ok()) continue;
    ++refused;
    // The rules that it names contradict each other, and none of them can be left out.
    const size_t named = GetErrorDetail(status)->preconditions.size();
    const Expansion all = ExpandPhases(protocol, {0}, {});
    std::vector<VisitLag> cycle = FindContradiction(all.lags);
    ASSERT_EQ(cycle.size(), named);
    for (size_t i = 0; i < cycle.size(); ++i) {
      std::vector<VisitLag> fewer = cycle;
      fewer.erase(fewer.begin() + i);
      ASSERT_TRUE(FindContradiction(fewer).empty()) << "round " << round;
    }
  }
  EXPECT_GT(refused, kRounds / 10);
  EXPECT_LT(refused, kRounds * 9 / 10);
}

TEST(ProtocolTest, EveryFaultOfFormIsListed) {
  ProtocolVersion protocol = sample::MakeSpravatoProtocol();
  protocol.phases[0].open_ended = true;
  protocol.phases[1].id = "induction";
  protocol.phases[1].spacings[0].stem = "infusion";
  protocol.phases[2].visits[0].visit_type = VisitTypeId("unknown");
  const absl::Status status = ValidateProtocol(protocol, kTypes);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status)->fields.size(), 4u);
}

TEST(ProtocolTest, AProtocolWithoutPhasesIsRefused) {
  EXPECT_EQ(ValidateProtocol({.protocol = ProtocolId("none")}, kTypes).code(), absl::StatusCode::kInvalidArgument);
}

TEST(ProtocolTest, AFollowUpMustNameVisitsThatThereAre) {
  ProtocolVersion protocol = sample::MakeIvProtocol();
  protocol.phases[0].follow_ups[0].after_ordinals = {1, 3, 7};
  EXPECT_EQ(ValidateProtocol(protocol, kTypes).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kat::scheduling
