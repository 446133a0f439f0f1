#include "services/messaging/domain/template.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/disclosure.h"
#include "services/messaging/domain/errors.h"
#include "services/messaging/domain/gsm7.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

struct Placeholder {
  const char* name;
  int longest;
  bool in_sms;
  bool of_appointment;
  const char* sample;
};

constexpr Placeholder kPlaceholders[] = {
    {"clinic", limits::kClinicNameCharacters, true, false, "Harbor Wellness"},
    {"phone", limits::kPhoneCharacters, true, false, "(555) 555-0100"},
    {"date", limits::kDateCharacters, true, true, "Wed Sep 30"},
    {"time", limits::kTimeCharacters, true, true, "9:30 AM"},
    {"link", limits::kLinkCharacters, true, false, "https://clinic.example/visits"},
    {"food_until", limits::kPrepTimeCharacters, true, true, "Wed 3:30 AM"},
    {"liquids_until", limits::kPrepTimeCharacters, true, true, "Wed 7:30 AM"},
    {"visits", limits::kVisitsCharacters, true, true, "Wed Sep 30 9:30 AM, Fri Oct 2 9:30 AM and 4 more"},
    {"first_name", limits::kFirstNameCharacters, false, false, "Alex"},
};

const Placeholder* Find(absl::string_view name) {
  for (const Placeholder& placeholder : kPlaceholders) {
    if (name == placeholder.name) return &placeholder;
  }
  return nullptr;
}

// Copies `body`, giving each `{name}` to `fill`. False where braces do not pair.
bool Expand(absl::string_view body, const std::function<std::string(absl::string_view)>& fill, std::string* out) {
  while (!body.empty()) {
    const size_t open = body.find_first_of("{}");
    if (open == absl::string_view::npos) {
      absl::StrAppend(out, body);
      return true;
    }
    if (body[open] == '}') return false;
    const size_t close = body.find('}', open);
    if (close == absl::string_view::npos) return false;
    absl::StrAppend(out, body.substr(0, open), fill(body.substr(open + 1, close - open - 1)));
    body.remove_prefix(close + 1);
  }
  return true;
}

// Case matters: the word must stand out as the one to reply with.
bool SaysHowToStop(absl::string_view body) { return absl::StrContains(body, "STOP"); }

std::string FormatIn(const char* format, absl::Time at, absl::TimeZone zone) {
  std::string text = absl::FormatTime(format, at, zone);
  // absl pads; people write `9:30 AM` and `Sep 3`.
  for (size_t at_space = text.find("  "); at_space != std::string::npos; at_space = text.find("  ")) {
    text.erase(at_space, 1);
  }
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '0' && (i == 0 || text[i - 1] == ' ') && absl::ascii_isdigit(text[i + 1])) text.erase(i, 1);
  }
  return text;
}

std::string VisitAt(absl::Time at, absl::TimeZone zone) { return FormatIn("%a %b %e %I:%M %p", at, zone); }

// As many of the visits as fit, at least one, and how many more there are.
std::string ListVisits(const std::vector<absl::Time>& visits, absl::TimeZone zone, size_t longest) {
  std::string best;
  std::string list;
  for (size_t i = 0; i < visits.size(); ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ", ", VisitAt(visits[i], zone));
    const size_t more = visits.size() - i - 1;
    std::string text = more == 0 ? list : absl::StrCat(list, " and ", more, " more");
    if (best.empty() || text.size() <= longest) best = std::move(text);
  }
  return best;
}

// Whether the words need a placeholder that `is` picks.
bool Needs(absl::string_view body, const std::function<bool(const Placeholder&)>& is) {
  bool needs = false;
  std::string unused;
  Expand(
      body,
      [&](absl::string_view name) {
        const Placeholder* placeholder = Find(name);
        needs = needs || (placeholder != nullptr && is(*placeholder));
        return std::string();
      },
      &unused);
  return needs;
}

absl::Status NoValue(absl::string_view placeholder) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("The template needs {", placeholder, "}, which has no value here."),
                   {.reason = "TEMPLATE_NOT_RENDERABLE"});
}

}  // namespace

