#include "services/scheduling/api/watch_server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <set>

#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/rpc/adapter.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_live.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

constexpr int kBatch = 500;                                // events read at once
constexpr auto kBehind = std::chrono::milliseconds(5);     // an event stays unreadable while an older transaction runs
constexpr absl::Duration kLongestIdle = absl::Seconds(1);  // how late an expired token may be noticed

// Whether the caller may read treatment records: the live view then tells how far treatments are.
bool MayReadTreatments(const rpc::Identity& identity) {
  static const auto* const method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "kat.scheduling.v1.SchedulingService.GetTreatmentRecord");
  const auto& roles = rpc::PolicyOf(method).roles();
  return std::any_of(roles.begin(), roles.end(),
                     [&](int role) { return identity.Has(static_cast<common::v1::Role>(role)); });
}

WatchStepPtr Resync(v1::ScheduleResync::Reason reason) {
  auto step = std::make_shared<WatchStep>();
  step->message.mutable_resync()->set_reason(reason);
  return step;
}

absl::Status Draining() { return absl::UnavailableError("the server is draining; resume with the last resume_token"); }

}  // namespace

struct WatchServer::Subscriber {
  std::shared_ptr<Stream> stream;
  ViewKey key;
  bool with_treatment = false;
  std::string resume_token;
  absl::Status refusal;
  std::atomic<bool> pending = false;  // wants the pump's look when its write is done

  // The pump's own.
  bool begun = false;
  bool over = false;                                 // finished with its refusal
  std::optional<v1::ScheduleResync::Reason> resync;  // to be told first
  std::vector<WatchStepPtr> parts;                   // of the snapshot that is being sent
  size_t next_part = 0;
  WatchStepPtr missed;              // of a resumed stream, to be told first
  int64_t position = 0;             // in its view, after what it was sent
  std::set<std::string> disclosed;  // patients whose data it was shown
  absl::Time last_write = absl::Now();
};

struct WatchServer::Turn {
  std::shared_ptr<Subscriber> subscriber;
  WatchStepPtr step;               // null: the stream is finished with its refusal
  int64_t position = 0;            // where it is after the step
  std::vector<std::string> newly;  // patients that the step shows it first
  bool unnamed = false;            // the first step, and it names none: the clinic is audited
};

void WatchServer::Register(rpc::Service& service) { service.Stream("WatchSchedule", this, &WatchServer::Open); }

void WatchServer::Start() {
  pump_ = std::thread([this] { Pump(); });
}

void WatchServer::Wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  committed_ = true;
  changed_.notify_one();
}

void WatchServer::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    changed_.notify_one();
  }
  if (pump_.joinable()) pump_.join();
  std::list<std::shared_ptr<Subscriber>> all;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    all.swap(subscribers_);
  }
  for (const auto& subscriber : all) subscriber->stream->Finish(Draining());
}

void WatchServer::Open(std::shared_ptr<Stream> stream, const v1::WatchScheduleRequest& request,
                       const absl::Status& refusal) {
  const rpc::Identity& identity = stream->caller().identity;
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->stream = std::move(stream);
  subscriber->refusal = refusal;
  subscriber->key.first = identity.clinic;
  if (refusal.ok()) {
    absl::StatusOr<absl::CivilDay> first = rpc::FromProto(request.start_date(), "start_date");
    subscriber->refusal = first.status();
    if (first.ok()) subscriber->key.second = {*first, std::max(1, request.days())};
    subscriber->with_treatment = MayReadTreatments(identity);
    subscriber->resume_token = request.resume_token();
  }
  if (!subscriber->refusal.ok() && identity.clinic.empty()) {
    subscriber->stream->Finish(subscriber->refusal);  // nobody whom an audit could name
    return;
  }
  subscriber->stream->set_on_progress([this, weak = std::weak_ptr<Subscriber>(subscriber)] {
    const std::shared_ptr<Subscriber> still = weak.lock();
    if (still == nullptr || !still->pending.exchange(false)) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    progress_ = true;
    changed_.notify_one();
  });
  Add(std::move(subscriber));
}

