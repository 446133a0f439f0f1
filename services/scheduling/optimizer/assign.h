#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_ASSIGN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_ASSIGN_H_

#include <algorithm>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/effort.h"
#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {

inline constexpr int kAnyResource = -1;

// Loads of visits of this course that are placed but do not stand in the picture, and the days that they open.
class Pending {
 public:
  struct Use {
    int resource;
    Minute from, to;
    int load;
  };
  struct Opened {
    int resource;
    int day;
    friend bool operator==(const Opened&, const Opened&) = default;
  };
  struct Mark {
    size_t uses, opened;
  };

  Mark mark() const { return {uses_.size(), opened_.size()}; }
  void Rewind(Mark mark) {
    uses_.resize(mark.uses);
    opened_.resize(mark.opened);
  }
  void Clear() { Rewind({0, 0}); }
  bool Uses(int resource) const {
    return std::any_of(uses_.begin(), uses_.end(), [&](const Use& use) { return use.resource == resource; });
  }
  // Whether `role` can use `resource` from `start` beside what stands and what is pending.
  bool Fits(const Picture& picture, int resource, const Role& role, Minute start) const;
  // Adds the use of a role; returns what the days that it opens cost.
  Cost Add(const Picture& picture, int resource, const Role& role, Minute start);
  // Notes that `resource` was refused to somebody because of what is pending; and asks whether it was, since a moment.
  void Refuse(int resource) {
    if (refused_.size() <= static_cast<size_t>(resource)) refused_.resize(resource + 1);
    refused_[resource] = ++refusals_;
  }
  int64_t refusals() const { return refusals_; }
  bool RefusedSince(int resource, int64_t refusals) const {
    return static_cast<size_t>(resource) < refused_.size() && refused_[resource] > refusals;
  }
  // What Add would return.
  Cost OpeningCost(const Picture& picture, int resource, const Role& role, Minute start) const;

 private:
  bool IsOpen(int resource, int day) const {
    return std::find(opened_.begin(), opened_.end(), Opened{resource, day}) != opened_.end();
  }

  std::vector<Use> uses_;
  std::vector<Opened> opened_;
  std::vector<int64_t> refused_;  // [resource]: the number of its last refusal
  int64_t refusals_ = 0;
};

// Finds resources for every role of one visit at one start, beside what stands and what is pending.
class Assigner {
 public:
  Assigner(StartIndex& index, Effort& effort) : index_(&index), effort_(&effort) {}

  // Calls visit(resources, cost of days opened) for each way to fill all roles, `forced` (per role, or kAnyResource)
  // kept, until it returns false. While it runs the uses are in `pending`. Ways that open days at `limit` or more are
  // left out, and all that come after the effort is spent; and so are ways that differ from one that was given by a
  // resource that opened no day and came in nobody's way, in visit() either: they could do no better. `standing`, if
  // any: how the visit stands, where visit() counts it dearer for resources to differ from that.
  template <class F>
  void ForEach(int type, int day, int slot, std::span<const int> forced, Pending& pending, Cost limit,
               const Standing* standing, F&& visit) {
    Frame frame{type,   day,      slot,  index_->Slots(day).first + slot * index_->clinic().slot_minutes,
                forced, &pending, limit, standing};
    resources_.resize(index_->clinic().visit_types[type].roles.size());
    Fill(frame, 0, 0, visit);
  }

 private:
  struct Frame {
    int type, day, slot;
    Minute start;
    std::span<const int> forced;
    Pending* pending;
    Cost limit;
    const Standing* standing;
  };

  // The candidate of the role who stands in it; -1: nobody.
  static int StandingIn(const Frame& frame, const Role& role, std::span<const int> candidates) {
    if (frame.standing == nullptr) return -1;
    for (const RoleAssignment& assigned : frame.standing->assign) {
      if (assigned.role_name != role.name) continue;
      const auto at = std::lower_bound(candidates.begin(), candidates.end(), assigned.resource);
      if (at != candidates.end() && *at == assigned.resource) return static_cast<int>(at - candidates.begin());
    }
    return -1;
  }

  template <class F>
  bool Fill(Frame& frame, size_t role_index, Cost cost, F&& visit) {
    const VisitType& type = index_->clinic().visit_types[frame.type];
    if (role_index == type.roles.size()) return visit(std::span<const int>(resources_.data(), type.roles.size()), cost);
    const Role& role = type.roles[role_index];
    const int pattern = index_->PatternOf(frame.type, static_cast<int>(role_index));
    const std::span<const int> candidates = index_->Candidates(pattern);
    const int first = StandingIn(frame, role, candidates);  // tried before the others
    for (size_t i = 0; i <= candidates.size(); ++i) {
      if (i == 0 ? first < 0 : static_cast<int>(i) - 1 == first) continue;
      const size_t c = i == 0 ? first : i - 1;
      const int resource = candidates[c];
      if (frame.forced[role_index] != kAnyResource && frame.forced[role_index] != resource) continue;
      effort_->Spend(1);
      if (effort_->Spent()) return false;
      if (!bits::Test(index_->StartsOf(pattern, c, frame.day), frame.slot)) continue;
      Pending::Mark mark = frame.pending->mark();
      if (frame.pending->Uses(resource) && !frame.pending->Fits(index_->picture(), resource, role, frame.start)) {
        frame.pending->Refuse(resource);
        continue;
      }
      Cost more = frame.pending->Add(index_->picture(), resource, role, frame.start);
      const int64_t refusals = frame.pending->refusals();
      bool go_on = true;
      if (cost + more < frame.limit) {
        resources_[role_index] = resource;
        go_on = Fill(frame, role_index + 1, cost + more, visit);
      }
      frame.pending->Rewind(mark);
      if (!go_on) return false;
      // All that came after it went as if nobody were in this role, so that nobody else in it can do better.
      if (more == 0 && !frame.pending->RefusedSince(resource, refusals)) return true;
    }
    return true;
  }

  StartIndex* index_;
  Effort* effort_;
  std::vector<int> resources_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_ASSIGN_H_
