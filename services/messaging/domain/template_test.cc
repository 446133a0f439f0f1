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
  const auto t = NewTemplate(Sms("{clinic}: visit {date} {time}. Reply C to confirm, STOP to end."), kRestricted,
                             "Harbor", 3, absl::UnixEpoch());
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(t->version, 3);
  EXPECT_EQ(t->longest_characters, 24 + 10 + 8 + 43);
}

TEST(Template, ARestrictedWordIsRefusedInAnyCaseAndNumber) {
  const std::vector<std::string> words = {"infusion", "opioid use"};
  const auto problems = [&](const std::string& body) {
    return TemplateProblems(Sms(body + " STOP ends"), words, "Harbor");
  };
  EXPECT_TRUE(Mentions(problems("Your INFUSION visit."), "infusion"));
  EXPECT_TRUE(Mentions(problems("Two infusions."), "infusion"));
  EXPECT_TRUE(Mentions(problems("Opioid   use."), "opioid use"));
  EXPECT_TRUE(problems("Two infusionists.").empty());
  EXPECT_TRUE(problems("Opioid. Use.").size() == 1u);
}

TEST(Template, ADrugsNameIsRefusedWithoutAnyPolicyHoweverItIsWritten) {
  for (const char* body :
       {"Your KETAMINE visit", "Ketamines", "esketamine", "S-ketamine", "ketamine-assisted", "ket-a-mine",
        "k.e.t.a.m.i.n.e", "K\xc3\xa9tamine", "MyKetamineVisit", "spravato!", "SPRAVATO(R)", "Ketalar"}) {
    EXPECT_EQ(TemplateProblems(Sms(std::string(body) + ". STOP ends"), {}, "Harbor").size(), 1u) << body;
  }
  EXPECT_TRUE(TemplateProblems(Sms("Take a minute. STOP ends"), {}, "Harbor").empty());
}

TEST(Template, AClinicNamedAfterItsDrugCannotSayItsNameInAnSms) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{clinic}: visit. STOP ends"), {}, "Boston Ketamine Center"), "{clinic}"));
  EXPECT_TRUE(TemplateProblems(Sms("Boston Center: visit. STOP ends"), {}, "Boston Ketamine Center").empty());
}

TEST(Template, VisitsAreListedInNoticesAloneAndFit) {
  MessageTemplate t = Sms("{clinic}: {visits}. STOP ends");
  EXPECT_TRUE(Mentions(TemplateProblems(t, {}, "Harbor"), "{visits}"));
  t.purpose = Purpose::kCancellationNotice;
  EXPECT_TRUE(TemplateProblems(t, {}, "Harbor").empty());
  EXPECT_EQ(LongestCharacters(t.body), 24 + 2 + 52 + 11);
  TemplateValues values;
  values.clinic_name = "Harbor";
  values.zone = *LoadZone("America/New_York");
  values.start_at = InstantOf(absl::CivilDay(2026, 9, 30), 12 * 60 + 30, values.zone);
  EXPECT_EQ(*Render(t, values, {}), "Harbor: Wed Sep 30 12:30 PM. STOP ends");
  for (int i = 0; i < 101; ++i) values.visits.push_back(*values.start_at + absl::Hours(24 * i));
  EXPECT_EQ(*Render(t, values, {}), "Harbor: Wed Sep 30 12:30 PM, Thu Oct 1 12:30 PM and 99 more. STOP ends");
  values.visits.resize(2);
  EXPECT_EQ(*Render(t, values, {}), "Harbor: Wed Sep 30 12:30 PM, Thu Oct 1 12:30 PM. STOP ends");
}

TEST(Template, TheLongestExpansionCountsNotTheTemplate) {
  const std::string filler(120, 'x');
  EXPECT_TRUE(Mentions(TemplateProblems(Sms(filler + "{clinic}{link} STOP"), kRestricted, "Harbor"), "this has 189"));
  EXPECT_TRUE(TemplateProblems(Sms(filler + " STOP"), kRestricted, "Harbor").empty());
}

TEST(Template, CharactersOutsideGsm7AreRefusedAndExtensionCharactersCountTwice) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("Caf\xc3\xa1 STOP"), kRestricted, "Harbor"), "GSM 7-bit"));
  EXPECT_EQ(Gsm7Length("a\xe2\x82\xac[b]"), 8);  // the euro sign and both brackets
  EXPECT_EQ(Gsm7Length("\xf0\x9f\x98\x80"), std::nullopt);
}

TEST(Template, AnSmsWithoutAWayOutOrWithANameIsRefused) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{clinic}: visit {date}."), kRestricted, "Harbor"), "opt out"));
  EXPECT_TRUE(
      Mentions(TemplateProblems(Sms("Hi {first_name}. STOP ends"), kRestricted, "Harbor"), "minimum necessary"));
}

TEST(Template, UnknownPlaceholdersAndOpenBracesAreRefused) {
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{drug} STOP"), kRestricted, "Harbor"), "{drug}"));
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("{clinic STOP"), kRestricted, "Harbor"), "Braces"));
  EXPECT_TRUE(Mentions(TemplateProblems(Sms("clinic} STOP"), kRestricted, "Harbor"), "Braces"));
}

TEST(Template, EveryProblemIsNamedAtOnce) {
  const auto t = NewTemplate(Sms("{drug} ketamine"), kRestricted, "Harbor", 1, absl::UnixEpoch());
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
  const auto text = Render(t, values, kRestricted);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text,
            "Zentrum f\xc3\xbcr Wohlbefinden: visit Thu Sep 3 9:05 AM. No food after Thu 3:05 AM, clear liquids until "
            "Thu 7:05 AM. "
            "STOP ends");
  values.food_minutes = 0;
  EXPECT_EQ(ErrorReason(Render(t, values, kRestricted).status()), "TEMPLATE_NOT_RENDERABLE");
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
