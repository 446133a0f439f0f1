#include "services/scheduling/domain/protocol_check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/protocol_expansion.h"

namespace kat::scheduling {
namespace {

// Who prescribes decides; roles of kat.common.v1.Role.
constexpr int kPsychiatrist = 4;
constexpr int kAdministeringClinician = 5;

// Collects faults of form.
class FormCheck {
 public:
  FormCheck(const ProtocolVersion& protocol, const VisitDurations& visit_types)
      : protocol_(protocol), visit_types_(visit_types) {}

  std::vector<FieldViolation> Run() {
    if (protocol_.phases.empty()) Add("protocol_version.phases", "must not be empty");
    std::set<std::string> ids;
    for (size_t i = 0; i < protocol_.phases.size(); ++i) {
      const Phase& phase = protocol_.phases[i];
      const std::string path = absl::StrCat("protocol_version.phases[", i, "]");
      if (!ids.insert(phase.id).second) Add(absl::StrCat(path, ".phase_id"), "is used twice");
      if (phase.open_ended && i + 1 < protocol_.phases.size() && !IsAnOption(protocol_.phases[i + 1])) {
        Add(absl::StrCat(path, ".open_ended"), "may be only on the last phase, or where an option leads to the next");
      }
      if (phase.decision_point) CheckDecisionPoint(phase, absl::StrCat(path, ".decision_point"));
      CheckVisits(phase, path);
      CheckRules(phase, path);
    }
    if (faults_.empty()) CheckReached();
    return std::move(faults_);
  }

 private:
  void Add(std::string field, std::string what) { faults_.push_back({std::move(field), std::move(what)}); }

  bool IsAnOption(const Phase& phase) const {
    for (const Phase& other : protocol_.phases) {
      if (!other.decision_point) continue;
      for (const DecisionOption& option : other.decision_point->options) {
        if (option.next_phase == phase.id) return true;
      }
    }
    return false;
  }

  void CheckDecisionPoint(const Phase& phase, const std::string& path) {
    const DecisionPoint& point = *phase.decision_point;
    if (phase.open_ended) Add(path, "says what follows; let an option name this phase instead of open_ended");
    for (size_t i = 0; i < point.roles.size(); ++i) {
      if (point.roles[i] == kPsychiatrist || point.roles[i] == kAdministeringClinician) continue;
      Add(absl::StrCat(path, ".roles[", i, "]"), "may not decide on a course");
    }
    std::set<std::string> ids;
    for (size_t i = 0; i < point.options.size(); ++i) {
      const DecisionOption& option = point.options[i];
      const std::string at = absl::StrCat(path, ".options[", i, "]");
      if (!ids.insert(option.id).second) Add(absl::StrCat(at, ".option_id"), "is used twice");
      if (!option.next_phase.empty() && protocol_.FindPhase(option.next_phase) < 0) {
        Add(absl::StrCat(at, ".next_phase"), "is no phase of this protocol");
      }
    }
    if (!point.default_option.empty() && point.Find(point.default_option) == nullptr) {
      Add(absl::StrCat(path, ".default_option"), "is none of the options");
    }
  }

  // No course would ever come to a phase that none leads to.
  void CheckReached() {
    std::set<int> reached = {0};
    std::vector<int> open = {0};
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      for (int after : protocol_.PhasesAfter(at)) {
        if (reached.insert(after).second) open.push_back(after);
      }
    }
    for (size_t i = 0; i < protocol_.phases.size(); ++i) {
      if (!reached.contains(static_cast<int>(i))) {
        Add(absl::StrCat("protocol_version.phases[", i, "]"), "is never reached: no phase leads to it");
      }
    }
  }

  void CheckVisits(const Phase& phase, const std::string& path) {
    std::set<std::string> stems;
    int count = 0;
    for (size_t i = 0; i < phase.visits.size(); ++i) {
      const PhaseVisits& visits = phase.visits[i];
      const std::string at = absl::StrCat(path, ".visits[", i, "]");
      if (!stems.insert(visits.stem).second) Add(absl::StrCat(at, ".stem"), "is used twice in the phase");
      if (!visit_types_.contains(visits.visit_type)) Add(absl::StrCat(at, ".visit_type"), "is no visit type in use");
      count += visits.count;
    }
    if (count > limits::kMaxVisitsPerBlock) {
      Add(absl::StrCat(path, ".visits"), absl::StrCat("are ", count, " visits, at most ", limits::kMaxVisitsPerBlock));
    }
  }

