#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

class AppointmentRpcTest : public ServiceTest {
 protected:
  google::protobuf::Timestamp At(absl::CivilDay day, int hour) {
    return rpc::ToProto(InstantOf(day, hour * 60, *LoadZone("America/New_York")));
  }
  v1::CreateAppointmentRequest ConsultAt(int hour) {
    v1::CreateAppointmentRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.mutable_appointment()->set_patient(Name("patients/ann"));
    request.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    *request.mutable_appointment()->mutable_start_time() = At(absl::CivilDay(2026, 12, 1), hour);
    request.set_request_id(NewId());
    return request;
  }
  v1::MoveAppointmentRequest MoveOf(const v1::MoveProposal& proposal) {
    v1::MoveAppointmentRequest request;
    request.set_name(proposal.moves(0).appointment());
    *request.mutable_moves() = proposal.moves();
    request.set_request_id(NewId());
    return request;
  }
};

TEST_F(AppointmentRpcTest, AConsultGetsFreeResourcesAndIsFoundAgain) {
  v1::CreateAppointmentRequest request = ConsultAt(10);
  common::v1::ExternalId& id = *request.mutable_appointment()->add_external_ids();
  id.set_system("ehr");
  id.set_value("enc-1");
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, request));
  EXPECT_EQ(booked.assignments_size(), 2);
  EXPECT_EQ(booked.end_time().seconds() - booked.start_time().seconds(), 30 * 60);
  v1::ListAppointmentsRequest list;
  list.set_parent(request.parent());
  *list.mutable_external_id() = id;
  *list.mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 12, 1));
  *list.mutable_end_date() = rpc::ToProto(absl::CivilDay(2026, 12, 2));
  list.add_states(v1::Appointment::BOOKED);
  list.set_resource(booked.assignments(0).resource());
  ASSERT_OK_AND_ASSIGN(const v1::ListAppointmentsResponse found, Call(&Stub::ListAppointments, list));
  ASSERT_EQ(found.appointments_size(), 1);
  EXPECT_EQ(found.appointments(0).name(), booked.name());
  request.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CreateAppointment, request), Code::kFailedPrecondition, "PLAN_INVALID");  // ann is busy
}

TEST_F(AppointmentRpcTest, WhatIsClosedOrMisfitIsRefused) {
  EXPECT_ERROR(Call(&Stub::CreateAppointment, ConsultAt(20)), Code::kFailedPrecondition, "PLAN_INVALID");
  v1::CreateAppointmentRequest wrong = ConsultAt(11);
  v1::Assignment& assignment = *wrong.mutable_appointment()->add_assignments();
  assignment.set_role("clinician");
  assignment.set_resource(Name("staff/tess-rivera"));
  EXPECT_ERROR(Call(&Stub::CreateAppointment, wrong), Code::kFailedPrecondition, "PLAN_INVALID");
  v1::CreateAppointmentRequest past = ConsultAt(11);
  *past.mutable_appointment()->mutable_start_time() = At(absl::CivilDay(2026, 11, 20), 11);
  EXPECT_ERROR(Call(&Stub::CreateAppointment, past), Code::kInvalidArgument, "FIELD_INVALID");
}

TEST_F(AppointmentRpcTest, AConfirmationIsTakenOnceAndAMoveTakesItBack) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
  v1::ConfirmAppointmentRequest confirm;
  confirm.set_name(booked.name());
  confirm.set_etag(booked.etag());
  confirm.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment confirmed, Call(&Stub::ConfirmAppointment, confirm));
  EXPECT_EQ(confirmed.state(), v1::Appointment::CONFIRMED);
  v1::MoveAppointmentRequest move;
  move.set_name(booked.name());
  v1::PlannedMove& to = *move.add_moves();
  to.set_appointment(booked.name());
  to.set_etag(booked.etag());
  *to.mutable_start_time() = At(absl::CivilDay(2026, 12, 2), 15);
  move.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::MoveAppointment, move), Code::kAborted, "ETAG_MISMATCH");
  to.set_etag(confirmed.etag());
  ASSERT_OK_AND_ASSIGN(const v1::MoveAppointmentResponse moved, Call(&Stub::MoveAppointment, move));
  EXPECT_EQ(moved.appointments(0).state(), v1::Appointment::BOOKED);
  EXPECT_EQ(moved.appointments(0).version(), 3);
  EXPECT_EQ(moved.appointments(0).name(), booked.name());
}

