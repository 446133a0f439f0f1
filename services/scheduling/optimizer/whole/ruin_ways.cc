#include <algorithm>

#include "services/scheduling/optimizer/whole/ruin.h"

namespace kat::optimizer {

void Ruiner::TakeRandom(size_t most, Chance& chance, Ruin& ruin) {
  for (size_t i = 0; i < most; ++i) {
    const int course = RandomScheduled(chance);
    if (course >= 0) Take(course, ruin);
  }
}

// A course and others on the same resources and days.
void Ruiner::TakeNeighbors(size_t most, Chance& chance, Ruin& ruin) {
  const int course = RandomScheduled(chance);
  if (course < 0) return;
  const std::vector<Placement>& visits = *schedule_->plans()[course];
  Take(course, ruin);
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
  TakeFound(most, chance, ruin);
}

void Ruiner::TakeDays(size_t most, Chance& chance, Ruin& ruin) {
  const int course = RandomScheduled(chance);
  if (course < 0) return;
  const int first = DayOf(chance.Of(*schedule_->plans()[course]).start);
  const int last = std::min(schedule_->clinic().days - 1, first + chance.Below(3));
  found_.clear();
  for (int day = std::max(0, first); day <= last; ++day) {
    for (size_t r = 0; r < schedule_->clinic().resources.size(); ++r) {
      const std::vector<int>& users = schedule_->Users(static_cast<int>(r), day);
      found_.insert(found_.end(), users.begin(), users.end());
    }
  }
  TakeFound(most, chance, ruin);
}

// From a day on outwards.
void Ruiner::TakeFromResource(size_t most, Chance& chance, Ruin& ruin) {
  const int course = RandomScheduled(chance);
  if (course < 0) return;
  const Placement& placement = chance.Of(*schedule_->plans()[course]);
  if (placement.resources.empty()) return;
  const int resource = chance.Of(placement.resources);
  const int middle = DayOf(placement.start), reach = chance.Below(8);
  for (int away = 0; away <= reach && ruin.removed.size() < most; ++away) {
    for (int day : {middle + away, middle - away}) {
      if (day < 0 || day >= schedule_->clinic().days) continue;
      found_ = schedule_->Users(resource, day);
      TakeFound(most, chance, ruin);
    }
  }
}

void Ruiner::TakeDearest(size_t most, Chance& chance, Ruin& ruin) {
  for (size_t i = 0; i < most; ++i) {
    const int course = Dearest(chance);
    if (course >= 0) Take(course, ruin);
  }
}

void Ruiner::TakeAlike(size_t most, Chance& chance, Ruin& ruin) {
  const int course = chance.Percent(50) ? Dearest(chance) : RandomScheduled(chance);
  if (course < 0) return;
  Take(course, ruin);
  const std::vector<int>& alike = groups_[group_of_[course]];
  for (size_t tries = 0; tries < 4 * most && ruin.removed.size() < most; ++tries) Take(chance.Of(alike), ruin);
}

// Of those found, in a random order, until `most` are taken.
void Ruiner::TakeFound(size_t most, Chance& chance, Ruin& ruin) {
  chance.Shuffle(found_);
  for (size_t i = 0; i < found_.size() && ruin.removed.size() < most; ++i) Take(found_[i], ruin);
}

void Ruiner::Squeeze(Chance& chance, Ruin& ruin) {
  const int wanted = chance.Percent(50) ? RandomWanted(chance) : -1;
  const int course = wanted >= 0 ? wanted : Dearest(chance);
  if (course < 0 || (*alone_)[course].visits.empty()) return;
  Take(course, ruin);
  ruin.wanted.push_back(course);
  ruin.pack = true;
}

// A course comes in, or to a better place, at the expense of `most` rivals.
void Ruiner::PutInto(int course, size_t most, Chance& chance, Ruin& ruin) {
  if (course < 0) return;
  const bool scheduled = schedule_->Scheduled(course);
  if (!scheduled) taken_[course] = stamp_;
  ruin.wanted.push_back(course);
  if (scheduled || !(*alone_)[course].visits.empty()) TakeRivals(course, most, chance, ruin);
  if (taken_[course] != stamp_) Take(course, ruin);
}

// The plan that the course would have alone, or the one that it has.
const std::vector<Placement>& Ruiner::Ideal(int course, Chance& chance) const {
  const std::vector<Placement>& alone = (*alone_)[course].visits;
  return alone.empty() || (schedule_->Scheduled(course) && chance.Percent(50)) ? *schedule_->plans()[course] : alone;
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
  TakeFound(most, chance, ruin);
}

void Ruiner::LiftFromDays(Chance& chance, Ruin& ruin) {
  const int course = RandomScheduled(chance);
  if (course < 0) return;
  const int v = chance.Below(static_cast<int>(schedule_->course(course).visits.size()));
  const int day = DayOf((*schedule_->plans()[course])[v].start), span = chance.Below(3);
  visits_.clear();
  for (int d = day; d <= day + span; ++d) FindVisits(schedule_->course(course).visits[v].type, d);
  LiftSome(2 + chance.Below(kMostVisits), chance, ruin);
  ruin.blink = 5 + chance.Below(25);
}

// A course comes in, or to a better place, at the expense of single visits.
void Ruiner::EdgeIn(int course, Chance& chance, Ruin& ruin) {
  if (course < 0) return;
  const std::vector<Placement> ideal = Ideal(course, chance);
  Take(course, ruin);
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

}  // namespace kat::optimizer
