#ifndef KAT_SERVICES_MESSAGING_DOMAIN_TEMPLATE_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_TEMPLATE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

// The words of one kind of message on one channel: one immutable version.
struct MessageTemplate {
  TemplateId id;
  Purpose purpose = Purpose::kNone;
  Channel channel = Channel::kNone;
  Category category = Category::kNone;
  std::string program;     // "" for any
  std::string visit_type;  // "" for any
  std::string language;
  std::string code;  // ad hoc templates only
  std::string body;
  std::string subject_line;
  absl::CivilDay effective_from;
  int version = 0;
  int longest_characters = 0;
  bool retired = false;
  int64_t revision = 1;  // etag
  absl::Time created_at;
  absl::Time updated_at;
};

// What fills a template's placeholders.
struct TemplateValues {
  std::string clinic_name;
  std::string clinic_phone;  // E.164
  std::string link;
  std::string first_name;
  std::optional<absl::Time> start_at;
  std::vector<absl::Time> visits;  // all that a notice tells of, in order; empty: `start_at` alone
  absl::TimeZone zone;             // the clinic's: people come to the clinic
  int food_minutes = 0;            // before the start; 0 where there is none to state
  int liquids_minutes = 0;
};

// Everything wrong with the words, for people; empty where nothing is. SMS: 160 GSM-7 characters at worst, opt-out
// words, no restricted words, neither in itself nor in the clinic's name, no `{first_name}` (45 CFR 164.502(b), minimum
// necessary).
std::vector<std::string> TemplateProblems(const MessageTemplate& draft,
                                          const std::vector<std::string>& restricted_words,
                                          absl::string_view clinic_name);

// The longest count of `body` after expansion; nullopt where it has characters outside GSM 7-bit.
std::optional<int> LongestCharacters(absl::string_view body);

// Checks a draft and completes it as version `version`. INVALID_ARGUMENT with every problem.
absl::StatusOr<MessageTemplate> NewTemplate(MessageTemplate draft, const std::vector<std::string>& restricted_words,
                                            absl::string_view clinic_name, int version, absl::Time now);

// Whether the words need an appointment to speak of.
bool NeedsAppointment(absl::string_view body);

// Whether the words list every visit that a notice tells of.
bool ListsVisits(absl::string_view body);

// The words filled in. FAILED_PRECONDITION where a placeholder has no value, or an SMS breaks its limits or holds a
// word that it may not.
absl::StatusOr<std::string> Render(const MessageTemplate& message_template, const TemplateValues& values,
                                   const std::vector<std::string>& restricted_words);

// The words for a sample patient, for previews.
std::string RenderSample(absl::string_view body, Channel channel);

// The version that serves on `day`, the most specific of program and visit type first, `language` before `en`; nullptr
// where there is none.
const MessageTemplate* ChooseTemplate(const std::vector<MessageTemplate>& templates, Purpose purpose, Channel channel,
                                      absl::string_view program, absl::string_view visit_type,
                                      absl::string_view language, absl::string_view code, absl::CivilDay day);

// `+15555550100` as people in the US write it; other numbers unchanged.
std::string FormatPhone(absl::string_view e164);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_TEMPLATE_H_
