#include "services/scheduling/domain/protocol_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/protocol_expansion.h"

namespace kat::scheduling {
namespace {

// Collects faults of form.
class FormCheck {
 public:
  FormCheck(const ProtocolVersion& protocol, const VisitDurations& visit_types)
      : protocol_(protocol), visit_types_(visit_types) {}

  std::vector<FieldViolation> Run() {
    std::set<std::string> ids;
    for (size_t i = 0; i < protocol_.phases.size(); ++i) {
      const Phase& phase = protocol_.phases[i];
      const std::string path = absl::StrCat("protocol_version.phases[", i, "]");
      if (!ids.insert(phase.id).second) Add(absl::StrCat(path, ".phase_id"), "is used twice");
      if (phase.open_ended && i + 1 < protocol_.phases.size()) {
        Add(absl::StrCat(path, ".open_ended"), "only the last phase may be open-ended");
      }
      CheckVisits(phase, path);
      CheckRules(phase, path);
    }
    return std::move(faults_);
  }

 private:
  void Add(std::string field, std::string what) { faults_.push_back({std::move(field), std::move(what)}); }

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

// Every phase once, an open-ended one twice: what follows repeats.
Expansion ExpandAll(const ProtocolVersion& protocol) {
  std::vector<int> phases;
  for (size_t i = 0; i < protocol.phases.size(); ++i) {
    phases.push_back(static_cast<int>(i));
    if (protocol.phases[i].open_ended) phases.push_back(static_cast<int>(i));
  }
  return ExpandPhases(protocol, phases, {});
}

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
std::vector<VisitLag> FindCycle(const std::vector<VisitLag>& lags, Bounds (*bounds_of)(const Gap&)) {
  int nodes = 0;
  const std::vector<Edge> edges = MakeEdges(lags, bounds_of, &nodes);
  std::vector<int> distance(nodes, 0);
  std::vector<int> came_by(nodes, -1);
  int changed = -1;
  for (int round = 0; round <= nodes; ++round) {
    changed = -1;
    for (size_t i = 0; i < edges.size(); ++i) {
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
  const Expansion all = ExpandAll(protocol);
  std::map<std::string, int> visits;  // and their minutes
  for (const VisitSpec& visit : all.visits) visits[visit.visit_id] = visit_types.at(visit.visit_type);
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
  const std::vector<VisitLag> contradiction = FindContradiction(all.lags, visits);
  return contradiction.empty() ? absl::OkStatus() : ProtocolUnsatisfiable(contradiction);
}

}  // namespace kat::scheduling
