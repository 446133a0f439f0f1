#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

class RepairRpcTest : public ServiceTest {
 protected:
  google::protobuf::Timestamp At(absl::CivilDay day, int hour) {
    return rpc::ToProto(InstantOf(day, hour * 60, *LoadZone("America/New_York")));
  }
  v1::ProposeRepairRequest Request() {
    v1::ProposeRepairRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_request_id(NewId());
    return request;
  }
  v1::ProposeRepairRequest AbsenceOf(const std::string& resource, absl::CivilDay day, int days = 1) {
    v1::ProposeRepairRequest request = Request();
    request.mutable_trigger()->mutable_absence()->set_resource(resource);
    *request.mutable_trigger()->mutable_absence()->mutable_start_time() = At(day, 0);
    *request.mutable_trigger()->mutable_absence()->mutable_end_time() = At(day + days, 0);
    return request;
  }
  v1::ProposeRepairRequest LostOf(const v1::Appointment& appointment) {
    v1::ProposeRepairRequest request = Request();
    request.mutable_trigger()->mutable_lost_visit()->set_appointment(appointment.name());
    return request;
  }
  v1::Repair MakeRepair(const v1::ProposeRepairRequest& request) {
    const absl::StatusOr<v1::Repair> repair = Call(&Stub::ProposeRepair, request);
    EXPECT_OK(repair);
    return repair.value_or(v1::Repair());
  }
  v1::ApplyRepairRequest Apply(const v1::Repair& repair) {
    v1::ApplyRepairRequest request;
    request.set_name(repair.name());
    request.set_request_id(NewId());
    return request;
  }
  v1::BookBlockResponse Book(const std::string& program, const std::string& patient) {
    return MakeBooking(Propose(MakeCourse(program, patient), 1).proposals(0).plan());
  }
  v1::Appointment Cancel(const v1::Appointment& appointment) {
    v1::CancelAppointmentRequest cancel;
    cancel.set_name(appointment.name());
    cancel.set_etag(appointment.etag());
    cancel.set_reason("ill");
    cancel.set_request_id(NewId());
    const absl::StatusOr<v1::Appointment> cancelled = Call(&Stub::CancelAppointment, cancel);
    EXPECT_OK(cancelled);
    return cancelled.value_or(v1::Appointment());
  }
  std::string In(const v1::Appointment& appointment, const std::string& role) {
    for (const v1::Assignment& assignment : appointment.assignments()) {
      if (assignment.role() == role) return assignment.resource();
    }
    return "";
  }
  std::vector<common::v1::Event> EventsOf(const std::string& type) {
    std::vector<common::v1::Event> found;
    for (const auto& event : Service().Events(clinic_)) {
      if (event.type() == type) found.push_back(event);
    }
    return found;
  }
  std::string Changed(const absl::Status& status) {
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    return detail && detail->metadata.contains("changed") ? detail->metadata.at("changed") : "";
  }
};

