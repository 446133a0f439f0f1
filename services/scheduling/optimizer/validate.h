#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_VALIDATE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_VALIDATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// Bounds of a model. They keep every sum of minutes within 32 bits and of costs within 64, and memory in proportion to
// the input.
struct ModelLimits {
  static constexpr int kDays = 3660;                 // ten years
  static constexpr Minute kMinute = 20'000'000;      // |minute| of anything given: 38 years
  static constexpr int kLagDays = 10'000;            // |days| of a lag
  static constexpr Minute kVisitMinutes = 7 * 1440;  // |from|, |to| and duration of a visit type
  static constexpr int kLoad = 1'000'000;            // capacity of a resource, load of a segment or block
  static constexpr Cost kWeight = 1'000'000'000;     // a weight or day cost
  static constexpr int kPriority = 1'000'000;
  static constexpr int kVisitsPerCourse = 128;
  static constexpr int kLagsPerCourse = 4096;
  static constexpr int kRolesPerVisit = 32;
  static constexpr int kSegmentsPerRole = 64;
  static constexpr int64_t kResourceDays = 20'000'000;  // resources times days
};

// INVALID_ARGUMENT with one line that begins with the JSON path of the first fault, `$.courses[3].lags[0].to: …`;
// OK where every function of this library may be called on it.
absl::Status ValidateClinic(const Clinic& clinic);
// `index` is the course's place in the instance, for the path. Clinic valid.
absl::Status ValidateCourse(const Clinic& clinic, const Course& course, int index = 0);
absl::Status ValidateInstance(const Instance& instance);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_VALIDATE_H_
