// Messages around appointments, through the public API, the feed and the jobs.
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

using Stub = v1::MessagingService::Stub;
using Strings = std::vector<std::string>;

constexpr char kPhone[] = "+15555550101";

class MessageFlow : public MessagingTest {
 protected:
  MessageFlow() {
    Configure();
    AddPatient("p1", kPhone);
    // Noon in New York on a Monday, whatever the tests before did.
    const absl::TimeZone zone = *LoadZone("America/New_York");
    const absl::CivilDay today = DayAt(now(), zone);
    service().clock().Set(InstantOf(today + 1, 12 * 60, zone));
    start_ = now() + absl::Hours(24 * 5) + absl::Hours(2);
  }

  absl::Time start_;
};

TEST_F(MessageFlow, ABookingIsConfirmedAtOnceAndRemindedAtTheClinicsCadence) {
  Book("a1", "p1", start_);
  DeliverAll();
  EXPECT_EQ(Steps("a1", v1::PatientMessage::PLANNED), (Strings{"booked", "72h", "24h", "3h"}));
  RunJobs();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(sent_[0].address, kPhone);
  EXPECT_NE(sent_[0].body.find("https://example.com/v"), std::string::npos);
  Pass(absl::Hours(24 * 5));
  EXPECT_EQ(Steps("a1", v1::PatientMessage::DELIVERED), (Strings{"booked", "72h", "24h", "3h"}));
  EXPECT_NE(sent_[2].body.find("no food after"), std::string::npos) << sent_[2].body;
  for (const v1::PatientMessage& message : Messages("a1")) {
    EXPECT_EQ(message.carrier_message_id().substr(0, 10), "simulated-");
    EXPECT_EQ(message.basis(), v1::PatientMessage::CONSENT);
  }
}

TEST_F(MessageFlow, SixVisitsBookedTogetherAreConfirmedByOneText) {
  for (int i = 5; i >= 0; --i) Book(absl::StrCat("b", i), "p1", start_ + absl::Hours(72 * i), "course1");
  DeliverAll();
  Pass(absl::Hours(1));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(Steps("b0", v1::PatientMessage::SENT).size() + Steps("b0", v1::PatientMessage::DELIVERED).size(), 1u);
  for (const v1::PatientMessage& message : Messages("b3")) {
    if (message.step_id() != "booked") continue;
    EXPECT_EQ(message.suppression_reason(), v1::PatientMessage::BUNDLED);
  }
}

TEST_F(MessageFlow, AMovedVisitsOldRemindersNeverGoOutAndTheNewOnesDo) {
  Book("a1", "p1", start_);
  DeliverAll();
  RunJobs();
  const absl::Time later = start_ + absl::Hours(48);
  Change("a1", "appointment.moved", [&](Appointment& a) { a.start_at = later; a.end_at = later + absl::Hours(2); });
  // The event is late: the job that is due meanwhile finds out by itself.
  service().clock().Set(start_ - absl::Hours(71));
  RunJobs();
  EXPECT_EQ(sent_.size(), 1u);
  DeliverAll();
  RunJobs();
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_NE(sent_[1].body.find("moved to"), std::string::npos);
  Pass(absl::Hours(24 * 6));
  Strings delivered = Steps("a1", v1::PatientMessage::DELIVERED);
  EXPECT_EQ(delivered, (Strings{"booked", "moved", "72h", "24h", "3h"}));
  for (const v1::PatientMessage& message : Messages("a1")) {
    if (message.state() != v1::PatientMessage::SUPPRESSED) continue;
    EXPECT_EQ(message.suppression_reason(), v1::PatientMessage::APPOINTMENT_CHANGED);
    EXPECT_EQ(message.appointment_version(), 1);
  }
}

TEST_F(MessageFlow, ACancelledVisitIsToldOnceAndRemindedNoMore) {
  Book("a1", "p1", start_);
  DeliverAll();
  RunJobs();
  Change("a1", "appointment.cancelled", [](Appointment& a) { a.standing = Standing::kCancelled; });
  DeliverAll();
  Pass(absl::Hours(24 * 6));
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_NE(sent_[1].body.find("is cancelled"), std::string::npos);
  EXPECT_TRUE(Work().empty());
}

TEST_F(MessageFlow, CConfirmsAndTheCallIsNotMade) {
  Book("a1", "p1", start_);
  DeliverAll();
  Pass(absl::Hours(24 * 3));
  const auto reply = Reply(kPhone, "C", "in-c-" + clinic_);
  ASSERT_OK(reply);
  EXPECT_EQ(reply->meaning(), v1::MessageReply::CONFIRM);
  RunJobs();
  DeliverAll();
  EXPECT_TRUE(world().scheduling.Get(ClinicId(clinic_), AppointmentId("a1")).confirmed);
  const auto again = Reply(kPhone, "C", "in-c-" + clinic_);
  EXPECT_EQ(again->name(), reply->name());
  EXPECT_EQ(again->confirmed_appointment(), Name("appointments", "a1"));
  Pass(absl::Hours(24 * 2));
  EXPECT_TRUE(Work("CALL_TO_CONFIRM").empty());
}