void WatchServer::Add(std::shared_ptr<Subscriber> subscriber) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stop_) {
    subscriber->stream->Finish(Draining());
    return;
  }
  subscribers_.push_back(std::move(subscriber));
  progress_ = true;
  changed_.notify_one();
}

void WatchServer::Pump() {
  const absl::Duration idle = std::min(kLongestIdle, options_.heartbeat / 2);
  while (true) {
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    bool committed = false;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait_for(lock, behind_ ? kBehind : absl::ToChronoMilliseconds(idle),
                        [&] { return committed_ || progress_ || stop_; });
      if (stop_) return;
      committed = committed_ || !progress_;
      committed_ = progress_ = false;
      subscribers_.remove_if([](const auto& subscriber) { return subscriber->stream->Gone(); });
      subscribers.assign(subscribers_.begin(), subscribers_.end());
    }
    PruneViews(subscribers);
    if (subscribers.empty()) {
      reading_ = behind_ = false;
    } else if ((!committed && reading_) || Advance()) {
      Serve(subscribers);
    }
  }
}

void WatchServer::PruneViews(const std::vector<std::shared_ptr<Subscriber>>& subscribers) {
  std::set<ViewKey> watched;
  for (const auto& subscriber : subscribers) watched.insert(subscriber->key);
  std::erase_if(views_, [&](const auto& view) { return !watched.contains(view.first); });
}

bool WatchServer::Advance() {
  bool more = true;
  while (more) {
    if (!reading_) {
      const absl::StatusOr<std::string> settled = outbox_.Settled();
      if (!settled.ok()) return false;
      cursor_ = *settled;
      views_.clear();
      reading_ = true;
    }
    const absl::StatusOr<tx::FeedBatch> batch = outbox_.Read({}, cursor_, {}, kBatch);
    if (!batch.ok()) {
      log::Warning("watch.unreadable", {{"code", absl::StatusCodeToString(batch.status().code())}});
      return false;
    }
    std::map<ClinicId, LiveSubjects> touched;
    for (const tx::FeedEvent& event : batch->events) touched[event.clinic].Add(event.event.subject);
    for (const auto& [clinic, subjects] : touched) Refresh(clinic, subjects);
    cursor_ = batch->cursor;
    more = batch->more;
  }
  for (const auto& [key, view] : views_) view->set_cursor(cursor_);
  const absl::StatusOr<std::string> head = outbox_.Head();
  behind_ = head.ok() && *head != cursor_;
  return true;
}

void WatchServer::Refresh(const ClinicId& clinic, const LiveSubjects& subjects) {
  const auto begin = views_.lower_bound({clinic, {absl::CivilDay::min(), 0}});
  const auto is_of = [&](auto view) { return view != views_.end() && view->first.first == clinic; };
  if (subjects.empty() || !is_of(begin)) return;
  LiveUpdate update;
  const absl::Status read = store_.Run({.clinic = clinic, .read_only = true}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(update, ReadLive(tx, subjects));
    return absl::OkStatus();
  });
  if (read.ok()) {
    for (auto view = begin; is_of(view); ++view) view->second->Apply(update);
    return;
  }
  log::Warning("watch.refresh_failed", {{"clinic", clinic.str()}, {"code", absl::StatusCodeToString(read.code())}});
  std::erase_if(views_, [&](const auto& view) { return view.first.first == clinic; });  // loaded anew, then
}

absl::StatusOr<WatchView*> WatchServer::FindView(const ViewKey& key) {
  std::unique_ptr<WatchView>& view = views_[key];
  if (view != nullptr) return view.get();
  const absl::Status loaded = store_.Run({.clinic = key.first, .read_only = true}, [&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(CheckDayInReach(key.second.first, tx.now(), "start_date"));
    ASSIGN_OR_RETURN(LiveSchedule schedule, LoadLive(tx, key.second));
    view = std::make_unique<WatchView>(key.first, std::move(schedule), options_.max_behind);
    return absl::OkStatus();
  });
  if (!loaded.ok()) {
    views_.erase(key);
    return loaded;
  }
  view->set_cursor(cursor_);
  return view.get();
}

