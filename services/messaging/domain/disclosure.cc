#include "services/messaging/domain/disclosure.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace kat::messaging {
namespace {

constexpr const char* kDrugs[] = {"ketamine", "spravato", "ketalar"};  // esketamine holds the first

// The accented letters of the GSM alphabet, which are all that an SMS may hold.
constexpr std::array<std::pair<const char*, const char*>, 23> kPlain = {{
    {"\u00e0", "a"},  {"\u00e5", "a"}, {"\u00e4", "a"}, {"\u00e6", "ae"}, {"\u00c5", "a"},  {"\u00c4", "a"},
    {"\u00c6", "ae"}, {"\u00e8", "e"}, {"\u00e9", "e"}, {"\u00c9", "e"},  {"\u00ec", "i"},  {"\u00f2", "o"},
    {"\u00f8", "o"},  {"\u00f6", "o"}, {"\u00d8", "o"}, {"\u00d6", "o"},  {"\u00f9", "u"},  {"\u00fc", "u"},
    {"\u00dc", "u"},  {"\u00f1", "n"}, {"\u00d1", "n"}, {"\u00c7", "c"},  {"\u00df", "ss"},
}};

// Lower case without accents; what is neither letter nor digit becomes `between`, but for white space, which stays.
std::string Fold(absl::string_view text, absl::string_view between) {
  std::string folded;
  for (const char c : absl::AsciiStrToLower(absl::StrReplaceAll(text, kPlain))) {
    if (absl::ascii_isalnum(c) || (c & 0x80) != 0 || absl::ascii_isspace(c)) {
      folded += c;
    } else {
      folded.append(between.data(), between.size());
    }
  }
  return folded;
}

// Words with one space around each.
std::string Spaced(absl::string_view text) {
  const std::vector<std::string> words =
      absl::StrSplit(Fold(text, " "), absl::ByAnyChar(" \t\r\n\v\f"), absl::SkipEmpty());
  return absl::StrCat(" ", absl::StrJoin(words, " "), " ");
}

}  // namespace

std::vector<std::string> Disclosures(absl::string_view text, const std::vector<std::string>& restricted) {
  std::vector<std::string> found;
  const std::string joined = Fold(text, "");
  for (const char* drug : kDrugs) {
    if (absl::StrContains(joined, drug)) found.push_back(drug);
  }
  const std::string spaced = Spaced(text);
  for (const std::string& word : restricted) {
    const std::string wanted = Spaced(word);
    const bool told = std::any_of(found.begin(), found.end(),
                                  [&](const std::string& other) { return absl::EqualsIgnoreCase(other, word); });
    if (told || wanted.size() <= 2) continue;
    const absl::string_view open = absl::string_view(wanted).substr(0, wanted.size() - 1);
    for (const char* ending : {" ", "s ", "es "}) {
      if (!absl::StrContains(spaced, absl::StrCat(open, ending))) continue;
      found.push_back(word);
      break;
    }
  }
  return found;
}

}  // namespace kat::messaging
