#include "services/messaging/domain/template.h"

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/messaging/domain/gsm7.h"

namespace kat::messaging {
namespace {

const std::vector<std::string> kRestricted = {"ketamine", "Spravato", "esketamine"};

MessageTemplate Sms(std::string body) {
  MessageTemplate t;
  t.purpose = Purpose::kReminder;
  t.channel = Channel::kSms;
  t.category = Category::kReminder;
  t.language = "en";
  t.body = std::move(body);
  return t;
}

bool Mentions(const std::vector<std::string>& problems, const std::string& text) {
  for (const std::string& problem : problems) {
    if (problem.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(Template, APlainReminderIsAccepted) {
  const auto t = NewTemplate(Sms("{clinic}: visit {date} {time}. Reply C to confirm, STOP to end."), kRestricted, 3,
                             absl::UnixEpoch());
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(t->version, 3);
  EXPECT_EQ(t->longest_characters, 24 + 10 + 8 + 43);
}

TEST(Template, ARestrictedWordIsRefusedInAnyCaseButNotInsideAnother) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("Your KETAMINE visit. STOP ends"), kRestricted), "ketamine"));
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("spravato! STOP ends"), kRestricted), "Spravato"));
  EXPECT_TRUE(TemplateProblems(Sms("Ketamines no. STOP ends"), kRestricted).empty());
}

TEST(Template, TheLongestExpansionCountsNotTheTemplate) {
  const std::string filler(120, 'x');
  EXPECT_TRUE(Mentions(TemplateProblems(Sms(filler + "{clinic}{link} STOP"), kRestricted), "this has 189"));
  EXPECT_TRUE(TemplateProblems(Sms(filler + " STOP"), kRestricted).empty());
}

TEST(Template, CharactersOutsideGsm7AreRefusedAndExtensionCharactersCountTwice) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("Caf\xc3\xa1 STOP"), kRestricted), "GSM 7-bit"));
  EXPECT_EQ(Gsm7Length("a\xe2\x82\xac[b]"), 8);  // the euro sign and both brackets
  EXPECT_EQ(Gsm7Length("\xf0\x9f\x98\x80"), std::nullopt);
}

TEST(Template, AnSmsWithoutAWayOutOrWithANameIsRefused) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{clinic}: visit {date}."), kRestricted), "opt out"));
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("Hi {first_name}. STOP ends"), kRestricted), "minimum necessary"));
}

TEST(Template, UnknownPlaceholdersAndOpenBracesAreRefused) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{drug} STOP"), kRestricted), "{drug}"));
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{clinic STOP"), kRestricted), "Braces"));
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("clinic} STOP"), kRestricted), "Braces"));
}

TEST(Template, EveryProblemIsNamedAtOnce) {
  const auto t = NewTemplate(Sms("{drug} ketamine"), kRestricted, 1, absl::UnixEpoch());
  ASSERT_FALSE(t.ok());
  EXPECT_EQ(GetErrorDetail(t.status())->fields.size(), 3u);
  EXPECT_EQ(ErrorReason(t.status()), "TEMPLATE_INVALID");
}

TEST(Template, RenderedTextFitsWhateverTheClinicIsCalled) {
  MessageTemplate t =
      Sms("{clinic}: visit {date} {time}. No food after {food_until}, clear liquids until {liquids_until}. STOP ends");
  TemplateValues values;
  values.clinic_name =
      "Zentrum f\xc3\xbcr Wohlbefinden \xe2\x80\x93 am Gro\xc3\x9f"
      "en See";
  values.clinic_phone = "+15555550100";
  values.zone = *LoadZone("America/New_York");
  values.start_at = InstantOf(absl::CivilDay(2026, 9, 3), 9 * 60 + 5, values.zone);
  values.food_minutes = 360;
  values.liquids_minutes = 120;
  const auto text = Render(t, values);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text,
            "Zentrum f\xc3\xbcr Wohlbefinden: visit Thu Sep 3 9:05 AM. No food after Thu 3:05 AM, clear liquids until "
            "Thu 7:05 AM. "
            "STOP ends");
  values.food_minutes = 0;
  EXPECT_EQ(ErrorReason(Render(t, values).status()), "TEMPLATE_NOT_RENDERABLE");
}

TEST(Template, TheMostSpecificOfTheVersionsInForceServes) {
  std::vector<MessageTemplate> all;
  const auto add = [&](const char* id, const char* program, const char* visit, const char* language,
                       absl::CivilDay from, int version) {
    MessageTemplate t = Sms("STOP");
    t.id = TemplateId(id);
    t.program = program;
    t.visit_type = visit;
    t.language = language;
    t.effective_from = from;
    t.version = version;
    all.push_back(t);
  };
  const absl::CivilDay june(2026, 6, 1), july(2026, 7, 1);
  add("any", "", "", "en", june, 1);
  add("program", "iv", "", "en", june, 1);
  add("visit", "", "infusion", "en", june, 1);
  add("later", "", "infusion", "en", july, 2);
  add("spanish", "", "", "es", june, 1);
  const auto choose = [&](const char* program, const char* visit, const char* language, absl::CivilDay day) {
    const MessageTemplate* t =
        ChooseTemplate(all, Purpose::kReminder, Channel::kSms, program, visit, language, "", day);
    return t == nullptr ? std::string() : t->id.str();
  };
  EXPECT_EQ(choose("iv", "infusion", "en", june), "visit");
  EXPECT_EQ(choose("iv", "infusion", "en", july), "later");
  EXPECT_EQ(choose("iv", "consult", "en", june), "program");
  EXPECT_EQ(choose("kap", "consult", "fr", june), "any");
  EXPECT_EQ(choose("iv", "infusion", "es", july), "spanish");
  EXPECT_EQ(choose("iv", "infusion", "en", june - 1), "");
  all[2].retired = true;
  EXPECT_EQ(choose("iv", "infusion", "en", june), "program");
}

}  // namespace
}  // namespace kat::messaging
