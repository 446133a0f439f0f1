#ifndef KAT_TESTS_E2E_STORM_H_
#define KAT_TESTS_E2E_STORM_H_

#include <condition_variable>
#include <fstream>
#include <functional>
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

// The courses that the desks work on, each of one patient, who always has one. Thread-safe.
class Courses {
 public:
  void Add(const std::string& patient, const std::string& course);
  // The one at `n`, counted round.
  std::string At(int n) const;
  std::string PatientAt(int n) const;
  // The patient begins another course in place of one that was stopped.
  void Replace(const std::string& stopped, const std::string& course);

 private:
  struct One {
    std::string patient;
    std::string course;
  };
  mutable std::mutex mutex_;
  std::vector<One> all_;
};

// Lets calls through, and the clinic's clock be moved while none is under way: in simulated time no call takes hours.
// Thread-safe.
class Turnstile {
 public:
  void Enter();
  void Leave();
  void Turn(const std::function<void()>& move);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool turning_ = false;
};

// One front desk at random work, at whichever replica comes to hand. Not thread-safe; each has its own thread.
class FrontDesk {
 public:
  struct Place {
    std::vector<Installation> replicas;  // the same installation, its scheduling at another replica
    std::string clinic;                  // `clinics/lakeside`
    Courses courses;
    Turnstile turnstile;
    int days = 20;  // ahead, for which it books
  };
  FrontDesk(Place& place, Ledger& ledger, uint32_t seed);

  // One random errand: book, hold, release, move, cancel, repair, wait, change the setup, end a course, and what the
  // day brings: who comes and is treated, who does not, who calls off late, who is done.
  void DoSomething();

  // A mutation, with a request id of its own; nullopt where it was refused.
  std::optional<Json> Change(const std::string& method, Json request);
  // A read or a proposal.
  std::optional<Json> Ask(const std::string& method, const Json& request);

 private:
  // The clinic's day as it is now, and midnight of the day after tomorrow, from which on it books.
  absl::CivilDay Today() const;
  absl::Time From() const;
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  std::optional<Json> Call(const std::string& method, const Json& request, bool change);
  const std::string& AnyAbsentee();
  std::vector<Json> OpenAppointments(const std::string& course);

  void Book(const std::string& course);
  void Move(const Json& appointment);
  void Cancel(const Json& appointment);
  void CancelBlock(const std::string& course, const Json& appointment);
  void Repair(const Json& trigger);
  void SickDay();
  void BookByItself();
  void Wait();
  void WaitNoMore();
  void AnswerOffer();
  void Rename();
  void TheDay();
  void Attend(const Json& appointment);
  void Treat(const Json& appointment);
  void SendHome(const Json& appointment);
  // Whether it was recorded.
  bool Measure(const std::string& record, const char* point);
  void Discharge(const std::string& course);

  Place& place_;
  Ledger& ledger_;
  std::mt19937 random_;
  std::vector<Client> clients_;  // one for each replica
};

}  // namespace kat::ctl

#endif  // KAT_TESTS_E2E_STORM_H_
