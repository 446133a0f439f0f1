#include "services/scheduling/domain/protocol_expansion.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kat::scheduling {
namespace {

// Expands one phase into an Expansion, given how many visits of each stem come before it.
class PhaseExpander {
 public:
  PhaseExpander(const Phase& phase, const StemCounts& before, Expansion& out)
      : phase_(phase), before_(before), out_(out) {}

  void Expand() {
    for (const PhaseVisits& visits : phase_.visits) {
      for (int i = 1; i <= visits.count; ++i) {
        out_.visits.push_back({VisitIdOf(visits.stem, Before(visits.stem) + i), visits.visit_type, phase_.id});
      }
      const bool ordered = std::any_of(phase_.spacings.begin(), phase_.spacings.end(), [&](const Spacing& spacing) {
        return spacing.stem == visits.stem && spacing.step == 1;
      });
      if (!ordered) AddStepped(visits, 1, Gap{});
    }
    for (const Spacing& spacing : phase_.spacings)
      AddStepped(*phase_.FindStem(spacing.stem), spacing.step, spacing.gap);
    for (const RollingLimit& limit : phase_.rolling_limits) {
      AddStepped(*phase_.FindStem(limit.stem), limit.max_visits, Gap{.min_days = limit.days});
    }
    for (const SpanLimit& limit : phase_.span_limits) AddSpan(limit);
    for (const FollowUp& follow_up : phase_.follow_ups) AddFollowUp(follow_up);
  }

 private:
  int Before(const std::string& stem) const {
    const auto it = before_.find(stem);
    return it == before_.end() ? 0 : it->second;
  }

  void AddStepped(const PhaseVisits& visits, int step, const Gap& gap) {
    const int first = Before(visits.stem) + 1;
    for (int number = std::max(first, step + 1); number < first + visits.count; ++number) {
      out_.lags.push_back({VisitIdOf(visits.stem, number - step), VisitIdOf(visits.stem, number), gap});
    }
  }

  // "In 14 to 21 days" counts the first and the last day.
  void AddSpan(const SpanLimit& limit) {
    const int count = phase_.FindStem(limit.stem)->count;
    if (count < 2) return;
    Gap gap;
    if (limit.min_days > 0) gap.min_days = limit.min_days - 1;
    if (limit.max_days > 0) gap.max_days = limit.max_days - 1;
    const int first = Before(limit.stem) + 1;
    out_.lags.push_back({VisitIdOf(limit.stem, first), VisitIdOf(limit.stem, first + count - 1), gap});
  }

  void AddFollowUp(const FollowUp& follow_up) {
    const int count = phase_.FindStem(follow_up.stem)->count;
    for (int i = 1; i <= count; ++i) {
      const int after = follow_up.after_ordinals.empty() ? i : follow_up.after_ordinals[i - 1];
      out_.lags.push_back({VisitIdOf(follow_up.after_stem, Before(follow_up.after_stem) + after),
                           VisitIdOf(follow_up.stem, Before(follow_up.stem) + i), follow_up.gap});
    }
  }

  const Phase& phase_;
  const StemCounts& before_;
  Expansion& out_;
};

}  // namespace

std::string VisitIdOf(const std::string& stem, int number) { return absl::StrCat(stem, "-", number); }

Expansion ExpandPhases(const ProtocolVersion& protocol, const std::vector<int>& phases, const StemCounts& before) {
  Expansion out;
  StemCounts counts = before;
  for (int index : phases) {
    PhaseExpander(protocol.phases[index], counts, out).Expand();
    counts = CountAfter(protocol, {index}, std::move(counts));
  }
  for (const VisitLag& lag : protocol.lags) {
    const bool among = std::any_of(out.visits.begin(), out.visits.end(),
                                   [&](const VisitSpec& visit) { return visit.visit_id == lag.to_visit; });
    if (among) out.lags.push_back(lag);
  }
  return out;
}

StemCounts CountAfter(const ProtocolVersion& protocol, const std::vector<int>& phases, StemCounts before) {
  for (int index : phases) {
    for (const PhaseVisits& visits : protocol.phases[index].visits) before[visits.stem] += visits.count;
  }
  return before;
}

}  // namespace kat::scheduling
