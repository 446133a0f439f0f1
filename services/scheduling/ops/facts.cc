#include "services/scheduling/ops/facts.h"

#include "libs/base/status_macros.h"

namespace kat::scheduling {

absl::StatusOr<ClinicFacts> LoadClinicFacts(Tx& tx) {
  ClinicFacts facts{.now = tx.now()};
  ASSIGN_OR_RETURN(facts.clinic, tx.clinics().Get());
  ASSIGN_OR_RETURN(const std::vector<Resource> resources, tx.resources().All());
  for (const Resource& resource : resources) facts.resources[resource.key] = resource;
  ASSIGN_OR_RETURN(const std::vector<VisitType> types, tx.visit_types().All());
  for (const VisitType& type : types) facts.visit_types[type.id] = type;
  return facts;
}

absl::StatusOr<CourseFacts> LoadCourseFacts(Tx& tx, const CourseId& course, Lock lock) {
  CourseFacts facts;
  ASSIGN_OR_RETURN(facts.course, tx.courses().Get(course, lock));
  ASSIGN_OR_RETURN(facts.setup, LoadClinicFacts(tx));
  ASSIGN_OR_RETURN(facts.protocol, tx.protocols().Get(facts.course.protocol, facts.course.protocol_version));
  ASSIGN_OR_RETURN(facts.appointments, tx.appointments().OfCourse(course));
  return facts;
}

}  // namespace kat::scheduling
