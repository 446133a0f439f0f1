#include "services/scheduling/domain/on_call.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {

std::vector<ResourceKey> OnCallFor(const VisitRole& role, absl::Time start, const Clinic& clinic,
                                   const ResourceMap& resources) {
  const absl::CivilDay day = DayAt(start, clinic.Zone());
  const int minute = MinuteOfDay(start, clinic.Zone());
  const Span needed{minute + role.segments.front().from_minute, minute + role.segments.back().to_minute};
  const int days = (needed.to + limits::kMinutesPerDay - 1) / limits::kMinutesPerDay;
  std::vector<ResourceKey> out;
  for (const auto& [key, resource] : resources) {
    if (resource.retired || !resource.HasTag(role.tag, day)) continue;
    const std::vector<Span> on_call = OnCallLine(resource.availability, clinic, day, days);
    if (std::any_of(on_call.begin(), on_call.end(), [&](const Span& span) { return span.Contains(needed); })) {
      out.push_back(key);
    }
  }
  return out;
}

}  // namespace kat::scheduling
