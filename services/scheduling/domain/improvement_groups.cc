#include "services/scheduling/domain/improvement_groups.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace kat::scheduling {
namespace {

// A load of one part, or of the ground, on one resource.
struct Load {
  int part = 0;  // -1: of the ground
  bool after = false;
  TimeSpan time;
  int load = 0;

  bool Holds(absl::Time at) const { return time.start <= at && at < time.end; }
};

// A resource on one day of UTC: what is looked at at once.
struct Spot {
  ResourceKey resource;
  int64_t day = 0;

  friend auto operator<=>(const Spot&, const Spot&) = default;
};

constexpr absl::Duration kDay = absl::Hours(24);

std::vector<Spot> SpotsOf(const Usage& usage) {
  std::vector<Spot> spots;
  const absl::Time epoch = absl::UnixEpoch();
  for (int64_t day = absl::Floor(usage.time.start - epoch, kDay) / kDay; epoch + day * kDay < usage.time.end; ++day) {
    spots.push_back({usage.resource, day});
  }
  return spots;
}

class Grouper {
 public:
  Grouper(Ground ground, const std::vector<PartLoads>& parts, int64_t min_gain)
      : ground_(std::move(ground)), parts_(parts), min_gain_(min_gain), grouping_(parts.size()) {}

  std::vector<Grouping> Run() {
    group_.resize(parts_.size());
    std::iota(group_.begin(), group_.end(), 0);
    alone_.assign(parts_.size(), false);
    for (Grouping& grouping : grouping_) grouping.kept = true;
    Index();
    LeaveOutUseless();
    for (const auto& [spot, loads] : loads_) Join(spot);
    LeaveOutPoorGroups();
    FindAlone();
    LeaveOutPoorRests();
    Number();
    return std::move(grouping_);
  }

 private:
  void Index() {
    for (size_t i = 0; i < parts_.size(); ++i) {
      for (const Usage& usage : parts_[i].before) Add(static_cast<int>(i), false, usage);
      for (const Usage& usage : parts_[i].after) Add(static_cast<int>(i), true, usage);
    }
    for (const Usage& usage : ground_.loads) {
      for (const Spot& spot : SpotsOf(usage)) {
        const auto changed = loads_.find(spot);
        if (changed != loads_.end()) changed->second.push_back({-1, false, usage.time, usage.load});
      }
    }
  }

  void Add(int part, bool after, const Usage& usage) {
    if (!ground_.capacity.contains(usage.resource)) return;
    for (const Spot& spot : SpotsOf(usage)) loads_[spot].push_back({part, after, usage.time, usage.load});
  }

  // What a group takes of a spot at one instant.
  struct Sum {
    int64_t before = 0;
    int64_t after = 0;
    int64_t alone_before = 0;  // of those that are alone, part of the above
    int64_t worst_alone = 0;   // the most that those can be between them
  };
  std::map<int, Sum> SumsAt(const std::vector<Load>& loads, absl::Time at, int64_t* ground) const {
    std::map<int, Sum> of_part;
    *ground = 0;
    for (const Load& load : loads) {
      if (!load.Holds(at)) continue;
      if (load.part < 0) {
        *ground += load.load;
      } else if (!grouping_[load.part].kept) {
        if (!load.after) *ground += load.load;
      } else {
        Sum& sum = of_part[load.part];
        (load.after ? sum.after : sum.before) += load.load;
      }
    }
    std::map<int, Sum> of_group;
    for (const auto& [part, own] : of_part) {
      Sum& sum = of_group[group_[part]];
      sum.before += own.before;
      sum.after += own.after;
      if (!alone_[part]) continue;
      sum.alone_before += own.before;
      sum.worst_alone += std::max(own.before, own.after);
    }
    return of_group;
  }

  // The most that a group can take: with any of its parts that are alone, or with all.
  static int64_t Worst(const Sum& sum) { return std::max(sum.after, sum.before - sum.alone_before + sum.worst_alone); }

  // What a spot may carry at an instant: more than its capacity only where it does in any case.
  static int64_t Allowed(int64_t capacity, int64_t ground, const std::map<int, Sum>& sums) {
    int64_t before = ground;
    for (const auto& [group, sum] : sums) before += sum.before;
    return std::max(capacity, before);
  }

  // When anything changes on the spot's day.
  static std::set<absl::Time> Instants(const Spot& spot, const std::vector<Load>& loads) {
    const absl::Time begin = absl::UnixEpoch() + spot.day * kDay;
    std::set<absl::Time> instants;
    for (const Load& load : loads) {
      instants.insert(std::max(begin, load.time.start));
      if (load.time.end < begin + kDay) instants.insert(load.time.end);
    }
    return instants;
  }

  // Whether nothing that may be applied overloads the spot.
  bool IsSafe(const Spot& spot) const {
    const std::vector<Load>& loads = loads_.at(spot);
    for (absl::Time at : Instants(spot, loads)) {
      int64_t worst = 0;
      const std::map<int, Sum> sums = SumsAt(loads, at, &worst);
      const int64_t allowed = Allowed(ground_.capacity.at(spot.resource), worst, sums);
      for (const auto& [group, sum] : sums) worst += Worst(sum);
      if (worst > allowed) return false;
    }
    return true;
  }

