#include "services/messaging/domain/reply.h"

#include "gtest/gtest.h"

namespace kat::messaging {
namespace {

TEST(Reply, TheWordsOfTheRegulationEndMessages) {
  for (const char* word : {"STOP", "stop", " Stop. ", "QUIT", "END", "REVOKE", "OPT OUT", "opt-out", "CANCEL",
                           "Unsubscribe", "STOP!!", "please stop"}) {
    EXPECT_EQ(Understand(word, false), Meaning::kStop) << word;
  }
  for (const char* word : {"STOPALL", "stop all", "Stop everything"})
    EXPECT_EQ(Understand(word, false), Meaning::kStopAll) << word;
}

TEST(Reply, AnyReasonableWordsEndMessages) {
  for (const char* words :
       {"Please stop texting me", "don't text me anymore", "do not message this number", "Take me off your list",
        "no more texts please", "leave me alone", "wrong number", "I revoke my consent", "stop sending me these",
        "Don\xe2\x80\x99t text me", "unsubscribe me please"}) {
    EXPECT_EQ(Understand(words, false), Meaning::kStop) << words;
  }
  EXPECT_EQ(Understand("do not contact me again", false), Meaning::kStopAll);
}

TEST(Reply, WhatMayMeanTheOppositeIsReadByAPerson) {
  for (const char* words : {"don't stop the reminders", "I had to stop at the store, running late",
                            "what time does it end", "", "??", "thanks"}) {
    EXPECT_EQ(Understand(words, false), Meaning::kOther) << words;
  }
}

TEST(Reply, YesConfirmsOrOptsInAgainAfterAStop) {
  for (const char* words : {"C", "c", "Yes", "Y", "confirm", "Confirmed!", "ok yes", "I'll be there", "si"}) {
    EXPECT_EQ(Understand(words, false), Meaning::kConfirm) << words;
  }
  EXPECT_EQ(Understand("YES", true), Meaning::kStart);
  EXPECT_EQ(Understand("C", true), Meaning::kConfirm);
  for (const char* words : {"START", "unstop", "Opt in"}) EXPECT_EQ(Understand(words, true), Meaning::kStart) << words;
}

TEST(Reply, NoAndOtherTimesAskForAPerson) {
  for (const char* words :
       {"N", "no", "R", "can't make it", "need to reschedule", "cancel my appointment", "Another day?"}) {
    EXPECT_EQ(Understand(words, false), Meaning::kReschedule) << words;
  }
  EXPECT_TRUE(NeedsPersonToo("CANCEL"));
  EXPECT_TRUE(NeedsPersonToo("wrong number"));
  EXPECT_FALSE(NeedsPersonToo("STOP"));
}

TEST(Reply, HelpIsHelp) {
  EXPECT_EQ(Understand("HELP", false), Meaning::kHelp);
  EXPECT_EQ(Understand("info", true), Meaning::kHelp);
  EXPECT_EQ(Understand("who is this?", false), Meaning::kHelp);
}

}  // namespace
}  // namespace kat::messaging
