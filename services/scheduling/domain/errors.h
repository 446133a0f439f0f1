#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_ERRORS_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/reason.h"

// The failures of this service beside those of libs/base/error.h.
namespace kat::scheduling {

absl::Status NameTaken(absl::string_view resource_type);        // ALREADY_EXISTS, NAME_TAKEN
absl::Status ExternalIdTaken(absl::string_view resource_type);  // ALREADY_EXISTS, EXTERNAL_ID_TAKEN
absl::Status LoginSubjectTaken();                               // ALREADY_EXISTS, LOGIN_SUBJECT_TAKEN
absl::Status TimeZoneInUse();                                   // FAILED_PRECONDITION, TIME_ZONE_IN_USE
absl::Status ProtocolUnsatisfiable(
    const std::vector<VisitLag>& contradiction);               // FAILED_PRECONDITION, PROTOCOL_UNSATISFIABLE
absl::Status NoProtocolInEffect(absl::string_view program);    // NOT_FOUND, NO_PROTOCOL_IN_EFFECT
absl::Status CourseBooked();                                   // FAILED_PRECONDITION, COURSE_BOOKED: no phase is left
absl::Status AppointmentsStand();                              // FAILED_PRECONDITION, APPOINTMENTS_STAND
absl::Status CourseAlreadyHeld();                              // FAILED_PRECONDITION, COURSE_ALREADY_HELD
absl::Status HoldEnded();                                      // FAILED_PRECONDITION, HOLD_ENDED
absl::Status PlanStale();                                      // ABORTED, PLAN_STALE
absl::Status PlanInvalid(const std::vector<Reason>& reasons);  // FAILED_PRECONDITION, PLAN_INVALID
absl::Status ProtocolViolated(const std::vector<Reason>& reasons);  // FAILED_PRECONDITION, PROTOCOL_VIOLATED
absl::Status VisitStands();                                         // FAILED_PRECONDITION, VISIT_STANDS
// ABORTED, REPAIR_STALE: `what` has changed; `course`: of the part, where it is known.
absl::Status RepairStale(absl::string_view what, absl::string_view course = "");
// FAILED_PRECONDITION, IMPROVEMENT_RUNNING; `name`: of the one that runs.
absl::Status ImprovementRunning(absl::string_view name);
// FAILED_PRECONDITION, PARTS_NEEDED; `courses`: resource names.
absl::Status PartsNeeded(const std::vector<std::string>& courses);
absl::Status MoveRefused(std::vector<PreconditionViolation> unmet);     // FAILED_PRECONDITION, MOVE_REFUSED
absl::Status SetupChanged();                                            // ABORTED, SETUP_CHANGED
absl::Status BelongsToCourse();                                         // FAILED_PRECONDITION, BELONGS_TO_COURSE
absl::Status SlotTaken(absl::string_view what);                         // ABORTED, SLOT_TAKEN: `resource` or `patient`
absl::Status BookingRefused(std::vector<PreconditionViolation> unmet);  // FAILED_PRECONDITION, BOOKING_REFUSED
absl::Status NotADosingVisit();                                         // FAILED_PRECONDITION, NOT_A_DOSING_VISIT
absl::Status DosingVisit();                                             // FAILED_PRECONDITION, DOSING_VISIT
absl::Status BaselineVitalsMissing();                                   // FAILED_PRECONDITION, BASELINE_VITALS_MISSING
absl::Status PressureAboveLimit();                                      // FAILED_PRECONDITION, PRESSURE_ABOVE_LIMIT
absl::Status CheckInRefused(std::vector<PreconditionViolation> unmet);  // FAILED_PRECONDITION, CHECK_IN_REFUSED
absl::Status AlreadyWaiting();                                          // ALREADY_EXISTS, ALREADY_WAITING
absl::Status OfferTaken();                                              // FAILED_PRECONDITION, OFFER_TAKEN
absl::Status OfferDeclined();                                           // FAILED_PRECONDITION, OFFER_DECLINED
absl::Status OfferExpired();                                            // FAILED_PRECONDITION, OFFER_EXPIRED
absl::Status OfferWithdrawn();                                          // FAILED_PRECONDITION, OFFER_WITHDRAWN
absl::Status NotYetDue();  // FAILED_PRECONDITION, NOT_YET_DUE: a no-show or completion before its start

// Of decision points of protocols, and of changes of version.
absl::Status DecisionPending(const Phase& phase);                         // FAILED_PRECONDITION, DECISION_PENDING
absl::Status DecisionForbidden();                                         // PERMISSION_DENIED, ROLE_FORBIDS
absl::Status DecisionNotDue(absl::string_view phase);                     // FAILED_PRECONDITION, DECISION_NOT_DUE
absl::Status FollowingBlockStands(int block, absl::string_view phase);    // FAILED_PRECONDITION, FOLLOWING_BLOCK_STANDS
absl::Status BookedPhasesDiffer(const std::vector<std::string>& phases);  // FAILED_PRECONDITION, BOOKED_PHASES_DIFFER

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_ERRORS_H_
