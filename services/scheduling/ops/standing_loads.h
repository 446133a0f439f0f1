#ifndef KAT_SERVICES_SCHEDULING_OPS_STANDING_LOADS_H_
#define KAT_SERVICES_SCHEDULING_OPS_STANDING_LOADS_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/scheduling/ops/picture_digest.h"
#include "services/scheduling/planning/kept_picture.h"
#include "services/scheduling/store/picture_table.h"

namespace kat::scheduling {

// What stands by resource and day, as it was last read, and a picture that is told of every change to it. Not
// thread-safe.
class StandingLoads {
 public:
  // The days are those of `zone`; `picture` must outlive it.
  StandingLoads(absl::TimeZone zone, KeptPicture& picture) : zone_(zone), picture_(picture) {}
  StandingLoads(const StandingLoads&) = delete;

  // That day of the resource, in place of what stood there.
  void Set(const DayLoads& now);

  // What overlaps the `days` days from `first_day` on, or the day before or after.
  PictureSummary Summary(absl::CivilDay first_day, int days) const;

  size_t bytes() const { return bytes_; }

  // Has what some owners have out of the picture and the summary, for as long as it lives; nothing is set meanwhile.
  class LeftOut;

 private:
  struct Load {
    std::string owner;
    TimeSpan time;
    int load = 0;
    bool past_midnight = false;  // ends on the next day
    uint64_t digest = 0;
  };
  struct Day {
    std::map<ResourceKey, std::vector<Load>> by_resource;
    PictureSummary all;
    PictureSummary past_midnight;
  };
  void Add(Day& day, const ResourceKey& resource, const Load& load);
  void Remove(Day& day, const ResourceKey& resource, const Load& load);

  const absl::TimeZone zone_;
  KeptPicture& picture_;
  std::map<absl::CivilDay, Day> days_;
  size_t bytes_ = 0;
};

class StandingLoads::LeftOut {
 public:
  LeftOut(StandingLoads& loads, const std::set<std::string>& owners);
  ~LeftOut();
  LeftOut(const LeftOut&) = delete;

 private:
  struct Out {
    Day* day;
    const ResourceKey* resource;
    const Load* load;
  };
  StandingLoads& loads_;
  std::vector<Out> out_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_STANDING_LOADS_H_
