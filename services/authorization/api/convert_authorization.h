#ifndef KAT_SERVICES_AUTHORIZATION_API_CONVERT_AUTHORIZATION_H_
#define KAT_SERVICES_AUTHORIZATION_API_CONVERT_AUTHORIZATION_H_

#include "kat/authorization/v1/coverage.pb.h"
#include "kat/authorization/v1/prior_authorization.pb.h"
#include "services/authorization/api/convert_common.h"
#include "services/authorization/domain/coverage.h"
#include "services/authorization/domain/other_days.h"
#include "services/authorization/domain/reservation.h"

namespace kat::authorization::api {

absl::StatusOr<domain::PriorAuthorization> FromProto(const v1::PriorAuthorization& proto);
v1::PriorAuthorization ToProto(const ClinicId& clinic, const domain::PriorAuthorization& auth);

domain::Submission FromProto(const v1::Submission& proto);
absl::StatusOr<domain::Decision> FromProto(const v1::Decision& proto);
v1::AuthorizationPacket ToProto(const ClinicId& clinic, const domain::Packet& packet);

absl::StatusOr<std::vector<domain::Visit>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::CoveredVisit>& protos);
// INVALID_ARGUMENT on `other_days`.
absl::StatusOr<domain::DaySpan> SpanFromProto(const v1::DateRange& proto);
// Adds where else the dosing visits could stand, and how far apart.
void TellOtherDays(const domain::CoverageFacts& facts, const std::vector<domain::Visit>& visits,
                   const domain::DaySpan& span, v1::CoverageDecision& proto);
// `zone` is the clinic's: the day on which a condition ends is told as its first instant there.
v1::CoverageDecision ToProto(const ClinicId& clinic, absl::TimeZone zone, const PatientId& patient,
                             const domain::Coverage& coverage);
v1::CoverageReservation ToProto(const ClinicId& clinic, absl::TimeZone zone, const domain::Reservation& reservation,
                                const std::vector<domain::UnitLine>& lines);
// Adds the course's first uncovered visit, and by when a renewal is to be asked for. `lines` are the reservation's.
void TellRenewal(const domain::CoverageFacts& facts, const std::vector<domain::UnitLine>& lines,
                 v1::CoverageReservation& proto);
v1::UnitForecast ToProto(const ClinicId& clinic, const domain::Forecast& forecast);

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_CONVERT_AUTHORIZATION_H_