TEST_F(RepairRpcTest, ASickDayIsLookedAtThenRepairedWholeAndNotedInTheCalendar) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  const v1::BookBlockResponse bob = Book("iv-ketamine", "bob");
  const v1::Appointment& hit = ann.appointments(2);
  const std::string nurse = In(hit, "nurse");
  const absl::CivilDay day = DayOf(hit.start_time());
  const v1::Repair repair = MakeRepair(AbsenceOf(nurse, day));
  EXPECT_EQ(repair.state(), v1::Repair::PROPOSED);
  ASSERT_GE(repair.parts_size(), 1);
  EXPECT_EQ(repair.unplaced_size(), 0);
  EXPECT_GE(repair.notify_patients_size(), 1);
  EXPECT_TRUE(std::count(repair.notify_staff().begin(), repair.notify_staff().end(), nurse) == 1);
  EXPECT_EQ(repair.basis().weights_size(), 7);
  EXPECT_EQ(repair.basis().picture_digest().size(), 16u);
  EXPECT_EQ(Get(hit.name()).version(), 1);  // nothing has changed yet

  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Call(&Stub::ApplyRepair, Apply(repair)));
  EXPECT_EQ(applied.repair().state(), v1::Repair::APPLIED);
  for (const v1::BookBlockResponse* block : {&ann, &bob}) {
    for (const v1::Appointment& before : block->appointments()) {
      const v1::Appointment after = Get(before.name());
      EXPECT_TRUE(DayOf(after.start_time()) != day || In(after, "nurse") != nurse);
    }
  }
  v1::GetStaffRequest get;
  get.set_name(nurse);
  ASSERT_OK_AND_ASSIGN(const v1::Staff staff, Call(&Stub::GetStaff, get));
  EXPECT_EQ(staff.availability().exceptions_size(), 1);
  EXPECT_TRUE(EventsOf("appointment.stranded").empty());
  EXPECT_EQ(EventsOf("repair.applied").size(), 1u);
  EXPECT_FALSE(EventsOf("appointment.moved").empty());
  EXPECT_ERROR(Call(&Stub::ApplyRepair, Apply(repair)), Code::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(RepairRpcTest, WhereNobodyElseCanStepInItIsSaidWhoIsOnCallAndOnceCalledInTheVisitStays) {
  v1::CreateStaffRequest create;
  create.set_parent(absl::StrCat("clinics/", clinic_));
  create.set_staff_id("olga");
  create.mutable_staff()->set_display_name("Olga");
  create.mutable_staff()->add_tags()->set_tag("rems-clinician");
  v1::Availability& availability = *create.mutable_staff()->mutable_availability();
  for (int day = google::type::MONDAY; day <= google::type::SUNDAY; ++day) {
    v1::WeeklyHours& hours =
        day == google::type::SUNDAY ? *availability.add_weekly_hours() : *availability.add_on_call_hours();
    hours.set_day_of_week(static_cast<google::type::DayOfWeek>(day));
    hours.mutable_start_time()->set_hours(6);
    hours.mutable_end_time()->set_hours(20);
  }
  create.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Staff olga, Call(&Stub::CreateStaff, create, {common::v1::ROLE_CLINIC_ADMIN}));
  ASSERT_OK(Call(&Stub::ApplyRepair,
                 Apply(MakeRepair(AbsenceOf(Name("staff/sam-ortiz"), absl::CivilDay(2026, 11, 23), 200)))));
  const v1::BookBlockResponse ann = Book("spravato-trd", "ann");
  const v1::Appointment& hit = ann.appointments(2);
  const absl::CivilDay first = DayOf(hit.start_time());
  v1::ProposeRepairRequest request = AbsenceOf(In(hit, "clinician"), first, 60);
  v1::Repair repair = MakeRepair(request);
  ASSERT_GE(repair.unplaced_size(), 1);
  EXPECT_EQ(repair.unplaced(0).on_call_size(), 1);
  EXPECT_EQ(repair.unplaced(0).on_call(0), olga.name());
  v1::GetRepairRequest get;
  get.set_name(repair.name());
  ASSERT_OK_AND_ASSIGN(const v1::Repair read, Call(&Stub::GetRepair, get));
  EXPECT_EQ(read.SerializeAsString(), repair.SerializeAsString());

  v1::GetCalendarRequest calendar;
  calendar.set_name(olga.name());
  *calendar.mutable_start_date() = rpc::ToProto(first);
  calendar.set_days(1);
  ASSERT_OK_AND_ASSIGN(const v1::Calendar before, Call(&Stub::GetCalendar, calendar));
  EXPECT_EQ(before.working_size(), 0);
  ASSERT_EQ(before.on_call_size(), 1);
  EXPECT_EQ(before.on_call(0).start_time().seconds(), At(first, 6).seconds());

  v1::UpdateStaffRequest call_in;
  *call_in.mutable_staff() = olga;
  v1::CalendarException& extra = *call_in.mutable_staff()->mutable_availability()->add_exceptions();
  *extra.mutable_start_date() = rpc::ToProto(first);
  *extra.mutable_end_date() = rpc::ToProto(first + 60);
  extra.set_available(true);
  call_in.mutable_update_mask()->add_paths("availability");
  call_in.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::UpdateStaff, call_in, {common::v1::ROLE_CLINIC_ADMIN}));
  ASSERT_OK_AND_ASSIGN(const v1::Calendar after, Call(&Stub::GetCalendar, calendar));
  EXPECT_EQ(after.on_call_size(), 0);  // she works
  request.set_request_id(NewId());
  repair = MakeRepair(request);
  EXPECT_EQ(repair.unplaced_size(), 0);
  ASSERT_OK(Call(&Stub::ApplyRepair, Apply(repair)));
  EXPECT_EQ(In(Get(hit.name()), "clinician"), olga.name());
}

