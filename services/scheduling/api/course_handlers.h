#ifndef KAT_SERVICES_SCHEDULING_API_COURSE_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_COURSE_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Courses.
class CourseHandlers {
 public:
  explicit CourseHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Course> CreateCourse(rpc::Call& call, const v1::CreateCourseRequest& request);
  absl::StatusOr<v1::Course> GetCourse(rpc::Call& call, const v1::GetCourseRequest& request);
  absl::StatusOr<v1::ListCoursesResponse> ListCourses(rpc::Call& call, const v1::ListCoursesRequest& request);
  absl::StatusOr<v1::Course> UpdateCourse(rpc::Call& call, const v1::UpdateCourseRequest& request);
  absl::StatusOr<v1::Course> StopCourse(rpc::Call& call, const v1::StopCourseRequest& request);
  absl::StatusOr<v1::Course> RecordCourseDecision(rpc::Call& call, const v1::RecordCourseDecisionRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_COURSE_HANDLERS_H_
