// Consent to be contacted, replies, and single messages through the public API.
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

using Stub = v1::MessagingService::Stub;
using Strings = std::vector<std::string>;

constexpr char kPhone[] = "+15555550101";

class ContactFlow : public MessagingTest {
 protected:
  ContactFlow() {
    Configure();
    AddPatient("p1", kPhone);
    const absl::CivilDay today = DayAt(now(), zone_);
    service().clock().Set(InstantOf(today + 1, 12 * 60, zone_));
  }

  absl::StatusOr<v1::ContactPreferences> Revoke(v1::Channel channel, v1::Category category) {
    v1::RevokeContactConsentRequest request;
    request.set_parent(Name("patients", "p1"));
    request.set_channel(channel);
    request.set_category(category);
    request.set_source(v1::ContactConsent::VERBAL);
    request.set_evidence("said at the desk");
    request.set_request_id(NewId());
    return Call(&Stub::RevokeContactConsent, request);
  }
  absl::StatusOr<v1::ContactPreferences> Grant(v1::Channel channel, v1::Category category,
                                               v1::ContactConsent::Source source) {
    v1::RecordContactConsentRequest request;
    request.set_parent(Name("patients", "p1"));
    request.set_channel(channel);
    request.set_category(category);
    request.set_source(source);
    request.set_request_id(NewId());
    return Call(&Stub::RecordContactConsent, request);
  }

  const absl::TimeZone zone_ = *LoadZone("America/New_York");
};

TEST_F(ContactFlow, ConsentIsKeptPerChannelAndPurposeWithItsHistory) {
  EXPECT_ERROR(Revoke(v1::CHANNEL_SMS, v1::CATEGORY_UNSPECIFIED), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_ERROR(Grant(v1::CHANNEL_SMS, v1::CATEGORY_MARKETING, v1::ContactConsent::VERBAL),
               absl::StatusCode::kFailedPrecondition, "CONSENT_FORM_REQUIRED");
  ASSERT_OK(Grant(v1::CHANNEL_SMS, v1::CATEGORY_BILLING, v1::ContactConsent::VERBAL));
  const auto revoked = Revoke(v1::CHANNEL_SMS, v1::CATEGORY_BILLING);
  ASSERT_OK(revoked);
  EXPECT_FALSE(revoked->all_revoked());
  for (const v1::ContactConsent& consent : revoked->consents()) {
    EXPECT_EQ(consent.state(),
              consent.category() == v1::CATEGORY_BILLING ? v1::ContactConsent::REVOKED : v1::ContactConsent::GRANTED);
  }
  EXPECT_TRUE(Revoke(v1::CHANNEL_UNSPECIFIED, v1::CATEGORY_UNSPECIFIED)->all_revoked());
  Strings history;
  v1::ListContactConsentEventsRequest list;
  list.set_parent(Name("patients", "p1"));
  list.set_page_size(1);
  do {
    const auto page = Call(&Stub::ListContactConsentEvents, list);
    ASSERT_OK(page);
    for (const auto& event : page->contact_consent_events()) history.push_back(event.evidence());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  ASSERT_GE(history.size(), 3u);
  EXPECT_EQ(std::count(history.begin(), history.end(), "said at the desk"), 2);
}

TEST_F(ContactFlow, WhatIsRevokedBetweenPlanAndTimeIsNotSent) {
  Book("a1", "p1", now() + absl::Hours(100));
  DeliverAll();
  ASSERT_OK(Revoke(v1::CHANNEL_SMS, v1::CATEGORY_REMINDER));
  RunJobs();
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(Messages("a1").at(0).suppression_reason(), v1::PatientMessage::CONSENT_REVOKED);
}

TEST_F(ContactFlow, ATextWaitsForTheHoursOfTheStatedZoneAndOfTheAreaCode) {
  // A number from Honolulu, of a patient of whom intake knows no zone, at a clinic in New York.
  AddPatient("p1", "+18085550123");
  Book("a1", "p1", now() + absl::Hours(100));
  DeliverAll();
  const v1::PatientMessage planned = Messages("a1").at(0);
  const absl::TimeZone honolulu = *LoadZone("Pacific/Honolulu");
  RunJobs();
  EXPECT_TRUE(sent_.empty()) << "seven in the morning at most in Honolulu";
  Pass(absl::Hours(1));
  for (int hour = 0; sent_.empty() && hour < 12; ++hour) Pass(absl::Hours(1));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_GE(absl::ToCivilHour(now(), honolulu).hour(), 8);
  EXPECT_LT(absl::ToCivilHour(now(), zone_).hour(), 21);
  EXPECT_EQ(planned.state(), v1::PatientMessage::PLANNED);
}

TEST_F(ContactFlow, RepliesAreListedLatestFirstEachOnce) {
  Book("a1", "p1", now() + absl::Hours(100));
  DeliverAll();
  RunJobs();
  ASSERT_OK(Reply(kPhone, "HELP", "in-1-" + clinic_));
  service().clock().Advance(absl::Minutes(1));
  ASSERT_OK(Reply(kPhone, "what?", "in-2-" + clinic_));
  ASSERT_OK(Reply(kPhone, "what?", "in-2-" + clinic_));
  v1::ListRepliesRequest request;
  request.set_parent(Clinic());
  request.set_patient(Name("patients", "p1"));
  const auto replies = Call(&Stub::ListReplies, request);
  ASSERT_OK(replies);
  ASSERT_EQ(replies->replies_size(), 2);
  EXPECT_EQ(replies->replies(0).body(), "what?");
  EXPECT_EQ(replies->replies(1).meaning(), v1::MessageReply::HELP);
}

TEST_F(ContactFlow, AMessageIsReadByNameAndAPreparationByAppointment) {
  Book("a1", "p1", now() + absl::Hours(100));
  DeliverAll();
  v1::GetMessageRequest get;
  get.set_name(Messages("a1").at(0).name());
  EXPECT_EQ(Call(&Stub::GetMessage, get)->step_id(), "booked");
  get.set_name(Name("messages", "none"));
  EXPECT_ERROR(Call(&Stub::GetMessage, get), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
  v1::GetPreparationRequest preparation;
  preparation.set_name(Name("appointments", "a1"));
  const auto prepared = Call(&Stub::GetPreparation, preparation);
  ASSERT_OK(prepared);
  EXPECT_TRUE(prepared->driver_required());
  EXPECT_FALSE(prepared->instructions_sent());
  EXPECT_EQ(prepared->planned_messages(), 4);
  preparation.set_name(Name("appointments", "none"));
  EXPECT_ERROR(Call(&Stub::GetPreparation, preparation), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace kat::messaging
