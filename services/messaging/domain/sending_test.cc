#include "services/messaging/domain/sending.h"

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/messaging/domain/gsm7.h"

namespace kat::messaging {
namespace {

class SendingTest : public ::testing::Test {
 protected:
  SendingTest()
      : zone_(*LoadZone("America/Los_Angeles")), noon_(InstantOf(absl::CivilDay(2026, 9, 28), 12 * 60, zone_)) {
    for (const Channel channel : {Channel::kSms, Channel::kEmail, Channel::kVoiceTask}) {
      MessageTemplate t;
      t.id = TemplateId(channel == Channel::kSms ? "sms" : channel == Channel::kEmail ? "email" : "voice");
      t.purpose = Purpose::kReminder;
      t.channel = channel;
      t.category = Category::kReminder;
      t.language = "en";
      t.body = "{clinic}: visit {date} {time}. STOP ends";
      templates_.push_back(t);
    }
    message_.purpose = Purpose::kReminder;
    message_.category = Category::kReminder;
    message_.channels = {Channel::kSms, Channel::kEmail};
    message_.appointment_start = noon_ + absl::Hours(24);
    message_.latest_at = noon_ + absl::Hours(23);
    contact_.phone = "+15555550101";
    contact_.email = "patient@example.com";
    contact_.language = "en";
    contact_.zone = zone_;
    appointment_.start_at = *message_.appointment_start;
    policy_.consented_per_day = 10;
    policy_.consented_per_week = 30;
    policy_.exempt_per_day = 1;
    policy_.exempt_per_week = 3;
    values_.clinic_name = "Harbor";
    values_.zone = zone_;
  }

  SendDecision Make() { return MakeAt(noon_); }
  SendDecision MakeAt(absl::Time now) {
    const Zones zones = SendZones(contact_, zone_);
    return Decide({.message = message_,
                   .appointment = appointment_,
                   .also = also_,
                   .contact = contact_,
                   .preferences = preferences_,
                   .stopped = stopped_,
                   .templates = templates_,
                   .policy = policy_,
                   .zones = zones,
                   .counts = counts_,
                   .values = values_,
                   .today = DayAt(now, zone_),
                   .now = now});
  }
  void Say(Channel channel, Category category, ConsentState state) {
    Apply({channel, category, state, ConsentSource::kVerbal, noon_, "desk"}, preferences_);
  }

