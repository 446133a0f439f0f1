#ifndef KAT_SERVICES_SCHEDULING_API_WATCH_VIEW_H_
#define KAT_SERVICES_SCHEDULING_API_WATCH_VIEW_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kat/scheduling/v1/live_schedule.pb.h"
#include "services/scheduling/domain/live_schedule.h"

namespace kat::scheduling {

// A message of a stream, and the patients that it names. Shared by all whom it goes to.
struct WatchStep {
  v1::WatchScheduleResponse message;
  std::set<std::string> patients;
};
using WatchStepPtr = std::shared_ptr<const WatchStep>;

// The days of one clinic that some subscribers watch together: what stands, the last changes by position, and the
// messages that tell of them, each built once. Not thread-safe.
class WatchView {
 public:
  // Remembers the last `max_behind` changes.
  WatchView(ClinicId clinic, LiveSchedule schedule, int max_behind)
      : clinic_(std::move(clinic)), schedule_(std::move(schedule)), max_behind_(max_behind) {}

  const ClinicId& clinic() const { return clinic_; }
  const DayRange& range() const { return schedule_.range(); }

  void Apply(const LiveUpdate& update);
  // The feed's cursor that all of the view's next messages stand for.
  void set_cursor(const std::string& cursor);
  // Where the view stands: grows by one with each change.
  int64_t position() const { return first_ + static_cast<int64_t>(changes_.size()); }
  bool Remembers(int64_t position) const { return position >= first_; }

  // All that stands, in parts; what has changed after `position`, which it must remember; and `change` as it stands
  // now.
  std::vector<WatchStepPtr> Snapshot(bool with_treatment);
  WatchStepPtr ChangesAfter(int64_t position, bool with_treatment);
  WatchStepPtr Changed(const LiveChange& change, bool with_treatment) const;
  // All resources, and all free capacity: what no event tells apart.
  LiveChange Setup() const;
  LiveChange Free() const;
  WatchStepPtr Heartbeat();
  std::string Token() const;

 private:
  void Forget();

  const ClinicId clinic_;
  LiveSchedule schedule_;
  const int max_behind_;
  int64_t first_ = 0;
  std::deque<LiveChange> changes_;  // those at positions from first_ on
  std::string cursor_;
  // Messages of the view as it stands, by position and whether treatments are told.
  std::map<bool, std::vector<WatchStepPtr>> snapshots_;
  std::map<std::pair<int64_t, bool>, WatchStepPtr> steps_;
  WatchStepPtr heartbeat_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_WATCH_VIEW_H_