TEST_F(RepairRpcTest, ARepairCanBeReadLaterAsItWasDecided) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  v1::Repair repair = MakeRepair(AbsenceOf(In(ann.appointments(1), "nurse"), DayOf(ann.appointments(1).start_time())));
  v1::GetRepairRequest get;
  get.set_name(repair.name());
  ASSERT_OK_AND_ASSIGN(const v1::Repair read, Call(&Stub::GetRepair, get));
  EXPECT_EQ(read.SerializeAsString(), repair.SerializeAsString());
  ASSERT_OK(Call(&Stub::ApplyRepair, Apply(repair)));
  ASSERT_OK_AND_ASSIGN(const v1::Repair later, Call(&Stub::GetRepair, get));
  EXPECT_EQ(later.parts(0).applied_option(), 0);
  EXPECT_EQ(later.basis().SerializeAsString(), repair.basis().SerializeAsString());
  EXPECT_FALSE(later.applied_by().empty());
  v1::ListRepairsRequest list;
  list.set_parent(absl::StrCat("clinics/", clinic_));
  list.set_state(v1::Repair::APPLIED);
  ASSERT_OK_AND_ASSIGN(const v1::ListRepairsResponse repairs, Call(&Stub::ListRepairs, list));
  ASSERT_EQ(repairs.repairs_size(), 1);
  EXPECT_EQ(repairs.repairs(0).name(), repair.name());
}

TEST_F(RepairRpcTest, OnePatientIsRepairedAndTheOtherWaitsForAPerson) {
  // Two integration visits of the only therapist on one day.
  std::vector<v1::Appointment> booked;
  for (int hour : {10, 12}) {
    v1::CreateAppointmentRequest create;
    create.set_parent(absl::StrCat("clinics/", clinic_));
    create.mutable_appointment()->set_patient(Name(hour == 10 ? "patients/ann" : "patients/bob"));
    create.mutable_appointment()->set_visit_type(Name("visitTypes/integration"));
    *create.mutable_appointment()->mutable_start_time() = At(absl::CivilDay(2026, 12, 1), hour);
    create.set_request_id(NewId());
    ASSERT_OK_AND_ASSIGN(const v1::Appointment appointment, Call(&Stub::CreateAppointment, create));
    booked.push_back(appointment);
  }
  const v1::Repair repair = MakeRepair(AbsenceOf(Name("staff/tess-rivera"), absl::CivilDay(2026, 12, 1)));
  ASSERT_EQ(repair.parts_size(), 2);
  EXPECT_EQ(repair.parts(0).options_size(), 3);
  v1::ApplyRepairRequest apply = Apply(repair);
  v1::RepairChoice& choice = *apply.add_choices();
  choice.set_part_id(repair.parts(0).part_id());
  choice.set_option(1);
  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Call(&Stub::ApplyRepair, apply));
  EXPECT_EQ(applied.repair().state(), v1::Repair::PARTLY_APPLIED);
  ASSERT_EQ(applied.appointments_size(), 1);
  EXPECT_EQ(applied.appointments(0).start_time().seconds(), repair.parts(0).options(1).moves(0).start_time().seconds());
  const std::vector<common::v1::Event> stranded = EventsOf("appointment.stranded");
  ASSERT_EQ(stranded.size(), 1u);
  EXPECT_EQ(stranded[0].subject(), repair.parts(1).options(0).moves(0).appointment());
  // That one has changed since: it is told apart from what was proposed, and proposed again.
  EXPECT_ERROR(Call(&Stub::ApplyRepair, Apply(repair)), Code::kAborted, "REPAIR_STALE");
  const v1::Repair again = MakeRepair(AbsenceOf(Name("staff/tess-rivera"), absl::CivilDay(2026, 12, 1)));
  ASSERT_EQ(again.parts_size(), 1);
  ASSERT_OK(Call(&Stub::ApplyRepair, Apply(again)));
  EXPECT_EQ(EventsOf("appointment.moved").back().work().kind(), "RESCHEDULE_STRANDED");
}

