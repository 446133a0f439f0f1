#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/authorization/api/convert_authorization.h"
#include "services/authorization/domain/limits.h"
#include "services/authorization/domain/uncovered.h"
#include "services/authorization/ops/reservations.h"

namespace kat::authorization::api {
namespace {

common::v1::Condition ToProto(const ClinicId& clinic, absl::TimeZone zone, const PatientId& patient,
                              const domain::Condition& condition) {
  common::v1::Condition proto;
  proto.set_code(condition.code);
  proto.set_state(static_cast<common::v1::Condition::State>(condition.state));
  proto.set_owner("authorization");
  proto.set_subject(ConditionSubject(clinic, patient, condition));
  proto.set_description(condition.description);
  proto.set_responsible(static_cast<common::v1::Role>(condition.responsible));
  if (condition.expires_on) *proto.mutable_expire_time() = rpc::ToProto(InstantOf(*condition.expires_on, 0, zone));
  return proto;
}

v1::UncoveredVisit ToProto(const domain::UncoveredVisit& visit) {
  v1::UncoveredVisit proto;
  proto.set_visit_id(visit.visit.visit_id);
  *proto.mutable_date() = rpc::ToProto(visit.visit.day);
  proto.set_code(visit.code);
  proto.set_conditional(visit.conditional);
  return proto;
}

// By when a renewal is to be asked for, on a decision or a reservation.
template <class Proto>
void SetRenewal(const domain::Coverage& coverage, Proto& proto) {
  proto.set_first_uncovered_visit(coverage.first_uncovered);
  if (coverage.renewal_request_by) *proto.mutable_renewal_request_date() = rpc::ToProto(*coverage.renewal_request_by);
}

}  // namespace

absl::StatusOr<std::vector<domain::Visit>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::CoveredVisit>& protos) {
  std::vector<domain::Visit> visits;
  std::set<std::string> ids;
  for (int i = 0; i < protos.size(); ++i) {
    const v1::CoveredVisit& proto = protos[i];
    const std::string field = absl::StrCat("visits[", i, "].visit_id");
    if (proto.visit_id().empty() && proto.session_number() > 0) {
      return InvalidField(field, "is required for a visit with a session number");
    }
    if (!proto.visit_id().empty() && !ids.insert(proto.visit_id()).second)
      return InvalidField(field, "is listed twice");
    ASSIGN_OR_RETURN(const absl::CivilDay day, rpc::FromProto(proto.date(), absl::StrCat("visits[", i, "].date")));
    visits.push_back({proto.visit_id(), proto.session_number(), day});
  }
  return visits;
}

absl::StatusOr<domain::DaySpan> SpanFromProto(const v1::DateRange& proto) {
  domain::DaySpan span;
  ASSIGN_OR_RETURN(span.from, rpc::FromProto(proto.from(), "other_days.from"));
  ASSIGN_OR_RETURN(span.until, rpc::FromProto(proto.until(), "other_days.until"));
  if (span.until <= span.from || span.until - span.from > domain::kMostOtherDays) {
    return InvalidField("other_days.until",
                        absl::StrCat("must be after other_days.from, by at most ", domain::kMostOtherDays, " days"));
  }
  return span;
}

void TellOtherDays(const domain::CoverageFacts& facts, const std::vector<domain::Visit>& visits,
                   const domain::DaySpan& span, v1::CoverageDecision& proto) {
  for (const domain::Visit& visit : visits) {
    if (visit.session_number <= 0) continue;
    v1::OtherDays& to = *proto.add_other_days();
    to.set_visit_id(visit.visit_id);
    for (const domain::DaySpan& days : FindOtherDays(facts, visit, span)) {
      *to.add_days() = RangeToProto(days.from, days.until);
    }
  }
  for (const domain::VisitSpacing& spacing : FindSpacings(facts, visits)) {
    v1::VisitSpacing& to = *proto.add_spacings();
    to.set_from_visit(spacing.from_visit);
    to.set_to_visit(spacing.to_visit);
    to.set_min_days(spacing.min_days);
  }
}

