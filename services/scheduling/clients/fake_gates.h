#ifndef KAT_SERVICES_SCHEDULING_CLIENTS_FAKE_GATES_H_
#define KAT_SERVICES_SCHEDULING_CLIENTS_FAKE_GATES_H_

#include <map>
#include <mutex>
#include <string>
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

  absl::StatusOr<Unmet> Check(const rpc::Call&, const PatientId&, const std::string&, absl::CivilDay) override {
    if (!error.ok()) return error;
    return unmet;
  }
};

class FakeReservingGate final : public ReservingGate {
 public:
  explicit FakeReservingGate(std::string collection) : collection_(std::move(collection)) {}

  Unmet unmet;
  absl::Status error;

  absl::StatusOr<Unmet> Check(const rpc::Call&, const GateQuestion& question) override {
    std::lock_guard<std::mutex> lock(mutex_);
    last_question_ = question;
    if (!error.ok()) return error;
    return unmet;
  }
  absl::StatusOr<Reserved> Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& request_id,
                                   absl::Time) override {
    std::lock_guard<std::mutex> lock(mutex_);
    last_question_ = question;
    if (!error.ok()) return error;
    if (!unmet.empty()) return Reserved{.unmet = unmet};
    const std::string name = absl::StrCat(NameOf(call.clinic()), "/", collection_, "/", request_id);
    held_[name] = true;
    return Reserved{.name = name};
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
  GateQuestion last_question() {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_question_;
  }

 private:
  const std::string collection_;
  std::mutex mutex_;
  std::map<std::string, bool> held_;
  GateQuestion last_question_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_CLIENTS_FAKE_GATES_H_