TEST_F(RepairRpcTest, AStaleRepairIsRefusedWithWhatHasChanged) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  const absl::CivilDay day = DayOf(ann.appointments(2).start_time());
  const v1::ProposeRepairRequest absence = AbsenceOf(In(ann.appointments(2), "clinician"), day);
  v1::Repair repair = MakeRepair(absence);
  ASSERT_EQ(repair.parts_size(), 1);
  v1::ConfirmAppointmentRequest confirm;
  confirm.set_name(ann.appointments(2).name());
  confirm.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ConfirmAppointment, confirm));
  absl::Status refused = Call(&Stub::ApplyRepair, Apply(repair)).status();
  EXPECT_ERROR(refused, Code::kAborted, "REPAIR_STALE");
  EXPECT_EQ(Changed(refused), "appointment");

  v1::ProposeRepairRequest again = absence;
  again.set_request_id(NewId());
  repair = MakeRepair(again);
  Cancel(Get(ann.appointments(8).name()));
  // Another visit of the course was cancelled: it has not changed the course, but one that moves with it may rest on
  // it.
  const v1::PlannedMove move = repair.parts(0).options(0).moves(0);
  v1::CreateAppointmentRequest taker;
  taker.set_parent(absl::StrCat("clinics/", clinic_));
  taker.mutable_appointment()->set_patient(Name("patients/bob"));
  taker.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
  *taker.mutable_appointment()->mutable_start_time() =
      rpc::ToProto(rpc::FromProto(move.start_time()) + absl::Minutes(15));
  for (const v1::Assignment& assignment : move.assignments()) {
    if (assignment.role() == "clinician") *taker.mutable_appointment()->add_assignments() = assignment;
  }
  taker.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CreateAppointment, taker));
  refused = Call(&Stub::ApplyRepair, Apply(repair)).status();
  EXPECT_ERROR(refused, Code::kAborted, "REPAIR_STALE");
  EXPECT_EQ(Changed(refused), "capacity");
  EXPECT_EQ(Get(ann.appointments(2).name()).version(), 2);  // all or nothing
}

TEST_F(RepairRpcTest, APatientsHolidayMovesTheRestOfTheCourseClearOfIt) {
  const v1::BookBlockResponse ann = Book("spravato-trd", "ann");
  const absl::CivilDay from = DayOf(ann.appointments(2).start_time());
  v1::ProposeRepairRequest request = Request();
  v1::CourseShift& shift = *request.mutable_trigger()->mutable_shift();
  shift.set_course(ann.appointments(0).course());
  *shift.mutable_start_date() = rpc::ToProto(from);
  *shift.mutable_end_date() = rpc::ToProto(from + 2);
  const v1::Repair repair = MakeRepair(request);
  ASSERT_EQ(repair.parts_size(), 1);
  EXPECT_EQ(repair.parts(0).options(0).moves(0).visit_id(), "dose-3");
  EXPECT_TRUE(repair.parts(0).options(0).deviations().empty());
  ASSERT_OK(Call(&Stub::ApplyRepair, Apply(repair)));
  for (const v1::Appointment& before : ann.appointments()) {
    const absl::CivilDay day = DayOf(Get(before.name()).start_time());
    EXPECT_TRUE(day < from || day >= from + 2) << before.visit_id();
  }
}

