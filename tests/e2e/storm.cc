#include "tests/e2e/storm.h"

#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/error.h"
#include "libs/base/id.h"

namespace kat::ctl {
namespace {

const std::vector<std::string>& Absentees() {
  static const auto* const names =
      new std::vector<std::string>{"staff/nora-kim",    "staff/ben-adler",  "staff/sam-ortiz",
                                   "staff/tess-rivera", "rooms/infusion-1", "rooms/infusion-2"};
  return *names;
}

// Refusals that others at work bring about.
bool IsExpected(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status);
}

}  // namespace

Caller StormCaller(const std::string& clinic) {
  return {.clinic = clinic.substr(clinic.find('/') + 1), .roles = {"assistant", "clinic_admin"}, .subject = "storm"};
}

void Ledger::Acknowledged(const std::string& method, const Json& request, const Json& answer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  acks_.push_back({method, request, answer});
  file_ << Json{{"method", method}, {"request", request}, {"answer", answer}}.dump() << std::endl;
}

void Ledger::Refused(const std::string& method, const Json& request, const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++refusals_[absl::StrCat(method, " ", absl::StatusCodeToString(status.code()), " ", ErrorReason(status))];
  if (!IsExpected(status)) wrong_.push_back(absl::StrCat(method, ": ", Explain(status), "\n", request.dump()));
}

std::vector<Ack> Ledger::acks() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return acks_;
}
std::map<std::string, int> Ledger::refusals() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return refusals_;
}
std::vector<std::string> Ledger::wrong() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return wrong_;
}

FrontDesk::FrontDesk(const Place& place, Ledger& ledger, uint32_t seed)
    : place_(place), ledger_(ledger), random_(seed) {
  for (const Installation& replica : place.replicas) {
    clients_.emplace_back(replica);
    clients_.back().set_patience(absl::Seconds(60));  // a killed replica comes back; the call is repeated to the letter
  }
}

std::optional<Json> FrontDesk::Call(const std::string& method, const Json& request, bool change) {
  Client& client = clients_[Below(static_cast<int>(clients_.size()))];
  const absl::StatusOr<Json> answer = client.Call(*FindMethod(method).value(), request, StormCaller(place_.clinic));
  if (!answer.ok()) {
    ledger_.Refused(method, request, answer.status());
    return std::nullopt;
  }
  if (change) ledger_.Acknowledged(method, request, *answer);
  return *answer;
}

std::optional<Json> FrontDesk::Change(const std::string& method, Json request) {
  request["request_id"] = NewId();
  return Call(method, request, /*change=*/true);
}

std::optional<Json> FrontDesk::Ask(const std::string& method, const Json& request) {
  return Call(method, request, /*change=*/false);
}

std::vector<Json> FrontDesk::OpenAppointments(const std::string& course) {
  const auto answer =
      Ask("ListAppointments",
          {{"parent", place_.clinic}, {"course", course}, {"states", {"BOOKED", "CONFIRMED"}}, {"page_size", 200}});
  return answer ? answer->value("appointments", std::vector<Json>()) : std::vector<Json>();
}

void FrontDesk::DoSomething() {
  const int errand = Below(100);
  if (errand < 55) {
    const std::string& course = Any(place_.courses);
    const std::vector<Json> open = OpenAppointments(course);
    if (open.empty()) return Book(course);
    const Json& appointment = open[Below(static_cast<int>(open.size()))];
    if (errand < 30) return Move(appointment);
    if (errand < 42) return Cancel(appointment);
    return CancelBlock(course, appointment);
  }
  if (errand < 62) return SickDay();
  if (errand < 82) return BookByItself();
  if (errand < 88) return Wait();
  if (errand < 96) return AnswerOffer();
  Rename();
}

void FrontDesk::Book(const std::string& course) {
  const absl::CivilDay earliest(absl::ToCivilDay(place_.from, absl::UTCTimeZone()));
  const auto proposed = Ask(
      "ProposeBlock", {{"name", course}, {"max_proposals", 2}, {"earliest_date", Date(earliest + Below(place_.days))}});
  if (!proposed || !proposed->contains("proposals")) return;
  const Json& proposals = (*proposed)["proposals"];
  const Json plan = proposals[Below(static_cast<int>(proposals.size()))]["plan"];
  if (Below(2) == 0) {
    Change("BookBlock", {{"parent", place_.clinic}, {"plan", plan}});
    return;
  }
  const auto hold = Change("HoldProposal", {{"parent", place_.clinic}, {"plan", plan}});
  if (!hold) return;
  if (Below(4) == 0) {
    Change("ReleaseHold", {{"name", (*hold)["name"]}});
  } else {
    Change("BookBlock", {{"parent", place_.clinic}, {"hold", (*hold)["name"]}});
  }
}

