#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/ids.h"

// A treatment protocol as data. Visits are named by a stem and a number that counts on through the phases (`dose-9`);
// the rules speak of stems, and protocol_expansion.h turns them into lags between single visits.
namespace kat::scheduling {

// What a rule says about the time from one visit to a later one: calendar days, and minutes from start to start.
struct Gap {
  int min_days = 0;
  std::optional<int> max_days;
  std::optional<int> min_minutes;
  std::optional<int> max_minutes;
  std::optional<int> ideal_days;

  friend bool operator==(const Gap&, const Gap&) = default;
};

struct PhaseVisits {
  std::string stem;
  VisitTypeId visit_type;
  int count = 1;
};

// Between a visit of the stem and the one `step` numbers later; the later one is in the phase.
struct Spacing {
  std::string stem;
  int step = 1;
  Gap gap;
};

// At most `max_visits` of the stem in any `days` days.
struct RollingLimit {
  std::string stem;
  int max_visits = 1;
  int days = 1;
};

// Days from the phase's first to its last visit of the stem, both counted; 0: no limit.
struct SpanLimit {
  std::string stem;
  int min_days = 0;
  int max_days = 0;
};

// The i-th visit of `stem` in the phase comes after the after_ordinals[i]-th of `after_stem` in it (from 1), or after
// the i-th.
struct FollowUp {
  std::string stem;
  std::string after_stem;
  std::vector<int> after_ordinals;
  Gap gap;
};

// A way on from a phase: to a phase of the protocol, or to its end, where `next_phase` is empty.
struct DecisionOption {
  std::string id;
  std::string display_name;
  std::string next_phase;
};

// After the phase one of `roles` (kat.common.v1.Role) says how the course goes on.
// Until then nothing that follows is planned; or, where there is a default, what that says, provisionally.
struct DecisionPoint {
  std::vector<int> roles;
  std::vector<DecisionOption> options;
  std::string default_option;

  const DecisionOption* Find(absl::string_view id) const;
};

struct Phase {
  std::string id;
  std::string display_name;
  std::vector<PhaseVisits> visits;
  std::vector<Spacing> spacings;
  std::vector<RollingLimit> rolling_limits;
  std::vector<SpanLimit> span_limits;
  std::vector<FollowUp> follow_ups;
  bool open_ended = false;
  std::optional<DecisionPoint> decision_point;

  const PhaseVisits* FindStem(absl::string_view stem) const;
};

// A rule between two single visits.
struct VisitLag {
  std::string from_visit;
  std::string to_visit;
  Gap gap;

  friend bool operator==(const VisitLag&, const VisitLag&) = default;
};

struct ProtocolVersion {
  ProtocolId protocol;
  int version = 1;
  std::string display_name;
  std::string program;
  std::vector<Phase> phases;
  std::vector<VisitLag> lags;
  int min_lead_days = 0;
  std::optional<absl::CivilDay> effective_from;
  std::string source;
  std::vector<int> override_roles;  // numbers of kat.common.v1.Role; empty: see OverrideRoles
  absl::Time created_at;

  // Who may decide a departure from its rules: those named, else whoever prescribes.
  std::vector<int> OverrideRoles() const;
  // Index of the phase, or -1.
  int FindPhase(absl::string_view id) const;
  // Phases that can come after one: what its decision point leads to, else itself where it has no end, else the next
  // one; none at the end of the protocol.
  std::vector<int> PhasesAfter(int phase) const;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_H_
