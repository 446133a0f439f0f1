#include "services/scheduling/optimizer/testing/random_problem.h"

#include <algorithm>

namespace kat::optimizer {
namespace {

class Maker {
 public:
  Maker(std::mt19937& random, const RandomOptions& options) : random_(random), options_(options) {}

  Instance Make() {
    MakeClinic();
    MakeVisitTypes();
    instance_.patient_names = {"a", "b"};
    const int others = Below(4) / 2;
    for (int i = 0; i < others; ++i) instance_.courses.push_back(OtherCourse(i));
    instance_.courses.push_back(PlannedCourse());
    const int blocks = Below(3);
    for (int i = 0; i < blocks; ++i) {
      Minute from = Pick({-200, 480, 500, 700, 1400, 1440 + 600, 2880 + 470}) + Below(3);
      instance_.blocks.push_back({Below(num_resources()), {from, from + 1 + Below(300)}, 1 + Below(2)});
    }
    if (options_.clock_shifts) ShiftClocks(instance_.courses.back());
    return std::move(instance_);
  }

 private:
  // Lags in minutes throughout, and hours that are skipped or repeated, in which nobody comes.
  void ShiftClocks(Course& course) {
    Minute begin = 0;
    for (int shifts = 1 + Below(2); shifts > 0; --shifts) {
      const Minute from = begin + Pick({60, 500, 600, 900, 1440 + 300});
      const Minute length = Pick({30, 60, 120});
      instance_.clinic.clock_shifts.push_back({from, from + length, Chance(50) ? length : -length});
      begin = from + length + 1;
    }
    for (Lag& lag : course.lags) {
      lag.min_minutes = Pick({60, 240, 700, 1380, 1440, 1500});
      lag.max_minutes = lag.min_minutes + Pick({0, 0, 60, 400, 10'000});
    }
    for (const ClockShift& shift : instance_.clinic.clock_shifts) {
      std::vector<Interval> left;
      for (const Interval& time : course.available) {
        if (time.from < std::min(shift.from, time.to)) left.push_back({time.from, std::min(shift.from, time.to)});
        if (std::max(shift.to, time.from) < time.to) left.push_back({std::max(shift.to, time.from), time.to});
      }
      course.available = left;
    }
  }
  int Below(int n) { return n <= 1 ? 0 : std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool Chance(int percent) { return Below(100) < percent; }
  int Pick(std::initializer_list<int> of) { return *(of.begin() + Below(static_cast<int>(of.size()))); }
  int num_resources() { return static_cast<int>(instance_.clinic.resources.size()); }

  void MakeClinic() {
    Clinic& clinic = instance_.clinic;
    instance_.name = "random";
    clinic.slot_minutes = Pick({30, 45, 60, 60, 90, 120, 175, 240, 420, 1440});
    clinic.days = 1 + Below(options_.max_days);
    clinic.weights = {
        2000,        5000, Pick({0, 3, 10}), Pick({0, 5, 12}), Pick({0, 4, 4}), Pick({0, 9, 9}), Pick({0, 7, 25}),
        Pick({0, 3})};
    clinic.tag_names = {"room", "nurse", "doctor"};
    clinic.role_names = {"room", "nurse", "clinician", "second", "old"};
    clinic.gone_resources = {"gone"};
    const int n = 2 + Below(4);
    for (int i = 0; i < n; ++i) {
      Resource resource;
      resource.id = std::string(1, static_cast<char>('p' + i));
      resource.capacity = Pick({1, 2, 2, 3, 4, 6});
      resource.day_cost = Chance(35) ? Pick({2, 5, 30}) : 0;
      const int tags = 1 + Below(2);
      for (int t = 0; t < tags; ++t) {
        HeldTag held;
        held.tag = (i + t) % 3;
        if (Chance(15)) {
          held.windows.emplace();
          const int windows = Below(3);
          for (int w = 0; w < windows; ++w) {
            Minute from = Below(clinic.days * kMinutesPerDay);
            held.windows->push_back({from, from + Pick({200, 700, 2000})});
          }
        }
        resource.tags.push_back(held);
        if (Chance(10)) resource.tags.push_back({held.tag, std::vector<Interval>{{0, 900}}});
      }
      resource.windows = Hours();
      clinic.resources.push_back(resource);
    }
  }

  std::vector<Interval> Hours() {
    const int days = instance_.clinic.days;
    if (Chance(40)) return {{-1440, (days + 2) * kMinutesPerDay}};
    std::vector<Interval> windows;
    for (int d = -1; d <= days; ++d) {
      if (Chance(7)) continue;
      const Minute from = d * kMinutesPerDay + Pick({360, 480, 600});
      const Minute to = d * kMinutesPerDay + Pick({960, 1100, 1439});
      if (Chance(30)) {
        windows.push_back({from, from + 200});
        windows.push_back({from + 230, to});
      } else {
        windows.push_back({from, to});
      }
    }
    return windows;
  }

  void MakeVisitTypes() {
    Clinic& clinic = instance_.clinic;
    const int n = 1 + Below(2);
    for (int i = 0; i < n; ++i) {
      VisitType type;
      type.id = std::string(1, static_cast<char>('t' + i));
      type.duration = Pick({30, 60, 110, 170, 300});
      if (Chance(4)) type.duration = 1500;
      const int roles = 1 + Below(3);
      for (int r = 0; r < roles; ++r) {
        Role role;
        role.name = r;
        role.tag = Chance(60) ? r % 3 : Below(3);
        const int segments = Chance(8) ? 0 : 1 + Below(2);
        for (int s = 0; s < segments; ++s) {
          const Minute from = Pick({-30, 0, 0, 0, 15, 60});
          role.usage.push_back({from, from + Pick({15, 47, 60, 125, 200}), Pick({1, 1, 1, 2})});
        }
        type.roles.push_back(role);
      }
      clinic.visit_types.push_back(type);
    }
  }

  Standing RandomStanding(const VisitType& type) {
    Standing standing;
    const int slot = instance_.clinic.slot_minutes, days = instance_.clinic.days;
    standing.start = Below(days * kMinutesPerDay / slot + 1) * slot;
    if (Chance(15)) standing.start += Pick({7, -1440, 1440});
    for (const Role& role : type.roles) {
      if (Chance(5)) continue;
      standing.assign.push_back({role.name, Chance(5) ? num_resources() : Below(num_resources())});
    }
    if (Chance(10)) standing.assign.push_back({4, Below(num_resources())});
    return standing;
  }

  Course OtherCourse(int i) {
    Course course;
    course.id = "other-" + std::to_string(i);
    course.patient = Chance(50) ? Below(2) : kOwnPatient;
    Visit visit;
    visit.id = "v";
    visit.type = Below(static_cast<int>(instance_.clinic.visit_types.size()));
    visit.current = RandomStanding(instance_.clinic.visit_types[visit.type]);
    visit.fixed = Chance(50);
    course.visits.push_back(visit);
    course.available = {{0, 100}};
    return course;
  }

  Course PlannedCourse() {
    const Clinic& clinic = instance_.clinic;
    Course course;
    course.id = "planned";
    course.priority = 1 + Below(3);
    course.patient = Chance(60) ? Below(2) : kOwnPatient;
    course.earliest_day = Below(clinic.days) / 2 - Pick({0, 0, 1});
    const int n = 1 + Below(options_.max_visits);
    for (int i = 0; i < n; ++i) {
      Visit visit;
      visit.id = std::string(1, static_cast<char>('a' + i));
      visit.type = Below(static_cast<int>(clinic.visit_types.size()));
      if (Chance(30)) visit.current = RandomStanding(clinic.visit_types[visit.type]);
      visit.fixed = visit.current.has_value() && Chance(25);
      if (Chance(8)) {
        Minute from = Below(clinic.days * kMinutesPerDay);
        visit.windows = std::vector<Interval>{{from, from + Pick({300, 1000, 3000})}};
        if (Chance(20)) visit.windows->clear();
      }
      course.visits.push_back(visit);
    }
    const int lags = n < 2 ? 0 : Below(n + 1);
    for (int i = 0; i < lags; ++i) {
      Lag lag;
      lag.from = Below(n);
      lag.to = Below(n - 1);
      if (lag.to >= lag.from) ++lag.to;
      if (Chance(75) && lag.from > lag.to) std::swap(lag.from, lag.to);
      lag.min_days = Pick({-1, 0, 0, 0, 0, 1, 1});
      if (Chance(60)) lag.max_days = lag.min_days + Below(3);
      if (Chance(50)) lag.ideal_days = Below(4);
      if (Chance(25)) lag.min_minutes = Pick({60, 200, 700, 1500, 2000});
      if (Chance(25)) lag.max_minutes = lag.min_minutes + Pick({0, 100, 500, 1500});
      course.lags.push_back(lag);
    }
    course.available = Times();
    if (Chance(60)) course.preferred = Times();
    for (int role = 0; role < 3; ++role) {
      if (Chance(40)) course.continuity.push_back(role);
    }
    if (Chance(10)) course.continuity.push_back(Below(5));
    return course;
  }

  std::vector<Interval> Times() {
    const int days = instance_.clinic.days;
    if (Chance(20)) return {{-1000, (days + 1) * kMinutesPerDay}};
    std::vector<Interval> windows;
    for (int d = 0; d < days; ++d) {
      if (Chance(10)) continue;
      const Minute from = d * kMinutesPerDay + Pick({0, 470, 480, 600});
      windows.push_back({from, from + Pick({300, 480, 720, 900})});
      if (Chance(10)) windows.push_back({from + 100, from + 900});
    }
    if (Chance(20)) std::reverse(windows.begin(), windows.end());
    return windows;
  }

  std::mt19937& random_;
  RandomOptions options_;
  Instance instance_;
};

}  // namespace

Instance RandomProblem(std::mt19937& random, const RandomOptions& options) { return Maker(random, options).Make(); }

}  // namespace kat::optimizer
