#ifndef KAT_SERVICES_SCHEDULING_CLIENTS_FAKE_GATES_H_
#define KAT_SERVICES_SCHEDULING_CLIENTS_FAKE_GATES_H_

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/domain/names.h"

// Peers for tests: what they answer is set by the test, what they were asked is kept. Thread-safe but for the settings.
namespace kat::scheduling {

class FakeReadinessGate final : public ReadinessGate {
 public:
  Unmet unmet;
  absl::Status error;
  std::vector<Prospect> prospects;
  std::optional<DaySpan> ready;  // on other days than these, the patient is not

  absl::StatusOr<Unmet> Check(const rpc::Call&, const PatientId&, const std::string&, absl::CivilDay day) override {
    if (!error.ok()) return error;
    Unmet answer = unmet;
    if (ready && !ready->Holds(day)) answer.push_back({"PHQ9_EXPIRED", "", "renew it"});
    return answer;
  }
  absl::StatusOr<std::vector<DaySpan>> ReadyDays(const ClinicId&, const PatientId&, const std::string&,
                                                 const DaySpan& span) override {
    if (!error.ok()) return error;
    std::vector<DaySpan> days;
    for (absl::CivilDay day = span.from; day < span.until; ++day) {
      if (unmet.empty() && (!ready || ready->Holds(day))) days.push_back({day, day + 1});
    }
    return days;
  }
  absl::StatusOr<std::vector<Prospect>> Prospects(const ClinicId&, const std::string& program, int) override {
    if (!error.ok()) return error;
    std::vector<Prospect> out;
    for (const Prospect& prospect : prospects) {
      if (prospect.program == program) out.push_back(prospect);
    }
    return out;
  }
};

// The days of an authorization, the last one exclusive; an end that is absent is open.
struct CoveredDays {
  std::optional<absl::CivilDay> from;
  std::optional<absl::CivilDay> until;

  bool Holds(absl::CivilDay day) const { return (!from || *from <= day) && (!until || day < *until); }
};

class FakeReservingGate final : public CoverageGate {
 public:
  explicit FakeReservingGate(std::string collection) : collection_(std::move(collection)) {}

  Unmet unmet;
  absl::Status error;
  std::function<void()> on_reserve;            // runs once, before the next answer
  std::function<void()> on_uncovered;          // the same of Uncovered
  VisitConditions uncovered;                   // visits that only a conditional booking may have
  std::map<std::string, CoveredDays> covered;  // on other days than these, they are uncovered too
  std::map<std::string, CoveredDays> paid;     // on other days than these, nobody pays for them
  // Visits that are refused closer to each other, and where those stand that are not asked about.
  std::vector<VisitLag> spacings;
  std::map<std::string, absl::CivilDay> standing;
  bool tells_spacings = true;  // before they are asked about

