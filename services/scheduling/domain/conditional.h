#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_CONDITIONAL_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_CONDITIONAL_H_

#include <optional>
#include <vector>

#include "services/scheduling/domain/appointment.h"

// Conditional visits: they stand and hold capacity, and no authorization covers them.
namespace kat::scheduling {

// Notes the conditions of those visits on their appointments. A visit that has none there keeps what it had: it ceases
// to be conditional when units are reserved for it, and not before.
void NoteConditions(const VisitConditions& conditions, std::vector<Appointment>& appointments);

// The appointments at which a drug is given and that are still to come: those that coverage is asked about.
std::vector<Appointment> AskedAboutCoverage(const std::vector<Appointment>& appointments);

// Whether the appointment's condition is another than that of `uncovered`, where every visit stands that no
// authorization covers; it is that one then.
bool TakeCondition(const VisitConditions& uncovered, Appointment& appointment);

// The earliest day by which a renewal is to be asked for.
std::optional<absl::CivilDay> RenewalRequestBy(const VisitConditions& conditions);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_CONDITIONAL_H_
