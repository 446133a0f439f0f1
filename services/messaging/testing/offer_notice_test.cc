// What patients hear of offers of the wait list.
#include "libs/base/business_time.h"
#include "libs/rpc/convert.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

class OfferNotice : public MessagingTest {
 protected:
  OfferNotice() {
    Configure();
    AddPatient("p1", "+15555550101");
    const absl::TimeZone zone = *LoadZone("America/New_York");
    service().clock().Set(InstantOf(DayAt(now(), zone) + 1, 12 * 60, zone));
  }
  void HaveWords() {
    v1::MessageTemplate words =
        Words(v1::PURPOSE_AD_HOC, "{clinic}: a time has come free. Call {phone} if you want it. STOP ends");
    words.set_code("wait-list-offer");
    ASSERT_OK(MakeTemplate(words));
  }
  // The event of an offer, which goes by `minutes` more.
  void Hear(const std::string& what, int minutes = 60) {
    common::v1::Event event;
    event.set_type("wait_list_offer." + what);
    event.set_clinic(Clinic());
    event.set_subject(Name("waitListOffers", "o1"));
    event.set_subject_version(what == "made" ? 1 : 2);
    event.set_state(what == "made" ? "OPEN" : "ENDED");
    (*event.mutable_related())["patient"] = Name("patients", "p1");
    event.mutable_work()->set_kind("WAIT_LIST_OFFER");
    event.mutable_work()->set_closed(what != "made");
    event.mutable_work()->set_role(common::v1::ROLE_ASSISTANT);
    event.mutable_work()->set_urgency(common::v1::WorkSignal::SOON);
    if (what == "made") *event.mutable_work()->mutable_due_time() = rpc::ToProto(now() + absl::Minutes(minutes));
    ASSERT_OK(service().Deliver("scheduling", event));
  }
};

TEST_F(OfferNotice, AnOfferIsToldAtOnceAndWaitsForAPersonUntilItEnds) {
  HaveWords();
  Hear("made");
  RunJobs();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_NE(sent_[0].body.find("a time has come free"), std::string::npos);
  EXPECT_EQ(Work("WAIT_LIST_OFFER").size(), 1u);
  Hear("made");  // again
  Hear("accepted");
  Pass(absl::Hours(2));
  EXPECT_EQ(sent_.size(), 1u);
  EXPECT_TRUE(Work("WAIT_LIST_OFFER").empty());
}

TEST_F(OfferNotice, WithoutWordsForItTheTeamAloneKnows) {
  Hear("made");
  RunJobs();
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(Work("WAIT_LIST_OFFER").size(), 1u);
}

TEST_F(OfferNotice, InQuietHoursNothingGoesOutAndNothingAfterTheOfferHasEnded) {
  HaveWords();
  service().clock().Advance(absl::Hours(11));  // eleven at night
  Hear("made");
  RunJobs();
  EXPECT_TRUE(sent_.empty());
  Pass(absl::Hours(12));
  EXPECT_TRUE(sent_.empty());
}

TEST_F(OfferNotice, AnOfferThatEndsBeforeItIsToldIsNotTold) {
  HaveWords();
  service().clock().Advance(absl::Hours(11));
  Hear("made", 14 * 60);
  RunJobs();
  Hear("declined");
  Pass(absl::Hours(12));
  EXPECT_TRUE(sent_.empty());
}

TEST_F(OfferNotice, WhoHasNotAgreedToMessagesIsNotWrittenTo) {
  HaveWords();
  ASSERT_OK(Reply("+15555550101", "STOP"));
  RunJobs();
  const size_t before = sent_.size();  // the answer to STOP
  Hear("made");
  RunJobs();
  EXPECT_EQ(sent_.size(), before);
  EXPECT_EQ(Work("WAIT_LIST_OFFER").size(), 1u);
}

}  // namespace
}  // namespace kat::messaging