  absl::StatusOr<GateAnswer> Check(const rpc::Call&, const GateQuestion& question) override {
    std::lock_guard<std::mutex> lock(mutex_);
    last_question_ = question;
    if (!error.ok()) return error;
    return Answer(question);
  }
  absl::StatusOr<GateAnswer> Check(const ClinicId&, const GateQuestion& question) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!error.ok()) return error;
    return Answer(question);
  }
  absl::StatusOr<VisitConditions> Uncovered(const ClinicId&, const GateQuestion& question) override {
    if (on_uncovered) std::exchange(on_uncovered, nullptr)();
    std::lock_guard<std::mutex> lock(mutex_);
    if (!error.ok()) return error;
    return UncoveredOf(question);
  }
  absl::StatusOr<DoseDays> OtherDays(const ClinicId&, const GateQuestion& question, const DaySpan& span) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!error.ok()) return error;
    DoseDays out;
    if (tells_spacings) out.spacings = spacings;
    for (const GateVisit& visit : question.visits) {
      std::vector<DaySpan>& days = out.days[visit.visit_id];
      for (absl::CivilDay day = span.from; day < span.until; ++day) {
        if (Holds(covered, visit.visit_id, day) && Holds(paid, visit.visit_id, day)) days.push_back({day, day + 1});
      }
    }
    return out;
  }
  // As the owners do: the same request id with the same body gets the first answer again, whatever has become of the
  // reservation since.
  absl::StatusOr<Reserved> Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& request_id,
                                   absl::Time expires_at) override {
    if (on_reserve) std::exchange(on_reserve, nullptr)();
    std::lock_guard<std::mutex> lock(mutex_);
    last_question_ = question;
    if (!error.ok()) return error;
    const GateAnswer answer = Answer(question);
    const auto served = served_.find(request_id);
    if (served != served_.end()) {
      if (served->second == expires_at) {
        return Reserved{.name = NameOf(call, request_id), .conditional = answer.conditional};
      }
      return MakeError(absl::StatusCode::kAlreadyExists, "another body", {.reason = "REQUEST_ID_REUSED"});
    }
    if (!answer.unmet.empty()) return Reserved{.unmet = answer.unmet};
    served_[request_id] = expires_at;
    held_[NameOf(call, request_id)] = true;
    return Reserved{.name = NameOf(call, request_id), .conditional = answer.conditional};
  }
  absl::Status Release(const rpc::Call&, const std::string& name, const std::string&) override {
    std::lock_guard<std::mutex> lock(mutex_);
    held_[name] = false;
    return absl::OkStatus();
  }

  // Reservations that were made and not given back.
  int Held() {
    std::lock_guard<std::mutex> lock(mutex_);
    int held = 0;
    for (const auto& [name, is_held] : held_) held += is_held;
    return held;
  }
  bool Holds(const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex_);
    return held_[name];
  }
  GateQuestion last_question() {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_question_;
  }

 private:
  static bool Holds(const std::map<std::string, CoveredDays>& days, const std::string& visit, absl::CivilDay day) {
    const auto found = days.find(visit);
    return found == days.end() || found->second.Holds(day);
  }
  VisitConditions UncoveredOf(const GateQuestion& question) const {
    VisitConditions found;
    for (const GateVisit& visit : question.visits) {
      if (const auto it = uncovered.find(visit.visit_id); it != uncovered.end()) found.insert(*it);
      if (Holds(covered, visit.visit_id, visit.day)) continue;
      found.insert({visit.visit_id, {.code = "AUTHORIZATION_DATES_EXCEEDED", .since_visit = visit.visit_id}});
    }
    return found;
  }
  GateAnswer Answer(const GateQuestion& question) const {
    GateAnswer answer{.unmet = unmet, .conditional = UncoveredOf(question)};
    std::map<std::string, absl::CivilDay> days = standing;
    for (const GateVisit& visit : question.visits) {
      days[visit.visit_id] = visit.day;
      if (Holds(paid, visit.visit_id, visit.day)) continue;
      answer.unmet.push_back({"INSURANCE_COVERAGE_MISSING", "", visit.visit_id});
    }
    for (const VisitLag& spacing : spacings) {
      const auto from = days.find(spacing.from_visit), to = days.find(spacing.to_visit);
      if (from == days.end() || to == days.end() || to->second - from->second >= spacing.gap.min_days) continue;
      answer.unmet.push_back({"AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED", "", spacing.to_visit});
    }
    if (question.allow_conditional) return answer;
    for (const auto& [visit, condition] : std::exchange(answer.conditional, {})) {
      answer.unmet.push_back({condition.code, "", visit});
    }
    return answer;
  }
  std::string NameOf(const rpc::Call& call, const std::string& request_id) const {
    return absl::StrCat(scheduling::NameOf(call.clinic()), "/", collection_, "/", request_id);
  }

  const std::string collection_;
  std::mutex mutex_;
  std::map<std::string, absl::Time> served_;  // by request id
  std::map<std::string, bool> held_;
  GateQuestion last_question_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_CLIENTS_FAKE_GATES_H_