  absl::TimeZone zone_;
  absl::Time noon_;
  PatientMessage message_;
  Appointment appointment_;
  Contact contact_;
  ContactPreferences preferences_;
  std::vector<StoppedNumber> stopped_;
  std::vector<MessageTemplate> templates_;
  MessagingPolicy policy_;
  SentCounts counts_;
  std::vector<absl::Time> also_;
  TemplateValues values_;
};

TEST_F(SendingTest, AReminderGoesOutUnderTheExemptionWithoutAWord) {
  const SendDecision d = Make();
  EXPECT_EQ(d.kind, SendDecision::Kind::kSend);
  EXPECT_EQ(d.basis, Basis::kHealthcareExemption);
  EXPECT_EQ(d.body, "Harbor: visit Tue Sep 29 12:00 PM. STOP ends");
}

TEST_F(SendingTest, TheExemptionEndsAtOneADayAndThreeAWeekAndMailTakesOver) {
  counts_ = {1, 1};
  EXPECT_EQ(Make().channel, Channel::kEmail);
  counts_ = {0, 3};
  EXPECT_EQ(Make().channel, Channel::kEmail);
  message_.channels = {Channel::kSms};
  EXPECT_EQ(Make().reason, Suppression::kLimitReached);
  Say(Channel::kSms, Category::kReminder, ConsentState::kGranted);
  EXPECT_EQ(Make().basis, Basis::kConsent);
}

TEST_F(SendingTest, ARevocationClosesItsChannelAndCategoryAlone) {
  Say(Channel::kSms, Category::kReminder, ConsentState::kRevoked);
  EXPECT_EQ(Make().channel, Channel::kEmail);
  message_.channels = {Channel::kSms};
  EXPECT_EQ(Make().reason, Suppression::kConsentRevoked);
  EXPECT_EQ(MayContact(preferences_, Channel::kSms, Category::kClinical).permission, Permission::kAllowed);
}

TEST_F(SendingTest, ARevocationOfEverythingLeavesAPersonsCall) {
  Say(Channel::kNone, Category::kNone, ConsentState::kRevoked);
  EXPECT_EQ(Make().reason, Suppression::kConsentRevoked);
  message_.channels = {Channel::kSms, Channel::kEmail, Channel::kVoiceTask};
  EXPECT_EQ(Make().channel, Channel::kVoiceTask);
  Say(Channel::kSms, Category::kReminder, ConsentState::kGranted);
  EXPECT_EQ(Make().channel, Channel::kSms);
  EXPECT_EQ(MayContact(preferences_, Channel::kEmail, Category::kReminder).permission, Permission::kRevoked);
}

TEST_F(SendingTest, AStoppedNumberIsLeftAloneWhosePatientItIs) {
  message_.channels = {Channel::kSms};
  stopped_ = {{Category::kBilling, noon_}};
  EXPECT_EQ(Make().kind, SendDecision::Kind::kSend);
  stopped_ = {{Category::kNone, noon_}};
  EXPECT_EQ(Make().reason, Suppression::kConsentRevoked);
  Say(Channel::kSms, Category::kReminder, ConsentState::kGranted);
  EXPECT_EQ(Make().reason, Suppression::kConsentRevoked) << "a STOP outweighs an older consent";
  stopped_ = {{Category::kReminder, noon_ - absl::Hours(1)}};
  EXPECT_EQ(Make().basis, Basis::kConsent);
}

TEST_F(SendingTest, MarketingNeverGoesOutWithoutWriting) {
  EXPECT_EQ(MayContact(preferences_, Channel::kSms, Category::kMarketing).permission, Permission::kMissing);
  EXPECT_EQ(MayContact(preferences_, Channel::kEmail, Category::kMarketing).permission, Permission::kMissing);
  EXPECT_EQ(MayContact(preferences_, Channel::kSms, Category::kBilling).permission, Permission::kMissing);
  EXPECT_FALSE(CheckGrant(Category::kMarketing, ConsentSource::kVerbal).ok());
  EXPECT_TRUE(CheckGrant(Category::kMarketing, ConsentSource::kWrittenForm).ok());
}

TEST_F(SendingTest, AtNightItWaitsAndPastItsUseItDoesNotGo) {
  const absl::Time night = noon_ - absl::Hours(8);
  const SendDecision d = MakeAt(night);
  EXPECT_EQ(d.kind, SendDecision::Kind::kLater);
  EXPECT_EQ(d.later, noon_ - absl::Hours(4));
  message_.latest_at = noon_ - absl::Hours(5);
  EXPECT_EQ(MakeAt(night).reason, Suppression::kTooLate);
  EXPECT_EQ(MakeAt(noon_).reason, Suppression::kTooLate);
}

TEST_F(SendingTest, ThePatientsOwnZoneDecidesNotTheClinics) {
  contact_.zone = *LoadZone("Pacific/Honolulu");
  const absl::Time ten_in_la = noon_ - absl::Hours(2);
  EXPECT_EQ(MakeAt(ten_in_la).kind, SendDecision::Kind::kLater);  // seven in Honolulu
}

TEST_F(SendingTest, WhereTheAreaCodeLiesElsewhereItIsNotWrittenToBeforeThatOpensEither) {
  contact_.phone = "+18085550123";  // Honolulu
  EXPECT_EQ(MakeAt(noon_ - absl::Hours(2)).kind, SendDecision::Kind::kLater);
  EXPECT_EQ(MakeAt(noon_ - absl::Hours(1)).kind, SendDecision::Kind::kSend);
  contact_.zone.reset();  // the clinic's stands in
  EXPECT_EQ(MakeAt(noon_ - absl::Hours(2)).kind, SendDecision::Kind::kLater);
  contact_.phone = "+12125550123";  // New York closes three hours earlier
  EXPECT_EQ(MakeAt(noon_ + absl::Hours(5)).kind, SendDecision::Kind::kSend);
  EXPECT_EQ(MakeAt(noon_ + absl::Hours(6)).kind, SendDecision::Kind::kLater);
}

TEST_F(SendingTest, AMessageThatKeepsIsGivenUpWhereTheZonesHaveNoHourInCommon) {
  message_.latest_at.reset();
  policy_.window = {9 * 60, 11 * 60};
  contact_.phone = "+16715550123";  // Guam
  EXPECT_EQ(Make().reason, Suppression::kTooLate);
}

TEST_F(SendingTest, ANoticeNamesEveryVisitThatItTellsOf) {
  message_.purpose = Purpose::kRescheduleNotice;
  for (MessageTemplate& t : templates_) t.purpose = Purpose::kRescheduleNotice;
  also_ = {noon_ + absl::Hours(72), noon_ + absl::Hours(48), noon_ + absl::Hours(96)};
  EXPECT_FALSE(Make().lists_visits);
  for (MessageTemplate& t : templates_) t.body = "{clinic}: now {visits}. STOP ends";
  const SendDecision d = Make();
  EXPECT_TRUE(d.lists_visits);
  EXPECT_EQ(d.body, "Harbor: now Tue Sep 29 12:00 PM, Wed Sep 30 12:00 PM and 2 more. STOP ends");
  message_.channels = {Channel::kEmail};
  EXPECT_EQ(Make().body,
            "Harbor: now Tue Sep 29 12:00 PM, Wed Sep 30 12:00 PM, Thu Oct 1 12:00 PM, Fri Oct 2 12:00 PM. STOP ends");
}

TEST_F(SendingTest, AWordThatANewerPolicyForbidsTakesTheNextChannel) {
  policy_.restricted_words = {"visit"};
  EXPECT_EQ(Make().channel, Channel::kEmail);
  message_.channels = {Channel::kSms};
  EXPECT_EQ(Make().reason, Suppression::kNotRenderable);
}

TEST_F(SendingTest, AClinicThatIsNamedAfterItsDrugDoesNotSayItsNameInATextNorInAnAnswer) {
  values_.clinic_name = "Boston Ketamine Center";
  EXPECT_EQ(Make().channel, Channel::kEmail);
  message_.channels = {Channel::kSms};
  EXPECT_EQ(Make().reason, Suppression::kNotRenderable);
  for (const Answer answer : {Answer::kStopped, Answer::kHelp, Answer::kStarted}) {
    const std::string text = AnswerText(answer, false, values_.clinic_name, "+15555550100");
    EXPECT_EQ(text.find("Ketamine"), std::string::npos) << text;
    EXPECT_NE(text.find("(555) 555-0100"), std::string::npos) << text;
  }
}

TEST_F(SendingTest, WithoutAddressOrWordsThereIsNoChannel) {
  contact_.phone.clear();
  contact_.email.clear();
  EXPECT_EQ(Make().reason, Suppression::kNoChannel);
  contact_.phone = "+15555550101";
  templates_.clear();
  EXPECT_EQ(Make().reason, Suppression::kNoChannel);
  contact_.active = false;
  EXPECT_EQ(Make().reason, Suppression::kPatientInactive);
}

TEST_F(SendingTest, AnswersFitOneText) {
  for (const Answer answer : {Answer::kStopped, Answer::kHelp, Answer::kStarted}) {
    const std::string text = AnswerText(answer, false, "A clinic with a very long name indeed", "+15555550100");
    EXPECT_LE(Gsm7Length(text).value_or(999), 160) << text;
  }
}

TEST(MessageState, TheTableLetsNothingLeaveAnEnd) {
  for (const MessageState end : {MessageState::kDelivered, MessageState::kFailed, MessageState::kSuppressed}) {
    for (int event = 0; event < 6; ++event) EXPECT_FALSE(NextState(end, static_cast<MessageEvent>(event)).has_value());
  }
  EXPECT_EQ(NextState(MessageState::kSending, MessageEvent::kAccept), MessageState::kSent);
  EXPECT_FALSE(NextState(MessageState::kSent, MessageEvent::kSuppress).has_value());
  EXPECT_FALSE(NextState(MessageState::kPlanned, MessageEvent::kAccept).has_value());
}

}  // namespace
}  // namespace kat::messaging
