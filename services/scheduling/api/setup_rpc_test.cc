#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_CLINIC_ADMIN;
using common::v1::ROLE_NURSE;
using common::v1::ROLE_PLATFORM_ADMIN;

class SetupRpcTest : public ServiceTest {
 protected:
  v1::Clinic GetClinic() {
    v1::GetClinicRequest request;
    request.set_name(absl::StrCat("clinics/", clinic_));
    const auto clinic = Call(&Stub::GetClinic, request);
    EXPECT_OK(clinic);
    return clinic.value_or(v1::Clinic());
  }
};

TEST_F(SetupRpcTest, AClinicIsCreatedChangedAndDisabled) {
  v1::UpdateClinicRequest update;
  *update.mutable_clinic() = GetClinic();
  update.mutable_clinic()->set_phone("+12125550199");
  update.mutable_update_mask()->add_paths("phone");
  update.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Clinic changed, Call(&Stub::UpdateClinic, update, {ROLE_CLINIC_ADMIN}));
  EXPECT_EQ(changed.phone(), "+12125550199");
  EXPECT_EQ(changed.holidays_size(), 11);
  update.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::UpdateClinic, update, {ROLE_CLINIC_ADMIN}), Code::kAborted, "ETAG_MISMATCH");

  v1::DisableClinicRequest disable;
  disable.set_name(changed.name());
  disable.set_reason("moved");
  disable.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::DisableClinic, disable, {ROLE_CLINIC_ADMIN}), Code::kPermissionDenied);
  ASSERT_OK(Call(&Stub::DisableClinic, disable, {ROLE_PLATFORM_ADMIN}));
  EXPECT_EQ(GetClinic().state(), v1::Clinic::DISABLED);
  update.mutable_clinic()->set_etag(GetClinic().etag());
  update.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::UpdateClinic, update, {ROLE_CLINIC_ADMIN}), Code::kFailedPrecondition, "CLINIC_DISABLED");
  std::vector<std::string> types;
  for (const auto& event : Service().Events(clinic_)) {
    if (event.type().starts_with("clinic.")) types.push_back(event.type());
  }
  EXPECT_EQ(types, (std::vector<std::string>{"clinic.created", "clinic.updated", "clinic.disabled"}));
}

TEST_F(SetupRpcTest, TheZoneStaysWhileAppointmentsStand) {
  MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  v1::UpdateClinicRequest update;
  *update.mutable_clinic() = GetClinic();
  update.mutable_clinic()->set_time_zone("America/Chicago");
  update.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::UpdateClinic, update, {ROLE_CLINIC_ADMIN}), Code::kFailedPrecondition, "TIME_ZONE_IN_USE");
  update.mutable_clinic()->set_time_zone("Mars/Olympus");
  update.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::UpdateClinic, update, {ROLE_CLINIC_ADMIN}), Code::kInvalidArgument, "FIELD_INVALID");
}

