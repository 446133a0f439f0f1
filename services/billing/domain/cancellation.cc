#include "services/billing/domain/cancellation.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/price.h"

namespace kat::billing {

absl::Status CheckCancellationPolicy(const CancellationPolicy& policy) {
  RETURN_IF_ERROR(CheckEffective(policy.effective, "cancellation_policy"));
  RETURN_IF_ERROR(CheckAmount(policy.late_cancel_fee, 0, "cancellation_policy.late_cancel_fee"));
  RETURN_IF_ERROR(CheckAmount(policy.no_show_fee, 0, "cancellation_policy.no_show_fee"));
  if (policy.repeat_count > 0 && policy.repeat_window_days == 0) {
    return InvalidField("cancellation_policy.repeat_window_days", "is required with repeat_count");
  }
  return absl::OkStatus();
}

absl::Duration Notice(const CancellationPolicy& policy, absl::Time cancel, absl::Time start, absl::TimeZone zone,
                      const BusinessCalendar& calendar) {
  if (cancel >= start) return absl::ZeroDuration();
  if (!policy.business_hours) return start - cancel;
  absl::Duration notice;
  for (absl::CivilDay day = DayAt(cancel, zone); day <= DayAt(start, zone); ++day) {
    if (!calendar.IsBusinessDay(day)) continue;
    notice += std::min(start, InstantOf(day + 1, 0, zone)) - std::max(cancel, InstantOf(day, 0, zone));
  }
  return notice;
}

bool IsLate(const CancellationPolicy& policy, absl::Time cancel, absl::Time start, absl::TimeZone zone,
            const BusinessCalendar& calendar) {
  return Notice(policy, cancel, start, zone, calendar) < absl::Hours(policy.notice_hours);
}

bool MustPrepay(const CancellationPolicy& policy, const std::vector<Visit>& visits, absl::CivilDay today,
                absl::TimeZone zone) {
  if (policy.repeat_count == 0) return false;
  const auto counts = [&](const Visit& visit) {
    const absl::CivilDay day = DayAt(visit.start_time, zone);
    return visit.late && day > today - policy.repeat_window_days;
  };
  return std::count_if(visits.begin(), visits.end(), counts) >= policy.repeat_count;
}

}  // namespace kat::billing
