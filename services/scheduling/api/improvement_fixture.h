#ifndef KAT_SERVICES_SCHEDULING_API_IMPROVEMENT_FIXTURE_H_
#define KAT_SERVICES_SCHEDULING_API_IMPROVEMENT_FIXTURE_H_

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {

// Clinics with courses of one visit, and improvements of one day of them.
class ImprovementTest : public ServiceTest {
 protected:
  inline static const absl::CivilDay kThatDay{2026, 12, 3};  // a Thursday, ten days from now
  static constexpr absl::Duration kPatience = absl::Seconds(60);

  void SetUp() override {
    ServiceTest::SetUp();
    MakeProtocol("talk", "integration");
    MakeProtocol("dose", "spravato");
  }
  void TearDown() override { Improver().hold = false; }

  // A protocol of one visit.
  void MakeProtocol(const std::string& program, const std::string& visit_type) {
    v1::CreateProtocolVersionRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_protocol_id(program);
    request.mutable_protocol_version()->set_display_name(program);
    request.mutable_protocol_version()->set_program(program);
    v1::Phase& phase = *request.mutable_protocol_version()->add_phases();
    phase.set_phase_id("only");
    phase.set_display_name("Only");
    phase.add_visits()->set_stem(program);
    phase.mutable_visits(0)->set_visit_type(visit_type);
    phase.mutable_visits(0)->set_count(1);
    request.set_request_id(NewId());
    ASSERT_OK(Call(&Stub::CreateProtocolVersion, request, {common::v1::ROLE_CLINIC_ADMIN}));
  }

  google::protobuf::Timestamp At(absl::CivilDay day, int hour) {
    return rpc::ToProto(InstantOf(day, hour * 60, *LoadZone("America/New_York")));
  }

  v1::CreateCourseRequest NewCourse(const std::string& program, const std::string& patient) {
    v1::CreateCourseRequest create;
    create.set_parent(absl::StrCat("clinics/", clinic_));
    create.mutable_course()->set_patient(Name(absl::StrCat("patients/", patient)));
    create.mutable_course()->set_program(program);
    *create.mutable_course()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 11, 24));
    create.set_request_id(NewId());
    return create;
  }
  // A course of one visit that stands on `day` at `hour`; its patient would rather come from `from` to `to` o'clock.
  v1::Appointment Book(const std::string& program, const std::string& patient, absl::CivilDay day, int hour, int from,
                       int to) {
    v1::CreateCourseRequest create = NewCourse(program, patient);
    for (int weekday = 1; weekday <= 5; ++weekday) {
      v1::WeeklyHours& hours = *create.mutable_course()->mutable_preferences()->add_preferred_hours();
      hours.set_day_of_week(static_cast<google::type::DayOfWeek>(weekday));
      hours.mutable_start_time()->set_hours(from);
      hours.mutable_end_time()->set_hours(to);
    }
    const absl::StatusOr<v1::Course> course = Call(&Stub::CreateCourse, create);
    EXPECT_OK(course);
    v1::BlockPlan plan;
    plan.set_course(course->name());
    plan.set_course_etag(course->etag());
    plan.add_phases("only");
    v1::PlannedVisit& visit = *plan.add_visits();
    visit.set_visit_id(absl::StrCat(program, "-1"));
    *visit.mutable_start_time() = At(day, hour);
    const auto assign = [&](const char* role, const char* resource) {
      v1::Assignment& assignment = *visit.add_assignments();
      assignment.set_role(role);
      assignment.set_resource(Name(resource));
    };
    if (absl::StartsWith(program, "talk")) {
      assign("room", "rooms/therapy");
      assign("therapist", "staff/tess-rivera");
    } else {
      assign("room", "rooms/recliners");
      assign("nurse", "staff/nora-kim");
      assign("clinician", "staff/sam-ortiz");
    }
    const v1::BookBlockResponse booked = MakeBooking(plan);
    return booked.appointments_size() == 1 ? booked.appointments(0) : v1::Appointment();
  }
  v1::Appointment Talk(const std::string& patient, int hour, int from, int to) {
    return Book("talk", patient, kThatDay, hour, from, to);
  }

  // Of kThatDay alone, where a move costs 1.
  v1::StartImprovementRequest Request(absl::CivilDay day = kThatDay, int days = 1) {
    v1::StartImprovementRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    *request.mutable_improvement()->mutable_start_date() = rpc::ToProto(day);
    *request.mutable_improvement()->mutable_end_date() = rpc::ToProto(day + days);
    request.mutable_improvement()->set_move_cost(1);
    request.mutable_improvement()->set_time_limit_seconds(2);
    request.set_request_id(NewId());
    return request;
  }
  v1::Improvement Start(const v1::StartImprovementRequest& request) {
    const absl::StatusOr<v1::Improvement> started = Call(&Stub::StartImprovement, request);
    EXPECT_OK(started);
    return started.value_or(v1::Improvement());
  }
  v1::Improvement Read(const v1::Improvement& improvement) {
    v1::GetImprovementRequest get;
    get.set_name(improvement.name());
    const absl::StatusOr<v1::Improvement> read = Call(&Stub::GetImprovement, get);
    EXPECT_OK(read);
    return read.value_or(v1::Improvement());
  }
  template <class Wanted>
  v1::Improvement Await(const v1::Improvement& improvement, Wanted wanted) {
    const absl::Time deadline = absl::Now() + kPatience;
    v1::Improvement read = Read(improvement);
    while (!wanted(read) && absl::Now() < deadline) {
      std::this_thread::yield();
      read = Read(improvement);
    }
    EXPECT_TRUE(wanted(read)) << v1::Improvement::State_Name(read.state());
    return read;
  }
  v1::Improvement AwaitEnd(const v1::Improvement& improvement) {
    return Await(improvement, [](const v1::Improvement& read) {
      return read.state() != v1::Improvement::QUEUED && read.state() != v1::Improvement::RUNNING;
    });
  }
  v1::Improvement Run(const v1::StartImprovementRequest& request) {
    const v1::Improvement started = Start(request);
    EXPECT_OK(Service().RunDueJobs());
    return AwaitEnd(started);
  }
  void AwaitHolding(int searches = 1) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (Improver().holding < searches && absl::Now() < deadline) std::this_thread::yield();
    ASSERT_EQ(Improver().holding, searches);
  }
  absl::StatusOr<v1::Improvement> Cancel(const v1::Improvement& improvement, bool keep_best = false) {
    v1::CancelImprovementRequest request;
    request.set_name(improvement.name());
    request.set_keep_best(keep_best);
    request.set_request_id(NewId());
    return Call(&Stub::CancelImprovement, request);
  }
  absl::StatusOr<v1::ApplyImprovementResponse> Apply(const v1::Improvement& improvement,
                                                     const std::vector<std::string>& courses = {},
                                                     bool validate_only = false) {
    v1::ApplyImprovementRequest request;
    request.set_name(improvement.name());
    for (const std::string& course : courses) request.add_courses(course);
    request.set_validate_only(validate_only);
    request.set_request_id(NewId());
    return Call(&Stub::ApplyImprovement, request);
  }
  int Hour(const v1::Appointment& appointment) {
    return absl::ToCivilHour(rpc::FromProto(Get(appointment.name()).start_time()), *LoadZone("America/New_York"))
        .hour();
  }
  int Events(const std::string& type) {
    const auto events = Service().Events(clinic_);
    return static_cast<int>(
        std::count_if(events.begin(), events.end(), [&](const auto& event) { return event.type() == type; }));
  }
  std::string Changed(const absl::Status& status) {
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    return detail && detail->metadata.contains("changed") ? detail->metadata.at("changed") : "";
  }
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_IMPROVEMENT_FIXTURE_H_
