#ifndef KAT_TESTS_E2E_STORMY_CLINIC_H_
#define KAT_TESTS_E2E_STORMY_CLINIC_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "deploy/katctl/client.h"

namespace kat::ctl {

inline constexpr char kStormyClinic[] = "clinics/stormy";

// A clinic whose patients may be booked without more ado: no step of intake is required, there is no deposit, and no
// payer is asked. All gates are real. It is the sample's in all else.
class StormyClinic {
 public:
  // `client` must outlive it. For one that is open already: the day that it is there.
  explicit StormyClinic(Client& client, absl::CivilDay today = {}) : client_(client), today_(today) {}

  // Sets it up, from the folder of the sample data.
  absl::Status Open(const std::string& sample);
  // Adds rooms for infusions, each with people and a pump of its own.
  absl::Status AddLanes(int lanes);
  struct Started {
    std::string patient;
    Json course;
  };
  // Starts a course of infusions of patient number `n`, who is new.
  absl::StatusOr<Started> Start(int n);
  absl::CivilDay today() const { return today_; }

  // As StormCaller, with a request id of its own where it changes something.
  absl::StatusOr<Json> Call(const std::string& method, Json request);
  // What a read answers once it is as wanted, or after a minute; an error at once.
  absl::StatusOr<Json> Await(const std::string& method, const Json& request,
                             const std::function<bool(const Json&)>& wanted);

 private:
  absl::Status Do(const std::string& method, Json request) { return Call(method, std::move(request)).status(); }

  Client& client_;
  absl::CivilDay today_;  // at the clinic
};

// Who may do whatever the errands need.
Caller StormCaller(const std::string& clinic);

}  // namespace kat::ctl

#endif  // KAT_TESTS_E2E_STORMY_CLINIC_H_
