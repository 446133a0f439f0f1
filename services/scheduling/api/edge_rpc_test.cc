// What callers get wrong, and what happens at once.
#include <limits>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_CLINIC_ADMIN;

class EdgeRpcTest : public ServiceTest {
 protected:
  std::string Parent() const { return absl::StrCat("clinics/", clinic_); }
  google::protobuf::Timestamp At(absl::CivilDay day, int hour) {
    return rpc::ToProto(InstantOf(day, hour * 60, *LoadZone("America/New_York")));
  }
  v1::CreateAppointmentRequest ConsultAt(int hour) {
    v1::CreateAppointmentRequest request;
    request.set_parent(Parent());
    request.mutable_appointment()->set_patient(Name("patients/ann"));
    request.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    *request.mutable_appointment()->mutable_start_time() = At(absl::CivilDay(2026, 12, 1), hour);
    request.set_request_id(NewId());
    return request;
  }
  v1::MoveAppointmentRequest MoveTo(const v1::Appointment& appointment, const google::protobuf::Timestamp& start) {
    v1::MoveAppointmentRequest request;
    request.set_name(appointment.name());
    v1::PlannedMove& to = *request.add_moves();
    to.set_appointment(appointment.name());
    to.set_etag(appointment.etag());
    *to.mutable_start_time() = start;
    request.set_request_id(NewId());
    return request;
  }
  v1::CancelAppointmentRequest CancelOf(const v1::Appointment& appointment) {
    v1::CancelAppointmentRequest request;
    request.set_name(appointment.name());
    request.set_etag(appointment.etag());
    request.set_reason("ill");
    request.set_request_id(NewId());
    return request;
  }
  static std::string FieldOf(const absl::Status& status) {
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    return detail && !detail->fields.empty() ? detail->fields[0].field : absl::StrCat("no field: ", status.ToString());
  }
  // Every item of a list, one to a page.
  template <class Request, class Response, class Count>
  int PageThrough(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), Request request,
                  Count count) {
    request.set_parent(Parent());
    request.set_page_size(1);
    int seen = 0;
    do {
      const absl::StatusOr<Response> page = Call(method, request);
      EXPECT_OK(page);
      if (!page.ok()) return -1;
      EXPECT_EQ(count(*page), 1);
      seen += count(*page);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    request.set_page_size(-1);
    EXPECT_EQ(Call(method, request).status().code(), Code::kInvalidArgument);
    return seen;
  }
};

TEST_F(EdgeRpcTest, AnUpdateEmptiesNothingThatACreationRequires) {
  v1::UpdateVisitTypeRequest type;
  type.mutable_visit_type()->set_name(Name("visitTypes/consult"));
  type.mutable_update_mask()->add_paths("duration_minutes");
  type.set_request_id(NewId());
  EXPECT_EQ(FieldOf(Call(&Stub::UpdateVisitType, type, {ROLE_CLINIC_ADMIN}).status()), "visit_type.duration_minutes");
  v1::UpdateRoomRequest room;
  room.mutable_room()->set_name(Name("rooms/consult"));
  room.set_request_id(NewId());
  EXPECT_EQ(FieldOf(Call(&Stub::UpdateRoom, room, {ROLE_CLINIC_ADMIN}).status()), "room.display_name");
  v1::UpdateClinicRequest clinic;
  clinic.mutable_clinic()->set_name(Parent());
  clinic.mutable_clinic()->add_opening_hours()->mutable_end_time()->set_hours(9);
  clinic.mutable_update_mask()->add_paths("opening_hours");
  clinic.set_request_id(NewId());
  EXPECT_EQ(FieldOf(Call(&Stub::UpdateClinic, clinic, {ROLE_CLINIC_ADMIN}).status()),
            "clinic.opening_hours[0].day_of_week");
}

TEST_F(EdgeRpcTest, AStarInAMaskMeansAllThatACallerMaySet) {
  const v1::Course course = MakeCourse("iv-ketamine");
  v1::UpdateCourseRequest update;
  *update.mutable_course() = course;
  *update.mutable_course()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 12, 7));
  update.mutable_update_mask()->add_paths("*");
  update.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Course after, Call(&Stub::UpdateCourse, update));
  EXPECT_EQ(after.earliest_date().day(), 7);
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
  v1::UpdateAppointmentRequest note;
  *note.mutable_appointment() = booked;
  note.mutable_appointment()->set_note("by the back door");
  note.mutable_update_mask()->add_paths("*");
  note.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment noted, Call(&Stub::UpdateAppointment, note));
  EXPECT_EQ(noted.note(), "by the back door");
  note.mutable_update_mask()->set_paths(0, "start_time");
  EXPECT_EQ(FieldOf(Call(&Stub::UpdateAppointment, note).status()), "update_mask");
}