TEST_F(RepairRpcTest, AHolidayOfACourseWithNothingBookedIsARepairOfNothing) {
  v1::ProposeRepairRequest request = Request();
  v1::CourseShift& shift = *request.mutable_trigger()->mutable_shift();
  shift.set_course(MakeCourse("spravato-trd", "ann").name());
  *shift.mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 12, 1));
  *shift.mutable_end_date() = rpc::ToProto(absl::CivilDay(2026, 12, 3));
  const v1::Repair repair = MakeRepair(request);
  EXPECT_EQ(repair.parts_size(), 0);
  EXPECT_EQ(repair.unplaced_size(), 0);
}

TEST_F(RepairRpcTest, ADepartureFromTheProtocolNeedsSomebodyWhoAnswersForItAndIsKept) {
  const v1::BookBlockResponse ann = Book("spravato-trd", "ann");
  const absl::CivilDay from = DayOf(ann.appointments(2).start_time());
  v1::ProposeRepairRequest request = Request();
  v1::CourseShift& shift = *request.mutable_trigger()->mutable_shift();
  shift.set_course(ann.appointments(0).course());
  shift.set_from_visit("dose-3");
  *shift.mutable_start_date() = rpc::ToProto(from);
  *shift.mutable_end_date() = rpc::ToProto(from + 10);
  v1::Repair repair = MakeRepair(request);
  EXPECT_EQ(repair.parts_size(), 0);  // ten days are more than the protocol gives
  ASSERT_GE(repair.unplaced_size(), 1);
  EXPECT_FALSE(repair.unplaced(0).reasons().empty());

  request.set_request_id(NewId());
  request.set_allow_deviations(true);
  repair = MakeRepair(request);
  ASSERT_EQ(repair.parts_size(), 1);
  const v1::RepairOption& option = repair.parts(0).options(0);
  ASSERT_GE(option.deviations_size(), 1);
  EXPECT_GT(option.deviations(0).amount(), 0);
  EXPECT_EQ(option.deviations(0).override_roles(0), common::v1::ROLE_PSYCHIATRIST);
  EXPECT_ERROR(Call(&Stub::ApplyRepair, Apply(repair)), Code::kFailedPrecondition, "PROTOCOL_VIOLATED");

  v1::ApplyRepairRequest apply = Apply(repair);
  v1::RepairChoice& choice = *apply.add_choices();
  choice.set_part_id(repair.parts(0).part_id());
  for (const v1::Deviation& deviation : option.deviations()) {
    v1::OverrideDecision& decision = *choice.add_overrides();
    decision.set_rule(deviation.rule().kind());
    decision.set_from_visit(deviation.rule().from_visit());
    decision.set_to_visit(deviation.rule().to_visit());
    decision.set_allowed(deviation.rule().allowed());
    decision.set_asked(deviation.rule().asked());
    decision.set_decided_by(Name("staff/nora-kim"));
    decision.set_reason("travel");
  }
  EXPECT_ERROR(Call(&Stub::ApplyRepair, apply), Code::kInvalidArgument, "FIELD_INVALID");  // a nurse may not
  for (v1::OverrideDecision& decision : *choice.mutable_overrides()) decision.set_decided_by(Name("staff/priya-shah"));
  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Call(&Stub::ApplyRepair, apply));
  int kept = 0;
  for (const v1::Appointment& appointment : applied.appointments()) {
    for (const v1::ProtocolOverride& decision : appointment.overrides()) {
      ++kept;
      EXPECT_EQ(decision.decided_by(), Name("staff/priya-shah"));
      EXPECT_EQ(decision.role(), common::v1::ROLE_PSYCHIATRIST);
      EXPECT_EQ(decision.reason(), "travel");
      EXPECT_GT(decision.amount(), 0);
    }
  }
  EXPECT_GE(kept, option.deviations_size());
  ASSERT_FALSE(EventsOf("appointment.overridden").empty());
  EXPECT_EQ(EventsOf("appointment.overridden")[0].related().at("decided_by"), Name("staff/priya-shah"));
}

