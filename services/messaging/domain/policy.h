#ifndef KAT_SERVICES_MESSAGING_DOMAIN_POLICY_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_POLICY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/domain/ids.h"
#include "services/messaging/domain/quiet_hours.h"

namespace kat::messaging {

// One message of a cadence.
struct CadenceStep {
  std::string step_id;
  Purpose purpose = Purpose::kNone;
  int offset_minutes = 0;  // before the start; after the end for a follow-up
  std::vector<Channel> channels;
  bool asks_confirmation = false;
  bool first_session_only = false;
};

// Which messages go out around one kind of appointment.
struct CadencePolicy {
  CadenceId id;
  std::string program;     // "" for any
  std::string visit_type;  // "" for any
  absl::CivilDay effective_from;
  std::optional<absl::CivilDay> effective_until;  // exclusive
  std::vector<CadenceStep> steps;
  int confirm_by_minutes = 0;
  bool driver_required = false;
  int driver_by_minutes = 0;
  int fasting_food_minutes = 0;
  int fasting_liquids_minutes = 0;
  int least_lead_minutes = 0;
  absl::Time created_at;
};

enum class StopScope { kNone = 0, kCategory = 1, kEverything = 2 };

// How a clinic may use its channels.
struct MessagingPolicy {
  PolicyId id;
  absl::CivilDay effective_from;
  std::optional<absl::CivilDay> effective_until;  // exclusive
  SendWindow window;
  int consented_per_day = 0;
  int consented_per_week = 0;
  int exempt_per_day = 0;
  int exempt_per_week = 0;
  std::vector<std::string> restricted_words;
  StopScope stop_scope = StopScope::kNone;
  std::string link;
  absl::Time created_at;
};

// Check a draft and complete it. INVALID_ARGUMENT with every problem.
absl::StatusOr<CadencePolicy> NewCadence(CadencePolicy draft, absl::Time now);
absl::StatusOr<MessagingPolicy> NewMessagingPolicy(MessagingPolicy draft, absl::Time now);

// The cadence for an appointment on `day`: visit type and program before visit type before program before neither, then
// the latest made; nullptr where none holds.
const CadencePolicy* ChooseCadence(const std::vector<CadencePolicy>& cadences, absl::string_view program,
                                   absl::string_view visit_type, absl::CivilDay day);

// The latest made of those that hold on `day`; nullptr where none does.
const MessagingPolicy* ChoosePolicy(const std::vector<MessagingPolicy>& policies, absl::CivilDay day);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_POLICY_H_
