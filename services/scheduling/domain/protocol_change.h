#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHANGE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHANGE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/booking.h"

namespace kat::scheduling {

// What becomes of a visit; numbers of kat.scheduling.v1.VisitChange.Kind.
enum class VisitChangeKind { kKept = 1, kChanged = 2, kAdded = 3, kRemoved = 4 };

struct VisitChange {
  VisitChangeKind kind = VisitChangeKind::kKept;
  VisitSpec visit;            // as the new version has it; as the old one has it where it is removed
  AppointmentId appointment;  // where it is booked, or done
};

// What another version of its protocol would mean for a course. Nothing that is booked or done changes.
struct ProtocolChange {
  std::vector<VisitChange> visits;  // as far as is decided, what repeats once; those removed last
  // Phases that are booked and that the new version has not, or with other visits.
  std::vector<std::string> blocking_phases;
  std::vector<Reason> broken;  // rules of the new version that standing visits break, and that the old one has not
};

// `facts` with the version that the course has.
ProtocolChange CompareProtocols(const BookingFacts& facts, const ProtocolVersion& to);

// Whether the course may go on under `to`. FAILED_PRECONDITION: STATE_FORBIDS, or BOOKED_PHASES_DIFFER, where there are
// blocking phases; INVALID_ARGUMENT on `protocol_version` where it has that version or `to` is of another program.
absl::Status CheckProtocolChange(const Course& course, const ProtocolVersion& to, const ProtocolChange& change);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHANGE_H_
