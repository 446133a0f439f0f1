// Templates, cadences and policies through the public API.
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

using Stub = v1::MessagingService::Stub;

constexpr common::v1::Role kAdmin = common::v1::ROLE_CLINIC_ADMIN;

class Configuration : public MessagingTest {
 protected:
  absl::StatusOr<v1::MessageTemplate> GetTemplate(const std::string& name) {
    v1::GetMessageTemplateRequest request;
    request.set_name(name);
    return Call(&Stub::GetMessageTemplate, request);
  }
  absl::StatusOr<v1::MessageTemplate> Retire(const std::string& name, const std::string& etag = "") {
    v1::RetireMessageTemplateRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(NewId());
    return Call(&Stub::RetireMessageTemplate, request, kAdmin);
  }
  std::vector<v1::MessageTemplate> Templates(bool with_retired = false) {
    std::vector<v1::MessageTemplate> all;
    v1::ListMessageTemplatesRequest request;
    request.set_parent(Clinic());
    request.set_page_size(1);
    request.set_show_retired(with_retired);
    do {
      const auto page = Call(&Stub::ListMessageTemplates, request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      all.insert(all.end(), page->message_templates().begin(), page->message_templates().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
};

TEST_F(Configuration, ANewTemplateIsTheNextVersionAndRetiringItLetsTheOneBeforeServe) {
  const auto first = MakeTemplate(Words(v1::PURPOSE_REMINDER, "{clinic}: visit {date}. STOP ends"));
  ASSERT_OK(first);
  const auto second = MakeTemplate(Words(v1::PURPOSE_REMINDER, "{clinic}: see you {date}. STOP ends"));
  ASSERT_OK(second);
  EXPECT_EQ(second->version(), 2);
  EXPECT_EQ(GetTemplate(first->name())->version(), 1);
  EXPECT_EQ(Templates().at(0).name(), second->name());
  EXPECT_ERROR(Retire(second->name(), "stale"), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(Retire(second->name(), second->etag())->state(), v1::MessageTemplate::RETIRED);
  EXPECT_ERROR(Retire(second->name()), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_EQ(Templates().size(), 1u);
  EXPECT_EQ(Templates(true).size(), 2u);
  EXPECT_ERROR(GetTemplate(Name("messageTemplates", "none")), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

TEST_F(Configuration, APreviewShowsTheWordsAndEverythingThatWouldBeRefusedWithoutAnyPolicy) {
  v1::PreviewMessageTemplateRequest request;
  request.set_parent(Clinic());
  *request.mutable_message_template() = Words(v1::PURPOSE_CANCELLATION_NOTICE, "{clinic}: {visits} off. STOP ends");
  const auto good = Call(&Stub::PreviewMessageTemplate, request);
  ASSERT_OK(good);
  EXPECT_EQ(good->body(), "Harbor Wellness: Wed Sep 30 9:30 AM, Fri Oct 2 9:30 AM and 4 more off. STOP ends");
  EXPECT_EQ(good->longest_characters(), 24 + 2 + 52 + 15);
  EXPECT_EQ(good->problems_size(), 0);
  *request.mutable_message_template() = Words(v1::PURPOSE_REMINDER, "Your Ketamine visit, {first_name}");
  EXPECT_EQ(Call(&Stub::PreviewMessageTemplate, request)->problems_size(), 3);
  EXPECT_TRUE(Templates().empty());
}

TEST_F(Configuration, NoDrugIsNamedInAnSmsBeforeThereIsAPolicyEither) {
  EXPECT_ERROR(MakeTemplate(Words(v1::PURPOSE_REMINDER, "Your Spravato visit. STOP ends")),
               absl::StatusCode::kInvalidArgument, "TEMPLATE_INVALID");
  v1::MessageTemplate mail = Words(v1::PURPOSE_REMINDER, "Your Spravato visit", v1::CHANNEL_EMAIL);
  mail.set_subject_line("Your visit");
  EXPECT_OK(MakeTemplate(mail));
}

TEST_F(Configuration, PoliciesAndCadencesComeBackAsTheyWent) {
  Configure();
  v1::ListCadencePoliciesRequest cadences;
  cadences.set_parent(Clinic());
  const auto listed = Call(&Stub::ListCadencePolicies, cadences);
  ASSERT_OK(listed);
  ASSERT_EQ(listed->cadence_policies_size(), 1);
  v1::GetCadencePolicyRequest cadence;
  cadence.set_name(listed->cadence_policies(0).name());
  const auto got = Call(&Stub::GetCadencePolicy, cadence);
  ASSERT_OK(got);
  EXPECT_EQ(got->SerializeAsString(), listed->cadence_policies(0).SerializeAsString());
  EXPECT_EQ(got->steps_size(), 6);
  EXPECT_EQ(got->steps(3).offset_minutes(), 72 * 60);
  cadence.set_name(Name("cadencePolicies", "none"));
  EXPECT_ERROR(Call(&Stub::GetCadencePolicy, cadence), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");

  v1::ListMessagingPoliciesRequest policies;
  policies.set_parent(Clinic());
  const auto all = Call(&Stub::ListMessagingPolicies, policies);
  ASSERT_OK(all);
  ASSERT_EQ(all->messaging_policies_size(), 1);
  v1::GetMessagingPolicyRequest policy;
  policy.set_name(all->messaging_policies(0).name());
  const auto one = Call(&Stub::GetMessagingPolicy, policy);
  ASSERT_OK(one);
  EXPECT_EQ(one->send_until().hours(), 21);
  EXPECT_EQ(one->restricted_words(0), "ketamine");
}

TEST_F(Configuration, APolicyWithoutHoursOrWithARestrictedLinkIsRefusedByField) {
  v1::CreateMessagingPolicyRequest request;
  request.set_parent(Clinic());
  request.set_request_id(NewId());
  v1::MessagingPolicy& p = *request.mutable_messaging_policy();
  *p.mutable_effective_from() = rpc::ToProto(absl::CivilDay(2026, 1, 1));
  *p.mutable_send_from() = rpc::MinuteToProto(8 * 60);
  *p.mutable_send_until() = rpc::MinuteToProto(9 * 60);
  p.set_consented_per_day(1);
  p.set_consented_per_week(1);
  p.set_stop_scope(v1::MessagingPolicy::EVERYTHING);
  p.set_link("https://my-ketamine.example");
  const auto refused = Call(&Stub::CreateMessagingPolicy, request, kAdmin);
  EXPECT_ERROR(refused, absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_EQ(GetErrorDetail(refused.status())->fields.size(), 2u);
}

}  // namespace
}  // namespace kat::messaging