TEST_F(AppointmentRpcTest, ASessionIsMovedWithinTheProtocol) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const v1::Appointment third = booked.appointments(2);
  v1::ProposeMoveRequest propose;
  propose.set_name(third.name());
  propose.set_allow_others(true);
  ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse alternatives, Call(&Stub::ProposeMove, propose));
  ASSERT_GE(alternatives.proposals_size(), 1);
  EXPECT_EQ(alternatives.proposals(0).moves(0).appointment(), third.name());
  EXPECT_FALSE(alternatives.proposals(0).cost_terms().empty());
  const v1::MoveAppointmentRequest move = MoveOf(alternatives.proposals(0));
  ASSERT_OK_AND_ASSIGN(const v1::MoveAppointmentResponse moved, Call(&Stub::MoveAppointment, move));
  EXPECT_NE(moved.appointments(0).start_time().seconds(), third.start_time().seconds());
  EXPECT_EQ(Get(third.name()).version(), 2);
  ASSERT_OK(Call(&Stub::MoveAppointment, move));  // a repeat gets the first answer
  v1::MoveAppointmentRequest stale = move;
  stale.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::MoveAppointment, stale), Code::kAborted, "ETAG_MISMATCH");
}

TEST_F(AppointmentRpcTest, WhatAMoveWasDecidedOnCanBeReadLater) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment consult, Call(&Stub::CreateAppointment, ConsultAt(10)));
  for (const v1::Appointment& appointment : {booked.appointments(2), consult}) {
    v1::ProposeMoveRequest propose;
    propose.set_name(appointment.name());
    propose.set_allow_others(true);
    ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse proposed, Call(&Stub::ProposeMove, propose));
    ASSERT_OK(Call(&Stub::MoveAppointment, MoveOf(proposed.proposals(0))));
    v1::GetDecisionRequest get;
    get.set_name(proposed.decision());
    ASSERT_OK_AND_ASSIGN(const v1::Decision decision, Call(&Stub::GetDecision, get));
    EXPECT_EQ(decision.name(), proposed.decision());
    EXPECT_EQ(decision.appointment(), appointment.name());
    EXPECT_EQ(decision.course(), appointment.course());
    EXPECT_EQ(decision.patient(), appointment.patient());
    EXPECT_TRUE(decision.proposals().empty());
    ASSERT_EQ(decision.moves_size(), proposed.proposals_size());
    for (int i = 0; i < decision.moves_size(); ++i) {
      EXPECT_EQ(decision.moves(i).SerializeAsString(), proposed.proposals(i).SerializeAsString());
    }
    EXPECT_EQ(decision.basis().picture_digest().size(), 16u);
    EXPECT_FALSE(decision.proposed_by().empty());
  }
}

