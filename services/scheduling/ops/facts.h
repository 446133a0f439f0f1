#ifndef KAT_SERVICES_SCHEDULING_OPS_FACTS_H_
#define KAT_SERVICES_SCHEDULING_OPS_FACTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/booking.h"
#include "services/scheduling/domain/clinic_setup.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// What a clinic works with, as one transaction reads it.
struct ClinicFacts : ClinicSetup {
  absl::Time now;
};

// The same with one course: what its plans are checked against.
struct CourseFacts {
  ClinicFacts setup;
  ProtocolVersion protocol;
  Course course;
  std::vector<Appointment> appointments;

  BookingFacts View() const {
    return {setup.clinic, setup.resources, setup.visit_types, protocol, course, appointments, setup.now};
  }
};

absl::StatusOr<ClinicFacts> LoadClinicFacts(Tx& tx);
// NOT_FOUND where the course is unknown. With a lock, no other transaction changes the course before this one ends;
// without, the course and its appointments are as they were at one time, or ABORTED, PLAN_STALE, where others change
// them all the while.
absl::StatusOr<CourseFacts> LoadCourseFacts(Tx& tx, const CourseId& course, Lock lock);
// The same but for the setup, for who has it already.
absl::StatusOr<CourseFacts> LoadCourse(Tx& tx, const CourseId& course, Lock lock);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_FACTS_H_