void FrontDesk::Move(const Json& appointment) {
  const auto proposed = Ask("ProposeMove", {{"name", appointment["name"]}, {"allow_others", Below(2) == 0}});
  if (!proposed || !proposed->contains("proposals")) return;
  const Json& proposals = (*proposed)["proposals"];
  Json moves = Json::array();
  for (const Json& move : proposals[Below(static_cast<int>(proposals.size()))]["moves"]) {
    moves.push_back({{"appointment", move["appointment"]},
                     {"etag", move["etag"]},
                     {"start_time", move["start_time"]},
                     {"assignments", move["assignments"]}});
  }
  Change("MoveAppointment", {{"name", appointment["name"]}, {"moves", moves}});
}

void FrontDesk::Cancel(const Json& appointment) {
  const auto cancelled = Change(
      "CancelAppointment",
      {{"name", appointment["name"]}, {"etag", appointment["etag"]}, {"reason", "a storm"}, {"by_clinic", true}});
  if (cancelled && Below(2) == 0) Repair({{"lost_visit", {{"appointment", appointment["name"]}}}});
}

void FrontDesk::CancelBlock(const std::string& course, const Json& appointment) {
  const auto read = Ask("GetCourse", {{"name", course}});
  if (!read) return;
  Change(
      "CancelBlock",
      {{"name", appointment["block"]}, {"course_etag", (*read)["etag"]}, {"reason", "a storm"}, {"by_clinic", true}});
}

void FrontDesk::Repair(const Json& trigger) {
  const auto repair =
      Change("ProposeRepair", {{"parent", place_.clinic}, {"trigger", trigger}, {"allow_others", Below(2) == 0}});
  if (repair) Change("ApplyRepair", {{"name", (*repair)["name"]}, {"etag", (*repair)["etag"]}});
}

void FrontDesk::SickDay() {
  const absl::Time day = place_.from + absl::Hours(24) * Below(place_.days);
  Repair({{"absence",
           {{"resource", absl::StrCat(place_.clinic, "/", Any(Absentees()))},
            {"start_time", Timestamp(day)},
            {"end_time", Timestamp(day + absl::Hours(24))},
            {"reason", "a storm"}}}});
}

void FrontDesk::BookByItself() {
  static constexpr const char* kTypes[] = {"integration", "consult", "psych-eval"};
  const absl::Time start =
      place_.from + absl::Hours(24) * Below(place_.days) + absl::Hours(9) + absl::Minutes(30) * Below(14);
  Change("CreateAppointment", {{"parent", place_.clinic},
                               {"appointment",
                                {{"patient", Any(place_.patients)},
                                 {"visit_type", absl::StrCat(place_.clinic, "/visitTypes/", kTypes[Below(3)])},
                                 {"start_time", Timestamp(start)}}}});
}

void FrontDesk::Wait() {
  const absl::CivilDay first(absl::ToCivilDay(place_.from, absl::UTCTimeZone()));
  Change("CreateWaitListEntry", {{"parent", place_.clinic},
                                 {"wait_list_entry",
                                  {{"patient", Any(place_.patients)},
                                   {"visit_type", place_.clinic + "/visitTypes/integration"},
                                   {"earliest_date", Date(first)},
                                   {"latest_date", Date(first + place_.days)}}}});
}

void FrontDesk::AnswerOffer() {
  const auto listed = Ask("ListWaitListOffers", {{"parent", place_.clinic}, {"state", "OPEN"}});
  if (!listed || !listed->contains("wait_list_offers")) return;
  const Json& offers = (*listed)["wait_list_offers"];
  const Json& offer = offers[Below(static_cast<int>(offers.size()))];
  Change(Below(4) == 0 ? "DeclineWaitListOffer" : "AcceptWaitListOffer", {{"name", offer["name"]}});
}

// A change of the setup that concerns nobody: bookings under way meet it all the same.
void FrontDesk::Rename() {
  const std::string name = absl::StrCat(place_.clinic, "/", Any(Absentees()));
  const bool room = absl::StrContains(name, "/rooms/");
  const auto read = Ask(room ? "GetRoom" : "GetStaff", {{"name", name}});
  if (!read) return;
  const char* what = room ? "room" : "staff";
  Change(room ? "UpdateRoom" : "UpdateStaff",
         {{what, {{"name", name}, {"etag", (*read)["etag"]}, {"display_name", absl::StrCat("name ", Below(1000))}}},
          {"update_mask", "displayName"}});
}

}  // namespace kat::ctl