absl::StatusOr<std::optional<LiveChange>> WatchServer::Missed(const WatchView& view, const std::string& cursor) {
  ASSIGN_OR_RETURN(const tx::FeedBatch batch, outbox_.Read(view.clinic(), cursor, {}, options_.max_missed + 1));
  if (static_cast<int>(batch.events.size()) > options_.max_missed) return std::nullopt;
  LiveSubjects subjects;
  for (const tx::FeedEvent& event : batch.events) subjects.Add(event.event.subject);
  LiveChange change;
  if (subjects.empty()) return std::optional(change);
  change = view.Free();  // what was free before is not known any more
  if (subjects.setup) change.Merge(view.Setup());
  change.appointments = subjects.appointments;
  change.holds = subjects.holds;
  return std::optional(change);
}

void WatchServer::StartSnapshot(Subscriber& subscriber, WatchView& view) {
  subscriber.parts = view.Snapshot(subscriber.with_treatment);
  subscriber.next_part = 0;
  subscriber.position = view.position();
}

// Decides how the stream begins. False where it has ended, or cannot begin yet.
bool WatchServer::BeginTurn(Subscriber& subscriber, Turn* turn) {
  const absl::StatusOr<WatchView*> view = FindView(subscriber.key);
  const auto fail = [&](const absl::Status& status) {
    subscriber.refusal = status;
    turn->step = nullptr;
    return true;
  };
  if (!view.ok()) return fail(view.status());
  if (!subscriber.resume_token.empty()) {
    const auto cursor = CursorOfToken(subscriber.resume_token, subscriber.key.first, subscriber.key.second);
    if (!cursor.ok()) return fail(cursor.status());
    const absl::StatusOr<bool> ahead = tx::IsAfter(*cursor, cursor_);
    if (!ahead.ok()) return fail(ahead.status());
    if (*ahead) {
      const absl::StatusOr<std::string> head = outbox_.Head();
      if (!head.ok()) return fail(head.status());
      if (!tx::IsAfter(*cursor, *head).value_or(true)) {
        behind_ = true;  // another replica was quicker: wait until this one has read as far
        return false;
      }
      subscriber.resync = v1::ScheduleResync::TOKEN_UNKNOWN;
    } else {
      const auto missed = Missed(**view, *cursor);
      if (!missed.ok()) return fail(missed.status());
      if (!missed->has_value()) {
        subscriber.resync = v1::ScheduleResync::TOKEN_TOO_OLD;
      } else {
        subscriber.missed = (*view)->Changed(**missed, subscriber.with_treatment);
        subscriber.position = (*view)->position();
      }
    }
  }
  if (subscriber.missed == nullptr && !subscriber.resync) StartSnapshot(subscriber, **view);
  subscriber.begun = turn->unnamed = true;
  return true;
}

// What the subscriber is sent now; false where that is nothing.
bool WatchServer::TakeTurn(Subscriber& subscriber, Turn* turn) {
  Stream& stream = *subscriber.stream;
  if (subscriber.over) return false;
  if (!subscriber.refusal.ok()) return true;
  if (absl::Now() >= stream.caller().expires_at) {
    stream.Finish(MakeError(absl::StatusCode::kUnauthenticated, "the token has expired; resume with a new one",
                            {.reason = "TOKEN_INVALID"}));
    return false;
  }
  subscriber.pending =
      true;  // before the look: a write that ends in between wakes the pump once too often, not too late
  if (!stream.Idle()) return false;
  subscriber.pending = false;
  if (!subscriber.begun && !BeginTurn(subscriber, turn)) return false;
  if (!subscriber.refusal.ok()) return true;
  const auto view = views_.find(subscriber.key);
  if (view == views_.end()) {
    // It could not be kept up: begin anew, and say so.
    subscriber.begun = false;
    subscriber.resume_token.clear();
    subscriber.parts.clear();
    subscriber.resync = v1::ScheduleResync::FELL_BEHIND;
    turn->step = Resync(*subscriber.resync);
    return true;
  }
  WatchView& watched = *view->second;
  turn->position = subscriber.position;
  if (subscriber.resync) {
    turn->step = Resync(*subscriber.resync);
  } else if (subscriber.missed != nullptr) {
    turn->step = subscriber.missed;
  } else if (subscriber.next_part < subscriber.parts.size()) {
    turn->step = subscriber.parts[subscriber.next_part];
  } else if (!watched.Remembers(subscriber.position)) {
    subscriber.resync = v1::ScheduleResync::FELL_BEHIND;
    turn->step = Resync(*subscriber.resync);
  } else if (subscriber.position < watched.position()) {
    turn->step = watched.ChangesAfter(subscriber.position, subscriber.with_treatment);
    turn->position = watched.position();
  } else if (absl::Now() - subscriber.last_write >= options_.heartbeat) {
    turn->step = watched.Heartbeat();
  } else {
    return false;
  }
  std::set_difference(turn->step->patients.begin(), turn->step->patients.end(), subscriber.disclosed.begin(),
                      subscriber.disclosed.end(), std::back_inserter(turn->newly));
  return true;
}

