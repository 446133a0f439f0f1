#ifndef KAT_SERVICES_SCHEDULING_PLANNING_MODEL_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_MODEL_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// A planning question in the optimizer's terms, and its answers back. The one place that knows both.
//
// The line is wall-clock time at the clinic. On a day when clocks change, the minutes that are skipped or repeated are
// in nobody's windows and in no patient's, so that what stands there has the same length on the line and on the clock.
// Between visits the line may be an hour off real time across such a day: rules in minutes are drawn in by an hour
// where the picture holds one.
class Model {
 public:
  // INVALID_ARGUMENT where the optimizer could not take the question. `picture` must outlive the model.
  static absl::StatusOr<std::unique_ptr<Model>> Make(const PlanningPicture& picture, const PlanningQuestion& question);
  Model(const Model&) = delete;

  const optimizer::Course& course() const { return course_; }
  const optimizer::Picture& picture() const { return *optimizer_picture_; }
  const Line& line() const { return line_; }
  // Index of a visit, or -1.
  int FindVisit(const std::string& visit_id) const;
  optimizer::Interval DayOf(absl::CivilDay day) const;
  // The role that a tag was made for which one pinned resource alone has; nullopt for a tag of the clinic's.
  static std::optional<std::string> PinnedRole(absl::string_view tag);

  CoursePlan Answer(const std::vector<optimizer::Placement>& placements, const optimizer::CostTerms& cost) const;

 private:
  Model(const PlanningPicture& picture, const PlanningQuestion& question);

  void AddResources();
  void AddVisits();
  void AddLags();
  void AddPatient();
  void AddStandingLoads();
  int AddVisitType(const VisitToPlan& visit);
  int TagIndex(const std::string& tag);
  int RoleIndex(const std::string& role);
  optimizer::Standing StandingOf(const VisitToPlan::Standing& standing);
  std::vector<optimizer::Interval> WeeklyLine(const std::vector<WeeklySpan>& weekly) const;

  const PlanningPicture& input_;
  const PlanningQuestion& question_;
  const Line line_;
  optimizer::Clinic clinic_;
  optimizer::Course course_;
  std::unique_ptr<optimizer::Picture> optimizer_picture_;
  std::vector<ResourceKey> resource_keys_;
  std::map<ResourceKey, int> resources_;
  std::map<std::string, int> tags_, roles_, visits_;
  std::map<VisitTypeId, int> visit_types_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_MODEL_H_
