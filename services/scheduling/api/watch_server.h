#ifndef KAT_SERVICES_SCHEDULING_API_WATCH_SERVER_H_
#define KAT_SERVICES_SCHEDULING_API_WATCH_SERVER_H_

#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "libs/rpc/server_stream.h"
#include "libs/rpc/service.h"
#include "libs/tx/audit_writer.h"
#include "libs/tx/outbox_reader.h"
#include "services/scheduling/api/watch_view.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/ops/live_read.h"

namespace kat::scheduling {

struct WatchOptions {
  absl::Duration heartbeat = absl::Seconds(15);  // of silence
  int max_behind = limits::kWatchMaxBehind;
  int max_missed = limits::kWatchMaxMissed;
};

// Serves WatchSchedule. One thread reads for all streams: the events of this database, whoever committed them; then
// what they are about, once a clinic; and writes to each stream what it has not been told. A stream holds one message
// under way and a position; what lies behind it is kept once, with its view. Thread-safe.
class WatchServer final : public rpc::Streams {
 public:
  WatchServer(Store& store, tx::OutboxReader& outbox, tx::AuditWriter& audit, WatchOptions options)
      : store_(store), outbox_(outbox), audit_(audit), options_(options) {}
  ~WatchServer() override { Stop(); }

  void Register(rpc::Service& service);
  void Start() override;
  void Wake() override;
  void Stop() override;

 private:
  using Stream = rpc::ServerStream<v1::WatchScheduleResponse>;
  using ViewKey = std::pair<ClinicId, DayRange>;
  struct Subscriber;
  struct Turn;  // what one subscriber is about to be sent

  void Open(std::shared_ptr<Stream> stream, const v1::WatchScheduleRequest& request, const absl::Status& refusal);
  void Add(std::shared_ptr<Subscriber> subscriber);
  void Pump();
  // Takes in what was committed since; false where the database could not be read.
  bool Advance();
  void Refresh(const ClinicId& clinic, const LiveSubjects& subjects);
  void Serve(const std::vector<std::shared_ptr<Subscriber>>& subscribers);
  void Send(Turn& turn);
  bool TakeTurn(Subscriber& subscriber, Turn* turn);
  bool BeginTurn(Subscriber& subscriber, Turn* turn);
  absl::StatusOr<WatchView*> FindView(const ViewKey& key);
  // What has changed after `cursor` and up to the view; nothing where that cannot be told.
  absl::StatusOr<std::optional<LiveChange>> Missed(const WatchView& view, const std::string& cursor);
  void StartSnapshot(Subscriber& subscriber, WatchView& view);
  void PruneViews(const std::vector<std::shared_ptr<Subscriber>>& subscribers);

  Store& store_;
  tx::OutboxReader& outbox_;
  tx::AuditWriter& audit_;
  const WatchOptions options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool committed_ = false;                              // guarded by mutex_: something was committed
  bool progress_ = false;                               // guarded by mutex_: a stream may want something
  bool stop_ = false;                                   // guarded by mutex_
  std::list<std::shared_ptr<Subscriber>> subscribers_;  // guarded by mutex_
  std::thread pump_;

  // The pump's own.
  bool reading_ = false;  // whether cursor_ is one
  bool behind_ = false;   // events are written that cannot be read yet
  std::string cursor_;    // all views stand after it
  std::map<ViewKey, std::unique_ptr<WatchView>> views_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_WATCH_SERVER_H_
