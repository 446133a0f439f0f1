#include "services/scheduling/ops/standing_loads.h"

namespace kat::scheduling {

void StandingLoads::Add(Day& day, const ResourceKey& resource, const Load& load) {
  picture_.Add(resource, load.time, load.load);
  day.all += {1, load.digest};
  if (load.past_midnight) day.past_midnight += {1, load.digest};
}

void StandingLoads::Remove(Day& day, const ResourceKey& resource, const Load& load) {
  picture_.Remove(resource, load.time, load.load);
  day.all -= {1, load.digest};
  if (load.past_midnight) day.past_midnight -= {1, load.digest};
}

void StandingLoads::Set(const DayLoads& now) {
  Day& day = days_[now.day];
  std::vector<Load>& loads = day.by_resource[now.resource];
  for (const Load& load : loads) {
    Remove(day, now.resource, load);
    bytes_ -= sizeof(Load) + load.owner.capacity();
  }
  loads.clear();
  loads.reserve(now.loads.size());
  const absl::Time midnight = absl::FromCivil(now.day + 1, zone_);
  for (const Commitment& commitment : now.loads) {
    const Usage& usage = commitment.usage;
    const Load& load = loads.emplace_back(Load{.owner = commitment.owner,
                                               .time = usage.time,
                                               .load = usage.load,
                                               .past_midnight = usage.time.end > midnight,
                                               .digest = SummaryOf(commitment).digest});
    Add(day, now.resource, load);
    bytes_ += sizeof(Load) + load.owner.capacity();
  }
}

PictureSummary StandingLoads::Summary(absl::CivilDay first_day, int days) const {
  PictureSummary summary;
  for (auto it = days_.lower_bound(first_day - 2); it != days_.end() && it->first <= first_day + days; ++it) {
    summary += it->first == first_day - 2 ? it->second.past_midnight : it->second.all;
  }
  return summary;
}

StandingLoads::LeftOut::LeftOut(StandingLoads& loads, const std::set<std::string>& owners) : loads_(loads) {
  if (owners.empty()) return;
  for (auto& [number, day] : loads_.days_) {
    for (const auto& [resource, of_resource] : day.by_resource) {
      for (const Load& load : of_resource) {
        if (owners.contains(load.owner)) out_.push_back({&day, &resource, &load});
      }
    }
  }
  for (const Out& out : out_) loads_.Remove(*out.day, *out.resource, *out.load);
}

StandingLoads::LeftOut::~LeftOut() {
  for (const Out& out : out_) loads_.Add(*out.day, *out.resource, *out.load);
}

}  // namespace kat::scheduling
