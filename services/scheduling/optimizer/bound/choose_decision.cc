#include "services/scheduling/optimizer/bound/choose_decision.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace kat::optimizer {
namespace {

using Mix = std::vector<std::pair<Bundle::Visits, double>>;
using Kind = Decision::Kind;

// A question half of whose weight lies on either side counts for a quarter of these. Days move costs, hours and hands
// mostly do not.
constexpr double kOpen = 1, kPlaced = 4;
constexpr double kDays = 1, kMostDays = 5, kHours = 0.05;
constexpr double kHands = 0.02;
constexpr double kLeast = 1e-5;
constexpr double kNothing = 1e-6;  // of weight

class Chooser {
 public:
  Chooser(const Instance& instance, const Lagrangian& lagrangian) : instance_(instance), lagrangian_(lagrangian) {}

  std::vector<Decision> Choose() {
    for (size_t day = 0; day < lagrangian_.DaysToOpen(); ++day) {
      const double open = lagrangian_.Opened(day);
      Ask(kOpen * open * (1 - open), [&] {
        return std::vector<Decision>{{.kind = Kind::kOpen, .day = day}, {.kind = Kind::kClosed, .day = day}};
      });
    }
    for (size_t i = 0; i < instance_.courses.size(); ++i) {
      if (lagrangian_.HasChoice(i)) AskAbout(i);
    }
    return std::move(ways_);
  }

 private:
  template <class F>
  void Ask(double score, F&& ways) {
    if (score <= most_) return;
    most_ = score;
    ways_ = ways();
  }

  void AskAbout(size_t course) {
    const Mix mix = lagrangian_.MixOf(course);
    double placed = 0;
    for (const auto& [visits, weight] : mix) placed += weight;
    Ask(lagrangian_.HasToBePlaced(course) ? 0 : kPlaced * placed * (1 - placed), [&] {
      return std::vector<Decision>{{.kind = Kind::kPlaced, .course = course},
                                   {.kind = Kind::kLeftOut, .course = course}};
    });
    for (size_t v = 0; v < instance_.courses[course].visits.size(); ++v) {
      if (instance_.courses[course].visits[v].fixed) continue;
      AskWhen(course, v, mix);
      AskWho(course, v, mix);
    }
    if (ways_.empty()) AskForHandoffs(course, mix);
  }

  // Before which start the visit stands: a day's first or, within a day, any.
  void AskWhen(size_t course, size_t visit, const Mix& mix) {
    std::vector<std::pair<Minute, double>> starts;
    double weight_after = 0, sum_after = 0;
    for (const auto& [plan, weight] : mix) {
      starts.emplace_back((*plan)[visit].start, weight);
      weight_after += weight;
      sum_after += weight * (*plan)[visit].start;
    }
    std::sort(starts.begin(), starts.end());
    double weight_before = 0, sum_before = 0;
    for (size_t k = 0; k + 1 < starts.size(); ++k) {
      const auto [start, weight] = starts[k];
      weight_before += weight;
      sum_before += weight * start;
      weight_after -= weight;
      sum_after -= weight * start;
      const Minute next = starts[k + 1].first;
      if (start == next || weight_before < kNothing || weight_after < kNothing) continue;
      const double apart = (sum_after / weight_after - sum_before / weight_before) / kMinutesPerDay;
      const bool days = DayOf(start) != DayOf(next);
      const double worth = days ? std::min(kDays + apart, kMostDays) : kHours * apart;
      Ask(worth * weight_before * weight_after, [&] {
        const Minute cut = days ? DayOf(next) * kMinutesPerDay : next;
        const Minute end = instance_.clinic.days * kMinutesPerDay;
        return std::vector<Decision>{{.kind = Kind::kStarts, .course = course, .visit = visit, .starts = {0, cut}},
                                     {.kind = Kind::kStarts, .course = course, .visit = visit, .starts = {cut, end}}};
      });
    }
  }

  void AskWho(size_t course, size_t visit, const Mix& mix) {
    const int type = instance_.courses[course].visits[visit].type;
    for (size_t role = 0; role < instance_.clinic.visit_types[type].roles.size(); ++role) {
      for (const auto& [plan, weight] : mix) {
        const int hand = (*plan)[visit].resources[role];
        double with = 0, without = 0;
        for (const auto& [other, share] : mix) ((*other)[visit].resources[role] == hand ? with : without) += share;
        Ask(kHands * with * without, [&] { return HandOrOthers(course, visit, role, hand); });
      }
    }
  }

  std::vector<Decision> HandOrOthers(size_t course, size_t visit, size_t role, int hand) const {
    std::vector<int> others = lagrangian_.HandsOf(course, visit, role);
    std::erase(others, hand);
    return {{.kind = Kind::kHands, .course = course, .visit = visit, .role = role, .hands = {hand}},
            {.kind = Kind::kHands, .course = course, .visit = visit, .role = role, .hands = std::move(others)}};
  }

  // More than one handoff of a course counts as one, or more than two as two (PricedCourse), unless it is decided who
  // serves its visits.
  void AskForHandoffs(size_t course, const Mix& mix) {
    if (mix.empty()) return;
    const std::vector<Placement>& plan = *mix.front().first;
    const Course& c = instance_.courses[course];
    for (int name : c.continuity) {
      std::set<int> hands;
      std::optional<std::pair<size_t, size_t>> undecided;  // a visit and its role
      for (size_t v = 0; v < c.visits.size(); ++v) {
        const std::vector<Role>& roles = instance_.clinic.visit_types[c.visits[v].type].roles;
        for (size_t r = 0; r < roles.size(); ++r) {
          if (roles[r].name != name) continue;
          if (c.visits[v].fixed) {
            for (const RoleAssignment& assigned : c.visits[v].current->assign) {
              if (assigned.role_name == name) hands.insert(assigned.resource);
            }
          } else if (hands.insert(plan[v].resources[r]).second && lagrangian_.HandsOf(course, v, r).size() > 1) {
            undecided = {v, r};
          }
        }
      }
      if (!undecided) continue;
      const auto [visit, role] = *undecided;
      const size_t told_apart = lagrangian_.HandsOf(course, visit, role).size() > PricedCourse::kMostApart ? 2 : 3;
      if (hands.size() <= told_apart) continue;
      ways_ = HandOrOthers(course, visit, role, plan[visit].resources[role]);
      return;
    }
  }

  const Instance& instance_;
  const Lagrangian& lagrangian_;
  double most_ = kLeast;
  std::vector<Decision> ways_;
};

}  // namespace

std::vector<Decision> ChooseDecision(const Instance& instance, const Lagrangian& lagrangian) {
  return Chooser(instance, lagrangian).Choose();
}

}  // namespace kat::optimizer
