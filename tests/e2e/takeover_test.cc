// A search for a better schedule whose replica is killed in the middle of it: the other one goes on from what that had
// found, finishes it, and what it found is applied. tests/e2e/takeover kills, once this has said that the search runs.
//   KAT_INSTALLATION  the installation file       KAT_SECOND_REPLICA  host:port of the scheduling that takes over
//   KAT_SAMPLE        folder of the sample data
//   KAT_TAKEOVER_COURSES, KAT_TAKEOVER_LANES (rooms for infusions beside the sample's two), KAT_TAKEOVER_SECONDS (of
//   search)
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/status_macros.h"
#include "tests/e2e/stormy_clinic.h"

namespace kat::ctl {
namespace {

constexpr int kCallers = 8;
constexpr absl::Duration kPatience = absl::Minutes(1);
// What has been found is kept within this, of the search's time: every 5 s with the word of its progress of each
// second.
constexpr int64_t kKeptWithinMs = 7'000;

std::string Env(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class TakeoverTest : public ::testing::Test {
 protected:
  TakeoverTest() {
    first_ = second_ = Installation::Read(Env("KAT_INSTALLATION")).value();
    second_.services["scheduling"] = Env("KAT_SECOND_REPLICA");
  }

  // Courses that are booked as was best, and whose patients then would rather come at other hours.
  void BookCourses(const StormyClinic& opened, int courses) {
    std::atomic<int> next = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kCallers; ++t) {
      threads.emplace_back([&] {
        Client client(first_);
        client.set_patience(kPatience);
        StormyClinic clinic(client, opened.today());
        for (int i = next++; i < courses; i = next++) {
          const absl::Status booked = BookCourse(clinic, i);
          EXPECT_TRUE(booked.ok()) << Explain(booked);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  static absl::Status BookCourse(StormyClinic& clinic, int i) {
    ASSIGN_OR_RETURN(const StormyClinic::Started started, clinic.Start(i));
    const std::string name = started.course["name"];
    absl::Status booked = absl::AbortedError("");
    while (absl::IsAborted(booked)) {  // another was booked there meanwhile
      ASSIGN_OR_RETURN(const Json proposed, clinic.Call("ProposeBlock", {{"name", name}, {"max_proposals", 1}}));
      if (!proposed.contains("proposals")) return absl::OkStatus();  // the clinic is full
      booked =
          clinic.Call("BookBlock", {{"parent", kStormyClinic}, {"plan", proposed["proposals"][0]["plan"]}}).status();
    }
    RETURN_IF_ERROR(booked);
    ASSIGN_OR_RETURN(const Json course, clinic.Call("GetCourse", {{"name", name}}));
    Json hours = Json::array();
    for (const char* day : {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"}) {
      hours.push_back({{"day_of_week", day},
                       {"start_time", {{"hours", i % 2 == 0 ? 8 : 13}}},
                       {"end_time", {{"hours", i % 2 == 0 ? 12 : 18}}}});
    }
    return clinic
        .Call("UpdateCourse",
              {{"course",
                {{"name", name}, {"etag", course["etag"]}, {"preferences", {{"preferred_hours", std::move(hours)}}}}},
               {"update_mask", "preferences"}})
        .status();
  }

 protected:
  Installation first_, second_;
};

TEST_F(TakeoverTest, ASearchWhoseReplicaIsKilledIsTakenOverAndItsResultApplied) {
  Client client(first_);
  client.set_patience(kPatience);
  StormyClinic clinic(client);
  const absl::Status opened = clinic.Open(Env("KAT_SAMPLE"));
  ASSERT_TRUE(opened.ok()) << Explain(opened);
  ASSERT_TRUE(clinic.AddLanes(std::stoi(Env("KAT_TAKEOVER_LANES"))).ok());
  const absl::Time setting_up = absl::Now();
  BookCourses(clinic, std::stoi(Env("KAT_TAKEOVER_COURSES")));
  std::printf("booked in %.0f s\n", absl::ToDoubleSeconds(absl::Now() - setting_up));

  const auto started =
      clinic.Call("StartImprovement", {{"parent", kStormyClinic},
                                       {"improvement",
                                        {{"end_date", Date(clinic.today() + 90)},
                                         {"move_cost", 1},
                                         {"time_limit_seconds", std::stoi(Env("KAT_TAKEOVER_SECONDS"))}}}});
  ASSERT_TRUE(started.ok()) << Explain(started.status());
  const std::string name = (*started)["name"];
  const auto progress_of = [](const Json& read, const char* field) {
    return std::stoll(read.value("progress", Json::object()).value(field, "0"));
  };
  const auto gain = [&](const Json& read) { return progress_of(read, "initial_cost") - progress_of(read, "cost"); };
  absl::StatusOr<Json> improvement =
      clinic.Await("GetImprovement", {{"name", name}}, [&](const Json& read) { return gain(read) > 0; });
  ASSERT_TRUE(improvement.ok()) << Explain(improvement.status());
  const int64_t kept_cost = progress_of(*improvement, "cost");
  const int64_t kept_by = progress_of(*improvement, "elapsed_ms") + kKeptWithinMs;
  improvement = clinic.Await("GetImprovement", {{"name", name}}, [&](const Json& read) {
    return read["state"] != "RUNNING" || progress_of(read, "elapsed_ms") >= kept_by;
  });
  ASSERT_TRUE(improvement.ok()) << Explain(improvement.status());
  ASSERT_EQ((*improvement)["state"], "RUNNING") << "give it more courses";
  EXPECT_EQ((*improvement).value("attempts", 0), 1);
  const Json told = *improvement;
  std::printf("the search runs\n");  // now its replica is killed
  std::fflush(stdout);

  const absl::Time killed = absl::Now();
  Client other(second_);
  other.set_patience(kPatience);
  StormyClinic rest(other, clinic.today());
  improvement =
      rest.Await("GetImprovement", {{"name", name}}, [](const Json& read) { return read.value("attempts", 0) == 2; });
  ASSERT_TRUE(improvement.ok()) << Explain(improvement.status());
  ASSERT_EQ((*improvement).value("attempts", 0), 2);
  std::printf("taken over after %.1f s\n", absl::ToDoubleSeconds(absl::Now() - killed));
  const Json last = (*improvement)["progress"];
  improvement = rest.Await("GetImprovement", {{"name", name}}, [&](const Json& read) {
    return read["progress"] != last && progress_of(read, "initial_cost") > 0;
  });
  ASSERT_TRUE(improvement.ok()) << Explain(improvement.status());
  std::printf("goes on from %s; it was at %s\n", (*improvement)["progress"].dump().c_str(),
              told["progress"].dump().c_str());
  EXPECT_LE(progress_of(*improvement, "cost"), kept_cost);
  const int64_t most_before = std::stoll(Env("KAT_TAKEOVER_SECONDS")) * 750;  // the rest is for the one that takes over
  EXPECT_GE(progress_of(*improvement, "elapsed_ms"), std::min<int64_t>(progress_of(told, "elapsed_ms"), most_before));
  for (absl::Time until = absl::Now() + absl::Minutes(12);
       improvement.ok() && (*improvement)["state"] == "RUNNING" && absl::Now() < until;) {
    improvement =
        rest.Await("GetImprovement", {{"name", name}}, [](const Json& read) { return read["state"] != "RUNNING"; });
  }
  ASSERT_TRUE(improvement.ok()) << Explain(improvement.status());
  ASSERT_EQ((*improvement)["state"], "READY");
  EXPECT_EQ((*improvement)["attempts"], 2);
  const Json& progress = (*improvement)["progress"];
  std::printf("%zu parts; %s\n", (*improvement)["parts"].size(), progress.dump().c_str());
  EXPECT_GT((*improvement)["parts"].size(), 0u);
  const absl::Time applying = absl::Now();
  const auto applied = rest.Call("ApplyImprovement", {{"name", name}});
  ASSERT_TRUE(applied.ok()) << Explain(applied.status());
  EXPECT_EQ((*applied)["improvement"]["state"], "APPLIED");
  std::printf("%zu appointments moved in %.1f s\n", (*applied)["appointments"].size(),
              absl::ToDoubleSeconds(absl::Now() - applying));
}

}  // namespace
}  // namespace kat::ctl
