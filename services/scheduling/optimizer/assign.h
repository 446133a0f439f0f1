#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_ASSIGN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_ASSIGN_H_

#include <algorithm>
#include <span>
#include <vector>

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
  // What Add would return.
  Cost OpeningCost(const Picture& picture, int resource, const Role& role, Minute start) const;

 private:
  bool IsOpen(int resource, int day) const {
    return std::find(opened_.begin(), opened_.end(), Opened{resource, day}) != opened_.end();
  }

  std::vector<Use> uses_;
  std::vector<Opened> opened_;
};

// Finds resources for every role of one visit at one start, beside what stands and what is pending.
class Assigner {
 public:
  explicit Assigner(StartIndex& index) : index_(&index) {}

  // Calls visit(resources, cost of days opened) for each way to fill all roles, `forced` (per role, or kAnyResource)
  // kept, until it returns false. While it runs the uses are in `pending`. Ways that open days at `limit` or more are
  // left out. Sets `blocked` where a resource was refused that only pending uses of other visits keep from serving.
  template <class F>
  void ForEach(int type, int day, int slot, std::span<const int> forced, Pending& pending, Cost limit, bool& blocked,
               F&& visit) {
    Frame frame{type,
                day,
                slot,
                index_->Slots(day).first + slot * index_->clinic().slot_minutes,
                forced,
                &pending,
                limit,
                &blocked,
                pending.mark().uses};
    resources_.resize(index_->clinic().visit_types[type].roles.size());
    Fill(frame, 0, 0, visit);
  }

  int64_t ops() const { return ops_; }

 private:
  struct Frame {
    int type, day, slot;
    Minute start;
    std::span<const int> forced;
    Pending* pending;
    Cost limit;
    bool* blocked;
    size_t others;  // uses pending before this visit
  };

  template <class F>
  bool Fill(Frame& frame, size_t role_index, Cost cost, F&& visit) {
    const VisitType& type = index_->clinic().visit_types[frame.type];
    if (role_index == type.roles.size()) return visit(std::span<const int>(resources_.data(), type.roles.size()), cost);
    const Role& role = type.roles[role_index];
    const int pattern = index_->PatternOf(frame.type, static_cast<int>(role_index));
    const std::span<const int> candidates = index_->Candidates(pattern);
    const StartIndex::Starts starts = index_->Find(pattern, frame.day);
    for (size_t c = 0; c < candidates.size(); ++c) {
      const int resource = candidates[c];
      if (frame.forced[role_index] != kAnyResource && frame.forced[role_index] != resource) continue;
      ++ops_;
      if (!bits::Test(starts.each + c * index_->words(), frame.slot)) continue;
      Pending::Mark mark = frame.pending->mark();
      if (frame.pending->Uses(resource) && !frame.pending->Fits(index_->picture(), resource, role, frame.start)) {
        *frame.blocked = *frame.blocked || frame.others > 0;
        continue;
      }
      Cost more = frame.pending->Add(index_->picture(), resource, role, frame.start);
      bool go_on = true;
      if (cost + more < frame.limit) {
        resources_[role_index] = resource;
        go_on = Fill(frame, role_index + 1, cost + more, visit);
      }
      frame.pending->Rewind(mark);
      if (!go_on) return false;
    }
    return true;
  }

  StartIndex* index_;
  std::vector<int> resources_;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_ASSIGN_H_
