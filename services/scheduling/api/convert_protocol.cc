#include "services/scheduling/api/convert_protocol.h"

#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

Gap GapFromProto(const v1::Gap& gap) {
  Gap out{.min_days = gap.min_days()};
  if (gap.has_max_days()) out.max_days = gap.max_days();
  if (gap.has_min_minutes()) out.min_minutes = gap.min_minutes();
  if (gap.has_max_minutes()) out.max_minutes = gap.max_minutes();
  if (gap.has_ideal_days()) out.ideal_days = gap.ideal_days();
  return out;
}

void GapToProto(const Gap& gap, v1::Gap* out) {
  out->set_min_days(gap.min_days);
  if (gap.max_days) out->set_max_days(*gap.max_days);
  if (gap.min_minutes) out->set_min_minutes(*gap.min_minutes);
  if (gap.max_minutes) out->set_max_minutes(*gap.max_minutes);
  if (gap.ideal_days) out->set_ideal_days(*gap.ideal_days);
}

Phase PhaseFromProto(const v1::Phase& phase) {
  Phase out{.id = phase.phase_id(), .display_name = phase.display_name(), .open_ended = phase.open_ended()};
  for (const auto& v : phase.visits()) out.visits.push_back({v.stem(), VisitTypeId(v.visit_type()), v.count()});
  for (const auto& s : phase.spacings()) {
    out.spacings.push_back({s.stem(), s.step() == 0 ? 1 : s.step(), GapFromProto(s.gap())});
  }
  for (const auto& r : phase.rolling_limits()) out.rolling_limits.push_back({r.stem(), r.max_visits(), r.days()});
  for (const auto& s : phase.span_limits()) out.span_limits.push_back({s.stem(), s.min_days(), s.max_days()});
  for (const auto& f : phase.follow_ups()) {
    out.follow_ups.push_back(
        {f.stem(), f.after_stem(), {f.after_ordinals().begin(), f.after_ordinals().end()}, GapFromProto(f.gap())});
  }
  if (phase.has_decision_point()) {
    const v1::DecisionPoint& point = phase.decision_point();
    out.decision_point.emplace(DecisionPoint{.default_option = point.default_option()});
    for (int role : point.roles()) out.decision_point->roles.push_back(role);
    for (const v1::DecisionOption& option : point.options()) {
      out.decision_point->options.push_back({option.option_id(), option.display_name(), option.next_phase()});
    }
  }
  return out;
}

void PhaseToProto(const Phase& phase, v1::Phase* out) {
  out->set_phase_id(phase.id);
  out->set_display_name(phase.display_name);
  out->set_open_ended(phase.open_ended);
  for (const PhaseVisits& visits : phase.visits) {
    v1::PhaseVisits& to = *out->add_visits();
    to.set_stem(visits.stem);
    to.set_visit_type(visits.visit_type.str());
    to.set_count(visits.count);
  }
  for (const Spacing& spacing : phase.spacings) {
    v1::Spacing& to = *out->add_spacings();
    to.set_stem(spacing.stem);
    to.set_step(spacing.step);
    GapToProto(spacing.gap, to.mutable_gap());
  }
  for (const RollingLimit& limit : phase.rolling_limits) {
    v1::RollingLimit& to = *out->add_rolling_limits();
    to.set_stem(limit.stem);
    to.set_max_visits(limit.max_visits);
    to.set_days(limit.days);
  }
  for (const SpanLimit& limit : phase.span_limits) {
    v1::SpanLimit& to = *out->add_span_limits();
    to.set_stem(limit.stem);
    to.set_min_days(limit.min_days);
    to.set_max_days(limit.max_days);
  }
  for (const FollowUp& follow_up : phase.follow_ups) {
    v1::FollowUp& to = *out->add_follow_ups();
    to.set_stem(follow_up.stem);
    to.set_after_stem(follow_up.after_stem);
    for (int ordinal : follow_up.after_ordinals) to.add_after_ordinals(ordinal);
    GapToProto(follow_up.gap, to.mutable_gap());
  }
  if (phase.decision_point) {
    v1::DecisionPoint& point = *out->mutable_decision_point();
    for (int role : phase.decision_point->roles) point.add_roles(static_cast<common::v1::Role>(role));
    for (const DecisionOption& option : phase.decision_point->options) {
      v1::DecisionOption& to = *point.add_options();
      to.set_option_id(option.id);
      to.set_display_name(option.display_name);
      to.set_next_phase(option.next_phase);
    }
    point.set_default_option(phase.decision_point->default_option);
  }
}

}  // namespace

absl::StatusOr<ProtocolVersion> FromProto(const v1::ProtocolVersion& protocol) {
  ProtocolVersion out{.display_name = protocol.display_name(),
                      .program = protocol.program(),
                      .min_lead_days = protocol.min_lead_days(),
                      .source = protocol.source()};
  for (int role : protocol.override_roles()) out.override_roles.push_back(role);
  for (const v1::Phase& phase : protocol.phases()) out.phases.push_back(PhaseFromProto(phase));
  for (const v1::VisitLag& lag : protocol.lags()) {
    out.lags.push_back({lag.from_visit(), lag.to_visit(), GapFromProto(lag.gap())});
  }
  ASSIGN_OR_RETURN(out.effective_from, DayFromProto(protocol.has_effective_from(), protocol.effective_from(),
                                                    "protocol_version.effective_from"));
  return out;
}

v1::ProtocolVersion ToProto(const ClinicId& clinic, const ProtocolVersion& protocol) {
  v1::ProtocolVersion out;
  out.set_name(ProtocolVersionName(clinic, protocol.protocol, protocol.version));
  out.set_display_name(protocol.display_name);
  out.set_program(protocol.program);
  for (const Phase& phase : protocol.phases) PhaseToProto(phase, out.add_phases());
  for (const VisitLag& lag : protocol.lags) {
    v1::VisitLag& to = *out.add_lags();
    to.set_from_visit(lag.from_visit);
    to.set_to_visit(lag.to_visit);
    GapToProto(lag.gap, to.mutable_gap());
  }
  out.set_min_lead_days(protocol.min_lead_days);
  if (protocol.effective_from) *out.mutable_effective_from() = rpc::ToProto(*protocol.effective_from);
  out.set_source(protocol.source);
  for (int role : protocol.override_roles) out.add_override_roles(static_cast<common::v1::Role>(role));
  *out.mutable_create_time() = rpc::ToProto(protocol.created_at);
  return out;
}

}  // namespace kat::scheduling