TEST_F(RepairRpcTest, AMissedVisitIsBookedAnewPastTheGatesOfABlock) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  const v1::Appointment lost = Cancel(ann.appointments(2));
  const v1::Repair repair = MakeRepair(LostOf(lost));
  ASSERT_EQ(repair.parts_size(), 1);
  EXPECT_GE(repair.parts(0).options_size(), 2);
  EXPECT_TRUE(repair.parts(0).options(0).moves(0).rebooks());

  const int held = Billing().Held();
  Billing().unmet = {{"DEPOSIT_MISSING", "", "pay"}};
  Authorization().unmet = {{"AUTHORIZATION_UNITS_EXCEEDED", "", "ask for more"}};
  const auto refused = Call(&Stub::ApplyRepair, Apply(repair));
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "BOOKING_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.size(), 2u);
  Billing().unmet.clear();
  EXPECT_EQ(Billing().Held(), held);
  Authorization().error = PeerUnavailable("authorization");
  EXPECT_ERROR(Call(&Stub::ApplyRepair, Apply(repair)), Code::kUnavailable, "PEER_UNAVAILABLE");
  EXPECT_EQ(Billing().Held(), held);
  Authorization().error = absl::OkStatus();
  Authorization().unmet.clear();

  v1::ApplyRepairRequest apply = Apply(repair);
  apply.set_validate_only(true);
  ASSERT_OK(Call(&Stub::ApplyRepair, apply));
  EXPECT_EQ(Billing().Held(), held);
  apply.set_validate_only(false);
  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Call(&Stub::ApplyRepair, apply));
  EXPECT_EQ(Billing().Held(), held + 1);
  EXPECT_EQ(Billing().last_question().visits.size(), 1u);
  const auto anew = std::find_if(applied.appointments().begin(), applied.appointments().end(),
                                 [&](const v1::Appointment& a) { return a.rebooks() == lost.name(); });
  ASSERT_NE(anew, applied.appointments().end());
  EXPECT_NE(anew->name(), lost.name());
  EXPECT_EQ(anew->visit_id(), "infusion-3");
  EXPECT_EQ(anew->session_number(), 3);
  EXPECT_EQ(anew->state(), v1::Appointment::BOOKED);
  EXPECT_EQ(Get(lost.name()).state(), v1::Appointment::CANCELLED);
  const common::v1::Event booked = EventsOf("block.booked").back();
  EXPECT_TRUE(Billing().Holds(booked.related().at("financial_reservation")));
  EXPECT_TRUE(Authorization().Holds(booked.related().at("coverage_reservation")));
  EXPECT_NE(booked.related().at("financial_reservation"), ann.block().financial_reservation());
  ASSERT_OK(Call(&Stub::ApplyRepair, apply));  // a repeat gets the first answer
  EXPECT_EQ(Billing().Held(), held + 1);
  EXPECT_ERROR(Call(&Stub::ProposeRepair, LostOf(lost)), Code::kFailedPrecondition, "VISIT_STANDS");
}

TEST_F(RepairRpcTest, WhatStandsIsNotLost) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  EXPECT_ERROR(Call(&Stub::ProposeRepair, LostOf(ann.appointments(0))), Code::kFailedPrecondition, "STATE_FORBIDS");
  v1::ProposeRepairRequest nothing = Request();
  nothing.mutable_trigger();
  EXPECT_ERROR(Call(&Stub::ProposeRepair, nothing), Code::kInvalidArgument, "FIELD_INVALID");
  EXPECT_ERROR(Call(&Stub::ProposeRepair, AbsenceOf(Name("staff/nobody"), absl::CivilDay(2026, 12, 1))),
               Code::kNotFound, "RESOURCE_NOT_FOUND");
}

