#ifndef KAT_TESTS_E2E_STORM_H_
#define KAT_TESTS_E2E_STORM_H_

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "deploy/katctl/client.h"

namespace kat::ctl {

// A call that was acknowledged.
struct Ack {
  std::string method;
  Json request;
  Json answer;
};

// What the clients of a storm share: what was acknowledged, written to a file as it comes, and what was refused.
class Ledger {
 public:
  explicit Ledger(const std::string& path) : file_(path) {}

  void Acknowledged(const std::string& method, const Json& request, const Json& answer);
  // A refusal that a caller must expect from others at work, by reason; anything else is kept as wrong.
  void Refused(const std::string& method, const Json& request, const absl::Status& status);

  std::vector<Ack> acks() const;
  std::map<std::string, int> refusals() const;
  std::vector<std::string> wrong() const;

 private:
  mutable std::mutex mutex_;
  std::ofstream file_;
  std::vector<Ack> acks_;
  std::map<std::string, int> refusals_;
  std::vector<std::string> wrong_;
};

// One front desk at random work, at whichever replica comes to hand. Not thread-safe; each has its own thread.
class FrontDesk {
 public:
  struct Place {
    std::vector<Installation> replicas;  // the same installation, its scheduling at another replica
    std::string clinic;                  // `clinics/lakeside`
    std::vector<std::string> courses;
    std::vector<std::string> patients;
    absl::Time from;  // midnight of the first day of work
    int days = 20;
  };
  FrontDesk(const Place& place, Ledger& ledger, uint32_t seed);

  // One random errand: book, hold, release, move, cancel, repair, wait, change the setup.
  void DoSomething();

  // A mutation, with a request id of its own; nullopt where it was refused.
  std::optional<Json> Change(const std::string& method, Json request);
  // A read or a proposal.
  std::optional<Json> Ask(const std::string& method, const Json& request);

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  const std::string& Any(const std::vector<std::string>& list) { return list[Below(static_cast<int>(list.size()))]; }
  std::optional<Json> Call(const std::string& method, const Json& request, bool change);
  std::vector<Json> OpenAppointments(const std::string& course);

  void Book(const std::string& course);
  void Move(const Json& appointment);
  void Cancel(const Json& appointment);
  void CancelBlock(const std::string& course, const Json& appointment);
  void Repair(const Json& trigger);
  void SickDay();
  void BookByItself();
  void Wait();
  void AnswerOffer();
  void Rename();

  const Place& place_;
  Ledger& ledger_;
  std::mt19937 random_;
  std::vector<Client> clients_;  // one for each replica
};

// A caller who may do whatever the errands need.
Caller StormCaller(const std::string& clinic);

}  // namespace kat::ctl

#endif  // KAT_TESTS_E2E_STORM_H_
