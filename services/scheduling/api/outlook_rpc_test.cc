#include <algorithm>
#include <map>

#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

class OutlookRpcTest : public ServiceTest {
 protected:
  v1::ProjectOutlookRequest Request(int weeks = 3) const {
    v1::ProjectOutlookRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_weeks(weeks);
    request.add_protocols()->set_protocol_version(version_);
    return request;
  }
  void SetUp() override {
    ServiceTest::SetUp();
    version_ = MakeCourse("iv-ketamine", "zoe").protocol_version();
  }
  static std::map<std::string, v1::TagOutlook> TagsOf(const v1::OutlookWeek& week) {
    std::map<std::string, v1::TagOutlook> tags;
    for (const v1::TagOutlook& tag : week.tags()) tags[tag.tag()] = tag;
    return tags;
  }
  std::string version_;
};

TEST_F(OutlookRpcTest, TheWeeksAheadSayHowManyCanStartAndWhatLimitsThat) {
  ASSERT_OK_AND_ASSIGN(const v1::Outlook outlook, Call(&Stub::ProjectOutlook, Request()));
  ASSERT_EQ(outlook.weeks_size(), 3);
  EXPECT_EQ(outlook.weeks(0).start_date().day(), 30);  // the next Monday
  int least = outlook.weeks(0).starts();
  for (const v1::OutlookWeek& week : outlook.weeks()) {
    EXPECT_FALSE(week.limits().empty());
    least = std::min(least, week.starts());
  }
  EXPECT_EQ(outlook.starts_per_week(), least);
  EXPECT_GT(outlook.weeks(0).starts(), 0);
  EXPECT_EQ(outlook.expected_courses(), 1);  // zoe's, of which nothing is booked
  EXPECT_EQ(outlook.unplaced_courses(), 0);
  const auto tags = TagsOf(outlook.weeks(0));
  EXPECT_GT(tags.at("infusion-room").capacity_minutes(), 0);
  EXPECT_GT(tags.at("infusion-room").expected_minutes(), 0);
  EXPECT_EQ(tags.at("infusion-room").booked_minutes(), 0);
  ASSERT_OK_AND_ASSIGN(const v1::Outlook again, Call(&Stub::ProjectOutlook, Request()));
  EXPECT_EQ(again.SerializeAsString(), outlook.SerializeAsString());
}

TEST_F(OutlookRpcTest, WhatIsBookedIsExpectedNoMore) {
  MakeBooking(Propose(MakeCourse("iv-ketamine", "ann"), 1).proposals(0).plan());
  ASSERT_OK_AND_ASSIGN(const v1::Outlook outlook, Call(&Stub::ProjectOutlook, Request()));
  int64_t booked = 0;
  for (const v1::OutlookWeek& week : outlook.weeks()) booked += TagsOf(week).at("infusion-room").booked_minutes();
  EXPECT_GT(booked, 0);
}

TEST_F(OutlookRpcTest, ABlockThatIsHeldIsNotExpectedBesideThat) {
  const v1::Course course = MakeCourse("iv-ketamine", "ann");
  ASSERT_OK_AND_ASSIGN(const v1::Outlook before, Call(&Stub::ProjectOutlook, Request()));
  EXPECT_EQ(before.expected_courses(), 2);
  MakeHold(Propose(course, 1).proposals(0).plan());
  ASSERT_OK_AND_ASSIGN(const v1::Outlook outlook, Call(&Stub::ProjectOutlook, Request()));
  EXPECT_EQ(outlook.expected_courses(), 1);
  EXPECT_GT(TagsOf(outlook.weeks(0)).at("infusion-room").booked_minutes(), 0);
}

TEST_F(OutlookRpcTest, APipelineTakesPlacesFromNewCourses) {
  ASSERT_OK_AND_ASSIGN(const v1::Outlook without, Call(&Stub::ProjectOutlook, Request(2)));
  v1::ProjectOutlookRequest request = Request(2);
  v1::ExpectedStarts& starts = *request.add_pipeline();
  starts.set_week(0);
  starts.set_protocol_version(version_);
  starts.set_count(2);
  ASSERT_OK_AND_ASSIGN(const v1::Outlook with, Call(&Stub::ProjectOutlook, request));
  EXPECT_GT(TagsOf(with.weeks(0)).at("infusion-room").pipeline_minutes(), 0);
  EXPECT_EQ(with.weeks(0).unplaced_pipeline(), 0);
  EXPECT_LT(with.weeks(0).starts() + with.weeks(1).starts(), without.weeks(0).starts() + without.weeks(1).starts());
}