  void CheckRules(const Phase& phase, const std::string& path) {
    for (size_t i = 0; i < phase.spacings.size(); ++i) {
      const std::string at = absl::StrCat(path, ".spacings[", i, "]");
      CheckStem(phase, phase.spacings[i].stem, absl::StrCat(at, ".stem"));
      CheckGap(phase.spacings[i].gap, absl::StrCat(at, ".gap"));
    }
    for (size_t i = 0; i < phase.rolling_limits.size(); ++i) {
      CheckStem(phase, phase.rolling_limits[i].stem, absl::StrCat(path, ".rolling_limits[", i, "].stem"));
    }
    for (size_t i = 0; i < phase.span_limits.size(); ++i) {
      const SpanLimit& limit = phase.span_limits[i];
      const std::string at = absl::StrCat(path, ".span_limits[", i, "]");
      CheckStem(phase, limit.stem, absl::StrCat(at, ".stem"));
      if (limit.max_days > 0 && limit.max_days < limit.min_days) Add(at, "max_days must not be less than min_days");
    }
    for (size_t i = 0; i < phase.follow_ups.size(); ++i) {
      CheckFollowUp(phase, phase.follow_ups[i], absl::StrCat(path, ".follow_ups[", i, "]"));
    }
  }

  void CheckFollowUp(const Phase& phase, const FollowUp& follow_up, const std::string& at) {
    CheckStem(phase, follow_up.stem, absl::StrCat(at, ".stem"));
    CheckStem(phase, follow_up.after_stem, absl::StrCat(at, ".after_stem"));
    CheckGap(follow_up.gap, absl::StrCat(at, ".gap"));
    const PhaseVisits* following = phase.FindStem(follow_up.stem);
    const PhaseVisits* followed = phase.FindStem(follow_up.after_stem);
    if (following == nullptr || followed == nullptr) return;
    if (follow_up.after_ordinals.empty()) {
      if (following->count > followed->count) Add(at, "has more visits than there are to follow; give after_ordinals");
      return;
    }
    if (static_cast<int>(follow_up.after_ordinals.size()) != following->count) {
      Add(absl::StrCat(at, ".after_ordinals"), absl::StrCat("must name one visit for each of the ", following->count));
    }
    for (int ordinal : follow_up.after_ordinals) {
      if (ordinal < 1 || ordinal > followed->count) {
        Add(absl::StrCat(at, ".after_ordinals"), absl::StrCat("must be from 1 to ", followed->count));
        return;
      }
    }
  }

  void CheckStem(const Phase& phase, const std::string& stem, std::string field) {
    if (phase.FindStem(stem) == nullptr) Add(std::move(field), "is no stem of this phase");
  }

  void CheckGap(const Gap& gap, const std::string& path) {
    if (gap.max_days && *gap.max_days < gap.min_days) Add(path, "max_days must not be less than min_days");
    if (gap.min_minutes && gap.max_minutes && *gap.max_minutes < *gap.min_minutes) {
      Add(path, "max_minutes must not be less than min_minutes");
    }
  }

  const ProtocolVersion& protocol_;
  const VisitDurations& visit_types_;
  std::vector<FieldViolation> faults_;
};

// at(to) - at(from) <= bound, in days or minutes, because of lags[rule].
struct Edge {
  int from;
  int to;
  int bound;
  int rule;
};

// What a rule says in one unit.
struct Bounds {
  int min = 0;
  std::optional<int> max;
};

// Ways through a protocol that go each step from phase to phase at most once: a phase that can follow itself comes
// twice, and what repeats longer repeats the same rules.
class Ways {
 public:
  explicit Ways(const ProtocolVersion& protocol) : protocol_(protocol) { Extend({0}); }

  bool too_many() const { return static_cast<int>(all_.size()) > limits::kMaxProtocolWays; }
  const std::vector<std::vector<int>>& all() const { return all_; }

 private:
  void Extend(const std::vector<int>& way) {
    if (too_many()) return;
    bool whole = true;
    for (int after : protocol_.PhasesAfter(way.back())) {
      if (!taken_.insert({way.back(), after}).second) continue;
      whole = false;
      std::vector<int> longer = way;
      longer.push_back(after);
      Extend(longer);
      taken_.erase({way.back(), after});
    }
    if (whole) all_.push_back(way);
  }

