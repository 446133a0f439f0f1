#include "tests/e2e/storm.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "tests/e2e/stormy_clinic.h"

namespace kat::ctl {
namespace {

constexpr char kZone[] = "America/New_York";
constexpr int kMany = 1'000;  // more than there are courses
constexpr int kSoonDays = 3;
constexpr size_t kAtATime = 3;  // visits of a day that a desk attends to

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

void Ledger::Acknowledged(const std::string& method, const Json& request, const Json& answer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  acks_.push_back({method, request, answer});
  file_ << Json{{"method", method}, {"request", request}, {"answer", answer}}.dump() << std::endl;
}

void Ledger::Refused(const std::string& method, const Json& request, const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string refusal = absl::StrCat(method, " ", absl::StatusCodeToString(status.code()), " ", ErrorReason(status));
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  std::set<std::string> unmet;
  if (detail) {
    for (const PreconditionViolation& violation : detail->preconditions) unmet.insert(violation.type);
  }
  if (!unmet.empty()) absl::StrAppend(&refusal, " for ", absl::StrJoin(unmet, ", "));
  ++refusals_[refusal];
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

void Courses::Add(const std::string& patient, const std::string& course) {
  const std::lock_guard<std::mutex> lock(mutex_);
  all_.push_back({patient, course});
}
std::string Courses::At(int n) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return all_[static_cast<size_t>(n) % all_.size()].course;
}
std::string Courses::PatientAt(int n) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return all_[static_cast<size_t>(n) % all_.size()].patient;
}
void Courses::Replace(const std::string& stopped, const std::string& course) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (One& one : all_) {
    if (one.course == stopped) one.course = course;
  }
}

void Turnstile::Enter() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !turning_; });
  ++inside_;
}
void Turnstile::Leave() {
  const std::lock_guard<std::mutex> lock(mutex_);
  --inside_;
  changed_.notify_all();
}
void Turnstile::Turn(const std::function<void()>& move) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !turning_; });
  turning_ = true;
  changed_.wait(lock, [this] { return inside_ == 0; });
  move();
  turning_ = false;
  changed_.notify_all();
}

FrontDesk::FrontDesk(Place& place, Ledger& ledger, uint32_t seed) : place_(place), ledger_(ledger), random_(seed) {
  for (const Installation& replica : place.replicas) {
    clients_.emplace_back(replica);
    clients_.back().set_patience(absl::Seconds(60));  // a killed replica comes back; the call is repeated to the letter
  }
}

absl::CivilDay FrontDesk::Today() const {
  return DayAt(SimulatedNow(place_.replicas[0]).value(), LoadZone(kZone).value());
}

absl::Time FrontDesk::From() const { return absl::FromCivil(Today() + 2, LoadZone(kZone).value()); }

