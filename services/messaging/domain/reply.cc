#include "services/messaging/domain/reply.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace kat::messaging {
namespace {

// Upper-case words with everything else between them dropped; "don't" becomes DONT.
std::vector<std::string> Words(absl::string_view body) {
  std::string clean;
  for (size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (absl::ascii_isalnum(c)) {
      clean += absl::ascii_toupper(c);
    } else if (c == '\'') {
      continue;
    } else if (absl::StartsWith(body.substr(i), "\xe2\x80\x99")) {  // the curly apostrophe of phone keyboards
      i += 2;
    } else {
      clean += ' ';
    }
  }
  return absl::StrSplit(clean, ' ', absl::SkipEmpty());
}

bool OneOf(absl::string_view word, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* item) { return word == item; });
}

bool HasPhrase(const std::string& spaced, std::initializer_list<const char*> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](const char* phrase) { return absl::StrContains(spaced, absl::StrCat(" ", phrase, " ")); });
}

bool IsStopWord(absl::string_view word) {
  return OneOf(word, {"STOP", "QUIT", "END", "REVOKE", "OPTOUT", "CANCEL", "UNSUBSCRIBE"});
}

}  // namespace

Meaning Understand(absl::string_view body, bool stopped) {
  std::vector<std::string> words = Words(body);
  while (!words.empty() && OneOf(words.front(), {"PLEASE", "PLS", "HI", "HELLO", "OK", "OKAY"}) && words.size() > 1) {
    words.erase(words.begin());
  }
  while (words.size() > 1 && OneOf(words.back(), {"PLEASE", "PLS", "THANKS", "THX", "NOW"})) words.pop_back();
  if (words.size() > 2 && words[words.size() - 2] == "THANK" && words.back() == "YOU") words.resize(words.size() - 2);
  if (words.empty()) return Meaning::kOther;
  const std::string text = absl::StrJoin(words, " ");
  const std::string spaced = absl::StrCat(" ", text, " ");

  if (OneOf(text, {"STOPALL", "STOP ALL", "STOP EVERYTHING", "END ALL", "UNSUBSCRIBE ALL", "OPT OUT OF ALL"}))
    return Meaning::kStopAll;
  if (HasPhrase(spaced, {"DONT STOP", "DO NOT STOP", "NEVER STOP"})) return Meaning::kOther;
  if (HasPhrase(spaced,
                {"DO NOT CONTACT ME", "DONT CONTACT ME", "STOP ALL", "STOP CONTACTING ME", "NEVER CONTACT ME"})) {
    return Meaning::kStopAll;
  }
  if (words.size() == 1 && IsStopWord(words[0])) return Meaning::kStop;
  if (OneOf(text, {"OPT OUT", "OPT ME OUT", "ARRET", "ALTO", "PARE", "BASTA", "REMOVE ME", "UNSUBSCRIBE ME"}))
    return Meaning::kStop;
  if (HasPhrase(spaced,
                {"STOP TEXTING",  "STOP TEXTS",       "STOP THE TEXTS",    "STOP THESE",         "STOP MESSAGING",
                 "STOP MESSAGES", "STOP SENDING",     "STOP REMINDERS",    "STOP THE REMINDERS", "STOP MSG",
                 "NO MORE TEXTS", "NO MORE MESSAGES", "NO MORE REMINDERS", "DONT TEXT",          "DO NOT TEXT",
                 "DONT MESSAGE",  "DO NOT MESSAGE",   "DONT SEND",         "DO NOT SEND",        "QUIT TEXTING",
                 "TAKE ME OFF",   "REMOVE ME FROM",   "REMOVE MY NUMBER",  "LEAVE ME ALONE",     "OPT OUT",
                 "UNSUBSCRIBE",   "WRONG NUMBER",     "I REVOKE",          "REVOKE MY CONSENT"})) {
    return Meaning::kStop;
  }
  if (IsStopWord(words[0]) && !OneOf(words[0], {"CANCEL", "END"}) && words.size() <= 3) return Meaning::kStop;

  if (OneOf(text, {"HELP", "INFO", "AYUDA", "WHO IS THIS", "WHO IS IT"})) return Meaning::kHelp;
  if (OneOf(text, {"START", "UNSTOP", "SUBSCRIBE", "RESUME", "OPT IN"})) return Meaning::kStart;
  if (OneOf(text, {"YES", "SI", "Y"}) && stopped) return Meaning::kStart;
  if (OneOf(text, {"C", "CONFIRM", "CONFIRMED", "Y", "YES", "YEP", "YEAH", "YUP", "SI", "YES I WILL BE THERE",
                   "I WILL BE THERE", "ILL BE THERE", "I CONFIRM", "YES CONFIRM", "YES CONFIRMED", "SEE YOU THEN",
                   "C YES"})) {
    return Meaning::kConfirm;
  }
  if (OneOf(text, {"N", "NO", "NOPE", "R", "RESCHEDULE"}) ||
      HasPhrase(spaced,
                {"RESCHEDULE", "CANT COME", "CANNOT COME", "CANT MAKE", "CANNOT MAKE", "WONT MAKE", "ANOTHER TIME",
                 "ANOTHER DAY", "DIFFERENT TIME", "DIFFERENT DAY", "CANCEL MY APPOINTMENT", "CANCEL THE APPOINTMENT",
                 "CANCEL MY APPT", "CANCEL APPOINTMENT", "CANCEL MY VISIT", "CANCEL MY SESSION"})) {
    return Meaning::kReschedule;
  }
  return Meaning::kOther;
}

bool NeedsPersonToo(absl::string_view body) {
  const std::vector<std::string> words = Words(body);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) { return word == "CANCEL" || word == "WRONG"; });
}

}  // namespace kat::messaging