TEST_F(RepairRpcTest, DosingVisitsDoNotMoveToDaysThatAreNotCovered) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  const v1::Appointment& hit = ann.appointments(5);
  const absl::CivilDay day = DayOf(hit.start_time());
  v1::ProposeMoveRequest propose;
  propose.set_name(hit.name());
  propose.add_avoid_dates()->CopyFrom(rpc::ToProto(day));
  ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse ways, Call(&Stub::ProposeMove, propose));
  ASSERT_GE(ways.proposals_size(), 1);
  v1::MoveAppointmentRequest move;
  move.set_name(hit.name());
  *move.mutable_moves() = ways.proposals(0).moves();
  move.set_request_id(NewId());
  Authorization().unmet = {{"AUTHORIZATION_DATES_EXCEEDED", "", "renew"}};
  EXPECT_ERROR(Call(&Stub::MoveAppointment, move), Code::kFailedPrecondition, "MOVE_REFUSED");
  EXPECT_EQ(Authorization().last_question().visits.at(0).visit_id, "infusion-6");
  Authorization().unmet.clear();
  Readiness().unmet = {{"CLEARANCE_EXPIRED", "", "examine"}};
  EXPECT_ERROR(Call(&Stub::MoveAppointment, move), Code::kFailedPrecondition, "MOVE_REFUSED");
  Readiness().unmet.clear();
  EXPECT_OK(Call(&Stub::MoveAppointment, move));

  // All infusion rooms are closed on a day: who was there has to go to another.
  const v1::Appointment second = Get(ann.appointments(1).name());
  const v1::Repair repair = MakeRepair(AbsenceOf(In(second, "room"), DayOf(second.start_time()) - 1, 3));
  ASSERT_GE(repair.parts_size(), 1);
  Authorization().unmet = {{"AUTHORIZATION_DATES_EXCEEDED", "", "renew"}};
  const absl::Status applied = Call(&Stub::ApplyRepair, Apply(repair)).status();
  const bool another_day = DayOf(repair.parts(0).options(0).moves(0).start_time()) != DayOf(second.start_time());
  EXPECT_EQ(ErrorReason(applied), another_day ? "MOVE_REFUSED" : "") << applied;
}

TEST_F(RepairRpcTest, AnAbsenceThatHitsNobodyIsNotedAllTheSame) {
  const v1::Repair repair = MakeRepair(AbsenceOf(Name("rooms/consult"), absl::CivilDay(2026, 12, 1), 2));
  EXPECT_EQ(repair.parts_size(), 0);
  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Call(&Stub::ApplyRepair, Apply(repair)));
  EXPECT_EQ(applied.repair().state(), v1::Repair::APPLIED);
  v1::GetRoomRequest get;
  get.set_name(Name("rooms/consult"));
  ASSERT_OK_AND_ASSIGN(const v1::Room room, Call(&Stub::GetRoom, get));
  EXPECT_EQ(room.availability().exceptions_size(), 2);
  // By this event whoever watches the schedule learns of the new hours.
  const std::vector<common::v1::Event> told = EventsOf("room.updated");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].subject(), room.name());
}

TEST_F(RepairRpcTest, OfManyWhoApplyOneRepairAtOnceOneDoes) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  const v1::Repair repair =
      MakeRepair(AbsenceOf(In(ann.appointments(2), "nurse"), DayOf(ann.appointments(2).start_time())));
  std::vector<std::thread> threads;
  std::vector<absl::Status> ends(6);
  for (absl::Status& end : ends) {
    threads.emplace_back([&] { end = Call(&Stub::ApplyRepair, Apply(repair)).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  int applied = 0;
  for (const absl::Status& end : ends) {
    applied += end.ok();
    EXPECT_TRUE(end.ok() || absl::IsAborted(end) || ErrorReason(end) == "STATE_FORBIDS") << end;
  }
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(EventsOf("repair.applied").size(), 1u);
}

TEST_F(RepairRpcTest, OthersMakeWayOnlyWhereThatIsAllowed) {
  const v1::BookBlockResponse ann = Book("iv-ketamine", "ann");
  const v1::BookBlockResponse bob = Book("iv-ketamine", "bob");
  v1::ProposeRepairRequest request =
      AbsenceOf(In(ann.appointments(0), "room"), DayOf(ann.appointments(0).start_time()));
  const v1::Repair alone = MakeRepair(request);
  for (const v1::RepairPart& part : alone.parts()) EXPECT_FALSE(part.makes_way());
  request.set_request_id(NewId());
  request.set_allow_others(true);
  const v1::Repair together = MakeRepair(request);
  EXPECT_LE(together.cost(), alone.cost());
  ASSERT_OK(Call(&Stub::ApplyRepair, Apply(together)));
}

}  // namespace
}  // namespace kat::scheduling
