#include "services/scheduling/optimizer/check_start.h"

#include <algorithm>

#include "services/scheduling/optimizer/assign.h"
#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {
namespace {

using Kind = Breach::Kind;

Minute Common(const Interval& a, const Interval& b) {
  return std::max(0, std::min(a.to, b.to) - std::max(a.from, b.from));
}

// The minutes of `time` outside the window that holds most of it; 0 where one holds it all.
Minute Outside(const std::vector<Interval>& windows, const Interval& time) {
  Minute most = 0;
  for (const Interval& window : windows) most = std::max(most, Common(window, time));
  return time.to - time.from - most;
}

class Checker {
 public:
  Checker(const Picture& picture, const Course& course, int visit, Minute start)
      : picture_(picture),
        clinic_(picture.clinic()),
        course_(course),
        visit_(visit),
        start_(start),
        end_(start + TypeOf(visit).duration) {}

  std::vector<Breach> Run() {
    CheckTimes();
    for (size_t i = 0; i < course_.lags.size(); ++i) CheckLag(static_cast<int>(i));
    CheckPatient();
    CheckCapacity();
    return std::move(breaches_);
  }

 private:
  const VisitType& TypeOf(int visit) const { return clinic_.visit_types[course_.visits[visit].type]; }

  void CheckTimes() {
    const int past = ((start_ % clinic_.slot_minutes) + clinic_.slot_minutes) % clinic_.slot_minutes;
    if (past != 0) breaches_.push_back({.kind = Kind::kGrid, .amount = past});
    const int day = DayOf(start_);
    if (day < 0 || day >= clinic_.days) {
      breaches_.push_back({.kind = Kind::kHorizon, .amount = day < 0 ? -day : day - clinic_.days + 1});
    }
    if (day < course_.earliest_day) {
      breaches_.push_back({.kind = Kind::kEarliestDay, .amount = course_.earliest_day - day});
    }
    if (Minute out = Outside(course_.available, {start_, end_}); out > 0) {
      breaches_.push_back({.kind = Kind::kAvailability, .amount = out});
    }
    const auto& windows = course_.visits[visit_].windows;
    if (!windows) return;
    if (Minute out = Outside(*windows, {start_, end_}); out > 0) {
      breaches_.push_back({.kind = Kind::kVisitWindows, .amount = out});
    }
  }

  void CheckLag(int index) {
    const Lag& lag = course_.lags[index];
    if (lag.from != visit_ && lag.to != visit_) return;
    const int other = lag.from == visit_ ? lag.to : lag.from;
    if (!course_.visits[other].current) return;
    const Minute there = course_.visits[other].current->start;
    const Minute from = lag.from == visit_ ? start_ : there, to = lag.from == visit_ ? there : start_;
    const int days = DayOf(to) - DayOf(from);
    const Minute minutes = clinic_.RealTime(to) - clinic_.RealTime(from);
    auto add = [&](Kind kind, int amount) {
      breaches_.push_back({.kind = kind, .lag = index, .other = other, .amount = amount});
    };
    if (days < lag.min_days) add(Kind::kMinDays, lag.min_days - days);
    if (lag.max_days && days > *lag.max_days) add(Kind::kMaxDays, days - *lag.max_days);
    if (lag.min_minutes > 0 && minutes < lag.min_minutes) add(Kind::kMinMinutes, lag.min_minutes - minutes);
    if (lag.max_minutes && minutes > *lag.max_minutes) add(Kind::kMaxMinutes, minutes - *lag.max_minutes);
    if (minutes < TypeOf(lag.from).duration) add(Kind::kOrder, TypeOf(lag.from).duration - minutes);
  }

  void CheckPatient() {
    std::vector<Interval> elsewhere = picture_.PatientTime(course_.patient);
    for (size_t i = 0; i < course_.visits.size(); ++i) {
      const Visit& visit = course_.visits[i];
      if (static_cast<int>(i) == visit_ || !visit.current) continue;
      const Interval time = {visit.current->start, visit.current->start + TypeOf(static_cast<int>(i)).duration};
      if (const Minute common = Common(time, {start_, end_}); common > 0) {
        breaches_.push_back({.kind = Kind::kPatientTime, .other = static_cast<int>(i), .amount = common});
      }
      // The picture holds the patient's time at fixed visits of this course too.
      auto again = visit.fixed ? std::find(elsewhere.begin(), elsewhere.end(), time) : elsewhere.end();
      if (again != elsewhere.end()) elsewhere.erase(again);
    }
    for (const Interval& time : elsewhere) {
      if (const Minute common = Common(time, {start_, end_}); common > 0) {
        breaches_.push_back({.kind = Kind::kPatientTime, .amount = common});
      }
    }
  }

  // Who could serve beside the course's other visits, which keep their resources.
  void CheckCapacity() {
    const int day = DayOf(start_);
    if (day < 0 || day >= clinic_.days || start_ % clinic_.slot_minutes != 0) return;
    Picture picture = picture_;
    for (size_t i = 0; i < course_.visits.size(); ++i) {
      const Visit& visit = course_.visits[i];
      if (static_cast<int>(i) != visit_ && visit.current && !visit.fixed) {
        picture.AddStanding(visit.type, *visit.current, kOwnPatient);
      }
    }
    StartIndex index(picture);
    const int type = course_.visits[visit_].type;
    const int slot = (start_ - index.Slots(day).first) / clinic_.slot_minutes;
    std::vector<bits::Word> at(index.words());
    bool each = true;
    for (size_t r = 0; r < TypeOf(visit_).roles.size(); ++r) {
      const int role = static_cast<int>(r);
      bits::Fill<true>(at.data(), slot, slot);
      if (index.Keep(index.PatternOf(type, role), day, at.data())) continue;
      each = false;
      breaches_.push_back({.kind = Kind::kCapacity, .role = role});
    }
    if (!each) return;
    Pending pending;
    bool together = false;
    const std::vector<int> forced(TypeOf(visit_).roles.size(), kAnyResource);
    Effort effort;
    Assigner(index, effort)
        .ForEach(type, day, slot, forced, pending, kInfiniteCost,
                 /*standing=*/nullptr, [&](std::span<const int>, Cost) {
                   together = true;
                   return false;
                 });
    if (!together) breaches_.push_back({.kind = Kind::kCapacity});
  }

  const Picture& picture_;
  const Clinic& clinic_;
  const Course& course_;
  const int visit_;
  const Minute start_, end_;
  std::vector<Breach> breaches_;
};

}  // namespace

std::vector<Breach> CheckStart(const Picture& picture, const Course& course, int visit, Minute start) {
  return Checker(picture, course, visit, start).Run();
}

}  // namespace kat::optimizer
