// What a patient hears when several visits of a course change in one act.
#include "absl/strings/match.h"
#include "libs/base/business_time.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

using Strings = std::vector<std::string>;

constexpr char kPhone[] = "+15555550101";
constexpr int kVisits = 8;

class CourseNotice : public MessagingTest {
 protected:
  CourseNotice() {
    Configure();
    AddPatient("p1", kPhone);
    const absl::CivilDay today = DayAt(now(), zone_);
    service().clock().Set(InstantOf(today + 1, 12 * 60, zone_));
    start_ = now() + absl::Hours(24 * 5) + absl::Hours(2);
    for (int i = 0; i < kVisits; ++i) Book(Visit(i), "p1", start_ + absl::Hours(72 * i), "course1");
    DeliverAll();
    Pass(absl::Hours(1));
    EXPECT_EQ(sent_.size(), 1u);
    sent_.clear();
  }

  static std::string Visit(int i) { return absl::StrCat("v", i); }

  // As scheduling stops a course: every visit in one transaction.
  void CancelCourse(int from = 0) {
    for (int i = from; i < kVisits; ++i) {
      Change(Visit(i), "appointment.cancelled", [](Appointment& a) { a.standing = Standing::kCancelled; });
    }
  }
  void MoveAll(absl::Duration by) {
    for (int i = 0; i < kVisits; ++i) {
      Change(Visit(i), "appointment.moved", [&](Appointment& a) {
        a.start_at += by;
        a.end_at += by;
      });
    }
  }
  v1::PatientMessage MessageOf(int visit, const std::string& step) {
    for (const v1::PatientMessage& message : Messages(Visit(visit))) {
      if (message.step_id() == step) return message;
    }
    ADD_FAILURE() << "no " << step << " of visit " << visit;
    return {};
  }

  const absl::TimeZone zone_ = *LoadZone("America/New_York");
  absl::Time start_;
};

TEST_F(CourseNotice, ACancelledCourseIsToldByOneTextThatListsItsVisitsAndIsRemindedNoMore) {
  CancelCourse();
  DeliverAll();
  Pass(absl::Hours(1));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_TRUE(absl::StrContains(sent_[0].body, "is cancelled: ")) << sent_[0].body;
  EXPECT_TRUE(absl::StrContains(sent_[0].body, absl::FormatTime("%b", start_, zone_))) << sent_[0].body;
  EXPECT_TRUE(absl::StrContains(sent_[0].body, " and 6 more")) << sent_[0].body;
  const std::string leader = MessageOf(0, "cancelled").name();
  EXPECT_EQ(MessageOf(0, "cancelled").told_by(), "");
  for (int i = 1; i < kVisits; ++i) {
    const v1::PatientMessage message = MessageOf(i, "cancelled");
    EXPECT_EQ(message.suppression_reason(), v1::PatientMessage::BUNDLED) << i;
    EXPECT_EQ(message.told_by(), leader) << i;
  }
  Pass(absl::Hours(24 * 30));
  EXPECT_EQ(sent_.size(), 1u);
  EXPECT_TRUE(Work().empty());
}

TEST_F(CourseNotice, SeveralVisitsMovedInOneActAreToldByOneText) {
  MoveAll(absl::Hours(24));
  DeliverAll();
  Pass(absl::Hours(1));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_TRUE(absl::StrContains(sent_[0].body, "moved to ")) << sent_[0].body;
  EXPECT_TRUE(absl::StrContains(sent_[0].body, " and 6 more")) << sent_[0].body;
}

TEST_F(CourseNotice, AVisitThatChangesAgainBeforeTheNoticeIsOutIsNotInIt) {
  MoveAll(absl::Hours(24));
  DeliverAll();
  // Scheduling has moved on; its events are late, the notice is due.
  Change(Visit(3), "appointment.cancelled", [](Appointment& a) { a.standing = Standing::kCancelled; });
  service().clock().Advance(absl::Minutes(3));
  RunJobs();
  service().clock().Advance(absl::Minutes(1));
  RunJobs();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_TRUE(absl::StrContains(sent_[0].body, " and 5 more")) << sent_[0].body;
  DeliverAll();
  Pass(absl::Hours(1));
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_TRUE(absl::StrContains(sent_[1].body, "is cancelled: ")) << sent_[1].body;
  EXPECT_FALSE(absl::StrContains(sent_[1].body, "more")) << sent_[1].body;
}

TEST_F(CourseNotice, WordsThatCannotListSpeakOfEachVisitByItself) {
  ASSERT_OK(MakeTemplate(Words(v1::PURPOSE_CANCELLATION_NOTICE, "{clinic}: {date} is off. STOP ends")));
  CancelCourse(5);
  DeliverAll();
  for (int i = 0; i < 20; ++i) {
    service().clock().Advance(absl::Minutes(1));
    RunJobs();
  }
  Strings bodies;
  for (const OutgoingMessage& message : sent_) bodies.push_back(message.body);
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_NE(bodies[0], bodies[1]);
  EXPECT_NE(bodies[1], bodies[2]);
}

TEST_F(CourseNotice, WhereNoMessageMayTellOfItAPersonIsAskedOnce) {
  ASSERT_OK(Reply(kPhone, "STOP"));
  RunJobs();
  sent_.clear();
  CancelCourse();
  DeliverAll();
  Pass(absl::Hours(1));
  EXPECT_TRUE(sent_.empty());
  const std::vector<v1::WorkItem> work = Work("TELL_PATIENT");
  ASSERT_EQ(work.size(), 1u);
  EXPECT_EQ(work[0].subject(), MessageOf(0, "cancelled").name());
  EXPECT_EQ(MessageOf(5, "cancelled").suppression_reason(), v1::PatientMessage::CONSENT_REVOKED);
  EXPECT_EQ(MessageOf(5, "cancelled").told_by(), work[0].subject());
}

TEST_F(CourseNotice, AfterAnAnswerLostTheNoticeGoesOutOnceAndStandsForAll) {
  bool lost = false;
  world().carrier->after_send = [&]() -> absl::Status {
    if (lost) return absl::OkStatus();
    lost = true;
    service().database().KillConnections();  // dies before its commit
    return absl::OkStatus();
  };
  CancelCourse();
  DeliverAll();
  service().clock().Advance(absl::Minutes(3));
  for (int i = 0; i < 20; ++i) {
    (void)service().RunDueJobs();
    service().clock().Advance(absl::Minutes(1));
  }
  ASSERT_TRUE(lost);
  ASSERT_EQ(sent_.size(), 1u);
  const v1::PatientMessage leader = MessageOf(0, "cancelled");
  EXPECT_EQ(leader.body(), sent_[0].body) << "what went out is known";
  EXPECT_EQ(leader.address(), kPhone);
  EXPECT_EQ(leader.channel(), v1::CHANNEL_SMS);
  for (int i = 1; i < kVisits; ++i) {
    EXPECT_EQ(MessageOf(i, "cancelled").suppression_reason(), v1::PatientMessage::BUNDLED) << i;
  }
}

TEST_F(CourseNotice, ANumberThatTheCarrierRefusesIsAPersonsWorkOnce) {
  AddPatient("p1", "+15005550001");
  CancelCourse();
  DeliverAll();
  Pass(absl::Hours(1));
  EXPECT_EQ(Work("MESSAGE_FAILED").size(), 1u);
}

}  // namespace
}  // namespace kat::messaging
