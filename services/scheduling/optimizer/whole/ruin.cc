#include "services/scheduling/optimizer/whole/ruin.h"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace kat::optimizer {
namespace {

constexpr int kNearDays = 10;
constexpr int kPacked = 20;  // percent

}  // namespace

Ruiner::Ruiner(const Schedule& schedule, const std::vector<Alone>& alone)
    : schedule_(&schedule), alone_(&alone), taken_(alone.size()) {
  const Clinic& clinic = schedule.clinic();
  for (const VisitType& type : clinic.visit_types) {
    std::vector<int>& rivals = type_rivals_.emplace_back();
    for (size_t r = 0; r < clinic.resources.size(); ++r) {
      const bool serves =
          std::any_of(clinic.resources[r].tags.begin(), clinic.resources[r].tags.end(), [&](const HeldTag& tag) {
            return std::any_of(type.roles.begin(), type.roles.end(),
                               [&](const Role& role) { return role.tag == tag.tag; });
          });
      if (serves) rivals.push_back(static_cast<int>(r));
    }
  }
  std::map<std::vector<int>, int> known;
  for (int i = 0; i < schedule.size(); ++i) {
    std::vector<int> types;
    for (const Visit& visit : schedule.course(i).visits) types.push_back(visit.type);
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    const auto [at, added] = known.emplace(types, static_cast<int>(groups_.size()));
    if (added) groups_.emplace_back();
    if (added) group_types_.push_back(types);
    groups_[at->second].push_back(i);
    group_of_.push_back(at->second);
  }
  for (int i = 0; i < schedule.size(); ++i) {
    movable_.push_back(alone[i].free && alone[i].possible);
    if (movable_[i]) courses_.push_back(i);
  }
}

void Ruiner::Begin() {
  if (++stamp_ == 0) {
    std::fill(taken_.begin(), taken_.end(), 0);
    stamp_ = 1;
  }
}

bool Ruiner::Take(int course, Ruin& ruin) {
  if (!movable_[course] || taken_[course] == stamp_ || !schedule_->Scheduled(course)) return false;
  taken_[course] = stamp_;
  ruin.removed.push_back(course);
  return true;
}

int Ruiner::RandomScheduled(Chance& chance) {
  for (int tries = 0; tries < 20; ++tries) {
    const int course = chance.Of(courses_);
    if (schedule_->Scheduled(course)) return course;
  }
  return -1;
}

// An unscheduled course, rather one that is worth much for what it takes.
int Ruiner::RandomWanted(Chance& chance) {
  double total = 0;
  for (int course : courses_) total += schedule_->Scheduled(course) ? 0 : WorthOf(course);
  if (total == 0) return -1;
  double at = chance.Real() * total;
  int last = -1;
  for (int course : courses_) {
    if (schedule_->Scheduled(course)) continue;
    last = course;
    at -= WorthOf(course);
    if (at <= 0) break;
  }
  return last;
}

// The dearest above its floor of a few.
int Ruiner::Dearest(Chance& chance) {
  int best = -1;
  Cost most = -1;
  for (int tries = 0; tries < 6; ++tries) {
    const int course = RandomScheduled(chance);
    if (course < 0 || taken_[course] == stamp_) continue;
    const Cost above = schedule_->OwnCost(course) - (*alone_)[course].floor;
    if (above > most) {
      most = above;
      best = course;
    }
  }
  return best;
}

// Courses on the same resources and days as `visits`, in a random order, until `most` are taken.
void Ruiner::TakeNeighbors(int course, const std::vector<Placement>& visits, size_t most, Chance& chance, Ruin& ruin) {
  const Course& c = schedule_->course(course);
  found_.clear();
  const int from = chance.Below(static_cast<int>(visits.size()));
  for (size_t k = 0; k < visits.size() && found_.size() < 4 * most; ++k) {
    const size_t v = (from + k) % visits.size();
    if (c.visits[v].fixed) continue;
    for (int resource : visits[v].resources) {
      const std::vector<int>& users = schedule_->Users(resource, DayOf(visits[v].start));
      found_.insert(found_.end(), users.begin(), users.end());
    }
  }
  chance.Shuffle(found_);
  for (int other : found_) {
    if (ruin.removed.size() >= most) return;
    Take(other, ruin);
  }
}

// The plan that the course would have alone, or the one that it has.
const std::vector<Placement>& Ruiner::Ideal(int course, Chance& chance) const {
  const std::vector<Placement>& alone = (*alone_)[course].visits;
  return alone.empty() || (schedule_->Scheduled(course) && chance.Percent(50)) ? *schedule_->plans()[course] : alone;
}