TEST_F(EdgeRpcTest, TimesOutOfReachAreRefusedByTheirField) {
  google::protobuf::Timestamp never;
  for (const int64_t seconds : {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(),
                                int64_t{-62'135'596'800}, int64_t{253'402'300'799}}) {  // ever, years 1 and 9999
    never.set_seconds(seconds);
    v1::CreateAppointmentRequest consult = ConsultAt(10);
    *consult.mutable_appointment()->mutable_start_time() = never;
    EXPECT_EQ(FieldOf(Call(&Stub::CreateAppointment, consult).status()), "appointment.start_time") << seconds;
  }
  const v1::Course course = MakeCourse("iv-ketamine");
  v1::BlockPlan plan = Propose(course, 1).proposals(0).plan();
  const v1::BookBlockResponse booked = MakeBooking(plan);
  *plan.mutable_visits(2)->mutable_start_time() = never;
  v1::Course now = course;
  now.set_name(MakeCourse("iv-ketamine", "bob").name());
  plan.set_course(now.name());
  EXPECT_EQ(FieldOf(Call(&Stub::BookBlock, BookRequest(plan)).status()), "plan.visits[2].start_time");
  EXPECT_EQ(FieldOf(Call(&Stub::MoveAppointment, MoveTo(booked.appointments(0), never)).status()),
            "moves[0].start_time");

  const google::type::Date far = rpc::ToProto(absl::CivilDay(9999, 12, 31));
  v1::ProposeMoveRequest move;
  move.set_name(booked.appointments(0).name());
  *move.mutable_date() = far;
  EXPECT_EQ(FieldOf(Call(&Stub::ProposeMove, move).status()), "date");
  v1::ProposeBlockRequest propose;
  propose.set_name(now.name());
  *propose.mutable_earliest_date() = far;
  EXPECT_EQ(FieldOf(Call(&Stub::ProposeBlock, propose).status()), "earliest_date");
  *propose.mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 12, 1));
  *propose.mutable_latest_date() = far;
  EXPECT_EQ(FieldOf(Call(&Stub::ProposeBlock, propose).status()), "latest_date");
  v1::GetCalendarRequest calendar;
  calendar.set_name(Name("rooms/recliners"));
  *calendar.mutable_start_date() = far;
  EXPECT_EQ(FieldOf(Call(&Stub::GetCalendar, calendar).status()), "start_date");
  for (const int year : {1, 9999}) {
    v1::CreateCourseRequest create;
    create.set_parent(Parent());
    *create.mutable_course() = course;
    *create.mutable_course()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(year, 1, 1));
    create.set_request_id(NewId());
    EXPECT_EQ(FieldOf(Call(&Stub::CreateCourse, create).status()), "course.earliest_date");
  }
}

TEST_F(EdgeRpcTest, ADosingVisitIsBookedPastTheGatesOfItsBlockAlone) {
  v1::CreateAppointmentRequest request = ConsultAt(10);
  request.mutable_appointment()->set_visit_type(Name("visitTypes/spravato"));
  EXPECT_ERROR(Call(&Stub::CreateAppointment, request), Code::kFailedPrecondition, "BELONGS_TO_COURSE");
}

