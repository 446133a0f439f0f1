#include "services/messaging/domain/policy.h"

#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/messaging/domain/disclosure.h"
#include "services/messaging/domain/gsm7.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

template <class Policy>
bool Holds(const Policy& policy, absl::CivilDay day) {
  return policy.effective_from <= day && (!policy.effective_until || day < *policy.effective_until);
}

template <class Policy>
void CheckDays(const Policy& draft, const char* field, std::vector<FieldViolation>& problems) {
  if (draft.effective_until && *draft.effective_until <= draft.effective_from) {
    problems.push_back({absl::StrCat(field, ".effective_until"), "Must be after effective_from."});
  }
}

}  // namespace

absl::StatusOr<CadencePolicy> NewCadence(CadencePolicy draft, absl::Time now) {
  std::vector<FieldViolation> problems;
  CheckDays(draft, "cadence_policy", problems);
  std::set<std::string> seen;
  for (size_t i = 0; i < draft.steps.size(); ++i) {
    const CadenceStep& step = draft.steps[i];
    const std::string field = absl::StrCat("cadence_policy.steps[", i, "]");
    if (!seen.insert(step.step_id).second) problems.push_back({field + ".step_id", "Stands twice."});
    if (step.step_id == "adhoc" || step.step_id == "answer") problems.push_back({field + ".step_id", "Is reserved."});
    if (step.purpose == Purpose::kAdHoc) problems.push_back({field + ".purpose", "AD_HOC is sent by hand."});
    if (IsNotice(step.purpose) && step.offset_minutes != 0) {
      problems.push_back({field + ".offset_minutes", "A notice goes out at once."});
    }
    if (!IsNotice(step.purpose) && step.purpose != Purpose::kFollowUp &&
        step.offset_minutes < draft.least_lead_minutes) {
      problems.push_back({field + ".offset_minutes", "Must be at least least_lead_minutes."});
    }
    if (step.asks_confirmation &&
        (step.purpose == Purpose::kFollowUp || step.purpose == Purpose::kCancellationNotice)) {
      problems.push_back(
          {field + ".asks_confirmation", "There is nothing to confirm after or without an appointment."});
    }
    if (step.first_session_only && step.purpose != Purpose::kFollowUp) {
      problems.push_back({field + ".first_session_only", "Is for FOLLOW_UP."});
    }
    if (step.channels.empty()) problems.push_back({field + ".channels", "Needs at least one."});
  }
  if (draft.driver_by_minutes > 0 && !draft.driver_required) {
    problems.push_back({"cadence_policy.driver_by_minutes", "Needs driver_required."});
  }
  if (!problems.empty()) return InvalidFields(std::move(problems));
  draft.id = CadenceId(NewId());
  draft.created_at = now;
  return draft;
}

absl::StatusOr<MessagingPolicy> NewMessagingPolicy(MessagingPolicy draft, absl::Time now) {
  std::vector<FieldViolation> problems;
  CheckDays(draft, "messaging_policy", problems);
  if (draft.window.until_minute - draft.window.from_minute < limits::kLeastOpenMinutes) {
    problems.push_back({"messaging_policy.send_until", "Must be at least two hours after send_from."});
  }
  if (draft.consented_per_week < draft.consented_per_day) {
    problems.push_back({"messaging_policy.consented_per_week", "Must not be below consented_per_day."});
  }
  const std::optional<int> link = Gsm7Length(draft.link);
  if (!link || *link > limits::kLinkCharacters) {
    problems.push_back({"messaging_policy.link", "At most 40 characters of the GSM 7-bit alphabet."});
  }
  for (const std::string& word : Disclosures(draft.link, draft.restricted_words)) {
    problems.push_back({"messaging_policy.link", absl::StrCat("Stands in SMS, where '", word, "' may not.")});
  }
  for (size_t i = 0; i < draft.restricted_words.size(); ++i) {
    if (draft.restricted_words[i].empty()) {
      problems.push_back({absl::StrCat("messaging_policy.restricted_words[", i, "]"), "Must not be empty."});
    }
  }
  if (!problems.empty()) return InvalidFields(std::move(problems));
  draft.id = PolicyId(NewId());
  draft.created_at = now;
  return draft;
}

const CadencePolicy* ChooseCadence(const std::vector<CadencePolicy>& cadences, absl::string_view program,
                                   absl::string_view visit_type, absl::CivilDay day) {
  const auto rank = [](const CadencePolicy& c) {
    return std::make_tuple(!c.visit_type.empty(), !c.program.empty(), c.created_at, c.id.str());
  };
  const CadencePolicy* best = nullptr;
  for (const CadencePolicy& cadence : cadences) {
    if (!Holds(cadence, day)) continue;
    if (!cadence.program.empty() && cadence.program != program) continue;
    if (!cadence.visit_type.empty() && cadence.visit_type != visit_type) continue;
    if (best == nullptr || rank(cadence) > rank(*best)) best = &cadence;
  }
  return best;
}

const MessagingPolicy* ChoosePolicy(const std::vector<MessagingPolicy>& policies, absl::CivilDay day) {
  const MessagingPolicy* best = nullptr;
  for (const MessagingPolicy& policy : policies) {
    if (!Holds(policy, day)) continue;
    if (best == nullptr || std::tie(policy.created_at, policy.id) > std::tie(best->created_at, best->id))
      best = &policy;
  }
  return best;
}

}  // namespace kat::messaging
