#ifndef KAT_SERVICES_MESSAGING_EFFECTS_APPOINTMENT_EFFECTS_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_APPOINTMENT_EFFECTS_H_

#include "absl/status/status.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Learns what an appointment has become and makes messages follow: what was planned from an earlier state and is no
// longer true is suppressed, what follows from the new one is planned, deadlines and work move along. An appointment
// that is already known at this version or a later one changes nothing, so that events may come again and late.
// `contact` is the patient's.
absl::Status FollowAppointment(Tx& tx, const Appointment& appointment, const Contact& contact);

// Records who drives the patient home and closes the work that waits for it.
absl::Status KeepDriver(Tx& tx, TrackedAppointment& tracked, const std::string& name, const std::string& phone);

// The cadence for an appointment, by its day in the clinic's zone; nullptr where none holds.
const CadencePolicy* CadenceFor(const std::vector<CadencePolicy>& cadences, const Appointment& appointment, absl::TimeZone clinic_zone);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_APPOINTMENT_EFFECTS_H_