std::optional<int> LongestCharacters(absl::string_view body) {
  std::string expanded;
  Expand(
      body,
      [](absl::string_view name) {
        const Placeholder* placeholder = Find(name);
        return std::string(placeholder == nullptr ? 0 : placeholder->longest, 'x');
      },
      &expanded);
  return Gsm7Length(expanded);
}

bool NeedsAppointment(absl::string_view body) {
  return Needs(body, [](const Placeholder& placeholder) { return placeholder.of_appointment; });
}

bool ListsVisits(absl::string_view body) {
  return Needs(body, [](const Placeholder& placeholder) { return placeholder.name == absl::string_view("visits"); });
}

std::vector<std::string> TemplateProblems(const MessageTemplate& draft,
                                          const std::vector<std::string>& restricted_words,
                                          absl::string_view clinic_name) {
  std::vector<std::string> problems;
  std::string named;  // the placeholders whose values are known by now
  std::string words;
  const bool paired = Expand(
      draft.body,
      [&](absl::string_view name) {
        const Placeholder* placeholder = Find(name);
        if (placeholder == nullptr) {
          problems.push_back(absl::StrCat("{", name, "} is no placeholder."));
        } else if (draft.channel == Channel::kSms && !placeholder->in_sms) {
          problems.push_back(
              absl::StrCat("{", name, "} may not stand in an SMS: minimum necessary, 45 CFR 164.502(b)."));
        } else if (placeholder->of_appointment && draft.purpose == Purpose::kCancellationNotice &&
                   absl::EndsWith(name, "_until")) {
          problems.push_back(absl::StrCat("{", name, "} has no meaning in a cancellation."));
        } else if (name == "visits" && !IsNotice(draft.purpose)) {
          problems.push_back("{visits} is for notices of a booking, a move or a cancellation.");
        } else if (name == "clinic") {
          named = std::string(clinic_name);
        }
        return std::string(" ");
      },
      &words);
  if (!paired) problems.push_back("Braces must enclose a placeholder.");
  if (draft.channel != Channel::kSms) return problems;
  const std::optional<int> longest = LongestCharacters(draft.body);
  if (!longest) {
    problems.push_back("An SMS may hold characters of the GSM 7-bit alphabet only.");
  } else if (*longest > limits::kSmsCharacters) {
    problems.push_back(absl::StrCat("An SMS may have ", limits::kSmsCharacters,
                                    " characters after the longest expansion; this has ", *longest, "."));
  }
  if (!SaysHowToStop(draft.body)) {
    problems.push_back("An SMS must say how to opt out: put STOP in it, such as 'Reply STOP to end.'");
  }
  for (const std::string& word : Disclosures(words, restricted_words)) {
    problems.push_back(absl::StrCat("'", word, "' may not stand in an SMS."));
  }
  for (const std::string& word : Disclosures(named, restricted_words)) {
    problems.push_back(absl::StrCat("{clinic} holds '", word, "': write a name that does not tell of the treatment."));
  }
  return problems;
}

absl::StatusOr<MessageTemplate> NewTemplate(MessageTemplate draft, const std::vector<std::string>& restricted_words,
                                            absl::string_view clinic_name, int version, absl::Time now) {
  if (draft.channel != Channel::kEmail && !draft.subject_line.empty()) {
    return InvalidField("message_template.subject_line", "Only a mail has one.");
  }
  if (draft.channel == Channel::kEmail && draft.subject_line.empty()) {
    return InvalidField("message_template.subject_line", "A mail needs one.");
  }
  if ((draft.purpose == Purpose::kAdHoc) != !draft.code.empty()) {
    return InvalidField("message_template.code", "An AD_HOC template needs one, and no other may have one.");
  }
  if (draft.purpose != Purpose::kAdHoc && draft.category != CategoryOf(draft.purpose)) {
    return InvalidField("message_template.category",
                        "Must be CLINICAL for a follow-up and REMINDER for all else around an appointment.");
  }
  const std::vector<std::string> problems = TemplateProblems(draft, restricted_words, clinic_name);
  if (!problems.empty()) return errors::TemplateInvalid(problems);
  draft.id = TemplateId(NewId());
  draft.version = version;
  draft.longest_characters = draft.channel == Channel::kSms ? *LongestCharacters(draft.body) : 0;
  draft.retired = false;
  draft.revision = 1;
  draft.created_at = draft.updated_at = now;
  return draft;
}

