#include "services/scheduling/ops/facts.h"

#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

constexpr int kMostTries = 5;  // to read a course that others change meanwhile

}  // namespace

absl::StatusOr<ClinicFacts> LoadClinicFacts(Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const ClinicSetup> setup, tx.setups().Get());
  return ClinicFacts{*setup, tx.now()};
}

absl::StatusOr<CourseFacts> LoadCourseFacts(Tx& tx, const CourseId& course, Lock lock) {
  ASSIGN_OR_RETURN(CourseFacts facts, LoadCourse(tx, course, lock));
  ASSIGN_OR_RETURN(facts.setup, LoadClinicFacts(tx));
  return facts;
}

absl::StatusOr<CourseFacts> LoadCourse(Tx& tx, const CourseId& course, Lock lock) {
  CourseFacts facts;
  ASSIGN_OR_RETURN(facts.course, tx.courses().Get(course, lock));
  // Without a lock a booking may come between the two reads, and one of a course is seen whole or not at all.
  for (int tries = 0; tries < kMostTries; ++tries) {
    ASSIGN_OR_RETURN(facts.protocol, tx.protocols().Get(facts.course.protocol, facts.course.protocol_version));
    if (facts.course.blocks.empty()) {
      facts.appointments.clear();  // each is of a block, and the course came with its blocks in one read
      return facts;
    }
    ASSIGN_OR_RETURN(facts.appointments, tx.appointments().OfCourse(course));
    if (lock != Lock::kNo) return facts;
    ASSIGN_OR_RETURN(const int64_t version, tx.courses().Version(course));
    if (version == facts.course.version) return facts;
    ASSIGN_OR_RETURN(facts.course, tx.courses().Get(course, Lock::kNo));
  }
  return PlanStale();
}

}  // namespace kat::scheduling
