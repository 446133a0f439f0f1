#include "services/authorization/domain/work.h"

#include <algorithm>

namespace kat::authorization::domain {

std::vector<WorkItem> OpenWork(const PriorAuthorization& auth, absl::TimeZone zone) {
  std::vector<WorkItem> open;
  const Urgency late = auth.decision_overdue ? Urgency::kUrgent : Urgency::kRoutine;
  switch (auth.state) {
    case AuthState::kDraft:
      open.push_back({"AUTHORIZATION_PACKET_INCOMPLETE", Role::kAssistant, std::nullopt, Urgency::kRoutine});
      break;
    case AuthState::kReady:
      open.push_back({"AUTHORIZATION_TO_SUBMIT", Role::kAssistant, std::nullopt, Urgency::kSoon});
      break;
    case AuthState::kSubmitted:
    case AuthState::kPended:
    case AuthState::kPeerToPeer:
    case AuthState::kAppealFirst:
    case AuthState::kAppealSecond:
    case AuthState::kExternalReview:
      open.push_back({"AUTHORIZATION_DECISION_DUE", Role::kAssistant, auth.decision_due_at, late});
      break;
    case AuthState::kInfoRequested:
      open.push_back({"AUTHORIZATION_RESPONSE_DUE", Role::kAssistant, auth.response_due_at,
                      auth.decision_overdue ? Urgency::kUrgent : Urgency::kSoon});
      break;
    case AuthState::kContactPayer:
      open.push_back({"AUTHORIZATION_CONTACT_PAYER", Role::kAssistant, std::nullopt, Urgency::kSoon});
      break;
    case AuthState::kDenied:
    case AuthState::kPeerToPeerUpheld:
    case AuthState::kAppealFirstUpheld:
    case AuthState::kAppealSecondUpheld:
      open.push_back({"AUTHORIZATION_DENIED", Role::kPsychiatrist, auth.response_due_at, Urgency::kSoon});
      break;
    default:
      break;
  }
  const bool ending = auth.state == AuthState::kExpiring || auth.state == AuthState::kExhausted;
  if (ending && auth.renewed_by.empty()) {
    const Urgency urgency = auth.state == AuthState::kExhausted || auth.renewal_stage >= 3 ? Urgency::kUrgent
                            : auth.renewal_stage == 2                                      ? Urgency::kSoon
                                                                                           : Urgency::kRoutine;
    open.push_back({"AUTHORIZATION_RENEWAL", Role::kAssistant, InstantOf(*auth.valid_until, 0, zone), urgency});
  }
  return open;
}

std::vector<WorkItem> OpenWork(const MonitoringForm& form, const Settings& settings, absl::Time now) {
  const int passed = EscalationStage(form, settings, now);
  // A session whose record nobody completes would be reported late without anybody being told.
  const bool forgotten = form.state == FormState::kNotDue && passed > 0;
  if (form.state != FormState::kDraft && form.state != FormState::kReady && form.state != FormState::kNeedsCorrection &&
      !forgotten) {
    return {};
  }
  const int stages = static_cast<int>(settings.monitoring_form_days.size());
  const Urgency urgency = now >= form.due_at || passed >= stages ? Urgency::kUrgent
                          : passed > 0                           ? Urgency::kSoon
                                                                 : Urgency::kRoutine;
  return {
      {"MONITORING_FORM_DUE", form.state == FormState::kReady ? Role::kAssistant : Role::kNurse, form.due_at, urgency}};
}

std::vector<WorkItem> WorkChanges(const std::vector<WorkItem>& before, const std::vector<WorkItem>& after) {
  std::vector<WorkItem> changes;
  const auto find = [](const std::vector<WorkItem>& items, const std::string& kind) {
    return std::find_if(items.begin(), items.end(), [&](const WorkItem& item) { return item.kind == kind; });
  };
  for (const WorkItem& item : before) {
    if (find(after, item.kind) != after.end()) continue;
    changes.push_back(item);
    changes.back().closed = true;
  }
  for (const WorkItem& item : after) {
    const auto old = find(before, item.kind);
    if (old == before.end() || !(*old == item)) changes.push_back(item);
  }
  return changes;
}

}  // namespace kat::authorization::domain
