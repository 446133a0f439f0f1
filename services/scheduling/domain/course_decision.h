#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_COURSE_DECISION_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_COURSE_DECISION_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/course.h"

namespace kat::scheduling {

// What somebody decides after the last time that a phase came and some visit it was booked with took place.
struct DecisionWish {
  std::string phase;
  std::string option;
  std::string reason;
  std::string decided_by;
  std::set<int> roles;  // of the caller, kat.common.v1.Role
  absl::Time now;
};

// The decision to record. It may repeat or change one of before as long as no block that follows stands otherwise.
// INVALID_ARGUMENT on `phase` or `option`; PERMISSION_DENIED, ROLE_FORBIDS; FAILED_PRECONDITION: STATE_FORBIDS;
// DECISION_NOT_DUE, where the phase is not booked or none of the visits it was booked with has taken place;
// FOLLOWING_BLOCK_STANDS, where a block is booked that the decision would not lead to.
absl::StatusOr<CourseDecision> Decide(const Course& course, const ProtocolVersion& protocol,
                                      const std::vector<Appointment>& appointments, const DecisionWish& wish);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_COURSE_DECISION_H_
