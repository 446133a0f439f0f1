// Sixteen front desks at random work on two replicas of scheduling, which tests/e2e/chaos kills and starts again
// meanwhile; then every change that was acknowledged is asked for again. What the databases hold is judged afterwards
// by tests/e2e/audit.py.
//   KAT_INSTALLATION      the installation file       KAT_SECOND_REPLICA  host:port of another scheduling
//   KAT_SAMPLE            folder of the sample data   KAT_CHAOS_LOG       file for what is acknowledged
//   KAT_CHAOS_SEED, KAT_CHAOS_ERRANDS (of each desk)
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/story/story.h"
#include "libs/app/simulated_clock.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "tests/e2e/storm.h"
#include "tests/e2e/stormy_clinic.h"

namespace kat::ctl {
namespace {

constexpr int kDesks = 16;
constexpr int kCourses = 24;
constexpr int kSpare = 2;  // that no storm touches
constexpr int kWriters = 64;
constexpr absl::Duration kStep = absl::Hours(12);  // by which the clinic's clock is moved
constexpr int kErrandsBetweenSteps = 16;
constexpr int kErrandsForAWeek = 25;  // of each desk: in that time some patient is treated

std::string Env(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class ChaosTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Installation first = Installation::Read(Env("KAT_INSTALLATION")).value();
    Installation second = first;
    second.services["scheduling"] = Env("KAT_SECOND_REPLICA");
    ThePlace().replicas = {first, second};
    ThePlace().clinic = kStormyClinic;
    Open();
  }
  static FrontDesk::Place& ThePlace() {
    static auto* const place = new FrontDesk::Place();
    return *place;
  }

  static std::vector<std::string>& Spare() {
    static auto* const courses = new std::vector<std::string>();
    return *courses;
  }

