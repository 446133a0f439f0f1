// 64 clients race for one room and therapist at one minute, 200 times, against running services.
//   KAT_INSTALLATION  the installation file     KAT_RECORD  the story's recording, which names the clinic
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "deploy/katctl/client.h"
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
constexpr int kSlots = 10;       // the winner of a slot is cancelled, so that it can be raced for again
constexpr int kWeeksAhead = 20;  // behind everything that the story booked

// An integration visit that the story booked (infusions are booked by block alone): its visit type, its hour, and who
// and what serve it.
Json BookedIntegration() {
  std::ifstream file(std::getenv("KAT_RECORD"));
  for (std::string line; std::getline(file, line);) {
    const Json json = Json::parse(line);
    if (json["method"] != "kat.scheduling.v1.SchedulingService/BookBlock" || !json.contains("answer")) continue;
    for (const Json& appointment : json["answer"]["appointments"]) {
      if (appointment.value("session_number", 0) == 0) return appointment;
    }
  }
  return Json();
}

// The same hour of the same weekday in later weeks, holidays left out: whoever serves it then works then too.
std::vector<std::string> LaterSlots(const Json& booked, absl::TimeZone zone) {
  const absl::Time start = ParseTimestamp(booked["start_time"]).value();
  const absl::CivilMinute minute = absl::ToCivilMinute(start, zone);
  std::vector<std::string> slots;
  for (absl::CivilDay day = DayAt(start, zone) + 7 * kWeeksAhead; slots.size() < kSlots; day += 7) {
    if (UsFederalHolidays(static_cast<int>(day.year())).contains(day)) continue;
    slots.push_back(Timestamp(InstantOf(day, minute.hour() * 60 + minute.minute(), zone)));
  }
  return slots;
}

TEST(Race, HasOneWinnerEachRound) {
  const Installation installation = Installation::Read(std::getenv("KAT_INSTALLATION")).value();
  const Json booked = BookedIntegration();
  ASSERT_TRUE(booked.is_object());
  const std::string name = booked["name"];
  const std::string clinic = name.substr(0, name.find("/appointments/"));
  const Caller caller{.clinic = clinic.substr(clinic.find('/') + 1), .roles = {"assistant"}, .subject = "racer"};
  const auto* create = FindMethod("CreateAppointment").value();
  const auto* cancel = FindMethod("CancelAppointment").value();

  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<Client>(installation));
    clients[i]->set_patience(absl::Seconds(60));  // a busy server asks to come back; that is no loss
  }
  const Json place = clients[0]->Call(*FindMethod("GetClinic").value(), {{"name", clinic}}, caller).value();
  const std::vector<std::string> slots = LaterSlots(booked, LoadZone(place["time_zone"].get<std::string>()).value());

  for (int round = 0; round < kRounds; ++round) {
    const Json appointment = {{"visit_type", booked["visit_type"]},
                              {"start_time", slots[round % kSlots]},
                              {"assignments", booked["assignments"]}};
    std::vector<absl::StatusOr<Json>> answers(kClients, absl::UnknownError("not asked"));
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([&, i] {
        answers[i] = clients[i]->Call(
            *create, {{"parent", clinic}, {"appointment", appointment}, {"request_id", NewId()}}, caller);
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<Json> winners;
    for (const absl::StatusOr<Json>& answer : answers) {
      if (answer.ok())
        winners.push_back(*answer);
      else
        ASSERT_EQ(ErrorReason(answer.status()), "SLOT_TAKEN") << "round " << round << ": " << Explain(answer.status());
    }
    ASSERT_EQ(winners.size(), 1u) << "round " << round;
    const auto cancelled = clients[0]->Call(*cancel,
                                            {{"name", winners[0]["name"]},
                                             {"etag", winners[0]["etag"]},
                                             {"reason", "the race goes on"},
                                             {"by_clinic", true},
                                             {"request_id", NewId()}},
                                            caller);
    ASSERT_TRUE(cancelled.ok()) << Explain(cancelled.status());
  }
}

}  // namespace
}  // namespace kat::ctl