TEST_F(MessageFlow, AYesToTheOldTimeDoesNotConfirmTheNewOne) {
  Book("a1", "p1", start_);
  DeliverAll();
  Pass(absl::Hours(24 * 3));
  Change("a1", "appointment.moved", [&](Appointment& a) { a.start_at += absl::Hours(48); });
  ASSERT_OK(Reply(kPhone, "yes"));
  RunJobs();
  EXPECT_FALSE(world().scheduling.Get(ClinicId(clinic_), AppointmentId("a1")).confirmed);
  EXPECT_EQ(Work("REPLY_TO_READ").size(), 1u);
}

TEST_F(MessageFlow, UnconfirmedAndDriverlessVisitsBecomeWorkADayAhead) {
  Book("a1", "p1", start_);
  DeliverAll();
  Pass(absl::Hours(24 * 4 + 3));
  ASSERT_EQ(Work("CALL_TO_CONFIRM").size(), 1u);
  ASSERT_EQ(Work("DRIVER_NOT_NAMED").size(), 1u);
  EXPECT_EQ(Work("CALL_TO_CONFIRM")[0].patient(), Name("patients", "p1"));
  v1::RecordDriverRequest driver;
  driver.set_name(Name("appointments", "a1"));
  driver.set_driver_name("Sam");
  driver.set_request_id(NewId());
  const auto prepared = Call(&Stub::RecordDriver, driver);
  ASSERT_OK(prepared);
  EXPECT_TRUE(prepared->driver_required());
  EXPECT_TRUE(prepared->instructions_sent());
  EXPECT_TRUE(Work("DRIVER_NOT_NAMED").empty());
  Change("a1", "appointment.confirmed", [](Appointment& a) { a.confirmed = true; });
  DeliverAll();
  EXPECT_TRUE(Work("CALL_TO_CONFIRM").empty());
}

TEST_F(MessageFlow, StopEndsRemindersWithOneAnswerAndStartBringsThemBack) {
  Book("a1", "p1", start_);
  DeliverAll();
  RunJobs();
  ASSERT_OK(Reply(kPhone, "STOP"));
  ASSERT_OK(Reply(kPhone, "stop texting me"));
  RunJobs();
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_NE(sent_[1].body.find("unsubscribed"), std::string::npos);
  Pass(absl::Hours(24 * 3));
  EXPECT_EQ(sent_.size(), 2u);
  v1::GetContactPreferencesRequest request;
  request.set_name(Name("patients", "p1"));
  EXPECT_EQ(Call(&Stub::GetContactPreferences, request)->consents(0).state(), v1::ContactConsent::REVOKED);
  ASSERT_OK(Reply(kPhone, "YES"));
  Pass(absl::Hours(27));
  EXPECT_EQ(sent_.size(), 4u);  // the answer, and the preparation a day ahead
  EXPECT_FALSE(world().scheduling.Get(ClinicId(clinic_), AppointmentId("a1")).confirmed);
}

TEST_F(MessageFlow, HelpIsAnsweredAndWordsNobodyUnderstandsAreWork) {
  Book("a1", "p1", start_);
  DeliverAll();
  RunJobs();
  ASSERT_OK(Reply(kPhone, "HELP"));
  RunJobs();
  EXPECT_NE(sent_.back().body.find("For help call"), std::string::npos);
  const auto reply = Reply(kPhone, "can I bring my dog?");
  EXPECT_TRUE(reply->needs_person());
  EXPECT_EQ(reply->patient(), Name("patients", "p1"));
  ASSERT_OK(Reply("+15555559999", "hello?"));
  EXPECT_EQ(Work("REPLY_TO_READ").size(), 2u);
}

TEST_F(MessageFlow, TheExemptionCarriesOneADayWithoutConsent) {
  Contact contact;
  contact.id = PatientId("p2");
  contact.phone = "+15555550102";
  contact.language = "en";
  world().intake.Put(ClinicId(clinic_), contact);
  Book("x1", "p2", start_);
  Book("x2", "p2", start_ + absl::Hours(3));
  DeliverAll();
  RunJobs();
  EXPECT_EQ(sent_.size(), 1u);
  const auto suppressed = Steps("x2", v1::PatientMessage::SUPPRESSED);
  EXPECT_EQ(suppressed.size() + Steps("x1", v1::PatientMessage::SUPPRESSED).size(), 1u);
}

