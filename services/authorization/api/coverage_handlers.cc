#include <optional>
#include <utility>

#include "libs/base/error.h"
#include "services/authorization/api/authorization_handlers.h"
#include "services/authorization/api/convert_authorization.h"
#include "services/authorization/domain/limits.h"
#include "services/authorization/ops/reservations.h"

namespace kat::authorization::api {

using store::Lock;
using store::Tx;

namespace {

absl::StatusOr<v1::CoverageReservation> Tell(Tx& tx, const domain::Reservation& reservation) {
  ASSIGN_OR_RETURN(const std::vector<domain::UnitLine> lines, tx.LinesOfReservation(reservation.id));
  ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
  v1::CoverageReservation told = ToProto(tx.clinic(), moment.zone, reservation, lines);
  if (told.uncovered_visits().empty()) return told;
  ASSIGN_OR_RETURN(const domain::CoverageFacts facts,
                   LoadFacts(tx, reservation.patient, reservation.course, reservation.program, Lock::kRead));
  TellRenewal(facts, lines, told);
  return told;
}

}  // namespace

void CoverageHandlers::Register(rpc::Service& service) {
  service.Unary("GetCoverage", this, &CoverageHandlers::Get);
  service.Unary("ReserveCoverage", this, &CoverageHandlers::Reserve);
  service.Unary("GetCoverageReservation", this, &CoverageHandlers::GetReservation);
  service.Unary("ReleaseCoverageReservation", this, &CoverageHandlers::Release);
  service.Unary("GetClaimAuthorization", this, &CoverageHandlers::Claim);
}

absl::StatusOr<v1::CoverageDecision> CoverageHandlers::Get(rpc::Call& call, const v1::GetCoverageRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<domain::Visit> visits, FromProto(request.visits()));
  std::optional<domain::DaySpan> other_days;
  if (request.has_other_days()) {
    ASSIGN_OR_RETURN(other_days, SpanFromProto(request.other_days()));
  }
  const auto patient = IdOf<PatientId>(request.patient());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::CoverageDecision> {
    ASSIGN_OR_RETURN(const domain::CoverageFacts facts,
                     LoadFacts(tx, patient, IdOf<domain::CourseId>(request.course()), request.program(), Lock::kRead));
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    v1::CoverageDecision decision =
        ToProto(call.clinic(), moment.zone, patient, Decide(facts, visits, request.allow_conditional()));
    if (other_days) TellOtherDays(facts, visits, *other_days, decision);
    return decision;
  });
}

absl::StatusOr<v1::CoverageReservation> CoverageHandlers::Reserve(rpc::Call& call,
                                                                  const v1::ReserveCoverageRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<domain::Visit> visits, FromProto(request.visits()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CoverageReservation> {
    const absl::Time expires_at = rpc::FromProto(request.expire_time());
    if (expires_at <= tx.now() || expires_at > tx.now() + domain::kLongestReservation) {
      return InvalidField("expire_time", "must be in the future and within 24 hours");
    }
    ASSIGN_OR_RETURN(
        const domain::Reservation reservation,
        kat::authorization::Reserve(tx, IdOf<PatientId>(request.patient()), IdOf<domain::CourseId>(request.course()),
                                    request.program(), visits, expires_at, request.allow_conditional()));
    return Tell(tx, reservation);
  });
}

absl::StatusOr<v1::CoverageReservation> CoverageHandlers::GetReservation(
    rpc::Call& call, const v1::GetCoverageReservationRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::CoverageReservation> {
    ASSIGN_OR_RETURN(const domain::Reservation reservation,
                     tx.FindReservation(IdOf<domain::ReservationId>(request.name())));
    return Tell(tx, reservation);
  });
}

absl::StatusOr<v1::CoverageReservation> CoverageHandlers::Release(
    rpc::Call& call, const v1::ReleaseCoverageReservationRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CoverageReservation> {
    ASSIGN_OR_RETURN(const domain::Reservation reservation,
                     kat::authorization::Release(tx, IdOf<domain::ReservationId>(request.name())));
    return Tell(tx, reservation);
  });
}