void WatchServer::Serve(const std::vector<std::shared_ptr<Subscriber>>& subscribers) {
  std::vector<Turn> turns;
  std::map<ClinicId, std::vector<tx::AuditEntry>> audits;
  for (const auto& subscriber : subscribers) {
    Turn turn{.subscriber = subscriber};
    if (!TakeTurn(*subscriber, &turn)) continue;
    std::vector<tx::AuditEntry>& audit = audits[subscriber->key.first];
    const rpc::StreamCaller& caller = subscriber->stream->caller();
    for (const std::string& patient : turn.newly) audit.push_back(rpc::AuditOf(caller, patient, "OK"));
    if (!subscriber->refusal.ok()) {
      audit.push_back(
          rpc::AuditOf(caller, NameOf(subscriber->key.first), absl::StatusCodeToString(subscriber->refusal.code())));
    } else if (turn.unnamed && turn.newly.empty()) {
      audit.push_back(rpc::AuditOf(caller, NameOf(subscriber->key.first), "OK"));
    }
    turns.push_back(std::move(turn));
  }
  std::set<ClinicId> unaudited;
  for (const auto& [clinic, entries] : audits) {
    const absl::Status written = audit_.Write(clinic, entries);
    if (written.ok()) continue;
    log::Error("audit.failed", {{"method", "watch"}, {"code", absl::StatusCodeToString(written.code())}});
    unaudited.insert(clinic);
  }
  for (Turn& turn : turns) {
    Subscriber& subscriber = *turn.subscriber;
    if (!subscriber.refusal.ok()) {
      subscriber.stream->Finish(subscriber.refusal);
      subscriber.over = true;
      continue;
    }
    if (unaudited.contains(subscriber.key.first))
      continue;  // what is not audited is not shown: the next turn tries again
    Send(turn);
  }
}

// The turn was audited: it counts.
void WatchServer::Send(Turn& turn) {
  Subscriber& subscriber = *turn.subscriber;
  subscriber.disclosed.insert(turn.newly.begin(), turn.newly.end());
  subscriber.position = turn.position;
  subscriber.last_write = absl::Now();
  if (subscriber.resync) {
    subscriber.resync.reset();
    subscriber.pending = true;
    if (const auto view = views_.find(subscriber.key); subscriber.begun && view != views_.end()) {
      StartSnapshot(subscriber, *view->second);
    }
  } else if (subscriber.missed != nullptr) {
    subscriber.missed.reset();
  } else if (subscriber.next_part < subscriber.parts.size()) {
    if (++subscriber.next_part == subscriber.parts.size()) subscriber.parts.clear();
    subscriber.pending = !subscriber.parts.empty();
    if (subscriber.parts.empty()) subscriber.next_part = 0;
  }
  subscriber.stream->Write(std::shared_ptr<const v1::WatchScheduleResponse>(turn.step, &turn.step->message));
}

}  // namespace kat::scheduling