TEST_F(EdgeRpcTest, EveryListIsPaged) {
  MakeCourse("iv-ketamine", "ann");
  MakeHold(Propose(MakeCourse("spravato-trd", "bob"), 1).proposals(0).plan());
  ASSERT_OK(Call(&Stub::CreateAppointment, ConsultAt(10)));
  ASSERT_OK(Call(&Stub::CreateAppointment, ConsultAt(11)));
  EXPECT_EQ(PageThrough(&Stub::ListCourses, v1::ListCoursesRequest(), [](const auto& p) { return p.courses_size(); }),
            2);
  EXPECT_EQ(PageThrough(&Stub::ListAppointments, v1::ListAppointmentsRequest(),
                        [](const auto& p) { return p.appointments_size(); }),
            2);
  EXPECT_EQ(PageThrough(&Stub::ListHolds, v1::ListHoldsRequest(), [](const auto& p) { return p.holds_size(); }), 1);
  EXPECT_EQ(PageThrough(&Stub::ListRooms, v1::ListRoomsRequest(), [](const auto& p) { return p.rooms_size(); }), 5);
  EXPECT_EQ(PageThrough(&Stub::ListEquipmentPools, v1::ListEquipmentPoolsRequest(),
                        [](const auto& p) { return p.equipment_pools_size(); }),
            1);
  EXPECT_EQ(PageThrough(&Stub::ListVisitTypes, v1::ListVisitTypesRequest(),
                        [](const auto& p) { return p.visit_types_size(); }),
            6);
  EXPECT_EQ(PageThrough(&Stub::ListProtocolVersions, v1::ListProtocolVersionsRequest(),
                        [](const auto& p) { return p.protocol_versions_size(); }),
            2);
}

TEST_F(EdgeRpcTest, ACourseIsFoundByItsExternalIdWhichIsItsAlone) {
  v1::CreateCourseRequest create;
  create.set_parent(Parent());
  create.mutable_course()->set_patient(Name("patients/ann"));
  create.mutable_course()->set_program("iv-ketamine");
  *create.mutable_course()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 11, 30));
  common::v1::ExternalId& id = *create.mutable_course()->add_external_ids();
  id.set_system("ehr");
  id.set_value("order-7");
  create.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Course course, Call(&Stub::CreateCourse, create));
  v1::ListCoursesRequest list;
  list.set_parent(Parent());
  *list.mutable_external_id() = id;
  ASSERT_OK_AND_ASSIGN(const v1::ListCoursesResponse found, Call(&Stub::ListCourses, list));
  ASSERT_EQ(found.courses_size(), 1);
  EXPECT_EQ(found.courses(0).name(), course.name());
  create.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CreateCourse, create), Code::kAlreadyExists, "EXTERNAL_ID_TAKEN");
}

TEST_F(EdgeRpcTest, AMoveIntoTheTimeOfThePatientsOtherCourseIsRefused) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment consult, Call(&Stub::CreateAppointment, ConsultAt(17)));
  const auto refused = Call(&Stub::MoveAppointment, MoveTo(consult, booked.appointments(0).start_time()));
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "PLAN_INVALID");
  EXPECT_EQ(Get(consult.name()).version(), 1);
}

TEST_F(EdgeRpcTest, AVisitThatIsMovedAndCancelledAtOnceEndsAsOneOfTheTwo) {
  for (int round = 0; round < 8; ++round) {
    ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
    absl::Status moved, cancelled;
    std::thread other([&] { cancelled = Call(&Stub::CancelAppointment, CancelOf(booked)).status(); });
    moved = Call(&Stub::MoveAppointment, MoveTo(booked, At(absl::CivilDay(2026, 12, 1), 11))).status();
    other.join();
    ASSERT_NE(moved.ok(), cancelled.ok()) << moved << cancelled;
    EXPECT_EQ(ErrorReason(moved.ok() ? cancelled : moved), "ETAG_MISMATCH");
    const v1::Appointment after = Get(booked.name());
    EXPECT_EQ(after.version(), 2);
    if (!moved.ok()) continue;
    ASSERT_OK(Call(&Stub::CancelAppointment, CancelOf(after)));
  }
}

TEST_F(EdgeRpcTest, AStrandedVisitsWorkEndsWhenItsRoomIsOpenAgain) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
  const auto set_retired = [&](bool retired) {
    v1::UpdateRoomRequest update;
    update.mutable_room()->set_name(Name("rooms/consult"));
    update.mutable_room()->set_retired(retired);
    update.mutable_update_mask()->add_paths("retired");
    update.set_request_id(NewId());
    EXPECT_OK(Call(&Stub::UpdateRoom, update, {ROLE_CLINIC_ADMIN}));
    return Service().Events(clinic_).back();
  };
  common::v1::Event event = set_retired(true);
  EXPECT_EQ(event.type(), "appointment.stranded");
  EXPECT_FALSE(event.work().closed());
  event = set_retired(false);
  EXPECT_EQ(event.type(), "appointment.restored");
  EXPECT_EQ(event.work().kind(), "RESCHEDULE_STRANDED");
  EXPECT_TRUE(event.work().closed());
}

}  // namespace
}  // namespace kat::scheduling