TEST_F(AppointmentRpcTest, ADayThatBreaksTheProtocolIsAnsweredWithTheRuleAndByHowMuch) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const v1::Appointment third = booked.appointments(2);
  const absl::CivilDay second_day = DayOf(booked.appointments(1).start_time());
  v1::ProposeMoveRequest propose;
  propose.set_name(third.name());
  *propose.mutable_date() = rpc::ToProto(second_day + 8);
  ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse answer, Call(&Stub::ProposeMove, propose));
  ASSERT_GE(answer.violations_size(), 1);
  EXPECT_EQ(answer.violations(0).kind(), v1::Reason::MAX_DAYS);
  EXPECT_EQ(answer.violations(0).from_visit(), "infusion-2");
  EXPECT_EQ(answer.violations(0).to_visit(), "infusion-3");
  EXPECT_EQ(answer.violations(0).allowed(), 5);
  EXPECT_EQ(answer.violations(0).asked(), 8);

  v1::MoveAppointmentRequest move;
  move.set_name(third.name());
  v1::PlannedMove& to = *move.add_moves();
  to.set_appointment(third.name());
  to.set_etag(third.etag());
  *to.mutable_start_time() = At(second_day + 8, 12);
  move.set_request_id(NewId());
  const auto refused = Call(&Stub::MoveAppointment, move);
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "PROTOCOL_VIOLATED");
  EXPECT_EQ(GetErrorDetail(refused.status())->metadata.at("rule"), "MAX_DAYS");
  EXPECT_EQ(Get(third.name()).version(), 1);
}

TEST_F(AppointmentRpcTest, CancellingAndNoShowFreeTheResources) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(booked.name());
  cancel.set_etag("v9");
  cancel.set_reason("ill");
  cancel.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CancelAppointment, cancel), Code::kAborted, "ETAG_MISMATCH");
  cancel.set_etag(booked.etag());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment cancelled, Call(&Stub::CancelAppointment, cancel));
  EXPECT_EQ(cancelled.state(), v1::Appointment::CANCELLED);
  ASSERT_OK_AND_ASSIGN(const v1::Appointment next, Call(&Stub::CreateAppointment, ConsultAt(10)));
  v1::MarkNoShowRequest no_show;
  no_show.set_name(next.name());
  no_show.set_etag(next.etag());
  no_show.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::MarkNoShow, no_show), Code::kFailedPrecondition, "NOT_YET_DUE");
  Service().clock().Set(absl::FromUnixSeconds(next.end_time().seconds()));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment missed, Call(&Stub::MarkNoShow, no_show));
  EXPECT_EQ(missed.state(), v1::Appointment::NO_SHOW);
}

TEST_F(AppointmentRpcTest, ACancellationWithTooLittleNoticeIsLateUnlessTheClinicCancels) {
  v1::UpdateClinicRequest update;
  update.mutable_clinic()->set_name(absl::StrCat("clinics/", clinic_));
  update.mutable_clinic()->set_late_cancel_hours(24);
  update.mutable_update_mask()->add_paths("late_cancel_hours");
  update.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::UpdateClinic, update, {common::v1::ROLE_CLINIC_ADMIN}));
  const auto cancel = [&](int hour, bool by_clinic, absl::Duration notice) {
    const v1::Appointment booked = Call(&Stub::CreateAppointment, ConsultAt(hour)).value_or(v1::Appointment());
    Service().clock().Set(rpc::FromProto(booked.start_time()) - notice);
    v1::CancelAppointmentRequest request;
    request.set_name(booked.name());
    request.set_etag(booked.etag());
    request.set_reason("ill");
    request.set_by_clinic(by_clinic);
    request.set_request_id(NewId());
    return Call(&Stub::CancelAppointment, request).value_or(v1::Appointment());
  };
  EXPECT_FALSE(cancel(10, false, absl::Hours(24)).cancelled_late());
  EXPECT_TRUE(cancel(11, false, absl::Hours(23)).cancelled_late());
  EXPECT_FALSE(cancel(13, true, absl::Hours(1)).cancelled_late());
}