TEST_F(OutlookRpcTest, AWhatIfNeverHasFewerStarts) {
  v1::ProjectOutlookRequest request = Request(2);
  v1::WhatIf& what_if = *request.add_what_ifs();
  what_if.set_id("room-and-nurse");
  for (const auto& [kind, tags] : std::map<v1::AddedResource::Kind, std::vector<std::string>>{
           {v1::AddedResource::ROOM, {"infusion-room"}}, {v1::AddedResource::STAFF, {"rn", "ketamine-provider"}}}) {
    v1::AddedResource& added = *what_if.add_resources();
    added.set_kind(kind);
    for (const std::string& tag : tags) added.add_tags(tag);
    for (google::type::DayOfWeek day : {google::type::MONDAY, google::type::WEDNESDAY, google::type::THURSDAY}) {
      v1::WeeklyHours& hours = *added.add_weekly_hours();
      hours.set_day_of_week(day);
      hours.mutable_start_time()->set_hours(8);
      hours.mutable_end_time()->set_hours(18);
    }
  }
  ASSERT_OK_AND_ASSIGN(const v1::Outlook outlook, Call(&Stub::ProjectOutlook, request));
  ASSERT_EQ(outlook.what_ifs_size(), 1);
  EXPECT_EQ(outlook.what_ifs(0).id(), "room-and-nurse");
  int more = 0;
  for (int week = 0; week < 2; ++week) {
    EXPECT_GE(outlook.what_ifs(0).starts(week), outlook.weeks(week).starts());
    more += outlook.what_ifs(0).starts(week) - outlook.weeks(week).starts();
  }
  EXPECT_EQ(outlook.what_ifs(0).more_starts(), more);
  EXPECT_GE(outlook.what_ifs(0).starts_per_week(), outlook.starts_per_week());
  *request.add_what_ifs() = what_if;
  EXPECT_ERROR(Call(&Stub::ProjectOutlook, request), Code::kInvalidArgument, "FIELD_INVALID");
}

TEST_F(OutlookRpcTest, PatientsInIntakeArePartOfThePipelineWhereTheRequestIncludesThem) {
  const absl::Time opened = Service().clock().Now() - absl::Hours(24 * 20);
  const auto prospect = [&](const std::string& patient, std::optional<absl::Time> ready_by) {
    Readiness().prospects.push_back({PatientId(patient), "iv-ketamine", opened, ready_by});
  };
  prospect("ready", std::nullopt);
  prospect("overdue", Service().clock().Now() - absl::Hours(24 * 5));
  prospect("next-week", Service().clock().Now() + absl::Hours(24 * 15));
  prospect("later", Service().clock().Now() + absl::Hours(24 * 60));
  prospect("zoe", std::nullopt);  // has her course
  Readiness().prospects.push_back({PatientId("spravato"), "spravato", opened, std::nullopt});
  v1::ProjectOutlookRequest request = Request(2);
  ASSERT_OK_AND_ASSIGN(const v1::Outlook without, Call(&Stub::ProjectOutlook, request));
  EXPECT_EQ(without.intake_patients(), 0);
  EXPECT_EQ(TagsOf(without.weeks(0)).at("infusion-room").pipeline_minutes(), 0);
  request.set_include_intake(true);
  ASSERT_OK_AND_ASSIGN(const v1::Outlook with, Call(&Stub::ProjectOutlook, request));
  EXPECT_EQ(with.intake_patients(), 3);
  EXPECT_EQ(with.later_intake_patients(), 1);
  v1::ProjectOutlookRequest by_hand = Request(2);
  for (const auto& [week, count] : {std::pair(0, 2), {1, 1}}) {
    v1::ExpectedStarts& starts = *by_hand.add_pipeline();
    starts.set_week(week);
    starts.set_protocol_version(version_);
    starts.set_count(count);
  }
  ASSERT_OK_AND_ASSIGN(v1::Outlook same, Call(&Stub::ProjectOutlook, by_hand));
  same.set_intake_patients(3);
  same.set_later_intake_patients(1);
  EXPECT_EQ(with.SerializeAsString(), same.SerializeAsString());
}

TEST_F(OutlookRpcTest, APatientWhoseCaseIsNewerThanTheLastCourseIsExpectedAgain) {
  Readiness().prospects = {{PatientId("zoe"), "iv-ketamine", Service().clock().Now() + absl::Hours(1), std::nullopt}};
  v1::ProjectOutlookRequest request = Request(2);
  request.set_include_intake(true);
  ASSERT_OK_AND_ASSIGN(const v1::Outlook outlook, Call(&Stub::ProjectOutlook, request));
  EXPECT_EQ(outlook.intake_patients(), 1);
}

TEST_F(OutlookRpcTest, WithoutIntakeAnOutlookThatIncludesItIsRefusedAndNoOther) {
  Readiness().error = PeerUnavailable("intake");
  v1::ProjectOutlookRequest request = Request(2);
  ASSERT_OK(Call(&Stub::ProjectOutlook, request));
  request.set_include_intake(true);
  EXPECT_ERROR(Call(&Stub::ProjectOutlook, request), Code::kUnavailable, "PEER_UNAVAILABLE");
}

TEST_F(OutlookRpcTest, WhatMakesNoSenseIsNamed) {
  v1::ProjectOutlookRequest request = Request();
  request.mutable_protocols(0)->set_protocol_version(Name("protocols/none/versions/1"));
  EXPECT_ERROR(Call(&Stub::ProjectOutlook, request), Code::kNotFound, "RESOURCE_NOT_FOUND");
  request = Request(13);
  EXPECT_ERROR(Call(&Stub::ProjectOutlook, request), Code::kInvalidArgument, "FIELD_INVALID");
  request = Request();
  *request.mutable_start_date() = rpc::ToProto(absl::CivilDay(2026, 11, 22));
  const auto past = Call(&Stub::ProjectOutlook, request);
  ASSERT_ERROR(past, Code::kInvalidArgument, "FIELD_INVALID");
  EXPECT_EQ(GetErrorDetail(past.status())->fields.at(0).field, "start_date");
  request = Request(2);
  request.add_pipeline()->set_week(2);
  request.mutable_pipeline(0)->set_count(1);
  request.mutable_pipeline(0)->set_protocol_version(version_);
  EXPECT_ERROR(Call(&Stub::ProjectOutlook, request), Code::kInvalidArgument, "FIELD_INVALID");
}

}  // namespace
}  // namespace kat::scheduling