  const ProtocolVersion& protocol_;
  std::set<std::pair<int, int>> taken_;
  std::vector<std::vector<int>> all_;
};

void TakeMax(std::optional<int>& max, int other) { max = max ? std::min(*max, other) : other; }

// Starts m minutes apart are at least floor(m / 1440) and at most ceil(m / 1440) days apart.
Bounds InDays(const Gap& gap) {
  Bounds bounds{.min = gap.min_days, .max = gap.max_days};
  if (gap.min_minutes) bounds.min = std::max(bounds.min, *gap.min_minutes / limits::kMinutesPerDay);
  if (gap.max_minutes) {
    TakeMax(bounds.max, (*gap.max_minutes + limits::kMinutesPerDay - 1) / limits::kMinutesPerDay);
  }
  return bounds;
}

// Starts d days apart are more than d - 1 and less than d + 1 days of minutes apart.
Bounds InMinutes(const Gap& gap) {
  Bounds bounds{.min = gap.min_minutes.value_or(0), .max = gap.max_minutes};
  bounds.min = std::max(bounds.min, (gap.min_days - 1) * limits::kMinutesPerDay + 1);
  if (gap.max_days) TakeMax(bounds.max, (*gap.max_days + 1) * limits::kMinutesPerDay - 1);
  return bounds;
}

std::vector<Edge> MakeEdges(const std::vector<VisitLag>& lags, Bounds (*bounds_of)(const Gap&), int* nodes) {
  std::map<std::string, int> known;
  const auto node = [&](const std::string& visit) {
    return known.emplace(visit, static_cast<int>(known.size())).first->second;
  };
  std::vector<Edge> edges;
  for (size_t i = 0; i < lags.size(); ++i) {
    const Bounds bounds = bounds_of(lags[i].gap);
    const int from = node(lags[i].from_visit);
    const int to = node(lags[i].to_visit);
    edges.push_back({to, from, -bounds.min, static_cast<int>(i)});
    if (bounds.max) edges.push_back({from, to, *bounds.max, static_cast<int>(i)});
  }
  *nodes = static_cast<int>(known.size());
  return edges;
}

// Bellman and Ford: the rules are upper bounds on differences, and contradict each other on a cycle of negative length.
// Rounds go back and forth through the rules: least gaps run on to earlier visits, most gaps to later ones.
std::vector<VisitLag> FindCycle(const std::vector<VisitLag>& lags, Bounds (*bounds_of)(const Gap&)) {
  int nodes = 0;
  const std::vector<Edge> edges = MakeEdges(lags, bounds_of, &nodes);
  std::vector<int> distance(nodes, 0);
  std::vector<int> came_by(nodes, -1);
  int changed = -1;
  for (int round = 0; round <= nodes; ++round) {
    changed = -1;
    for (size_t k = 0; k < edges.size(); ++k) {
      const size_t i = round % 2 == 0 ? edges.size() - 1 - k : k;
      const Edge& edge = edges[i];
      if (distance[edge.from] + edge.bound >= distance[edge.to]) continue;
      distance[edge.to] = distance[edge.from] + edge.bound;
      came_by[edge.to] = static_cast<int>(i);
      changed = edge.to;
    }
    if (changed < 0) return {};
  }
  int node = changed;
  for (int i = 0; i < nodes; ++i) node = edges[came_by[node]].from;
  std::vector<VisitLag> cycle;
  for (int at = node;;) {
    const Edge& edge = edges[came_by[at]];
    if (std::find(cycle.begin(), cycle.end(), lags[edge.rule]) == cycle.end()) cycle.push_back(lags[edge.rule]);
    at = edge.from;
    if (at == node) break;
  }
  std::reverse(cycle.begin(), cycle.end());
  return cycle;
}

}  // namespace

std::vector<VisitLag> FindContradiction(const std::vector<VisitLag>& lags,
                                        const std::map<std::string, int>& durations) {
  std::vector<VisitLag> contradiction = FindCycle(lags, InDays);
  if (!contradiction.empty()) return contradiction;
  std::vector<VisitLag> whole = lags;
  for (VisitLag& lag : whole) {
    const auto duration = durations.find(lag.from_visit);
    if (duration == durations.end()) continue;
    lag.gap.min_minutes = std::max(lag.gap.min_minutes.value_or(0), duration->second);
  }
  return FindCycle(whole, InMinutes);
}

absl::Status ValidateProtocol(const ProtocolVersion& protocol, const VisitDurations& visit_types) {
  std::vector<FieldViolation> faults = FormCheck(protocol, visit_types).Run();
  if (!faults.empty()) return InvalidFields(std::move(faults));
  const Ways ways(protocol);
  if (ways.too_many()) {
    return InvalidField("protocol_version.phases", absl::StrCat("have more than ", limits::kMaxProtocolWays,
                                                                " ways through their decision points"));
  }
  std::set<std::string> visits;
  std::vector<Expansion> expansions;
  for (const std::vector<int>& way : ways.all()) {
    expansions.push_back(ExpandPhases(protocol, way, {}));
    for (const VisitSpec& visit : expansions.back().visits) visits.insert(visit.visit_id);
  }
  for (size_t i = 0; i < protocol.lags.size(); ++i) {
    const VisitLag& lag = protocol.lags[i];
    for (const std::string& visit : {lag.from_visit, lag.to_visit}) {
      if (!visits.contains(visit)) {
        faults.push_back({absl::StrCat("protocol_version.lags[", i, "]"), absl::StrCat("no visit ", visit)});
      }
    }
    if (lag.from_visit == lag.to_visit) {
      faults.push_back({absl::StrCat("protocol_version.lags[", i, "]"), "is between a visit and itself"});
    }
  }
  if (!faults.empty()) return InvalidFields(std::move(faults));
  for (const Expansion& expansion : expansions) {
    std::map<std::string, int> minutes;
    for (const VisitSpec& visit : expansion.visits) minutes[visit.visit_id] = visit_types.at(visit.visit_type);
    const std::vector<VisitLag> contradiction = FindContradiction(expansion.lags, minutes);
    if (!contradiction.empty()) return ProtocolUnsatisfiable(contradiction);
  }
  return absl::OkStatus();
}

}  // namespace kat::scheduling