std::optional<Json> FrontDesk::Call(const std::string& method, const Json& request, bool change) {
  Client& client = clients_[Below(static_cast<int>(clients_.size()))];
  place_.turnstile.Enter();
  const absl::StatusOr<Json> answer = client.Call(*FindMethod(method).value(), request, StormCaller(place_.clinic));
  place_.turnstile.Leave();
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

const std::string& FrontDesk::AnyAbsentee() { return Absentees()[Below(static_cast<int>(Absentees().size()))]; }

void FrontDesk::DoSomething() {
  const int errand = Below(100);
  if (errand < 48) {
    const std::string course = place_.courses.At(Below(kMany));
    const std::vector<Json> open = OpenAppointments(course);
    if (open.empty()) return Book(course);
    const Json& appointment = open[Below(static_cast<int>(open.size()))];
    if (errand < 34) return Move(appointment);
    if (errand < 44) return Cancel(appointment);
    return CancelBlock(course, appointment);
  }
  if (errand < 54) return SickDay();
  if (errand < 64) return BookByItself();
  if (errand < 68) return Wait();
  if (errand < 71) return WaitNoMore();
  if (errand < 77) return AnswerOffer();
  if (errand < 95) return TheDay();
  if (errand < 96) return Discharge(place_.courses.At(Below(kMany)));
  Rename();
}

void FrontDesk::Book(const std::string& course) {
  // Every second one soon, so that there are visits left when their day comes.
  const int days = Below(Below(2) == 0 ? kSoonDays : place_.days);
  const auto proposed =
      Ask("ProposeBlock", {{"name", course}, {"max_proposals", 2}, {"earliest_date", Date(Today() + 1 + days)}});
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
  const absl::Time day = From() + absl::Hours(24) * Below(place_.days);
  Repair({{"absence",
           {{"resource", absl::StrCat(place_.clinic, "/", AnyAbsentee())},
            {"start_time", Timestamp(day)},
            {"end_time", Timestamp(day + absl::Hours(24))},
            {"reason", "a storm"}}}});
}

void FrontDesk::BookByItself() {
  static constexpr const char* kTypes[] = {"integration", "consult", "psych-eval"};
  const absl::Time start =
      From() + absl::Hours(24) * Below(place_.days) + absl::Hours(9) + absl::Minutes(30) * Below(14);
  Change("CreateAppointment", {{"parent", place_.clinic},
                               {"appointment",
                                {{"patient", place_.courses.PatientAt(Below(kMany))},
                                 {"visit_type", absl::StrCat(place_.clinic, "/visitTypes/", kTypes[Below(3)])},
                                 {"start_time", Timestamp(start)}}}});
}

void FrontDesk::Wait() {
  const absl::CivilDay today = Today();
  Json entry = {{"earliest_date", Date(today)}, {"latest_date", Date(today + place_.days)}};
  const int wish = Below(4);
  const std::string course = place_.courses.At(Below(kMany));
  const std::vector<Json> open = wish < 2 ? OpenAppointments(course) : std::vector<Json>();
  if (!open.empty()) {
    entry["appointment"] = open[Below(static_cast<int>(open.size()))]["name"];
  } else if (wish == 2) {
    entry["course"] = course;
  } else {
    entry["patient"] = place_.courses.PatientAt(Below(kMany));
    entry["visit_type"] = place_.clinic + "/visitTypes/integration";
  }
  Change("CreateWaitListEntry", {{"parent", place_.clinic}, {"wait_list_entry", entry}});
}

void FrontDesk::WaitNoMore() {
  const auto listed = Ask("ListWaitListEntries", {{"parent", place_.clinic}, {"state", "WAITING"}, {"page_size", 200}});
  if (!listed || !listed->contains("wait_list_entries")) return;
  const Json& entries = (*listed)["wait_list_entries"];
  const Json& entry = entries[Below(static_cast<int>(entries.size()))];
  Change("RemoveWaitListEntry", {{"name", entry["name"]}, {"etag", entry["etag"]}});
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
  const std::string name = absl::StrCat(place_.clinic, "/", AnyAbsentee());
  const bool room = absl::StrContains(name, "/rooms/");
  const auto read = Ask(room ? "GetRoom" : "GetStaff", {{"name", name}});
  if (!read) return;
  const char* what = room ? "room" : "staff";
  Change(room ? "UpdateRoom" : "UpdateStaff",
         {{what, {{"name", name}, {"etag", (*read)["etag"]}, {"display_name", absl::StrCat("name ", Below(1000))}}},
          {"update_mask", "displayName"}});
}

// Some of yesterday's, today's and tomorrow's, one after another.
void FrontDesk::TheDay() {
  const absl::CivilDay today = Today();
  const auto listed = Ask("ListAppointments", {{"parent", place_.clinic},
                                               {"start_date", Date(today - 1)},
                                               {"end_date", Date(today + 2)},
                                               {"states", {"BOOKED", "CONFIRMED", "CHECKED_IN"}},
                                               {"page_size", 200}});
  if (!listed || !listed->contains("appointments")) return;
  const Json& all = (*listed)["appointments"];
  const size_t first = Below(2) == 0 ? 0 : Below(static_cast<int>(all.size()));  // the first is due the longest
  for (size_t i = first; i < std::min(all.size(), first + kAtATime); ++i) Attend(all[i]);
}

// Of those with a dose today, most patients come, whatever the hour; of the rest, those to come are called off late, of
// the others some did not come, and those without a dose are done.
void FrontDesk::Attend(const Json& appointment) {
  if (appointment["state"] == "CHECKED_IN") return SendHome(appointment);
  const absl::Time start = ParseTimestamp(appointment["start_time"]).value();
  const bool dosing = appointment.value("session_number", 0) > 0;
  if (dosing && DayAt(start, LoadZone(kZone).value()) == Today() && Below(4) > 0) return Treat(appointment);
  Json request = {{"name", appointment["name"]}, {"etag", appointment["etag"]}};
  if (start > SimulatedNow(place_.replicas[0]).value()) {
    request["reason"] = "a storm";
    if (Below(8) == 0) Change("CancelAppointment", request);  // late
  } else if (dosing || Below(2) == 0) {
    Change("MarkNoShow", request);
  } else {
    Change("CompleteAppointment", request);
  }
}

bool FrontDesk::Measure(const std::string& record, const char* point) {
  return Change("RecordVitalSigns", {{"name", record},
                                     {"vital_signs",
                                      {{"point", point},
                                       {"measure_time", Timestamp(SimulatedNow(place_.replicas[0]).value())},
                                       {"systolic", 120 + Below(20)},
                                       {"diastolic", 80},
                                       {"oxygen_saturation", 98}}}})
      .has_value();
}

// From the door to the dose; a few go home without one.
void FrontDesk::Treat(const Json& appointment) {
  const std::string record = absl::StrCat(appointment["name"].get<std::string>(), "/treatmentRecord");
  if (!Change("CheckIn", {{"name", appointment["name"]},
                          {"etag", appointment["etag"]},
                          {"transport", {{"driver_arranged", true}, {"driver_name", "Robin Quill"}}},
                          {"monitored_by", absl::StrCat(place_.clinic, "/staff/nora-kim")}})) {
    return;
  }
  if (Below(5) == 0) {
    Change("EndWithoutTreatment", {{"name", record}, {"reason", "a storm"}});
  } else if (Measure(record, "BASELINE")) {
    Change("RecordDose", {{"name", record},
                          {"dose",
                           {{"drug", "ketamine"},
                            {"amount_micrograms", 35'000},
                            {"route", "intravenous"},
                            {"lot_number", "LOT-1"},
                            {"give_time", Timestamp(SimulatedNow(place_.replicas[0]).value())},
                            {"given_by", absl::StrCat(place_.clinic, "/staff/sam-ortiz")}}},
                          {"last_dose", true}});
  }
}

// Whoever has had the dose.
void FrontDesk::SendHome(const Json& appointment) {
  const std::string record = absl::StrCat(appointment["name"].get<std::string>(), "/treatmentRecord");
  const auto read = Ask("GetTreatmentRecord", {{"name", record}});
  if (!read || (*read)["state"] != "OBSERVING" || !Measure(record, "BEFORE_DISCHARGE")) return;
  Change("DischargePatient", {{"name", record},
                              {"discharge",
                               {{"monitoring_end_time", Timestamp(SimulatedNow(place_.replicas[0]).value())},
                                {"stable", true},
                                {"decided_by", absl::StrCat(place_.clinic, "/staff/sam-ortiz")}}}});
}

// What is left of it is called off, it is stopped, and its patient begins another.
void FrontDesk::Discharge(const std::string& course) {
  std::set<std::string> blocks;
  for (const Json& appointment : OpenAppointments(course)) blocks.insert(appointment["block"].get<std::string>());
  for (const std::string& block : blocks) CancelBlock(course, {{"block", block}});
  const auto read = Ask("GetCourse", {{"name", course}});
  if (!read) return;
  if (!Change("StopCourse", {{"name", course}, {"etag", (*read)["etag"]}, {"reason", "a storm"}})) return;
  const auto another = Change(
      "CreateCourse",
      {{"parent", place_.clinic},
       {"course",
        {{"patient", (*read)["patient"]}, {"program", (*read)["program"]}, {"earliest_date", Date(Today() + 2)}}}});
  if (!another) return;
  place_.courses.Replace(course, (*another)["name"]);
  // Which is paid for anew.
  const auto estimate =
      Change("CreateEstimate", {{"parent", place_.clinic},
                                {"patient", (*read)["patient"]},
                                {"program", (*read)["program"]},
                                {"items", Json::array({{{"visit_type", "iv-infusion"}, {"quantity", 6}}})}});
  if (!estimate) return;
  Change("AcceptEstimate",
         {{"name", (*estimate)["name"]}, {"scenario", "PAY_PER_VISIT"}, {"etag", (*estimate)["etag"]}});
}

}  // namespace kat::ctl
