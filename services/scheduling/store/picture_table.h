#ifndef KAT_SERVICES_SCHEDULING_STORE_PICTURE_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PICTURE_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/scheduling/domain/placement.h"
#include "services/scheduling/store/tables.h"

// What stands in a clinic as a whole, for whoever keeps it in memory, and what of it has changed since.
namespace kat::scheduling {

// How far was read: all that had been committed by then, and nothing else. Only for a transaction that has changed
// nothing itself: what it takes back would be marked as read.
struct PictureMark {
  // Which server, since when: what was read of another, as before a failover or from before a restore, is worth
  // nothing.
  std::string server;
  std::string oldest_open;  // the oldest transaction that had not ended

  friend bool operator==(const PictureMark&, const PictureMark&) = default;
};

// All that begins on a local day on a resource.
struct DayLoads {
  ResourceKey resource;
  absl::CivilDay day;
  std::vector<Commitment> loads;  // in no order
};

struct PictureRead {
  PictureMark mark;
  SetupMark setup;
  std::vector<DayLoads> days;  // in no order
};

// Each read sees one instant. Days are the clinic's, from `first` up to and without `end`; none where they are equal.
class PictureTable {
 public:
  virtual ~PictureTable() = default;
  // All days on which anything begins.
  virtual absl::StatusOr<PictureRead> Read(absl::CivilDay first, absl::CivilDay end) = 0;
  // Every day that changed after `since`, and maybe others, as they are now. `since` is of the same server.
  virtual absl::StatusOr<PictureRead> ReadChanged(const PictureMark& since, absl::CivilDay first,
                                                  absl::CivilDay end) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PICTURE_TABLE_H_