  static void Open() {
    Client client(ThePlace().replicas[0]);
    client.set_patience(absl::Seconds(60));
    StormyClinic clinic(client);
    const absl::Status opened = clinic.Open(Env("KAT_SAMPLE"));
    ASSERT_TRUE(opened.ok()) << Explain(opened);
    for (int i = 0; i < kCourses + kSpare; ++i) {
      const auto started = clinic.Start(i);
      ASSERT_TRUE(started.ok()) << Explain(started.status());
      if (i >= kCourses) {
        Spare().push_back(started->course["name"]);
        continue;
      }
      ThePlace().courses.Add(started->patient, started->course["name"]);
    }
  }
};

TEST_F(ChaosTest, AStormOnTwoReplicasThatAreKilledLosesNothingThatWasAcknowledged) {
  ASSERT_FALSE(HasFailure());
  const uint32_t seed = static_cast<uint32_t>(std::stoul(Env("KAT_CHAOS_SEED")));
  const int errands = std::stoi(Env("KAT_CHAOS_ERRANDS"));
  Ledger ledger(Env("KAT_CHAOS_LOG"));
  std::vector<std::unique_ptr<FrontDesk>> desks;
  for (int i = 0; i < kDesks; ++i) desks.push_back(std::make_unique<FrontDesk>(ThePlace(), ledger, seed * 1000 + i));
  const absl::Time began = absl::Now();
  std::vector<std::thread> threads;
  // Meanwhile days go by: what was booked falls due, takes place, is missed and called off late.
  const auto clock = app::SimulatedClock::Open(ThePlace().replicas[0].clock_file, absl::Now()).value();
  const absl::Time first_day = clock->Now();
  std::atomic<int> done_errands = 0;
  for (const auto& desk : desks) {
    threads.emplace_back([&] {
      for (int i = 0; i < errands; ++i) {
        desk->DoSomething();
        const int count = ++done_errands;
        if (count % kErrandsBetweenSteps != 0) continue;
        ThePlace().turnstile.Turn([&] { clock->AdvanceTo(first_day + kStep * (count / kErrandsBetweenSteps)); });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<Ack> acks = ledger.acks();
  std::printf("seed %u: %d errands at %d desks in %.1f s, %zu changes acknowledged\n", seed, errands * kDesks, kDesks,
              absl::ToDoubleSeconds(absl::Now() - began), acks.size());
  std::map<std::string, int> done;
  for (const Ack& ack : acks) ++done[ack.method];
  for (const auto& [method, count] : done) std::printf("%6d %s\n", count, method.c_str());
  for (const auto& [reason, count] : ledger.refusals()) std::printf("%6d refused: %s\n", count, reason.c_str());
  for (const std::string& wrong : ledger.wrong()) ADD_FAILURE() << wrong;
  EXPECT_GT(done["BookBlock"], 0);
  if (errands >= kErrandsForAWeek) {
    EXPECT_GT(done["DischargePatient"], 0);
  }

  // Asked for again, by the same ids, every change gets the answer that it got.
  std::vector<std::string> differ(kDesks);
  threads.clear();
  for (int i = 0; i < kDesks; ++i) {
    threads.emplace_back([&, i] {
      Client client(ThePlace().replicas[i % 2]);
      client.set_patience(absl::Seconds(60));
      for (size_t k = i; k < acks.size(); k += kDesks) {
        const auto again =
            client.Call(*FindMethod(acks[k].method).value(), acks[k].request, StormCaller(kStormyClinic));
        if (again.ok() && *again == acks[k].answer) continue;
        differ[i] = absl::StrCat(acks[k].method, " ", acks[k].request.dump(), "\nanswered ", acks[k].answer.dump(),
                                 "\nthen ", again.ok() ? again->dump() : Explain(again.status()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& difference : differ) EXPECT_EQ(difference, "");
  std::printf("%zu changes asked for again\n", acks.size());
  Client client(ThePlace().replicas[0]);
  // The days that went by have left much to do.
  absl::Status settled = Settle(client);
  for (int again = 0; again < 5 && absl::IsDeadlineExceeded(settled); ++again) settled = Settle(client);
  ASSERT_TRUE(settled.ok()) << Explain(settled);
}

TEST_F(ChaosTest, SixtyFourWritersOnASlotForFourLeaveFourWinners) {
  ASSERT_FALSE(HasFailure());
  const auto* create = FindMethod("CreateAppointment").value();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kWriters; ++i) {
    clients.push_back(std::make_unique<Client>(ThePlace().replicas[i % 2]));
    clients[i]->set_patience(absl::Seconds(60));
  }
  int round = 0;
  const absl::TimeZone zone = LoadZone("America/New_York").value();
  const absl::CivilDay today = DayAt(SimulatedNow(ThePlace().replicas[0]).value(), zone);
  // Past the days on which the storm has made anybody sick, and on such as the clinic works.
  for (int day = ThePlace().days + 3; round < 5; ++day) {
    ASSERT_LT(day, ThePlace().days + 40);
    const Json appointment = {
        {"visit_type", absl::StrCat(kStormyClinic, "/visitTypes/rest")},
        {"start_time", Timestamp(InstantOf(today + day, 10 * 60, zone))},
        {"assignments",
         Json::array({{{"role", "room"}, {"resource", absl::StrCat(kStormyClinic, "/rooms/recliners")}}})}};
    const auto tried = clients[0]->Call(
        *create,
        {{"parent", kStormyClinic}, {"appointment", appointment}, {"request_id", NewId()}, {"validate_only", true}},
        StormCaller(kStormyClinic));
    if (!tried.ok()) {
      ASSERT_EQ(ErrorReason(tried.status()), "PLAN_INVALID") << Explain(tried.status());
      continue;
    }
    ++round;
    std::vector<absl::StatusOr<Json>> answers(kWriters, absl::UnknownError("not asked"));
    std::vector<std::thread> threads;
    for (int i = 0; i < kWriters; ++i) {
      threads.emplace_back([&, i] {
        answers[i] = clients[i]->Call(
            *create, {{"parent", kStormyClinic}, {"appointment", appointment}, {"request_id", NewId()}},
            StormCaller(kStormyClinic));
      });
    }
    for (std::thread& thread : threads) thread.join();
    int winners = 0;
    for (const absl::StatusOr<Json>& answer : answers) {
      winners += answer.ok();
      if (!answer.ok()) {
        ASSERT_EQ(ErrorReason(answer.status()), "SLOT_TAKEN") << Explain(answer.status());
      }
    }
    ASSERT_EQ(winners, 4) << "round " << round;
  }
}

TEST_F(ChaosTest, AProposalSeesWhatTheOtherReplicaHasBookedAndAStaleOneIsRefused) {
  ASSERT_FALSE(HasFailure());
  std::vector<Client> clients;
  for (const Installation& replica : ThePlace().replicas) clients.emplace_back(replica);
  const auto call = [&](int replica, const std::string& method, const Json& request) {
    return clients[replica].Call(*FindMethod(method).value(), request, StormCaller(kStormyClinic));
  };
  // Two patients with nothing booked have the same best plan.
  const std::string &course_a = Spare()[0], &course_b = Spare()[1];
  const auto a = call(0, "ProposeBlock", {{"name", course_a}, {"max_proposals", 1}});
  const auto b = call(1, "ProposeBlock", {{"name", course_b}, {"max_proposals", 1}});
  ASSERT_TRUE(a.ok() && b.ok()) << Explain(a.status()) << Explain(b.status());
  const auto booked = call(
      0, "BookBlock", {{"parent", kStormyClinic}, {"plan", (*a)["proposals"][0]["plan"]}, {"request_id", NewId()}});
  ASSERT_TRUE(booked.ok()) << Explain(booked.status());
  const auto stale = call(1, "BookBlock",
                          {{"parent", kStormyClinic}, {"plan", (*b)["proposals"][0]["plan"]}, {"request_id", NewId()}});
  ASSERT_FALSE(stale.ok()) << "both replicas proposed the same best plan, and both were booked";
  EXPECT_EQ(ErrorReason(stale.status()), "SLOT_TAKEN") << Explain(stale.status());
  const auto again = call(1, "ProposeBlock", {{"name", course_b}, {"max_proposals", 1}});
  ASSERT_TRUE(again.ok()) << Explain(again.status());
  const auto second = call(
      1, "BookBlock", {{"parent", kStormyClinic}, {"plan", (*again)["proposals"][0]["plan"]}, {"request_id", NewId()}});
  EXPECT_TRUE(second.ok()) << Explain(second.status());
}

}  // namespace
}  // namespace kat::ctl
