#include "services/scheduling/worker/improvement_runner.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/improvement.h"
#include "services/scheduling/ops/improvement_question.h"

namespace kat::scheduling {
namespace {

// Who waits for an answer goes first: of the searching thread, and of those that it starts.
constexpr int kNiceness = 10;

// Of its time that a search may have used before: the rest is enough to settle again.
constexpr double kMostBefore = 0.75;

}  // namespace

// One run of one improvement: a thread that searches, and one that tells how far it is and hears whether to stop.
class ImprovementRunner::Search {
 public:
  Search(ImprovementRunner& runner, ClinicId clinic, Improvement improvement, std::string run)
      : store_(runner.store_),
        improver_(runner.improver_),
        gates_(runner.gates_),
        options_(runner.options_),
        clinic_(std::move(clinic)),
        improvement_(std::move(improvement)),
        run_(std::move(run)),
        thread_([this] { Run(); }) {}

  // Ends the search and gives the run up, unless it has ended.
  ~Search() {
    given_up_ = true;
    end_search_ = true;
    thread_.join();
  }

  bool over() const { return over_; }

 private:
  // Of the time limit, with what the search had used that this one goes on from.
  absl::Duration Elapsed() const {
    return elapsed_before_ + absl::FromChrono(std::chrono::steady_clock::now() - began_);
  }

  void Run() {
    std::thread renewer([this] { KeepRenewing(); });
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);  // where that is refused, it goes on as before
    const absl::Status status = SearchAndEnd();
    if (!status.ok()) Fail(status);
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
      best_ = nullptr;
    }
    wake_.notify_all();
    renewer.join();
    over_ = true;
  }

  absl::Status SearchAndEnd() {
    const auto asked = std::make_shared<ImprovementCase>();  // as long as anybody may ask what was found
    ImprovementCase& about = *asked;
    FoundSchedule before;
    RETURN_IF_ERROR(store_.Run({.clinic = clinic_, .read_only = true}, [&](Tx& tx) -> absl::Status {
      about.courses.clear();
      about.question = {};
      RETURN_IF_ERROR(LoadImprovementCase(tx, improvement_.wish, about));
      ASSIGN_OR_RETURN(before, tx.improvements().Found(improvement_.id));
      return absl::OkStatus();
    }));
    BeginFrom(before.courses, about);
    {
      const std::lock_guard lock(mutex_);
      progress_.courses = static_cast<int>(about.courses.size());
      // Time that has brought nothing since counts too.
      const absl::Duration used = std::max(before.elapsed, improvement_.progress.elapsed);
      if (!before.courses.empty()) elapsed_before_ = std::min(used, improvement_.wish.time_limit * kMostBefore);
    }
    const absl::Duration asks = Elapsed() + improvement_.wish.time_limit / 2;  // at most: the rest is for the search
    LimitDoses(
        clinic_, gates_, improvement_.wish, [&] { return !end_search_ && Elapsed() < asks; }, about);
    const SearchControl control{
        .used = [this] { return end_search_ ? 1.0 : absl::FDivDuration(Elapsed(), improvement_.wish.time_limit); },
        .report = [this](const SearchProgress& progress) { Note(progress); },
        .found =
            [this, &asked](FoundSoFar found) {
              const std::lock_guard lock(mutex_);
              ++better_;
              best_ = [asked, found = std::move(found)] { return FoundOf(*asked, found()); };
            }};
    ASSIGN_OR_RETURN(const ImproveAnswer answer, improver_.Improve(*about.picture, about.question, control));
    if (given_up_ || lost_) {
      int64_t none = 0;
      found_ = FoundSince(none).value_or(FoundSchedule());
      return absl::CancelledError("given up");
    }
    Note(answer.progress);
    bool reachable = true;
    improvement_.parts = PartsOf(about, answer, improvement_.wish.min_gain, [&](const ImprovementPart& part) {
      const absl::StatusOr<bool> refused = reachable ? IsRefused(clinic_, gates_, about, part) : false;
      if (refused.ok()) return *refused;
      reachable = !absl::IsUnavailable(refused.status());  // it is asked again when the part is applied
      return reachable;                                    // any other error would come again then
    });
    improvement_.basis = BasisOf(about, answer);
    improvement_.state = ImprovementState::kReady;
    return End();
  }

  void Note(const SearchProgress& progress) {
    const std::lock_guard lock(mutex_);
    progress_.initial_cost = progress.initial_cost;
    progress_.cost = progress.cost;
    progress_.lower_bound = progress.lower_bound;
    progress_.search_steps = progress.steps;
  }

  ImprovementProgress Progress() {
    const std::lock_guard lock(mutex_);
    progress_.elapsed = Elapsed();
    return progress_;
  }

  // The best so far, where it is better than the last that was `seen`; the search waits until it is put into words.
  std::optional<FoundSchedule> FoundSince(int64_t& seen) {
    const std::lock_guard lock(mutex_);
    if (best_ == nullptr || better_ == seen) return std::nullopt;
    seen = better_;
    return FoundSchedule{best_(), Elapsed()};
  }

  absl::Status End() {
    improvement_.progress = Progress();
    std::set<PatientId> patients;
    int64_t gain = 0;
    for (const ImprovementPart& part : improvement_.parts) {
      patients.insert(part.part.patient);
      gain += part.Gain();
    }
    improvement_.progress.patients_moved = static_cast<int>(patients.size());
    improvement_.progress.cost = improvement_.progress.initial_cost - gain;  // of what is kept
    return store_.Run({.clinic = clinic_}, [&](Tx& tx) { return EndImprovement(tx, run_, improvement_); });
  }

  // Ends it as failed, unless it has been lost or given up. An outage leaves it to the next attempt: the lease passes.
  void Fail(const absl::Status& status) {
    if (lost_ || absl::IsAborted(status)) return;
    absl::Status written;
    if (given_up_) {
      written = store_.Run({.clinic = clinic_},
                           [&](Tx& tx) { return tx.improvements().GiveUp(improvement_.id, run_, found_); });
    } else {
      log::Warning("improvement.interrupted", {{"clinic", clinic_.str()},
                                               {"code", absl::StatusCodeToString(status.code())},
                                               {"reason", ErrorReason(status)}});
      if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status)) return;
      improvement_.state = ImprovementState::kFailed;
      const bool setup = absl::IsInvalidArgument(status) || absl::IsNotFound(status);
      improvement_.failure = setup ? ImprovementFailure::kSetupInvalid : ImprovementFailure::kInternal;
      if (setup) improvement_.failure_description = std::string(status.message());
      improvement_.parts.clear();
      written = End();
    }
    if (!written.ok()) log::Warning("improvement.unwritten", {{"clinic", clinic_.str()}});
  }

  // Until the run is done: tells how far it is, keeps what it has found, for a process that dies has no time to, renews
  // its lease, and hears whether the search is to end.
  void KeepRenewing() {
    auto renewed = std::chrono::steady_clock::now();
    auto keep_next = renewed;
    int64_t kept = 0;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        if (wake_.wait_for(lock, absl::ToChronoNanoseconds(options_.renew_every), [this] { return done_; })) return;
      }
      const ImprovementProgress progress = Progress();
      const auto asked = std::chrono::steady_clock::now();
      int64_t seen = kept;
      std::optional<FoundSchedule> found;
      if (asked >= keep_next) found = FoundSince(seen);
      std::optional<bool> stop_early;
      const absl::Status status =
          store_.Run({.clinic = clinic_, .deadline = absl::Now() + options_.lease}, [&](Tx& tx) -> absl::Status {
            ASSIGN_OR_RETURN(stop_early,
                             tx.improvements().Renew(improvement_.id, run_, progress, options_.lease, found));
            return absl::OkStatus();
          });
      if (status.ok()) renewed = asked;
      if (status.ok() && found) {
        kept = seen;
        keep_next = asked + absl::ToChronoNanoseconds(options_.keep_every);
      }
      const bool passed = absl::FromChrono(std::chrono::steady_clock::now() - renewed) > options_.lease;
      if (passed || (status.ok() && !stop_early)) {
        lost_ = true;
        end_search_ = true;
        return;
      }
      if (stop_early.value_or(false)) end_search_ = true;
    }
  }

  Store& store_;
  Improver& improver_;
  const DoseGates gates_;
  const ImprovementOptions options_;
  const ClinicId clinic_;
  Improvement improvement_;
  const std::string run_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  FoundSchedule found_;  // once it is given up
  std::mutex mutex_;
  std::condition_variable wake_;
  ImprovementProgress progress_;                    // guarded by mutex_
  bool done_ = false;                               // likewise
  int64_t better_ = 0;                              // likewise; how often a better schedule was found
  std::function<std::vector<FoundCourse>()> best_;  // likewise; the best of them, as long as the search goes on
  absl::Duration elapsed_before_;  // likewise, and read without by the searching thread, which alone writes it
  std::atomic<bool> end_search_ = false, lost_ = false, given_up_ = false, over_ = false;
  std::thread thread_;
};

