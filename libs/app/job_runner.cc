#include "libs/app/job_runner.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kat/common/v1/options.pb.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/rpc/trace.h"
#include "libs/tx/outbox_reader.h"

namespace kat::app {
namespace {

constexpr int kBatch = 100;
constexpr int kMaxAttempts = 8;
constexpr absl::Duration kFirstBackoff = absl::Seconds(1);
constexpr absl::Duration kLongestBackoff = absl::Minutes(10);

// Jobs whose turn is the last are done so many at a time; then others may have become due. A look goes through all that
// are due, so that not each of these jobs is worth one.
constexpr int kLastAtATime = 8;

constexpr absl::Duration kFirstHoldUp = absl::Milliseconds(100);  // after an outage, in real time
constexpr absl::Duration kLongestHoldUp = absl::Seconds(30);

absl::Duration Backoff(int attempts) {
  return std::min(kFirstBackoff * (1 << std::min(attempts, 20)), kLongestBackoff);
}

// A peer or database that is away for a while says nothing about the job.
bool IsOutage(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
         ErrorReason(status) == "CLINIC_UNKNOWN";
}

bool IsHopeless(const absl::Status& status, int attempts) {
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) || attempts + 1 >= kMaxAttempts;
}

}  // namespace

JobRunner::JobRunner(pg::Database& worker_database, tx::Store<tx::Transaction>& store, const Clock& clock,
                     absl::Duration poll, prometheus::Registry& registry)
    : database_(worker_database),
      store_(store),
      clock_(clock),
      poll_(poll),
      queue_(worker_database),
      done_(prometheus::BuildCounter().Name("kat_jobs_total").Help("Jobs run, by kind and outcome").Register(registry)),
      due_(prometheus::BuildGauge().Name("kat_jobs_due").Help("Jobs due and not yet done").Register(registry).Add({})) {
}

void JobRunner::Handle(std::string kind, Handler handler, JobTurn turn) {
  if (turn == JobTurn::kLast) last_.push_back(kind);
  handlers_[std::move(kind)] = std::move(handler);
}

void JobRunner::Park(const tx::DueJob& due, const absl::Status& why) {
  const std::string error = absl::StrCat(absl::StatusCodeToString(why.code()), " ", ErrorReason(why));
  log::Error("job.parked", {{"kind", due.job.kind}, {"clinic", due.clinic.str()}, {"error", error}});
  if (absl::Status parked = queue_.Park(due.id, error); !parked.ok()) return;
  const absl::Status told = store_.Run({.clinic = due.clinic}, [&](tx::Transaction& tx) {
    return tx.Publish(
        {.type = "job.parked",
         .subject = absl::StrCat("clinics/", due.clinic.str(), "/jobs/", due.id),
         .subject_version = 1,
         .state = "PARKED",
         .work = tx::Work{
             .kind = "JOB_PARKED", .role = common::v1::ROLE_CLINIC_ADMIN, .urgency = tx::Work::Urgency::kSoon}});
  });
  if (!told.ok()) log::Error("job.park_untold", {{"kind", due.job.kind}});
}

bool JobRunner::RunOne(const tx::DueJob& due) {
  const log::TraceScope trace(rpc::TraceIdFrom(""));
  const auto handler = handlers_.find(due.job.kind);
  const Settle settle = [&](tx::Transaction& tx) { return tx.FinishJob(due.id); };
  const absl::Status status = handler == handlers_.end() ? absl::FailedPreconditionError("no handler for this kind")
                                                         : handler->second(due.clinic, due.job, settle);
  const auto count = [&](const char* outcome) {
    done_.Add({{"kind", due.job.kind}, {"outcome", outcome}}).Increment();
  };
  if (status.ok()) {
    count("done");
    return true;
  }
  if (absl::IsAborted(status)) return false;  // another replica has it
  if (IsOutage(status)) {
    count("held_up");
    HeldUp& held_up = held_up_[due.id];
    held_up.until = absl::Now() + std::min(kFirstHoldUp * (1 << std::min(held_up.outages, 20)), kLongestHoldUp);
    ++held_up.outages;
    log::Warning("job.held_up", {{"kind", due.job.kind},
                                 {"clinic", due.clinic.str()},
                                 {"code", absl::StatusCodeToString(status.code())},
                                 {"reason", ErrorReason(status)},
                                 {"outages", held_up.outages}});
    return false;
  }
  if (IsHopeless(status, due.job.attempts)) {
    count("parked");
    Park(due, status);
    return false;
  }
  count("retried");
  log::Warning("job.retried", {{"kind", due.job.kind},
                               {"clinic", due.clinic.str()},
                               {"code", absl::StatusCodeToString(status.code())},
                               {"reason", ErrorReason(status)},
                               {"attempts", due.job.attempts + 1}});
  if (absl::Status put_off = queue_.Retry(due.id, clock_.Now() + Backoff(due.job.attempts)); !put_off.ok()) {
    log::Error("job.retry_failed", {{"kind", due.job.kind}});
  }
  return false;
}

bool JobRunner::IsLast(const tx::DueJob& due) const {
  return std::find(last_.begin(), last_.end(), due.job.kind) != last_.end();
}

std::vector<int64_t> JobRunner::HeldUpAt(absl::Time now) {
  std::erase_if(held_up_, [&](const auto& entry) { return entry.second.until + 2 * kLongestHoldUp < now; });
  std::vector<int64_t> jobs;
  for (const auto& [job, held_up] : held_up_) {
    if (held_up.until > now) jobs.push_back(job);
  }
  return jobs;
}

absl::StatusOr<int> JobRunner::RunDue() {
  held_up_.clear();
  return RunDueButHeldUp();
}

absl::StatusOr<int> JobRunner::RunDueButHeldUp() {
  const absl::Time began = absl::Now();  // what is held up from here on is not tried again in this round
  int done = 0;
  const std::vector<int64_t> held_up = HeldUpAt(began);
  std::set<int64_t> passed(held_up.begin(), held_up.end());  // over, as is what others have: the rest has its turn
  while (!stop_) {
    ASSIGN_OR_RETURN(const std::vector<tx::DueJob> due,
                     queue_.Due(clock_.Now(), kBatch, {passed.begin(), passed.end()}, last_));
    due_.Set(static_cast<double>(due.size() + passed.size()));
    if (due.empty()) break;
    int last = 0;
    for (const tx::DueJob& job : due) {
      if (stop_) break;
      if (IsLast(job) && ++last > kLastAtATime) break;
      if (RunOne(job)) {
        ++done;
      } else {
        passed.insert(job.id);
      }
    }
  }
  return done;
}

void JobRunner::Loop() {
  while (!stop_) {
    if (absl::StatusOr<int> done = RunDueButHeldUp(); !done.ok()) {
      log::Warning("jobs.unreadable", {{"code", absl::StatusCodeToString(done.status().code())}});
    }
    database_.WaitForNotification(tx::kJobsChannel, poll_);
  }
}

void JobRunner::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void JobRunner::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace kat::app