TEST_F(AppointmentRpcTest, ASickDayStrandsAppointmentsUntilTheyAreMoved) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
  std::string clinician;
  for (const v1::Assignment& assignment : booked.assignments()) {
    if (assignment.role() == "clinician") clinician = assignment.resource();
  }
  v1::GetStaffRequest get;
  get.set_name(clinician);
  ASSERT_OK_AND_ASSIGN(const v1::Staff staff, Call(&Stub::GetStaff, get));
  v1::UpdateStaffRequest update;
  *update.mutable_staff() = staff;
  *update.mutable_staff()->mutable_availability()->add_exceptions()->mutable_start_date() =
      rpc::ToProto(absl::CivilDay(2026, 12, 1));
  update.mutable_update_mask()->add_paths("availability");
  update.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::UpdateStaff, update, {common::v1::ROLE_CLINIC_ADMIN}));
  common::v1::Event event = Service().Events(clinic_).back();
  EXPECT_EQ(event.type(), "appointment.stranded");
  EXPECT_EQ(event.subject(), booked.name());
  EXPECT_EQ(event.work().kind(), "RESCHEDULE_STRANDED");
  EXPECT_FALSE(event.work().closed());

  v1::ProposeMoveRequest propose;
  propose.set_name(booked.name());
  *propose.mutable_date() = rpc::ToProto(absl::CivilDay(2026, 12, 2));
  ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse alternatives, Call(&Stub::ProposeMove, propose));
  ASSERT_GE(alternatives.proposals_size(), 1);
  ASSERT_OK(Call(&Stub::MoveAppointment, MoveOf(alternatives.proposals(0))));
  event = Service().Events(clinic_).back();
  EXPECT_EQ(event.type(), "appointment.moved");
  EXPECT_TRUE(event.work().closed());
}

TEST_F(AppointmentRpcTest, AVisitWithoutADoseIsCompletedOnceItHasStarted) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, ConsultAt(10)));
  v1::CompleteAppointmentRequest complete;
  complete.set_name(booked.name());
  complete.set_etag(booked.etag());
  complete.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CompleteAppointment, complete), Code::kFailedPrecondition, "NOT_YET_DUE");
  Service().clock().Set(absl::FromUnixSeconds(booked.start_time().seconds()));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment done, Call(&Stub::CompleteAppointment, complete));
  EXPECT_EQ(done.state(), v1::Appointment::COMPLETED);
  const common::v1::Event event = Service().Events(clinic_).back();
  EXPECT_EQ(event.type(), "appointment.completed");
  EXPECT_EQ(event.work().kind(), "RESCHEDULE_STRANDED");  // had it been stranded, nobody need move it now
  EXPECT_TRUE(event.work().closed());
  complete.set_etag(done.etag());
  complete.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CompleteAppointment, complete), Code::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(AppointmentRpcTest, ADosingVisitIsCompletedByItsTreatmentRecordAlone) {
  const v1::Appointment first = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan()).appointments(0);
  Service().clock().Set(absl::FromUnixSeconds(first.end_time().seconds()));
  v1::CompleteAppointmentRequest complete;
  complete.set_name(first.name());
  complete.set_etag(first.etag());
  complete.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CompleteAppointment, complete), Code::kFailedPrecondition, "DOSING_VISIT");
}

TEST_F(AppointmentRpcTest, ACourseIsStoppedOnceNothingStands) {
  const v1::Course course = MakeCourse("iv-ketamine");
  MakeBooking(Propose(course, 1).proposals(0).plan());
  v1::ListCoursesRequest list;
  list.set_parent(absl::StrCat("clinics/", clinic_));
  list.set_patient(Name("patients/ann"));
  ASSERT_OK_AND_ASSIGN(const v1::ListCoursesResponse courses, Call(&Stub::ListCourses, list));
  ASSERT_EQ(courses.courses_size(), 1);
  v1::StopCourseRequest stop;
  stop.set_name(course.name());
  stop.set_etag(courses.courses(0).etag());
  stop.set_reason("remission");
  stop.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::StopCourse, stop), Code::kFailedPrecondition, "APPOINTMENTS_STAND");
  Service().clock().Advance(absl::Hours(24 * 60));  // past the last visit; nobody notes that an integration took place
  ASSERT_OK_AND_ASSIGN(const v1::Course stopped, Call(&Stub::StopCourse, stop));
  EXPECT_EQ(stopped.state(), v1::Course::STOPPED);
}

}  // namespace
}  // namespace kat::scheduling