  // Makes one group of parts some of which leave an instant of the spot that others of them come to.
  void Join(const Spot& spot) {
    const std::vector<Load>& loads = loads_.at(spot);
    for (absl::Time at : Instants(spot, loads)) {
      while (true) {
        int64_t worst = 0;
        const std::map<int, Sum> sums = SumsAt(loads, at, &worst);
        const int64_t allowed = Allowed(ground_.capacity.at(spot.resource), worst, sums);
        int comes = -1, leaves = -1;
        int64_t most_come = 0, most_leave = 0;
        for (const auto& [group, sum] : sums) {
          worst += Worst(sum);
          const int64_t more = sum.after - sum.before;
          if (more > most_come) comes = group, most_come = more;
          if (-more > most_leave) leaves = group, most_leave = -more;
        }
        if (worst <= allowed || comes < 0 || leaves < 0) break;
        std::replace(group_.begin(), group_.end(), comes, leaves);
      }
    }
  }

  // Every spot that the part touches.
  std::set<Spot> SpotsOfPart(int part) const {
    std::set<Spot> spots;
    for (const auto* loads : {&parts_[part].before, &parts_[part].after}) {
      for (const Usage& usage : *loads) {
        for (const Spot& spot : SpotsOf(usage)) {
          if (loads_.contains(spot)) spots.insert(spot);
        }
      }
    }
    return spots;
  }

  // Whether the others all fit, applied, while `part` stays where it is.
  bool CanStay(int part) const {
    for (const Spot& spot : SpotsOfPart(part)) {
      const std::vector<Load>& loads = loads_.at(spot);
      for (absl::Time at : Instants(spot, loads)) {
        int64_t sum = 0;
        bool there = false;
        for (const Load& load : loads) {
          if (!load.Holds(at)) continue;
          const bool stays = load.part >= 0 && (load.part == part || !grouping_[load.part].kept);
          if (load.part < 0 || load.after != stays) sum += load.load;
          there = there || (load.part == part && !load.after);
        }
        if (there && sum > ground_.capacity.at(spot.resource)) return false;
      }
    }
    return true;
  }

  void LeaveOutUseless() {
    std::vector<int> order(parts_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return parts_[a].gain < parts_[b].gain; });
    bool changed = true;
    while (changed) {
      changed = false;
      for (int part : order) {
        if (parts_[part].gain > 0) break;
        if (!grouping_[part].kept || !CanStay(part)) continue;
        grouping_[part].kept = false;
        changed = true;
      }
    }
  }

  int64_t GainOf(int group) const {
    int64_t gain = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (grouping_[i].kept && group_[i] == group) gain += parts_[i].gain;
    }
    return gain;
  }

  void LeaveOutPoorGroups() {
    for (int group : std::set<int>(group_.begin(), group_.end())) {
      if (GainOf(group) >= min_gain_) continue;
      for (size_t i = 0; i < parts_.size(); ++i) {
        if (group_[i] == group) grouping_[i].kept = false;
      }
    }
  }

  // One after another, those that gain most first; each is tried with those found before it.
  void FindAlone() {
    std::vector<int> order(parts_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return parts_[a].gain > parts_[b].gain; });
    for (int part : order) {
      if (!grouping_[part].kept || parts_[part].gain < min_gain_) continue;
      int others = 0;  // of its group, that are not alone
      for (size_t i = 0; i < parts_.size(); ++i) {
        others += grouping_[i].kept && !alone_[i] && group_[i] == group_[part] && static_cast<int>(i) != part;
      }
      const bool only = others == 0 && !HasAlone(group_[part]);
      if (others == 0 && !only) continue;  // somebody has to need the others, or they would be no group
      alone_[part] = true;
      const std::set<Spot> spots = SpotsOfPart(part);
      alone_[part] = only || std::all_of(spots.begin(), spots.end(), [&](const Spot& spot) { return IsSafe(spot); });
    }
  }

  // Where what is left of a group without its parts that are alone gains too little, those are all that is worth it.
  void LeaveOutPoorRests() {
    for (int group : std::set<int>(group_.begin(), group_.end())) {
      if (!HasAlone(group)) continue;
      int64_t gain = 0;
      int rest = 0;
      for (size_t i = 0; i < parts_.size(); ++i) {
        if (!grouping_[i].kept || group_[i] != group || alone_[i]) continue;
        gain += parts_[i].gain;
        ++rest;
      }
      if (rest == 0 || gain >= min_gain_) continue;
      for (size_t i = 0; i < parts_.size(); ++i) {
        if (!grouping_[i].kept || group_[i] != group) continue;
        grouping_[i].kept = alone_[i];
        group_[i] = static_cast<int>(parts_.size() + i);  // a group of its own
      }
    }
  }

  bool HasAlone(int group) const {
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (grouping_[i].kept && alone_[i] && group_[i] == group) return true;
    }
    return false;
  }

  void Number() {
    std::set<int> kept;
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (grouping_[i].kept) kept.insert(group_[i]);
    }
    std::vector<int> order(kept.begin(), kept.end());
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return GainOf(a) > GainOf(b); });
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (!grouping_[i].kept) continue;
      grouping_[i].group = static_cast<int>(std::find(order.begin(), order.end(), group_[i]) - order.begin());
      grouping_[i].alone = alone_[i];
    }
  }

  const Ground ground_;
  const std::vector<PartLoads>& parts_;
  const int64_t min_gain_;
  std::vector<Grouping> grouping_;
  std::map<Spot, std::vector<Load>> loads_;  // of those that some part touches
  std::vector<int> group_;
  std::vector<bool> alone_;
};

}  // namespace

std::vector<Grouping> GroupParts(Ground ground, const std::vector<PartLoads>& parts, int64_t min_gain) {
  return Grouper(std::move(ground), parts, min_gain).Run();
}

}  // namespace kat::scheduling
