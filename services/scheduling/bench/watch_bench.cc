// How long a change takes to reach everyone who watches: real streams, each on a connection of its own, against a real
// server on a real database, all on this machine. Changes follow one another as fast as all subscribers have them.
//   watch_bench [subscribers] [changes]
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

// Where subscribers meet: the change that is under way, and who has it.
struct Meeting {
  std::mutex mutex;
  std::condition_variable changed;
  std::string wanted;  // etag
  absl::Time since;
  int ready = 0;  // have their snapshot
  int have = 0;
  int ended = 0;
  std::vector<absl::Duration> latencies;
};

class Subscriber final : public grpc::ClientReadReactor<v1::WatchScheduleResponse> {
 public:
  Subscriber(Meeting& meeting, v1::SchedulingService::Stub& stub, const testing::TestService& server,
             const std::string& clinic, int number, const v1::WatchScheduleRequest& request)
      : meeting_(meeting), request_(request) {
    server.As(context_, clinic, {common::v1::ROLE_NURSE}, absl::StrCat("nurse-", number));
    stub.async()->WatchSchedule(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const absl::Time now = absl::Now();
    {
      const std::lock_guard<std::mutex> lock(meeting_.mutex);
      if (response_.snapshot().complete()) ++meeting_.ready;
      for (const auto& shown : response_.change().items().appointments()) {
        if (shown.appointment().etag() != meeting_.wanted) continue;
        meeting_.latencies.push_back(now - meeting_.since);
        ++meeting_.have;
      }
      meeting_.changed.notify_one();
    }
    StartRead(&response_);
  }
  void OnDone(const grpc::Status&) override {
    const std::lock_guard<std::mutex> lock(meeting_.mutex);
    ++meeting_.ended;
    meeting_.changed.notify_one();
  }

 private:
  Meeting& meeting_;
  grpc::ClientContext context_;
  const v1::WatchScheduleRequest request_;
  v1::WatchScheduleResponse response_;
};

class WatchBench final : public ServiceTest {
 public:
  int Run(int subscribers, int changes) {
    SetUp();
    if (HasFatalFailure()) return 1;
    v1::CreateAppointmentRequest book;
    book.set_parent(absl::StrCat("clinics/", clinic_));
    book.mutable_appointment()->set_patient(Name("patients/ann"));
    book.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    *book.mutable_appointment()->mutable_start_time() =
        rpc::ToProto(InstantOf(absl::CivilDay(2026, 11, 30), 10 * 60, *LoadZone("America/New_York")));
    book.set_request_id(NewId());
    appointment_ = *Call(&Stub::CreateAppointment, book);

    v1::WatchScheduleRequest request;
    request.set_parent(book.parent());
    *request.mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 11, 30));
    request.set_days(7);
    std::vector<std::unique_ptr<Stub>> stubs;
    std::vector<std::unique_ptr<Subscriber>> watching;
    const absl::Time began = absl::Now();
    for (int i = 0; i < subscribers; ++i) {
      grpc::ChannelArguments own;
      own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs.push_back(v1::SchedulingService::NewStub(
          grpc::CreateCustomChannel(Service().address(), grpc::InsecureChannelCredentials(), own)));
      watching.push_back(std::make_unique<Subscriber>(meeting_, *stubs.back(), Service(), clinic_, i, request));
    }
    Await([&] { return meeting_.ready == subscribers; });
    std::printf("%d subscribers have their snapshot after %.0f ms\n", subscribers,
                absl::ToDoubleMilliseconds(absl::Now() - began));
    Measure("known patient", subscribers, changes, [&](int i) { return Annotate(i); });
    Measure("new patient, audited for each", subscribers, std::min(changes, 60), [&](int i) { return Book(i); });
    for (const auto& subscriber : watching) subscriber->Cancel();
    Await([&] { return meeting_.ended == subscribers; });
    return 0;
  }

 private:
  void TestBody() override {}

  void Await(const std::function<bool()>& condition) {
    std::unique_lock<std::mutex> lock(meeting_.mutex);
    if (!meeting_.changed.wait_for(lock, std::chrono::seconds(60), condition)) {
      std::fprintf(stderr, "watch_bench: a stream was told nothing for a minute\n");
      std::abort();
    }
  }
  // The next change; its etag is the one after the present one.
  void Annotate(int i) {
    v1::UpdateAppointmentRequest update;
    *update.mutable_appointment() = appointment_;
    update.mutable_appointment()->set_note(absl::StrCat("note ", i));
    update.mutable_update_mask()->add_paths("note");
    update.set_request_id(NewId());
    Expect(absl::StrCat("v", i + 2));
    appointment_ = *Call(&Stub::UpdateAppointment, update);
  }
  void Book(int i) {
    v1::CreateAppointmentRequest book;
    book.set_parent(absl::StrCat("clinics/", clinic_));
    book.mutable_appointment()->set_patient(Name(absl::StrCat("patients/new-", i)));
    book.mutable_appointment()->set_visit_type(Name("visitTypes/coordination-call"));
    *book.mutable_appointment()->mutable_start_time() = rpc::ToProto(
        InstantOf(absl::CivilDay(2026, 12, 1) + i / 30, 8 * 60 + i % 30 * 20, *LoadZone("America/New_York")));
    book.set_request_id(NewId());
    Expect("v1");
    const absl::StatusOr<v1::Appointment> booked = Call(&Stub::CreateAppointment, book);
    if (!booked.ok()) std::fprintf(stderr, "%s\n", booked.status().ToString().c_str());
  }
  void Expect(std::string etag) {
    const std::lock_guard<std::mutex> lock(meeting_.mutex);
    meeting_.wanted = std::move(etag);
    meeting_.have = 0;
    meeting_.since = absl::Now();
  }
  template <class Change>
  void Measure(const char* what, int subscribers, int changes, Change change) {
    meeting_.latencies.clear();
    for (int i = 0; i < changes; ++i) {
      change(i);
      Await([&] { return meeting_.have >= subscribers; });
    }
    std::vector<absl::Duration>& all = meeting_.latencies;
    std::sort(all.begin(), all.end());
    const auto at = [&](double share) {
      return absl::ToDoubleMilliseconds(all[static_cast<size_t>(share * (all.size() - 1))]);
    };
    std::printf("%-34s %5d changes x %d: p50 %6.1f ms   p99 %6.1f ms   worst %6.1f ms   aim p99 100 ms\n", what,
                changes, subscribers, at(.5), at(.99), at(1));
  }

  Meeting meeting_;
  v1::Appointment appointment_;
};

}  // namespace
}  // namespace kat::scheduling

int main(int argc, char** argv) {
  int subscribers = 500;
  int changes = 200;
  if ((argc > 1 && !absl::SimpleAtoi(argv[1], &subscribers)) || (argc > 2 && !absl::SimpleAtoi(argv[2], &changes))) {
    std::fprintf(stderr, "usage: watch_bench [subscribers] [changes]\n");
    return 2;
  }
  return kat::scheduling::WatchBench().Run(subscribers, changes);
}