ImprovementRunner::ImprovementRunner(Store& worker_store, Improver& improver, const DoseGates& gates,
                                     ImprovementOptions options)
    : store_(worker_store), improver_(improver), gates_(gates), options_(options) {}

ImprovementRunner::~ImprovementRunner() = default;

bool ImprovementRunner::MakeRoom() {
  const std::lock_guard lock(mutex_);
  searches_.remove_if([](const std::unique_ptr<Search>& search) { return search->over(); });
  return static_cast<int>(searches_.size()) < options_.max_runs;
}

absl::Status ImprovementRunner::Run(const ClinicId& clinic, const tx::Job& job) {
  const ImprovementId id(job.key);
  Improvement improvement;
  RETURN_IF_ERROR(store_.Run({.clinic = clinic, .read_only = true}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(improvement, tx.improvements().Get(id));
    return absl::OkStatus();
  }));
  if (!IsUnderWay(improvement.state)) return absl::OkStatus();
  if (!MakeRoom()) return absl::AbortedError("this replica has no room for it");
  const std::string run = NewId();
  bool runs = false;
  RETURN_IF_ERROR(store_.Run({.clinic = clinic}, [&](Tx& tx) -> absl::Status {
    runs = false;
    ASSIGN_OR_RETURN(const bool begun, tx.improvements().Begin(id, run, options_.lease));
    if (!begun) return absl::AbortedError("another replica has it");
    ASSIGN_OR_RETURN(improvement, tx.improvements().Get(id, Lock::kForUpdate));
    if (improvement.attempts > limits::kMaxImprovementAttempts) {
      improvement.state = ImprovementState::kFailed;
      improvement.failure = ImprovementFailure::kInterrupted;
      return EndImprovement(tx, run, improvement);
    }
    runs = true;
    return Publish(tx, improvement, "running");
  }));
  if (!runs) return absl::OkStatus();
  const std::lock_guard lock(mutex_);
  searches_.push_back(std::make_unique<Search>(*this, clinic, std::move(improvement), run));
  return absl::AbortedError("runs here");
}

}  // namespace kat::scheduling
