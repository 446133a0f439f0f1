#ifndef KAT_LIBS_TX_PARKED_EVENTS_H_
#define KAT_LIBS_TX_PARKED_EVENTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"

namespace kat::tx {

// An event of another service's feed that could not be applied; see Transaction::ParkEvent.
struct ParkedEvent {
  ClinicId clinic;
  std::string feed;
  std::string cursor;
  std::string type;
  std::string error;
  absl::Time parked_at;  // the clinic's time
};

// The parked events of all clinics, seen as the worker's role. Thread-safe.
class ParkedEvents {
 public:
  explicit ParkedEvents(pg::Database& worker_database) : database_(worker_database) {}

  // The longest parked first.
  absl::StatusOr<std::vector<ParkedEvent>> List(int limit);
  // Schedules a job of kind kReplayJob for each parked event, due at `due_at`, unless it has one; returns how many. The
  // job applies the event and takes it off with Transaction::UnparkEvent.
  absl::StatusOr<int> ReplayAll(absl::Time due_at);

 private:
  pg::Database& database_;
};

inline constexpr char kReplayJob[] = "event.replay";
// Feed and cursor that the key of such a job names.
std::pair<std::string, std::string> ReplayedEvent(absl::string_view job_key);

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_PARKED_EVENTS_H_
