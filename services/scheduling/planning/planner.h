#ifndef KAT_SERVICES_SCHEDULING_PLANNING_PLANNER_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_PLANNER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/booking.h"
#include "services/scheduling/domain/plan.h"

// Planning in the domain's words. Behind it stands the optimizer, which knows neither clinics nor clocks.
namespace kat::scheduling {

// A visit that is to be placed, or that stands.
struct VisitToPlan {
  std::string visit_id;
  VisitTypeId type;
  struct Standing {
    absl::Time start;
    std::vector<Assignment> assignments;
  };
  std::optional<Standing> current;
  bool fixed = false;                // stays where it stands
  std::optional<absl::Time> starts;  // only this start will do
  // Resources that some roles must have; for the others planning chooses.
  std::vector<Assignment> pinned;
  std::vector<absl::CivilDay> avoid_days = {};  // starts on none of them
  std::optional<absl::CivilDay> near_day = {};  // each day between costs as much as one off an ideal gap
};

// What planning sees. Commitments and patient times are those of everything else: not of the visits that are neither
// fixed nor new.
struct PlanningPicture {
  const Clinic& clinic;
  const ResourceMap& resources;
  const VisitTypeMap& visit_types;
  std::vector<Commitment> commitments;
  std::vector<PatientTime> patient_times;
  absl::Time now;            // nothing starts before it
  absl::CivilDay first_day;  // the line begins here; a visit starts on one of `days` days
  int days = 0;
};

struct PlanningQuestion {
  std::vector<VisitToPlan> visits;  // in protocol order
  std::vector<VisitLag> lags;
  Preferences preferences;
  absl::CivilDay earliest_day;
  int max_plans = 1;

  // Index of a visit, or -1.
  int FindVisit(const std::string& visit_id) const;
};

// Where the visits go that are not fixed, in protocol order, and what that costs.
struct CoursePlan {
  std::vector<PlannedVisit> visits;
  int64_t cost = 0;
  std::vector<CostTerm> terms;
};

// Plans, best first; or why there is none.
struct PlanningAnswer {
  std::vector<CoursePlan> plans;
  std::vector<Reason> reasons;
  std::vector<CostWeight> weights;
  int64_t lower_bound = 0;  // no plan costs less
  bool proved = false;      // the plans are the best there are
  int64_t steps = 0;        // of search
};

struct MoveWish {
  std::string visit_id;
  std::optional<absl::CivilDay> day;  // wanted
  std::vector<absl::CivilDay> avoid;  // will not do
};

class KeptPicture;

class Planner {
 public:
  virtual ~Planner() = default;
  // Thread-safe. INVALID_ARGUMENT where the question makes no sense to the optimizer.
  virtual absl::StatusOr<PlanningAnswer> Plan(const PlanningPicture& picture, const PlanningQuestion& question) = 0;
  // Other places for one visit that stands; the others of the question that are not fixed may move too. On the day
  // wanted, else on the days nearest to it.
  virtual absl::StatusOr<PlanningAnswer> PlanMove(const PlanningPicture& picture, const PlanningQuestion& question,
                                                  const MoveWish& wish) = 0;
  // An empty picture of `days` days from `first_day` on, and a day before and after, to be kept. What it is made of
  // must outlive it. INVALID_ARGUMENT where the optimizer cannot take the clinic as a whole.
  virtual absl::StatusOr<std::unique_ptr<KeptPicture>> Keep(const Clinic& clinic, const ResourceMap& resources,
                                                            const VisitTypeMap& visit_types, absl::CivilDay first_day,
                                                            int days) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_PLANNER_H_
