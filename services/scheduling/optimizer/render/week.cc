#include "services/scheduling/optimizer/render/week.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace kat::optimizer {
namespace {

// A place holds the patient all the time; equipment is taken one by one; the rest are people.
RowKind KindOf(const Clinic& clinic, const Resource& resource) {
  bool place = true, ones = true, used = false;
  for (const VisitType& type : clinic.visit_types) {
    for (const Role& role : type.roles) {
      const bool serves = std::any_of(resource.tags.begin(), resource.tags.end(),
                                      [&](const HeldTag& tag) { return tag.tag == role.tag; });
      if (!serves || role.usage.empty()) continue;
      used = true;
      for (const Segment& segment : role.usage) {
        place = place && segment.from <= 0 && segment.to >= type.duration;
        ones = ones && segment.load == 1;
      }
    }
  }
  if (!used) return resource.capacity > 1 ? RowKind::kPerson : RowKind::kPlace;
  if (place && ones) return RowKind::kPlace;
  return ones && resource.capacity > 1 ? RowKind::kEquipment : RowKind::kPerson;
}

class Maker {
 public:
  Maker(const Instance& instance, const Plans& plans, int week) : instance_(instance), plans_(plans) {
    week_.first_day = week * 7;
    begin_ = week_.first_day * kMinutesPerDay;
    end_ = begin_ + week_.num_days * kMinutesPerDay;
  }

  Week Make() {
    const Clinic& clinic = instance_.clinic;
    rows_.resize(clinic.resources.size());
    for (size_t r = 0; r < rows_.size(); ++r) {
      rows_[r].resource = static_cast<int>(r);
      rows_[r].kind = KindOf(clinic, clinic.resources[r]);
      for (const Interval& window : clinic.resources[r].windows) {
        const Interval cut = {std::max(window.from, begin_), std::min(window.to, end_)};
        if (cut.from < cut.to) rows_[r].open.push_back(cut);
      }
    }
    for (const Block& block : instance_.blocks) {
      if (block.interval.to <= begin_ || block.interval.from >= end_) continue;
      Use use;
      use.from = std::max(block.interval.from, begin_);
      use.to = std::min(block.interval.to, end_);
      use.load = block.load;
      rows_[block.resource].blocked.push_back(use);
    }
    std::set<int> courses;
    for (size_t c = 0; c < instance_.courses.size(); ++c) {
      for (size_t v = 0; v < instance_.courses[c].visits.size(); ++v) {
        if (AddVisit(static_cast<int>(c), static_cast<int>(v))) {
          courses.insert(static_cast<int>(c));
          ++week_.visits;
        }
      }
    }
    week_.courses = static_cast<int>(courses.size());
    for (WeekRow& row : rows_) Finish(row);
    auto rank = [&](const WeekRow& row) {
      const Resource& resource = clinic.resources[row.resource];
      return std::tuple(row.kind, resource.tags.empty() ? -1 : resource.tags[0].tag, row.resource);
    };
    std::sort(rows_.begin(), rows_.end(), [&](const WeekRow& a, const WeekRow& b) { return rank(a) < rank(b); });
    week_.rows = std::move(rows_);
    FindHours();
    return std::move(week_);
  }

 private:
  bool AddVisit(int c, int v) {
    const Clinic& clinic = instance_.clinic;
    const Course& course = instance_.courses[c];
    const Visit& visit = course.visits[v];
    if (!visit.fixed && !plans_[c]) return false;
    const VisitType& type = clinic.visit_types[visit.type];
    const Minute start = visit.fixed ? visit.current->start : (*plans_[c])[v].start;
    const int known = static_cast<int>(clinic.resources.size());
    std::vector<int> resources(type.roles.size(), -1);
    for (size_t r = 0; r < type.roles.size(); ++r) {
      if (!visit.fixed) {
        resources[r] = (*plans_[c])[v].resources[r];
        continue;
      }
      for (const RoleAssignment& assigned : visit.current->assign) {
        if (assigned.role_name == type.roles[r].name && assigned.resource < known) resources[r] = assigned.resource;
      }
    }
    const std::vector<PhasePart> parts = PartsOf(type, resources, start);
    bool seen = false;
    for (size_t r = 0; r < type.roles.size(); ++r) {
      if (resources[r] < 0) continue;
      for (const Segment& segment : type.roles[r].usage) {
        Use use{c, v, start + segment.from, start + segment.to, segment.load};
        if (use.to <= begin_ || use.from >= end_) continue;
        use.fixed = visit.fixed;
        use.moved = !visit.fixed && visit.current && visit.current->start != start;
        for (const PhasePart& part : parts) {
          const PhasePart cut = {std::max(part.from, use.from), std::min(part.to, use.to), part.phase};
          if (cut.from < cut.to) use.parts.push_back(cut);
        }
        rows_[resources[r]].uses.push_back(use);
        seen = true;
      }
    }
    return seen;
  }

