#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_WAIT_LIST_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_WAIT_LIST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/booking.h"
#include "services/scheduling/domain/calendar.h"
#include "services/scheduling/domain/ids.h"
#include "services/scheduling/domain/plan.h"

// Who gets capacity that comes free.
namespace kat::scheduling {

// Numbers of kat.scheduling.v1.WaitListEntry.State, EndReason and Priority, and of WaitListOffer.State and Repair.
enum class WaitState { kWaiting = 1, kOffered = 2, kBooked = 3, kRemoved = 4, kEnded = 5 };
enum class WaitEndReason {
  kNone = 0,
  kAppointmentCancelled = 1,
  kAppointmentNoShow = 2,
  kAppointmentStarted = 3,
  kAppointmentCompleted = 4,
  kCourseStopped = 5,
};
enum class WaitPriority { kRoutine = 1, kSoon = 2, kUrgent = 3 };
enum class OfferState { kOpen = 1, kAccepted = 2, kDeclined = 3, kExpired = 4, kWithdrawn = 5 };
enum class OfferRepair { kNone = 0, kBrokenGap = 1, kEndingAuthorization = 2 };

struct WaitListEntry {
  WaitListEntryId id;
  PatientId patient;
  CourseId course;            // its next block is wanted; or
  VisitTypeId visit_type;     // a visit by itself; or
  AppointmentId appointment;  // this one, earlier
  absl::CivilDay earliest_day;
  absl::CivilDay latest_day;
  std::vector<WeeklySpan> available;  // of one without a course; none: always
  WaitPriority priority = WaitPriority::kRoutine;
  std::optional<absl::CivilDay> authorization_end;
  int notice_minutes = 0;
  int offer_minutes = 30;
  WaitState state = WaitState::kWaiting;
  WaitEndReason end_reason = WaitEndReason::kNone;  // of one that has ended
  int64_t version = 1;
  absl::Time created_at;  // since when it waits
  absl::Time updated_at;
};

struct WaitListOffer {
  WaitListOfferId id;
  WaitListEntryId entry;
  PatientId patient;
  CourseId course;
  HoldId hold;          // of a course's block
  AppointmentId moves;  // the booked one that would stand here
  VisitTypeId visit_type;
  TimeSpan time;
  std::vector<Assignment> assignments;
  OfferRepair repair = OfferRepair::kNone;
  OfferState state = OfferState::kOpen;
  absl::Time expires_at;
  AppointmentId appointment;  // that it became
  int64_t version = 1;
  absl::Time created_at;
};

std::string StateName(WaitState state);   // `WAITING`
std::string StateName(OfferState state);  // `OPEN`

// Fills in the offer's minutes where they are 0. INVALID_ARGUMENT on `wait_list_entry.…`.
absl::Status CompleteEntry(WaitListEntry& entry);

// The last day on which a visit of `next` (visits that are not booked yet) keeps the longest gap after what stands;
// none where nothing binds it.
std::optional<absl::CivilDay> GapDeadline(const std::vector<VisitLag>& lags, const std::vector<TimedVisit>& standing,
                                          const std::vector<std::string>& next, absl::TimeZone zone);

// An entry, and the last day on which a visit keeps its course's longest gap.
struct WaitListCandidate {
  WaitListEntry entry;
  std::optional<absl::CivilDay> gap_deadline;
};

// What capacity on `day` repairs for the candidate: a gap that would be broken, or an authorization that ends, by at
// most limits::kRepairDays after it. Sooner or later than that it repairs nothing.
OfferRepair RepairOf(const WaitListCandidate& candidate, absl::CivilDay day);

// In the order in which capacity on `day` is offered: whose gap it repairs, the earliest deadline first; whose
// authorization, the earliest end first; then by priority, and by who has waited longest.
void Rank(std::vector<WaitListCandidate>& candidates, absl::CivilDay day);

// Starts to try within capacity that came free, for an entry that needs notice: on the grid, the first instants of
// `freed` first, at most limits::kOfferStarts; of the entry's days alone.
std::vector<absl::Time> StartsToTry(const WaitListEntry& entry, const TimeSpan& freed, absl::Time now,
                                    absl::TimeZone zone);

// Those of `starts` at which an appointment that stands at `standing` would be over before that begins.
std::vector<absl::Time> EarlierOf(std::vector<absl::Time> starts, const TimeSpan& standing);

// Why nobody waits for an earlier time of an appointment in this state any more; kNone while it is still to come.
WaitEndReason EndReasonOf(AppointmentState state);

// FAILED_PRECONDITION, OFFER_TAKEN, OFFER_DECLINED, OFFER_EXPIRED or OFFER_WITHDRAWN, unless it is open at `now`.
absl::Status CheckOpen(const WaitListOffer& offer, absl::Time now);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_WAIT_LIST_H_
