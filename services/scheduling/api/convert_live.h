#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_LIVE_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_LIVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/live_schedule.pb.h"
#include "services/scheduling/domain/live_schedule.h"

namespace kat::scheduling {

// A stream's place: after all events up to `cursor`, for one clinic and run of days.
struct WatchToken {
  std::string cursor;
  ClinicId clinic;
  DayRange range;
};

std::string EncodeWatchToken(const WatchToken& token);
// The cursor of a token; INVALID_ARGUMENT, RESUME_TOKEN_INVALID, where it is not of that clinic and those days.
absl::StatusOr<std::string> CursorOfToken(const std::string& token, const ClinicId& clinic, const DayRange& range);

// The items of `change` as they stand; those that are gone go to `removed`, or nowhere where it is null.
void AddItems(const ClinicId& clinic, const LiveSchedule& schedule, const LiveChange& change, bool with_treatment,
              v1::ScheduleItems* items, google::protobuf::RepeatedPtrField<std::string>* removed);

// The same in runs of at most `size` items.
std::vector<LiveChange> Split(const LiveChange& change, int size);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_LIVE_H_