// All visits of the day on what the type could use.
void Ruiner::FindVisits(int type, int day) {
  if (day < 0 || day >= schedule_->clinic().days) return;
  for (int resource : type_rivals_[type]) {
    for (int course : schedule_->Users(resource, day)) {
      if (taken_[course] == stamp_) continue;
      const std::vector<Placement>& visits = *schedule_->plans()[course];
      for (size_t v = 0; v < visits.size(); ++v) {
        if (DayOf(visits[v].start) == day) visits_.emplace_back(course, static_cast<int>(v));
      }
    }
  }
}

void Ruiner::LiftSome(size_t most, Chance& chance, Ruin& ruin) {
  std::sort(visits_.begin(), visits_.end());
  visits_.erase(std::unique(visits_.begin(), visits_.end()), visits_.end());
  chance.Shuffle(visits_);
  ruin.lifted.assign(visits_.begin(), visits_.begin() + std::min(most, visits_.size()));
}

// Courses on what the course could use, on the days of the plan that it would have alone, or of the one that it has,
// give or take a day.
void Ruiner::TakeRivals(int course, size_t most, Chance& chance, Ruin& ruin) {
  const Course& c = schedule_->course(course);
  const std::vector<Placement>& ideal = Ideal(course, chance);
  found_.clear();
  const int later = chance.Below(4) == 0 ? chance.Below(8) : 0;
  for (size_t v = 0; v < ideal.size(); ++v) {
    if (c.visits[v].fixed) continue;
    for (int day = DayOf(ideal[v].start) + later - 1; day <= DayOf(ideal[v].start) + later + 1; ++day) {
      if (day < 0 || day >= schedule_->clinic().days) continue;
      for (int resource : type_rivals_[c.visits[v].type]) {
        const std::vector<int>& users = schedule_->Users(resource, day);
        found_.insert(found_.end(), users.begin(), users.end());
      }
    }
  }
  chance.Shuffle(found_);
  for (int other : found_) {
    if (ruin.removed.size() >= most) return;
    Take(other, ruin);
  }
}

// Unscheduled courses that would come about when the first of the removed does.
void Ruiner::AddWanted(Chance& chance, Ruin& ruin) {
  if (ruin.removed.empty()) return;
  const int day = DayOf(schedule_->plans()[ruin.removed[0]]->front().start);
  const int wanted = chance.Below(kMostWanted + 1);
  for (int tries = 0; tries < 12 && static_cast<int>(ruin.wanted.size()) < wanted; ++tries) {
    const int course = RandomWanted(chance);
    if (course < 0) return;
    const std::vector<Placement>& alone = (*alone_)[course].visits;
    const int away = alone.empty() ? 0 : std::abs(DayOf(alone.front().start) - day);
    if (taken_[course] == stamp_ || away > kNearDays) continue;
    taken_[course] = stamp_;
    ruin.wanted.push_back(course);
  }
}