TEST_F(MessageFlow, TheCarriersFailuresEndInWorkOrInOneMessage) {
  const struct { const char* patient; const char* phone; v1::PatientMessage::State state; const char* failure; } kCases[] = {
      {"f1", "+15005550001", v1::PatientMessage::FAILED, "INVALID_ADDRESS"},
      {"f2", "+15005550002", v1::PatientMessage::FAILED, "CARRIER_UNAVAILABLE"},
      {"f3", "+15005550003", v1::PatientMessage::DELIVERED, ""},
      {"f4", "+15005550004", v1::PatientMessage::FAILED, "SIMULATED_UNDELIVERED"},
  };
  for (const auto& c : kCases) {
    AddPatient(c.patient, c.phone);
    Book(c.patient, c.patient, start_);
  }
  DeliverAll();
  RunJobs();
  for (int i = 0; i < 40; ++i) {
    service().clock().Advance(absl::Minutes(1));
    RunJobs();
  }
  for (const auto& c : kCases) {
    for (const v1::PatientMessage& message : Messages(c.patient)) {
      if (message.step_id() != "booked") continue;
      EXPECT_EQ(message.state(), c.state) << c.phone;
      EXPECT_EQ(message.failure(), c.failure) << c.phone;
    }
  }
  EXPECT_EQ(sent_.size(), 2u);
  EXPECT_EQ(Work("MESSAGE_FAILED").size(), 3u);
}

TEST_F(MessageFlow, WhatTheLastTryGaveToTheCarrierIsNotCalledAFailure) {
  AddPatient("p1", "+15005550002");  // never reached
  Book("a1", "p1", start_);
  DeliverAll();
  RunJobs();
  while (Messages("a1").at(0).attempts() < 4) {
    service().clock().Advance(absl::Minutes(1));
    RunJobs();
  }
  AddPatient("p1", kPhone);
  world().carrier->after_send = [] { return absl::DeadlineExceededError("the answer was lost"); };
  for (int i = 0; i < 40; ++i) {
    service().clock().Advance(absl::Minutes(1));
    RunJobs();
  }
  EXPECT_EQ(Messages("a1").at(0).attempts(), 5);
  EXPECT_EQ(Messages("a1").at(0).state(), v1::PatientMessage::DELIVERED);
  EXPECT_TRUE(Work("MESSAGE_FAILED").empty());
}

TEST_F(MessageFlow, DeliveryReportsMayComeTwiceAndLate) {
  Book("a1", "p1", start_);
  DeliverAll();
  RunJobs();
  v1::ReceiveDeliveryReportRequest report;
  report.set_parent(Clinic());
  report.set_carrier_message_id(Messages("a1")[0].carrier_message_id());
  report.set_delivered(true);
  report.set_request_id(NewId());
  EXPECT_EQ(Call(&Stub::ReceiveDeliveryReport, report, common::v1::ROLE_INTEGRATION)->state(), v1::PatientMessage::DELIVERED);
  report.set_delivered(false);
  report.set_request_id(NewId());
  EXPECT_EQ(Call(&Stub::ReceiveDeliveryReport, report, common::v1::ROLE_INTEGRATION)->state(), v1::PatientMessage::DELIVERED);
  report.set_carrier_message_id("nobody's");
  report.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::ReceiveDeliveryReport, report, common::v1::ROLE_INTEGRATION), absl::StatusCode::kNotFound);
}

TEST_F(MessageFlow, WithoutACadenceTheQueueSaysSo) {
  clinic_ = service().NewClinic();
  AddPatient("p1", kPhone);
  Book("a1", "p1", start_);
  DeliverAll();
  EXPECT_EQ(Work("MESSAGING_NOT_CONFIGURED").size(), 1u);
}

TEST_F(MessageFlow, AnAdHocMessageNeedsItsTemplateConsentAndHours) {
  v1::MessageTemplate words = Words(v1::PURPOSE_AD_HOC, "{clinic}: please call {phone}. STOP ends");
  words.set_code("call-us");
  ASSERT_OK(MakeTemplate(words));
  v1::SendMessageRequest request;
  request.set_parent(Name("patients", "p1"));
  request.set_template_code("other");
  request.add_channels(v1::CHANNEL_SMS);
  request.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::SendMessage, request), absl::StatusCode::kFailedPrecondition, "TEMPLATE_MISSING");
  request.set_template_code("call-us");
  const auto sent = Call(&Stub::SendMessage, request);
  ASSERT_OK(sent);
  EXPECT_EQ(Call(&Stub::SendMessage, request)->name(), sent->name());
  service().clock().Advance(absl::Hours(11));  // eleven at night
  RunJobs();
  EXPECT_TRUE(sent_.empty());
  service().clock().Advance(absl::Hours(10));
  RunJobs();
  EXPECT_EQ(sent_.size(), 1u);
  v1::WithdrawMessageRequest withdraw;
  withdraw.set_name(sent->name());
  withdraw.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::WithdrawMessage, withdraw), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(MessageFlow, WhenSchedulingIsAwayNothingGoesOutAndNothingIsLost) {
  Book("a1", "p1", start_);
  DeliverAll();
  world().scheduling.set_down(true);
  RunJobs();
  EXPECT_TRUE(sent_.empty());
  world().scheduling.set_down(false);
  Pass(absl::Hours(1));
  EXPECT_EQ(sent_.size(), 1u);
}

}  // namespace
}  // namespace kat::messaging
