#include "services/scheduling/domain/clinic.h"

#include "libs/base/business_time.h"
#include "libs/base/error.h"

namespace kat::scheduling {

absl::TimeZone Clinic::Zone() const {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(time_zone);
  return zone.ok() ? *zone : absl::UTCTimeZone();
}

bool IsLateCancellation(const Clinic& clinic, absl::Time start, absl::Time now) {
  return clinic.late_cancel_hours > 0 && start - now < absl::Hours(clinic.late_cancel_hours);
}

absl::Status ValidateClinic(const Clinic& clinic) {
  if (!LoadZone(clinic.time_zone).ok()) {
    return InvalidField("clinic.time_zone", "must be an IANA zone such as America/New_York");
  }
  return ValidateWeekly(clinic.opening_hours, "clinic.opening_hours");
}

}  // namespace kat::scheduling