v1::CoverageDecision ToProto(const ClinicId& clinic, absl::TimeZone zone, const PatientId& patient,
                             const domain::Coverage& coverage) {
  v1::CoverageDecision proto;
  proto.set_requirement(static_cast<v1::Requirement>(coverage.requirement));
  proto.set_satisfied(coverage.satisfied());
  for (const domain::Condition& condition : coverage.conditions) {
    *proto.add_conditions() = ToProto(clinic, zone, patient, condition);
  }
  if (!coverage.allocations.empty()) {
    proto.set_prior_authorization(ResourceName(clinic, kAuthorizations, coverage.allocations[0].authorization));
  }
  for (const domain::Allocation& allocation : coverage.allocations) {
    v1::VisitAuthorization* to = proto.add_visit_authorizations();
    to->set_visit_id(allocation.visit.visit_id);
    to->set_prior_authorization(ResourceName(clinic, kAuthorizations, allocation.authorization));
    *to->mutable_valid() = RangeToProto(allocation.valid_from, allocation.valid_until);
  }
  for (const domain::UncoveredVisit& visit : coverage.uncovered) *proto.add_uncovered_visits() = ToProto(visit);
  SetRenewal(coverage, proto);
  return proto;
}

v1::CoverageReservation ToProto(const ClinicId& clinic, absl::TimeZone zone, const domain::Reservation& reservation,
                                const std::vector<domain::UnitLine>& lines) {
  v1::CoverageReservation proto;
  proto.set_name(ResourceName(clinic, kReservations, reservation.id));
  proto.set_patient(ResourceName(clinic, kPatients, reservation.patient));
  proto.set_course(ResourceName(clinic, kCourses, reservation.course));
  proto.set_program(reservation.program);
  proto.set_requirement(static_cast<v1::Requirement>(reservation.requirement));
  for (const domain::Condition& condition : reservation.conditions) {
    *proto.add_conditions() = ToProto(clinic, zone, reservation.patient, condition);
  }
  for (const domain::UnitLine& line : lines) {
    v1::ReservedVisit* to = proto.add_visits();
    to->set_visit_id(line.visit_id);
    to->set_session_number(line.session_number);
    *to->mutable_date() = rpc::ToProto(line.day);
    if (line.authorization) to->set_prior_authorization(ResourceName(clinic, kAuthorizations, *line.authorization));
    *to->mutable_units() = ToProto(line.units);
    to->set_state(static_cast<v1::ReservedVisit::State>(line.state));
    to->set_appointment(ResourceName(clinic, kAppointments, line.appointment));
    if (line.code.empty()) continue;
    *proto.add_uncovered_visits() =
        ToProto(domain::UncoveredVisit{{line.visit_id, line.session_number, line.day}, line.code, true});
  }
  *proto.mutable_expire_time() = rpc::ToProto(reservation.expires_at);
  proto.set_state(static_cast<v1::CoverageReservation::State>(reservation.state));
  if (!lines.empty()) proto.set_prior_authorization(proto.visits(0).prior_authorization());
  return proto;
}

void TellRenewal(const domain::CoverageFacts& facts, const std::vector<domain::UnitLine>& lines,
                 v1::CoverageReservation& proto) {
  domain::Coverage coverage;
  std::vector<domain::Visit> visits;
  for (const domain::UnitLine& line : lines) {
    visits.push_back({line.visit_id, line.session_number, line.day});
    if (line.code.empty()) continue;
    coverage.uncovered.push_back({visits.back(), line.code, RenewalWouldCover(facts, visits.back(), line.code)});
  }
  FindFirstUncovered(facts, visits, coverage);
  SetRenewal(coverage, proto);
}

}  // namespace kat::authorization::api