absl::StatusOr<std::string> Render(const MessageTemplate& message_template, const TemplateValues& values,
                                   const std::vector<std::string>& restricted_words) {
  const bool sms = message_template.channel == Channel::kSms;
  const auto fit = [&](absl::string_view text, int longest) {
    return sms ? ToGsm7(text, longest) : CutTo(text, longest);
  };
  absl::Status missing;
  std::string out;
  const auto fill = [&](absl::string_view name) -> std::string {
    if (name == "clinic" && !values.clinic_name.empty()) return fit(values.clinic_name, limits::kClinicNameCharacters);
    if (name == "phone" && !values.clinic_phone.empty())
      return fit(FormatPhone(values.clinic_phone), limits::kPhoneCharacters);
    if (name == "link" && !values.link.empty()) return fit(values.link, limits::kLinkCharacters);
    if (name == "first_name" && !sms && !values.first_name.empty())
      return fit(values.first_name, limits::kFirstNameCharacters);
    if (values.start_at) {
      if (name == "date") return FormatIn("%a %b %e", *values.start_at, values.zone);
      if (name == "time") return FormatIn("%I:%M %p", *values.start_at, values.zone);
      if (name == "visits") {
        const std::vector<absl::Time> all = values.visits.empty() ? std::vector{*values.start_at} : values.visits;
        return ListVisits(all, values.zone, sms ? limits::kVisitsCharacters : std::string::npos);
      }
      if (name == "food_until" && values.food_minutes > 0) {
        return FormatIn("%a %I:%M %p", *values.start_at - absl::Minutes(values.food_minutes), values.zone);
      }
      if (name == "liquids_until" && values.liquids_minutes > 0) {
        return FormatIn("%a %I:%M %p", *values.start_at - absl::Minutes(values.liquids_minutes), values.zone);
      }
    }
    if (missing.ok()) missing = NoValue(name);
    return "";
  };
  Expand(message_template.body, fill, &out);
  RETURN_IF_ERROR(missing);
  if (sms) {
    const std::optional<int> length = Gsm7Length(out);
    if (!length || *length > limits::kSmsCharacters) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "The words do not fit an SMS.",
                       {.reason = "TEMPLATE_NOT_RENDERABLE"});
    }
    if (!Disclosures(out, restricted_words).empty()) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "The words hold one that may not stand in an SMS.",
                       {.reason = "TEMPLATE_NOT_RENDERABLE"});
    }
  }
  return out;
}

std::string RenderSample(absl::string_view body, Channel channel) {
  std::string out;
  Expand(
      body,
      [](absl::string_view name) {
        const Placeholder* placeholder = Find(name);
        return placeholder == nullptr ? absl::StrCat("{", name, "}") : std::string(placeholder->sample);
      },
      &out);
  return out;
}

const MessageTemplate* ChooseTemplate(const std::vector<MessageTemplate>& templates, Purpose purpose, Channel channel,
                                      absl::string_view program, absl::string_view visit_type,
                                      absl::string_view language, absl::string_view code, absl::CivilDay day) {
  const MessageTemplate* best = nullptr;
  const auto rank = [&](const MessageTemplate& t) {
    return std::make_tuple(t.language == language, !t.visit_type.empty(), !t.program.empty(), t.effective_from,
                           t.version);
  };
  for (const MessageTemplate& t : templates) {
    if (t.retired || t.purpose != purpose || t.channel != channel || t.code != code || t.effective_from > day) continue;
    if (!t.program.empty() && t.program != program) continue;
    if (!t.visit_type.empty() && t.visit_type != visit_type) continue;
    if (t.language != language && t.language != "en") continue;
    if (best == nullptr || rank(t) > rank(*best)) best = &t;
  }
  return best;
}

std::string FormatPhone(absl::string_view e164) {
  if (e164.size() != 12 || !absl::StartsWith(e164, "+1")) return std::string(e164);
  return absl::StrCat("(", e164.substr(2, 3), ") ", e164.substr(5, 3), "-", e164.substr(8));
}

}  // namespace kat::messaging