Ruin Ruiner::Choose(RuinKind kind, Chance& chance) {
  Ruin ruin;
  if (courses_.empty()) return ruin;
  Begin();
  const size_t most = 1 + chance.Below(kMostRemoved);
  const int days = schedule_->clinic().days;
  switch (kind) {
    case RuinKind::kRandom:
      for (size_t i = 0; i < most; ++i) {
        const int course = RandomScheduled(chance);
        if (course >= 0) Take(course, ruin);
      }
      break;
    case RuinKind::kNeighbors: {
      const int course = RandomScheduled(chance);
      if (course < 0) break;
      Take(course, ruin);
      TakeNeighbors(course, *schedule_->plans()[course], most, chance, ruin);
      break;
    }
    case RuinKind::kDays: {
      const int course = RandomScheduled(chance);
      if (course < 0) break;
      const int first = DayOf(chance.Of(*schedule_->plans()[course]).start);
      const int last = std::min(days - 1, first + chance.Below(3));
      found_.clear();
      for (int day = std::max(0, first); day <= last; ++day) {
        for (size_t r = 0; r < schedule_->clinic().resources.size(); ++r) {
          const std::vector<int>& users = schedule_->Users(static_cast<int>(r), day);
          found_.insert(found_.end(), users.begin(), users.end());
        }
      }
      chance.Shuffle(found_);
      for (size_t i = 0; i < found_.size() && ruin.removed.size() < most; ++i) Take(found_[i], ruin);
      break;
    }
    case RuinKind::kResource: {
      const int course = RandomScheduled(chance);
      if (course < 0) break;
      const Placement& placement = chance.Of(*schedule_->plans()[course]);
      if (placement.resources.empty()) break;
      const int resource = chance.Of(placement.resources);
      const int middle = DayOf(placement.start), reach = chance.Below(8);
      for (int away = 0; away <= reach && ruin.removed.size() < most; ++away) {
        for (int day : {middle + away, middle - away}) {
          if (day < 0 || day >= days) continue;
          found_ = schedule_->Users(resource, day);
          chance.Shuffle(found_);
          for (size_t i = 0; i < found_.size() && ruin.removed.size() < most; ++i) Take(found_[i], ruin);
        }
      }
      break;
    }
    case RuinKind::kDearest:
      for (size_t i = 0; i < most; ++i) {
        const int course = Dearest(chance);
        if (course >= 0) Take(course, ruin);
      }
      break;
    case RuinKind::kAlike: {
      const int course = chance.Percent(50) ? Dearest(chance) : RandomScheduled(chance);
      if (course < 0) break;
      Take(course, ruin);
      const std::vector<int>& alike = groups_[group_of_[course]];
      for (size_t tries = 0; tries < 4 * most && ruin.removed.size() < most; ++tries) Take(chance.Of(alike), ruin);
      break;
    }
    case RuinKind::kSqueeze: {
      const int wanted = chance.Percent(50) ? RandomWanted(chance) : -1;
      const int course = wanted >= 0 ? wanted : Dearest(chance);
      if (course < 0 || (*alone_)[course].visits.empty()) break;
      Take(course, ruin);
      ruin.wanted.push_back(course);
      ruin.pack = true;
      return ruin;
    }
    case RuinKind::kMakeRoom:
    case RuinKind::kPushIn: {
      const int course = RandomWanted(chance);
      if (course < 0) break;
      ruin.put_back = kind == RuinKind::kPushIn;
      ruin.pack = !ruin.put_back && chance.Percent(kPacked);
      taken_[course] = stamp_;
      ruin.wanted.push_back(course);
      if (!(*alone_)[course].visits.empty()) {
        TakeRivals(course, ruin.put_back ? 3 + chance.Below(kMostMoved) : most, chance, ruin);
      }
      return ruin;
    }
    case RuinKind::kBetterPlace: {
      const int course = Dearest(chance);
      if (course < 0) break;
      ruin.put_back = true;
      TakeRivals(course, 3 + chance.Below(kMostMoved), chance, ruin);
      if (taken_[course] != stamp_) Take(course, ruin);
      ruin.wanted.push_back(course);
      return ruin;
    }
    case RuinKind::kVisits: {
      const int course = RandomScheduled(chance);
      if (course < 0) break;
      const int v = chance.Below(static_cast<int>(schedule_->course(course).visits.size()));
      const int day = DayOf((*schedule_->plans()[course])[v].start), span = chance.Below(3);
      visits_.clear();
      for (int d = day; d <= day + span; ++d) FindVisits(schedule_->course(course).visits[v].type, d);
      LiftSome(2 + chance.Below(kMostVisits), chance, ruin);
      ruin.blink = 5 + chance.Below(25);
      return ruin;
    }
    case RuinKind::kEdgeIn:
    case RuinKind::kEdgeBack: {
      const int course = kind == RuinKind::kEdgeIn ? RandomWanted(chance) : Dearest(chance);
      if (course < 0) break;
      const std::vector<Placement> ideal = Ideal(course, chance);
      if (kind == RuinKind::kEdgeBack) Take(course, ruin);
      taken_[course] = stamp_;
      ruin.wanted.push_back(course);
      visits_.clear();
      const int later = chance.Below(3) == 0 ? chance.Below(8) : 0, reach = chance.Below(2);
      for (size_t v = 0; v < ideal.size(); ++v) {
        const Visit& visit = schedule_->course(course).visits[v];
        if (visit.fixed) continue;
        for (int away = -reach; away <= reach; ++away) FindVisits(visit.type, DayOf(ideal[v].start) + later + away);
      }
      LiftSome(4 + chance.Below(kMostLifted), chance, ruin);
      return ruin;
    }
  }
  AddWanted(chance, ruin);
  ruin.pack = chance.Percent(kPacked);
  return ruin;
}

}  // namespace kat::optimizer
