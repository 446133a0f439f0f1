#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_CLINIC_ADMIN;

class CalendarTextRpcTest : public ServiceTest {
 protected:
  static std::string Calendar(const std::string& event) {
    return absl::StrReplaceAll(absl::StrCat("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:u\n"
                                            "DTSTAMP:20260901T000000Z\nSUMMARY:Dentist of Ann Smith\n",
                                            event, "END:VEVENT\nEND:VCALENDAR\n"),
                               {{"\n", "\r\n"}});
  }
  absl::StatusOr<v1::ImportTimeOffResponse> Import(const std::string& calendar, bool validate_only = false) {
    v1::ImportTimeOffRequest request;
    request.set_name(Name("staff/sam-ortiz"));
    request.set_calendar(calendar);
    request.set_request_id(NewId());
    request.set_validate_only(validate_only);
    return Call(&Stub::ImportTimeOff, request, {ROLE_CLINIC_ADMIN});
  }
  v1::Staff Sam() {
    v1::GetStaffRequest request;
    request.set_name(Name("staff/sam-ortiz"));
    return Call(&Stub::GetStaff, request).value_or(v1::Staff());
  }
};

TEST_F(CalendarTextRpcTest, AnImportTakesTimeOffInPlaceOfTheLastAndLeavesTheRest) {
  v1::Staff sam = Sam();
  *sam.mutable_availability()->add_exceptions()->mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 12, 24));
  v1::UpdateStaffRequest update;
  *update.mutable_staff() = sam;
  update.mutable_update_mask()->add_paths("availability");
  update.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::UpdateStaff, update, {ROLE_CLINIC_ADMIN}));
  const int own = Sam().availability().exceptions_size();

  const std::string weekly = Calendar(
      "DTSTART;TZID=America/New_York:20261201T090000\nDTEND;TZID=America/New_York:20261201T100000\n"
      "RRULE:FREQ=WEEKLY;COUNT=3\n");
  ASSERT_OK_AND_ASSIGN(const v1::ImportTimeOffResponse tried, Import(weekly, /*validate_only=*/true));
  EXPECT_EQ(tried.exceptions_size(), 3);
  EXPECT_EQ(Sam().availability().exceptions_size(), own);

  ASSERT_OK_AND_ASSIGN(const v1::ImportTimeOffResponse imported, Import(weekly));
  EXPECT_EQ(imported.replaced_count(), 0);
  ASSERT_EQ(imported.exceptions_size(), 3);
  EXPECT_EQ(imported.exceptions(1).start_date().day(), 8);
  EXPECT_EQ(imported.exceptions(1).start_time().hours(), 9);
  sam = Sam();
  EXPECT_EQ(sam.etag(), imported.etag());
  EXPECT_EQ(sam.availability().exceptions_size(), own + 3);
  EXPECT_FALSE(absl::StrContains(sam.DebugString(), "Dentist")) << "titles of other calendars are nobody's business";

  ASSERT_OK_AND_ASSIGN(const v1::ImportTimeOffResponse second, Import(Calendar("DTSTART;VALUE=DATE:20261207\n")));
  EXPECT_EQ(second.replaced_count(), 3);
  EXPECT_EQ(second.exceptions_size(), 1);
  EXPECT_EQ(Sam().availability().exceptions_size(), own + 1);
}

TEST_F(CalendarTextRpcTest, ABookingThatAnImportMakesImpossibleIsStranded) {
  v1::CreateAppointmentRequest book;
  book.set_parent(absl::StrCat("clinics/", clinic_));
  book.mutable_appointment()->set_patient(Name("patients/ann"));
  book.mutable_appointment()->set_visit_type(Name("visitTypes/coordination-call"));
  *book.mutable_appointment()->mutable_start_time() =
      rpc::ToProto(InstantOf(absl::CivilDay(2026, 12, 7), 10 * 60, *LoadZone("America/New_York")));
  v1::Assignment& sam = *book.mutable_appointment()->add_assignments();
  sam.set_role("clinician");
  sam.set_resource(Name("staff/sam-ortiz"));
  book.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment appointment, Call(&Stub::CreateAppointment, book));
  ASSERT_OK(Import(Calendar("DTSTART;VALUE=DATE:20261207\n")));
  bool stranded = false;
  for (const auto& event : Service().Events(clinic_)) {
    stranded = stranded || (event.type() == "appointment.stranded" && event.subject() == appointment.name());
  }
  EXPECT_TRUE(stranded);
}

TEST_F(CalendarTextRpcTest, WhatCannotBeReadChangesNothing) {
  const std::string before = Sam().etag();
  EXPECT_ERROR(Import("no calendar"), Code::kInvalidArgument, "FIELD_INVALID");
  EXPECT_ERROR(Import(Calendar("DTSTART:20261207T090000\nDURATION:PT1H\nRRULE:FREQ=HOURLY;INTERVAL=3\n")),
               Code::kInvalidArgument, "FIELD_INVALID")
      << "more than 500 of them";
  EXPECT_EQ(Sam().etag(), before);
}

TEST_F(CalendarTextRpcTest, AnExportNamesAppointmentsAndKindsOfVisitAndNoPatient) {
  const v1::BookBlockResponse booked =
      MakeBooking(Propose(MakeCourse("iv-ketamine", "annabel-smith"), 1).proposals(0).plan());
  v1::ExportCalendarRequest request;
  std::string sam;
  for (const v1::Assignment& assignment : booked.appointments(0).assignments()) {
    if (assignment.role() == "clinician") sam = assignment.resource();
  }
  request.set_name(sam);
  *request.mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 11, 30));
  request.set_days(62);
  ASSERT_OK_AND_ASSIGN(const v1::ExportCalendarResponse exported, Call(&Stub::ExportCalendar, request));
  const std::string& text = exported.calendar();
  EXPECT_TRUE(absl::StrContains(text, "BEGIN:VCALENDAR"));
  EXPECT_TRUE(absl::StrContains(
      text, absl::StrCat("UID:", booked.appointments(0).name().substr(booked.appointments(0).name().rfind('/') + 1))));
  EXPECT_TRUE(absl::StrContains(text, "SUMMARY:IV ketamine infusion"));
  EXPECT_FALSE(absl::StrContains(text, "annabel")) << text;
  EXPECT_FALSE(absl::StrContains(text, "patients/"));
}

}  // namespace
}  // namespace kat::scheduling
