#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_TRIPS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_TRIPS_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/start_index.h"
#include "services/scheduling/optimizer/whole/alone.h"

namespace kat::optimizer {

// Courses by their days alone: which of them each visit can be on with the clinic to itself, one lag of each visit to
// an earlier one, delay, gaps and moves. So the best days take a few microseconds, a tenth of planning the course.
// Costs are rounded to what a float holds, which is whole numbers up to 16 million. Not thread-safe.
class Trips {
 public:
  // Of the courses of `instance` that can be placed and have a choice. It must outlive this.
  Trips(const Instance& instance, const std::vector<Alone>& alone);

  static constexpr float kNever = std::numeric_limits<float>::infinity();

  size_t size() const { return trips_.size(); }
  // The course's index in the instance.
  int CourseOf(size_t trip) const { return trips_[trip].course; }
  // What leaving it out costs.
  Cost DropOf(size_t trip) const { return trips_[trip].drop; }
  int NumStops(size_t trip) const { return static_cast<int>(trips_[trip].stops.size()); }
  int TypeOf(size_t trip, int stop) const { return trips_[trip].stops[stop].type; }

  // The cheapest days of all stops where each pays [type][day] beside its cost: what they cost; kNever and no days
  // where there are none.
  float Choose(size_t trip, const std::vector<float>& paid, std::vector<int>& days);

  int64_t ops() const { return ops_; }

 private:
  // A visit, by position.
  struct Stop {
    int type = 0;
    int first_day = 0, last_day = 0;
    int parent = -1;                 // comes before it; -1: none
    int min_days = 0, max_days = 0;  // after the parent
    int ideal = 0;
    float gap = 0;           // of each day off the ideal
    size_t first_cost = 0;   // in day_cost_, of its first day
    size_t first_below = 0;  // in below_, likewise
  };
  struct Trip {
    int course = 0;
    Cost drop = 0, constant = 0;
    std::vector<Stop> stops;
  };

  Stop MakeStop(const CourseProblem& problem, int position) const;
  void AddBelow(const Stop& stop, const Stop& parent);
  int BestDay(const Stop& stop, int parent_day) const;
  const float* Below(const Stop& stop) const { return below_.data() + stop.first_below - stop.first_day; }

  const Instance* instance_;
  int days_;
  std::vector<Trip> trips_;
  std::vector<float> day_cost_;  // of each stop and day; kNever: it cannot be there
  std::vector<float> below_;     // of a trip's stops and days: with all that hangs from it
  std::vector<float> best_;      // of the parent's days
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_TRIPS_H_
