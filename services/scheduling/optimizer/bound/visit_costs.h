#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_VISIT_COSTS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_VISIT_COSTS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/scheduling/optimizer/bound/priced_course.h"
#include "services/scheduling/optimizer/bound/prices.h"

namespace kat::optimizer {

// What the visits of a course cost on each day under prices, at their cheapest start and resources, for any choice of
// hands. What is the same for all courses, the sums over a visit type's roles at each start, is made once for each set
// of prices; what is the same for all choices of hands of a course, once for the course.
class VisitCosts {
 public:
  static constexpr int64_t kNever = int64_t{1} << 60;

  explicit VisitCosts(Prices& prices) : prices_(&prices) {}

  // The course that is asked about from here on, under the prices as they are now. Any hands will do at first.
  void Begin(const PricedCourse& course);
  // Keeps each continuity role to the hands of one of its ways (PricedCourse::HandsOf), and each role to those allowed.
  void Keep(const std::vector<int>& choice);

  // Of a visit of the class (PricedCourse::ClassOf) that starts on the day, in units; kNever where it cannot.
  int64_t Least(int visit_class, int day);
  // Where it costs that. Only where it can stand.
  Placement Place(int visit_class, int day);

  int64_t ops() const { return ops_; }

 private:
  struct Known {
    uint32_t stamp = 0;
    int64_t cost = 0;
  };
  // [role]: a place among the candidates of its pattern; -1: any of them.
  using Places = std::vector<int>;
  struct Row {
    uint32_t stamp = 0;
    std::unique_ptr<int32_t[]> cost;  // [slot]
  };
  // A visit of a class with certain resources in some roles.
  struct Way {
    uint32_t stamp = 0;
    Places places;
    std::vector<Row>* sums = nullptr;  // [day]
    std::vector<Known> days;
  };
  struct Spot {
    int slot = 0;
    bool stays = false;  // in the hands in which it stands today
  };
  static constexpr size_t kMostBytes = size_t{1} << 26;

  Way& WayOf(int visit_class, const Places& places);
  const int32_t* Sums(int type, Way& way, int day);
  int64_t Scan(int visit_class, int day, Way& way, Spot* spot);
  int64_t Staying(int visit_class, int day, int slot, const Places& places);
  int64_t InWay(int visit_class, Way& way, int day);
  int TypeOf(int visit_class) const {
    return course_->problem().visit(course_->Representative(visit_class)).type_index;
  }

  Prices* prices_;
  const PricedCourse* course_ = nullptr;
  uint32_t stamp_ = 0;  // of a course under prices
  template <class T>
  using ByPlaces = absl::flat_hash_map<Places, std::unique_ptr<T>>;
  std::vector<ByPlaces<Way>> ways_;               // [class]
  std::vector<ByPlaces<std::vector<Row>>> sums_;  // [type]
  std::vector<std::vector<Way*>> kept_;           // [class]: those that the choice leaves
  size_t bytes_ = 0;                              // of all these, about
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_VISIT_COSTS_H_
