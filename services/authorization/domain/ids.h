#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_IDS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_IDS_H_

#include "libs/base/id.h"

namespace kat::authorization::domain {

using PayerId = Id<struct PayerTag>;
using PolicyId = Id<struct PolicyTag>;
using InsuranceId = Id<struct InsuranceTag>;
using SelfPayId = Id<struct SelfPayTag>;
using AuthorizationId = Id<struct AuthorizationTag>;
using ReservationId = Id<struct ReservationTag>;
using CourseId = Id<struct CourseTag>;
using AppointmentId = Id<struct AppointmentTag>;
using SettingId = Id<struct SettingTag>;
using EnrollmentId = Id<struct EnrollmentTag>;
using FormId = Id<struct FormTag>;
using LotId = Id<struct LotTag>;
using CountId = Id<struct CountTag>;
using MismatchId = Id<struct MismatchTag>;

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_IDS_H_
