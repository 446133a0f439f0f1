#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_IMPROVEMENT_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_IMPROVEMENT_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/repair.h"

// An improvement: a search over a whole clinic for a better schedule of what is booked already. It runs as an
// operation; its result is looked at, and applied whole or patient by patient.
namespace kat::scheduling {

// What a run looks at, and for how long.
struct ImprovementWish {
  absl::CivilDay first_day;  // of what may move, from and to
  absl::CivilDay end_day;    // day after the last
  int notice_days = limits::kNoticeDays;
  int64_t move_cost = limits::kMoveCost;
  int64_t min_gain = 1;
  std::set<CourseId> keep;  // courses to leave alone
  absl::Duration time_limit = limits::kImprovementTime;
};

// Numbers of kat.scheduling.v1.Improvement.State.
enum class ImprovementState {
  kQueued = 1,
  kRunning = 2,
  kReady = 3,
  kPartlyApplied = 4,
  kApplied = 5,
  kCancelled = 6,
  kFailed = 7
};

// How far a search is.
struct ImprovementProgress {
  int64_t initial_cost = 0;
  int64_t cost = 0;
  int64_t lower_bound = 0;
  int courses = 0;
  int patients_moved = 0;
  int64_t search_steps = 0;
  absl::Duration elapsed;
};

// Where a search that has not ended would have the visits of a course that may move.
struct FoundCourse {
  CourseId course;
  std::vector<PlannedVisit> visits;
};

// The best that a search has found so far, and the part of its time that it had used by then.
struct FoundSchedule {
  std::vector<FoundCourse> courses;  // that it changes
  absl::Duration elapsed;
};

// What changes for one course: a part of a repair with one option, and what the course costs as it stands.
struct ImprovementPart {
  RepairPart part;
  int group = 0;       // from 1
  bool alone = false;  // may be applied without the others of its group
  int64_t cost_before = 0;
  std::vector<CostTerm> terms_before;

  const RepairOption& option() const { return part.options[0]; }
  int64_t Gain() const { return cost_before - option().cost; }
};

enum class ImprovementFailure { kInterrupted, kSetupInvalid, kInternal };

struct Improvement {
  ImprovementId id;
  ImprovementWish wish;
  ImprovementState state = ImprovementState::kQueued;
  ImprovementProgress progress;
  std::vector<ImprovementPart> parts;
  DecisionBasis basis;
  std::optional<ImprovementFailure> failure;
  std::string failure_description;
  bool stop_early = false;  // the search is to end, and what it has found to be kept
  int attempts = 0;
  std::string run;  // that may write progress and the result; empty where nobody runs it
  std::string started_by;
  std::string applied_by;
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

// `RUNNING`; `INTERRUPTED`.
std::string StateName(ImprovementState state);
std::string FailureName(ImprovementFailure failure);

// Queued or running.
bool IsUnderWay(ImprovementState state);

// Ready, or applied in part or whole.
bool HasResult(ImprovementState state);

// The first day that may change at `now` with so many days of notice.
absl::CivilDay FirstDayAfterNotice(const Clinic& clinic, int notice_days, absl::Time now);

// Fills in the days where they are absent, in `wish`, and checks them. INVALID_ARGUMENT on `improvement.start_date`,
// `improvement.end_date`.
absl::Status CompleteWish(const Clinic& clinic, std::optional<absl::CivilDay> first_day,
                          std::optional<absl::CivilDay> end_day, absl::Time now, ImprovementWish& wish);

// Whether a run with `wish` may move an appointment at `now`: it is booked or confirmed, neither pinned nor of a course
// to be left alone, and starts within the days asked for and after the notice.
bool MayImprove(const ImprovementWish& wish, const Clinic& clinic, const Appointment& appointment, absl::Time now);

// Parts to apply: those of `courses`, or, where that is empty, all that were not applied yet. INVALID_ARGUMENT on
// `courses[i]`; FAILED_PRECONDITION: STATE_FORBIDS, PARTS_NEEDED (names are of `clinic`).
absl::StatusOr<std::vector<const ImprovementPart*>> ChooseParts(const ClinicId& clinic, const Improvement& improvement,
                                                                const std::vector<CourseId>& courses);

// Whether an appointment of the part stands, or would stand, within the notice at `now`.
bool IsWithinNotice(const ImprovementWish& wish, const Clinic& clinic, const ImprovementPart& part, absl::Time now);

// Notes that the parts of `courses` were applied.
void MarkApplied(Improvement& improvement, const std::set<CourseId>& courses, absl::Time now);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_IMPROVEMENT_H_