  // The visit cut where any person comes or goes.
  std::vector<PhasePart> PartsOf(const VisitType& type, const std::vector<int>& resources, Minute start) const {
    std::set<Minute> cuts = {0, type.duration};
    for (const Role& role : type.roles) {
      for (const Segment& segment : role.usage) cuts.insert({segment.from, segment.to});
    }
    std::vector<PhasePart> parts;
    for (auto at = cuts.begin(); std::next(at) != cuts.end(); ++at) {
      const Minute from = *at, to = *std::next(at);
      Phase phase = from < 0 || from >= type.duration ? Phase::kTurnover : Phase::kQuiet;
      for (size_t r = 0; r < type.roles.size() && phase != Phase::kTurnover; ++r) {
        if (resources[r] < 0 || rows_[resources[r]].kind != RowKind::kPerson) continue;
        for (const Segment& segment : type.roles[r].usage) {
          if (segment.from > from || segment.to < to) continue;
          const bool full = 2 * segment.load >= instance_.clinic.resources[resources[r]].capacity;
          phase = std::min(phase, full ? Phase::kHandsOn : Phase::kMonitored);
        }
      }
      if (!parts.empty() && parts.back().phase == phase) {
        parts.back().to = start + to;
      } else {
        parts.push_back({start + from, start + to, phase});
      }
    }
    return parts;
  }

  void Finish(WeekRow& row) {
    const double capacity = std::max(1, instance_.clinic.resources[row.resource].capacity);
    std::sort(row.uses.begin(), row.uses.end(), [](const Use& a, const Use& b) {
      return std::tie(a.from, a.course, a.visit, a.to) < std::tie(b.from, b.course, b.visit, b.to);
    });
    for (size_t i = 0; i < row.uses.size(); ++i) {
      Use& use = row.uses[i];
      // The lowest place that is free all the while; where there is none, on top of the least loaded.
      std::vector<double> lows = {0};
      for (size_t j = 0; j < i; ++j) {
        if (row.uses[j].to > use.from) lows.push_back(row.uses[j].low + row.uses[j].load);
      }
      std::sort(lows.begin(), lows.end());
      use.low = std::max(0.0, capacity - use.load);
      for (double low : lows) {
        bool free = low + use.load <= capacity;
        for (size_t j = 0; j < i && free; ++j) {
          const Use& other = row.uses[j];
          free = other.to <= use.from || other.low >= low + use.load || other.low + other.load <= low;
        }
        if (!free) continue;
        use.low = low;
        break;
      }
    }
    double minutes = 0, used = 0;
    for (const Interval& open : row.open) minutes += open.to - open.from;
    for (const Use& use : row.uses) used += static_cast<double>(use.to - use.from) * use.load;
    row.used_share = minutes > 0 ? used / (minutes * capacity) : 0;
    FindOverloads(row);
  }

  void FindOverloads(WeekRow& row) {
    std::set<Minute> cuts;
    for (const Use& use : row.uses) cuts.insert({use.from, use.to});
    for (const Use& use : row.blocked) cuts.insert({use.from, use.to});
    if (cuts.empty()) return;
    for (const Interval& window : row.open) cuts.insert({window.from, window.to});
    for (auto at = cuts.begin(); std::next(at) != cuts.end(); ++at) {
      int64_t load = 0;
      bool chosen = false;
      auto add = [&](const Use& use, bool counts) {
        if (use.from > *at || use.to <= *at) return;
        load += use.load;
        chosen = chosen || counts;
      };
      for (const Use& use : row.uses) add(use, !use.fixed);
      for (const Use& use : row.blocked) add(use, false);
      const bool open = std::any_of(row.open.begin(), row.open.end(),
                                    [&](const Interval& window) { return window.from <= *at && *at < window.to; });
      if (!chosen || (open && load <= instance_.clinic.resources[row.resource].capacity)) continue;
      if (!row.overloaded.empty() && row.overloaded.back().to == *at) {
        row.overloaded.back().to = *std::next(at);
      } else {
        row.overloaded.push_back({*at, *std::next(at)});
        ++week_.conflicts;
      }
    }
  }

  void FindHours() {
    Minute from = kMinutesPerDay, to = 0;
    for (const WeekRow& row : week_.rows) {
      auto span = [&](Minute a, Minute b) {
        const Minute midnight = DayOf(a) * kMinutesPerDay;
        from = std::min(from, a - midnight);
        to = std::max(to, std::min(b - midnight, kMinutesPerDay));
        if (b - midnight > kMinutesPerDay) from = 0;
      };
      if (row.kind != RowKind::kEquipment) {
        for (const Interval& open : row.open) span(open.from, open.to);
      }
      for (const Use& use : row.uses) span(use.from, use.to);
    }
    if (from >= to) from = 8 * 60, to = 18 * 60;
    week_.open_from = from / 60 * 60;
    week_.open_to = (to + 59) / 60 * 60;
  }

  const Instance& instance_;
  const Plans& plans_;
  Week week_;
  Minute begin_, end_;
  std::vector<WeekRow> rows_;
};

}  // namespace

Week MakeWeek(const Instance& instance, const Plans& plans, int week) { return Maker(instance, plans, week).Make(); }

}  // namespace kat::optimizer