TEST_F(SetupRpcTest, StaffAreFoundByExternalIdLoginAndTagAndPaged) {
  v1::ListStaffRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  request.mutable_external_id()->set_system("ehr");
  request.mutable_external_id()->set_value("prov-nora-kim");
  ASSERT_OK_AND_ASSIGN(v1::ListStaffResponse found, Call(&Stub::ListStaff, request));
  ASSERT_EQ(found.staff_size(), 1);
  EXPECT_EQ(found.staff(0).name(), Name("staff/nora-kim"));
  EXPECT_EQ(found.staff(0).capacity(), 12);
  request.clear_external_id();
  request.set_login_subject("sam-ortiz@lakeside.example");
  ASSERT_OK_AND_ASSIGN(found, Call(&Stub::ListStaff, request));
  EXPECT_EQ(found.staff_size(), 1);
  request.clear_login_subject();
  request.set_page_size(2);
  int seen = 0;
  do {
    ASSERT_OK_AND_ASSIGN(found, Call(&Stub::ListStaff, request));
    seen += found.staff_size();
    request.set_page_token(found.next_page_token());
  } while (!found.next_page_token().empty());
  EXPECT_EQ(seen, 5);
  request.set_page_token("");
  request.set_tag("rn");
  ASSERT_OK_AND_ASSIGN(found, Call(&Stub::ListStaff, request));
  EXPECT_EQ(found.staff_size(), 2);
  request.set_page_token("forged");
  EXPECT_ERROR(Call(&Stub::ListStaff, request), Code::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(SetupRpcTest, ARoomIsChangedByMaskAndEtag) {
  v1::GetRoomRequest get;
  get.set_name(Name("rooms/recliners"));
  ASSERT_OK_AND_ASSIGN(v1::Room room, Call(&Stub::GetRoom, get, {ROLE_NURSE}));
  EXPECT_EQ(room.capacity(), 4);
  v1::UpdateRoomRequest update;
  *update.mutable_room() = room;
  update.mutable_room()->set_capacity(3);
  update.mutable_room()->set_display_name("ignored");
  update.mutable_update_mask()->add_paths("capacity");
  update.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::UpdateRoom, update, {ROLE_NURSE}), Code::kPermissionDenied, "ROLE_FORBIDS");
  ASSERT_OK_AND_ASSIGN(room, Call(&Stub::UpdateRoom, update, {ROLE_CLINIC_ADMIN}));
  EXPECT_EQ(room.capacity(), 3);
  EXPECT_EQ(room.display_name(), "Recliner group");
  update.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::UpdateRoom, update, {ROLE_CLINIC_ADMIN}), Code::kAborted, "ETAG_MISMATCH");
}

TEST_F(SetupRpcTest, AProtocolThatContradictsItselfIsRefusedWithItsRules) {
  v1::GetProtocolVersionRequest get;
  get.set_name(Name("protocols/iv-ketamine-induction/versions/1"));
  ASSERT_OK_AND_ASSIGN(v1::ProtocolVersion protocol, Call(&Stub::GetProtocolVersion, get));
  v1::CreateProtocolVersionRequest create;
  create.set_parent(absl::StrCat("clinics/", clinic_));
  create.set_protocol_id("iv-ketamine-induction");
  *create.mutable_protocol_version() = protocol;
  create.set_request_id(NewId());
  create.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::ProtocolVersion checked,
                       Call(&Stub::CreateProtocolVersion, create, {ROLE_CLINIC_ADMIN}));
  EXPECT_EQ(checked.name(), Name("protocols/iv-ketamine-induction/versions/2"));
  create.mutable_protocol_version()->mutable_phases(0)->mutable_spacings(0)->mutable_gap()->set_min_days(5);
  EXPECT_ERROR(Call(&Stub::CreateProtocolVersion, create, {ROLE_CLINIC_ADMIN}), Code::kFailedPrecondition,
               "PROTOCOL_UNSATISFIABLE");
  v1::ListProtocolVersionsRequest list;
  list.set_parent(create.parent());
  list.set_program("iv-ketamine");
  ASSERT_OK_AND_ASSIGN(const v1::ListProtocolVersionsResponse page, Call(&Stub::ListProtocolVersions, list));
  EXPECT_EQ(page.protocol_versions_size(), 1);
}

TEST_F(SetupRpcTest, ACalendarShowsWorkAndWhatIsTaken) {
  MakeBooking(Propose(MakeCourse("spravato-trd"), 1).proposals(0).plan());
  v1::GetCalendarRequest request;
  request.set_name(Name("rooms/recliners"));
  *request.mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 11, 23));
  request.set_days(42);
  ASSERT_OK_AND_ASSIGN(const v1::Calendar calendar, Call(&Stub::GetCalendar, request));
  EXPECT_EQ(calendar.capacity(), 4);
  EXPECT_EQ(calendar.commitments_size(), 8);
  EXPECT_EQ(calendar.working_size(), 27);  // weekdays of six weeks but for three holidays
}

TEST_F(SetupRpcTest, AnotherClinicsTokenSeesNothing) {
  v1::GetRoomRequest get;
  get.set_name(Name("rooms/recliners"));
  EXPECT_ERROR(Call(&Stub::GetRoom, get, {ROLE_NURSE}, Service().NewClinic()), Code::kPermissionDenied, "OTHER_CLINIC");
}

}  // namespace
}  // namespace kat::scheduling
