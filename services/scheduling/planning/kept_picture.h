#ifndef KAT_SERVICES_SCHEDULING_PLANNING_KEPT_PICTURE_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_KEPT_PICTURE_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/booking.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// What a question asked of a kept picture is about, beside the course.
struct PlanningScope {
  absl::Time now;            // nothing starts before it
  absl::CivilDay first_day;  // a visit starts on one of `days` days from here on, all of them in the picture
  int days = 0;
  const std::vector<PatientTime>& patient_times;
};

// A picture of a clinic that is kept from one question to the next and told what changes, with what was learned of it.
// The same answers as a picture made anew gives, but for reasons: where there is no plan, ask Planner why. Not
// thread-safe.
class KeptPicture {
 public:
  virtual ~KeptPicture() = default;
  // A load that stands, or stands no more: one that was added. Of resources and times that it does not know, nothing is
  // kept.
  virtual void Add(const ResourceKey& resource, const TimeSpan& time, int load) = 0;
  virtual void Remove(const ResourceKey& resource, const TimeSpan& time, int load) = 0;
  // As Planner's.
  virtual absl::StatusOr<PlanningAnswer> Plan(const PlanningScope& scope, const PlanningQuestion& question) = 0;
  virtual absl::StatusOr<PlanningAnswer> PlanMove(const PlanningScope& scope, const PlanningQuestion& question,
                                                  const MoveWish& wish) = 0;
  // Of memory, about, once every day was asked for.
  virtual size_t bytes() const = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_KEPT_PICTURE_H_
