#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_VALIDATE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_VALIDATE_H_

#include "absl/status/status.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// Bounds of a model. They keep every sum of minutes in 32 bits and of costs in 64, and memory in proportion to the
// input.
struct ModelLimits {
  static constexpr int kDays = 3660;                 // ten years
  static constexpr Minute kMinute = 20'000'000;      // |minute| of anything given, about 38 years
  static constexpr Minute kVisitMinutes = 7 * 1440;  // |from|, |to| and duration of a visit type
  static constexpr int kLoad = 1'000'000;            // capacity of a resource, load of a segment or block
  static constexpr Cost kWeight = 1'000'000'000;     // a weight or day cost
  static constexpr int kPriority = 1'000'000;
  static constexpr int kVisitsPerCourse = 400;
  static constexpr int kRolesPerVisit = 64;
};

// INVALID_ARGUMENT with one line that begins with the JSON path of the first fault, `$.courses[3].lags[0].to: …`;
// OK where every function of this library may be called on it.
absl::Status ValidateClinic(const Clinic& clinic);
absl::Status ValidateCourse(const Clinic& clinic, const Course& course, int index = 0);
absl::Status ValidateInstance(const Instance& instance);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_VALIDATE_H_
