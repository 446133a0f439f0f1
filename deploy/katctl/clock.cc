#include "deploy/katctl/clock.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "deploy/katctl/schema.h"
#include "libs/app/simulated_clock.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);
constexpr absl::Duration kPoll = absl::Milliseconds(5);

struct Standing {
  std::vector<std::string> busy;       // what is not settled
  std::optional<absl::Time> next_due;  // over all services
  std::string fingerprint;             // equal in two rounds: nothing moved between them
};

absl::StatusOr<std::unique_ptr<app::SimulatedClock>> OpenClock(const Installation& installation) {
  if (installation.clock_file.empty()) return absl::FailedPreconditionError("this installation runs on the real clock");
  return app::SimulatedClock::Open(installation.clock_file, absl::Now());
}

absl::StatusOr<Standing> Look(Client& client) {
  ASSIGN_OR_RETURN(const auto* method, FindMethod("kat.common.v1.SimulationService/GetSimulationStatus"));
  const Caller operator_{.roles = {"platform_admin"}};
  std::map<std::string, Json> status;
  for (const auto& [service, address] : client.installation().services) {
    ASSIGN_OR_RETURN(status[service], client.CallOn(service, *method, Json::object(), operator_));
  }
  Standing standing;
  for (const auto& [service, s] : status) {
    absl::StrAppend(&standing.fingerprint, nlohmann::json(s).dump());  // keys in order: a map has none of its own
    if (s.value("due_jobs", 0) > 0)
      standing.busy.push_back(absl::StrCat(service, " has ", s.value("due_jobs", 0), " due jobs"));
    const Json cursors = s.value("applied_cursors", Json::object());
    for (const auto& [key, cursor] : cursors.items()) {
      const std::string feed = key.substr(0, key.find(':'));
      if (cursor.get<std::string>() != status[feed].value("head_cursor", "")) {
        standing.busy.push_back(absl::StrCat(service, " has not read all of ", feed));
      }
    }
    if (s.contains("next_due_time")) {
      absl::Time next;
      std::string error;
      if (absl::ParseTime(absl::RFC3339_full, s["next_due_time"].get<std::string>(), &next, &error)) {
        standing.next_due = std::min(next, standing.next_due.value_or(next));
      }
    }
  }
  return standing;
}

absl::StatusOr<Standing> WaitUntilSettled(Client& client) {
  std::string previous;
  Standing standing;
  for (const absl::Time give_up = absl::Now() + kPatience; absl::Now() < give_up; absl::SleepFor(kPoll)) {
    ASSIGN_OR_RETURN(standing, Look(client));
    if (standing.busy.empty() && standing.fingerprint == previous) return standing;
    previous = standing.fingerprint;
  }
  return absl::DeadlineExceededError(absl::StrCat("the services do not settle: ", absl::StrJoin(standing.busy, "; ")));
}

}  // namespace

absl::StatusOr<absl::Time> SimulatedNow(const Installation& installation) {
  ASSIGN_OR_RETURN(const auto clock, OpenClock(installation));
  return clock->Now();
}

absl::Status Settle(Client& client) { return WaitUntilSettled(client).status(); }

absl::Status AdvanceTo(Client& client, absl::Time target) {
  ASSIGN_OR_RETURN(const auto clock, OpenClock(client.installation()));
  while (true) {
    ASSIGN_OR_RETURN(const Standing standing, WaitUntilSettled(client));
    if (clock->Now() >= target) return absl::OkStatus();
    clock->AdvanceTo(standing.next_due ? std::min(*standing.next_due, target) : target);
  }
}

}  // namespace kat::ctl
