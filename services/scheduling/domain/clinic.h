#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_CLINIC_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_CLINIC_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "services/scheduling/domain/calendar.h"

namespace kat::scheduling {

enum class ClinicState { kActive, kDisabled };

// A clinic: one site, one time zone.
struct Clinic {
  ClinicId id;
  std::string display_name;
  std::string phone;
  std::string time_zone;
  std::map<absl::CivilDay, std::string> holidays;  // day → what it is
  std::vector<WeeklySpan> opening_hours;
  int late_cancel_hours = 0;  // a patient who cancels later than that cancels late; 0: nobody does
  ClinicState state = ClinicState::kActive;
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;

  // UTC where the zone is unknown, which ValidateClinic refuses.
  absl::TimeZone Zone() const;
};

// Whether a patient who cancels at `now` what starts at `start` gives less notice than the clinic asks for.
bool IsLateCancellation(const Clinic& clinic, absl::Time start, absl::Time now);

// INVALID_ARGUMENT on `clinic.time_zone`, `clinic.opening_hours[i]`.
absl::Status ValidateClinic(const Clinic& clinic);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_CLINIC_H_
