#include "services/scheduling/api/watch_view.h"

#include "libs/rpc/field_rules.h"
#include "services/scheduling/api/convert_live.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {

void WatchView::Forget() {
  snapshots_.clear();
  steps_.clear();
  heartbeat_.reset();
}

void WatchView::Apply(const LiveUpdate& update) {
  LiveChange change = schedule_.Apply(update);
  if (change.empty()) return;
  Forget();
  changes_.push_back(std::move(change));
  if (static_cast<int>(changes_.size()) <= max_behind_) return;
  changes_.pop_front();
  ++first_;
}

void WatchView::set_cursor(const std::string& cursor) {
  if (cursor == cursor_) return;
  cursor_ = cursor;
  Forget();
}

std::string WatchView::Token() const { return EncodeWatchToken({cursor_, clinic_, range()}); }

std::vector<WatchStepPtr> WatchView::Snapshot(bool with_treatment) {
  std::vector<WatchStepPtr>& parts = snapshots_[with_treatment];
  if (!parts.empty()) return parts;
  const std::vector<LiveChange> runs = Split(schedule_.All(), limits::kWatchPartItems);
  for (size_t i = 0; i < runs.size(); ++i) {
    auto step = std::make_shared<WatchStep>();
    v1::ScheduleSnapshot& snapshot = *step->message.mutable_snapshot();
    AddItems(clinic_, schedule_, runs[i], with_treatment, snapshot.mutable_items(), nullptr);
    snapshot.set_complete(i + 1 == runs.size());
    if (snapshot.complete()) step->message.set_resume_token(Token());
    rpc::CollectPatients(step->message, &step->patients);
    parts.push_back(std::move(step));
  }
  return parts;
}

WatchStepPtr WatchView::Changed(const LiveChange& change, bool with_treatment) const {
  auto step = std::make_shared<WatchStep>();
  v1::ScheduleChange& out = *step->message.mutable_change();
  AddItems(clinic_, schedule_, change, with_treatment, out.mutable_items(), out.mutable_removed());
  step->message.set_resume_token(Token());
  rpc::CollectPatients(step->message, &step->patients);
  return step;
}

WatchStepPtr WatchView::ChangesAfter(int64_t position, bool with_treatment) {
  WatchStepPtr& step = steps_[{position, with_treatment}];
  if (step != nullptr) return step;
  LiveChange all;
  for (auto change = changes_.begin() + (position - first_); change != changes_.end(); ++change) all.Merge(*change);
  step = Changed(all, with_treatment);
  return step;
}

LiveChange WatchView::Setup() const {
  LiveChange setup;
  setup.resources = schedule_.All().resources;
  return setup;
}

LiveChange WatchView::Free() const {
  LiveChange free;
  free.free = schedule_.All().free;
  return free;
}

WatchStepPtr WatchView::Heartbeat() {
  if (heartbeat_ != nullptr) return heartbeat_;
  auto step = std::make_shared<WatchStep>();
  step->message.mutable_heartbeat();
  step->message.set_resume_token(Token());
  heartbeat_ = std::move(step);
  return heartbeat_;
}

}  // namespace kat::scheduling
