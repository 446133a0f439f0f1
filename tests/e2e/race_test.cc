// 64 clients race for one room, nurse, clinician and pump at one minute, 200 times, against running services.
//   KAT_INSTALLATION  the installation file     KAT_RECORD  the story's recording, which names the clinic
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "deploy/katctl/client.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/story/story.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/id.h"

namespace kat::ctl {
namespace {

constexpr int kClients = 64;
constexpr int kRounds = 200;
constexpr int kStartMinutes[] = {9 * 60, 11 * 60, 13 * 60, 15 * 60};

// An infusion that the story booked: its visit type and who and what serve it.
Json BookedInfusion() {
  std::ifstream file(std::getenv("KAT_RECORD"));
  for (std::string line; std::getline(file, line);) {
    const Json json = Json::parse(line);
    if (json["method"].get<std::string>() != "kat.scheduling.v1.SchedulingService/BookBlock" || !json.contains("answer")) continue;
    for (const Json& appointment : json["answer"]["appointments"]) {
      if (appointment.value("session_number", 0) > 0) return appointment;
    }
  }
  return Json();
}

TEST(Race, HasOneWinnerEachRound) {
  const Installation installation = Installation::Read(std::getenv("KAT_INSTALLATION")).value();
  const Json booked = BookedInfusion();
  ASSERT_TRUE(booked.is_object());
  const std::string clinic = booked["name"].get<std::string>().substr(0, booked["name"].get<std::string>().find("/appointments/"));
  const Caller caller{.clinic = clinic.substr(clinic.find('/') + 1), .roles = {"assistant"}, .subject = "racer"};
  const auto* method = FindMethod("CreateAppointment").value();
  const absl::TimeZone zone = LoadZone("America/New_York").value();
  const BusinessCalendar calendar{UsFederalHolidays(2027)};
  // Far behind everything that the story booked.
  const absl::CivilDay first = DayAt(SimulatedNow(installation).value(), zone) + 150;

  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(std::make_unique<Client>(installation));
  for (int round = 0; round < kRounds; ++round) {
    const absl::CivilDay day = calendar.Add(first, 1 + round / 4);
    const Json appointment = {{"visit_type", booked["visit_type"]},
                              {"start_time", Timestamp(InstantOf(day, kStartMinutes[round % 4], zone))},
                              {"assignments", booked["assignments"]}};
    std::atomic<int> winners = 0, losers = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([&, i] {
        clients[i]->set_patience(absl::Seconds(30));  // a busy server asks to come back; that is no loss
        const auto answer = clients[i]->Call(*method, {{"parent", clinic}, {"appointment", appointment}, {"request_id", NewId()}}, caller);
        if (answer.ok()) ++winners;
        // Beaten in the database, or already by what it read.
        const std::string reason = ErrorReason(answer.status());
        if (reason == "SLOT_TAKEN" || reason == "PLAN_INVALID") ++losers;
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(winners, 1) << "round " << round;
    ASSERT_EQ(losers, kClients - 1) << "round " << round;
  }
}

}  // namespace
}  // namespace kat::ctl