absl::StatusOr<v1::ClaimAuthorization> CoverageHandlers::Claim(rpc::Call& call,
                                                               const v1::GetClaimAuthorizationRequest& request) {
  const auto id = IdOf<domain::AppointmentId>(request.appointment());
  ASSIGN_OR_RETURN(const domain::Appointment appointment, scheduling_.FindAppointment(As::Caller(call), id));
  call.Touch(ResourceName(call.clinic(), kPatients, appointment.patient));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ClaimAuthorization> {
    ASSIGN_OR_RETURN(const domain::CoverageFacts facts,
                     LoadFacts(tx, appointment.patient, appointment.course, appointment.program, Lock::kRead));
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    const absl::CivilDay day = DayAt(appointment.start_at, moment.zone);
    const domain::RequirementOn on = Require(facts, day);
    v1::ClaimAuthorization claim;
    claim.set_requirement(static_cast<v1::Requirement>(on.requirement));
    claim.set_self_pay(on.self_pay);
    if (on.insurance != nullptr) {
      ASSIGN_OR_RETURN(const domain::Payer payer, tx.FindPayer(on.insurance->payer));
      claim.set_insurance_coverage(ResourceName(call.clinic(), kInsurances, on.insurance->id));
      claim.set_payer(ResourceName(call.clinic(), kPayers, payer.id));
      claim.set_electronic_payer_id(payer.electronic_payer_id);
      claim.set_member_id(on.insurance->member_id);
      claim.set_plan(on.insurance->plan);
      claim.set_benefit(static_cast<v1::Benefit>(on.insurance->benefit));
      claim.set_line_of_business(static_cast<v1::LineOfBusiness>(on.insurance->line_of_business));
    }
    ASSIGN_OR_RETURN(std::optional<domain::UnitLine> line, tx.LineOfAppointment(id));
    if (!line && !appointment.visit_id.empty()) {
      ASSIGN_OR_RETURN(line, tx.LineOfVisit(appointment.course, appointment.visit_id));
    }
    if (line) {
      *claim.mutable_units() = ToProto(line->units);
      *claim.mutable_overrun() = ToProto(line->overrun);
      claim.set_consumed(line->state == domain::LineState::kConsumed);
      if (line->authorization) {
        ASSIGN_OR_RETURN(const domain::PriorAuthorization auth, tx.FindAuthorization(*line->authorization));
        claim.set_prior_authorization(ResourceName(call.clinic(), kAuthorizations, auth.id));
        claim.set_number(auth.number);
        *claim.mutable_valid() = RangeToProto(auth.valid_from, auth.valid_until);
      }
    }
    if (facts.rule) claim.set_drug(facts.rule->drug);
    claim.set_rems_required(facts.rule && facts.rule->rems_required);
    claim.set_rems_setting_certified(facts.rems.SettingOn(day) != nullptr);
    claim.set_rems_patient_enrolled(facts.rems.EnrollmentOn(day) != nullptr);
    ASSIGN_OR_RETURN(const std::vector<domain::MonitoringForm> forms, tx.ListForms({.appointment = id}, {.limit = 1}));
    if (!forms.empty()) {
      claim.set_monitoring_form(ResourceName(call.clinic(), kForms, forms[0].id));
      claim.set_monitoring_form_submitted(forms[0].state == domain::FormState::kSubmitted ||
                                          forms[0].state == domain::FormState::kAccepted);
      *claim.mutable_monitoring_form_due_time() = rpc::ToProto(forms[0].due_at);
    }
    ASSIGN_OR_RETURN(const bool bulk, tx.GivenFromBulk(id));
    claim.set_drug_supplied_by_clinic(bulk);
    return claim;
  });
}

}  // namespace kat::authorization::api
