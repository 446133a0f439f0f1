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
  switch (kind) {
    case RuinKind::kRandom:
      TakeRandom(most, chance, ruin);
      break;
    case RuinKind::kNeighbors:
      TakeNeighbors(most, chance, ruin);
      break;
    case RuinKind::kDays:
      TakeDays(most, chance, ruin);
      break;
    case RuinKind::kResource:
      TakeFromResource(most, chance, ruin);
      break;
    case RuinKind::kDearest:
      TakeDearest(most, chance, ruin);
      break;
    case RuinKind::kAlike:
      TakeAlike(most, chance, ruin);
      break;
    case RuinKind::kSqueeze:
      Squeeze(chance, ruin);
      return ruin;
    case RuinKind::kMakeRoom: {
      const int course = RandomWanted(chance);
      ruin.pack = course >= 0 && chance.Percent(kPacked);
      PutInto(course, most, chance, ruin);
      return ruin;
    }
    case RuinKind::kPushIn:
    case RuinKind::kBetterPlace: {
      const int course = kind == RuinKind::kPushIn ? RandomWanted(chance) : Dearest(chance);
      ruin.put_back = true;
      PutInto(course, 3 + chance.Below(kMostMoved), chance, ruin);
      return ruin;
    }
    case RuinKind::kVisits:
      LiftFromDays(chance, ruin);
      return ruin;
    case RuinKind::kEdgeIn:
      EdgeIn(RandomWanted(chance), chance, ruin);
      return ruin;
    case RuinKind::kEdgeBack:
      EdgeIn(Dearest(chance), chance, ruin);
      return ruin;
  }
  AddWanted(chance, ruin);
  ruin.pack = chance.Percent(kPacked);
  return ruin;
}

}  // namespace kat::optimizer
