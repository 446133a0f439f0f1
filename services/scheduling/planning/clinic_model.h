#ifndef KAT_SERVICES_SCHEDULING_PLANNING_CLINIC_MODEL_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_CLINIC_MODEL_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// A clinic and the courses asked about in the optimizer's terms, and its answers back. The one place that knows both.
//
// The line is wall-clock time at the clinic. On a day when clocks change, the minutes that are skipped or repeated are
// in nobody's windows and in no patient's, so that what stands there has the same length on the line and on the clock.
// Between visits the line is an hour off real time across such a day, which the optimizer knows of: rules in minutes
// are of real ones.
class ClinicModel {
 public:
  // `picture` must outlive it.
  ClinicModel(const PlanningPicture& picture, const optimizer::Weights& weights);
  ClinicModel(const ClinicModel&) = delete;

  // From when on, and on which days of the line, a course may be placed.
  struct Frame {
    absl::Time now;
    int first_day = 0;
    int end_day = 0;
  };
  // A course of the question, its visits first and in the question's order. It adds to the clinic what it needs: a
  // picture of the clinic is made once all courses are.
  optimizer::Course MakeCourse(const PlanningQuestion& question, std::string id, int patient) {
    return MakeCourse(question, std::move(id), patient, {input_.now, 0, input_.days});
  }
  optimizer::Course MakeCourse(const PlanningQuestion& question, std::string id, int patient, const Frame& frame);
  // Adds whatever a course could need whose roles are not pinned: from then on such a course adds nothing.
  void AddAllThatIsAskedFor();
  // A visit type of this length that uses nothing.
  int IdleType(int minutes);

  const optimizer::Clinic& clinic() const { return clinic_; }
  const Line& line() const { return line_; }
  // What stands in the picture.
  std::vector<optimizer::Block> Blocks() const;
  // nullopt for a resource that is gone.
  std::optional<optimizer::Block> BlockOf(const ResourceKey& resource, const TimeSpan& time, int load) const;
  optimizer::Interval LineOf(const TimeSpan& time) const;
  optimizer::Interval DayOf(absl::CivilDay day) const;
  // The role that a tag was made for which one pinned resource alone has; nullopt for a tag of the clinic's.
  static std::optional<std::string> PinnedRole(absl::string_view tag);

  // Where `course`, which is of `question`, has its visits when those that are not fixed stand as `visits` says;
  // nullopt where one of them is not there, or has no resource for a role.
  std::optional<std::vector<optimizer::Placement>> Placements(const PlanningQuestion& question,
                                                              const optimizer::Course& course,
                                                              const std::vector<PlannedVisit>& visits) const;
  // The other way round: the visits of `course`, which is of `question`, that are not fixed.
  std::vector<PlannedVisit> Visits(const PlanningQuestion& question, const optimizer::Course& course,
                                   const std::vector<optimizer::Placement>& placements) const;
  // `course` is of `question`.
  CoursePlan Answer(const PlanningQuestion& question, const optimizer::Course& course,
                    const std::vector<optimizer::Placement>& placements, const optimizer::CostTerms& cost) const;

 private:
  void AddClockShifts();
  void AddResources();
  void AddVisits(const PlanningQuestion& question, const Frame& frame, optimizer::Course& course);
  void AddLags(const PlanningQuestion& question, optimizer::Course& course);
  void AddAnchors(const PlanningQuestion& question, optimizer::Course& course);
  void AddLastDay(const PlanningQuestion& question, const Frame& frame, optimizer::Course& course);
  void AddPatient(const PlanningQuestion& question, const Frame& frame, optimizer::Course& course);
  int AddVisitType(const VisitToPlan& visit);
  int TagIndex(const std::string& tag);
  int RoleIndex(const std::string& role);
  int AddGone(const ResourceKey& key);
  optimizer::Standing StandingOf(const VisitToPlan::Standing& standing);
  std::vector<Span> Days(const std::vector<absl::CivilDay>& days) const;
  std::vector<optimizer::Interval> WeeklyLine(const std::vector<WeeklySpan>& weekly, const Frame& frame) const;

  const PlanningPicture& input_;
  const Line line_;
  optimizer::Clinic clinic_;
  std::vector<ResourceKey> resource_keys_;
  std::map<ResourceKey, int> resources_;
  std::map<std::string, int> tags_, roles_;
  std::map<VisitTypeId, int> visit_types_;
  std::map<int, int> idle_types_;  // by minutes
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_CLINIC_MODEL_H_
