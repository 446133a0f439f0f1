#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_PICTURE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_PICTURE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// A usage as pieces, one after another: loads at the same minutes are summed.
std::vector<Segment> Pieces(const std::vector<Segment>& usage);

// What stands: how much of each resource is free at each minute, which resources work on which day already, and when
// each patient is busy. Per resource and day it holds the free capacity as a step function over minutes, exact for
// every slot length and segment, so that adding and taking away again leaves no trace.
//
// It refers to a Clinic, valid by ValidateClinic, that must outlive it. Copyable: a copy is a snapshot. Not
// thread-safe.
class Picture {
 public:
  // Free capacity from `from` until the next step of the day, or its end. Far below zero where the resource does not
  // work.
  struct Step {
    int32_t from;  // minute of the day, 0 to 1439
    int64_t free;

    friend bool operator==(const Step&, const Step&) = default;
  };
  static constexpr int64_t kClosed = int64_t{1} << 50;  // taken from the capacity where a resource does not work

  explicit Picture(const Clinic& clinic);

  const Clinic& clinic() const { return *clinic_; }

  // Loads from outside: anything that takes capacity and is no visit. Minutes outside the horizon are ignored.
  void AddBlock(const Block& block);
  void RemoveBlock(const Block& block);

  // A visit of `patient` (kOwnPatient: nobody else's time to keep) takes capacity, opens days and fills the patient's
  // time.
  void AddVisit(int type, const Placement& placement, int patient);
  void RemoveVisit(int type, const Placement& placement, int patient);

  // The same of a visit as it stands: a role or resource that no longer exists loads nothing.
  void AddStanding(int type, const Standing& standing, int patient);
  void RemoveStanding(int type, const Standing& standing, int patient);

  // Patient time that nothing at this clinic explains: another clinic's appointment.
  void AddPatientTime(int patient, Interval interval);
  void RemovePatientTime(int patient, Interval interval);

  // What stands of a course: `fixed_only`, its fixed visits; else all its visits that have a `current`.
  void AddCourse(const Course& course, bool fixed_only = false);
  void RemoveCourse(const Course& course, bool fixed_only = false);

  // `resource` is there on the day in any case: no visit pays for opening it.
  void KeepOpen(int resource, int day) { Open(resource, day, 1); }

  // The working hours of `resource` from now on (sorted, none touch), in place of the clinic's: a sick day, a new
  // shift.
  void SetWindows(int resource, const std::vector<Interval>& windows);

  // --- For planning ---
  int first_day() const { return first_day_; }
  int end_day() const { return first_day_ + num_days_; }
  // The steps of a day in [first_day, end_day), the first from minute 0, no two neighbors equal.
  const std::vector<Step>& Day(int resource, int day) const { return steps_[Index(resource, day)]; }
  // Visits' segments that begin on the day; the day is open where there is any.
  int Openings(int resource, int day) const {
    return day < first_day_ || day >= end_day() ? 0 : openings_[Index(resource, day)];
  }
  bool IsOpen(int resource, int day) const { return Openings(resource, day) > 0; }
  // The smallest free capacity of `resource` over `interval`, which lies within [first_day, end_day).
  int64_t MinFree(int resource, Interval interval) const;
  // Busy times of a patient, in no order; empty for kOwnPatient.
  const std::vector<Interval>& PatientTime(int patient) const;
  // Stands for what a visit that starts on the day can use of the resource: changes with it, and is the same again once
  // all that changed is taken back. Two states share one with a probability of 2^-64.
  uint64_t Version(int resource, int day) const { return versions_[Index(resource, day)]; }

  // Whether both say the same of every minute.
  bool SameAs(const Picture& other) const;

 private:
  size_t Index(int resource, int day) const {
    return static_cast<size_t>(day - first_day_) * clinic_->resources.size() + resource;
  }
  // How a role uses a resource: in pieces, and all that they span.
  struct RoleUse {
    std::vector<Segment> pieces;
    Minute from = 0, to = 0;
    uint64_t key = 0;  // alike for the same usage
  };

  void Load(int resource, Interval interval, int64_t load);
  void LoadDays(int resource, Interval interval, int64_t load);
  void Open(int resource, int day, int sign);
  void Touch(int resource, Interval interval, uint64_t change);
  void Use(int resource, int type, int role, Minute start, int sign);
  void UseStanding(int type, const Standing& standing, int patient, int sign);

  const Clinic* clinic_;
  std::vector<std::vector<RoleUse>> uses_;  // [type][role]
  int first_day_;                           // a visit's segments may begin before day 0 and end past the horizon
  int num_days_;
  Minute reach_before_;  // how far before and past its start any visit type uses a resource
  Minute reach_after_;
  std::vector<std::vector<Step>> steps_;        // [day][resource]
  std::vector<int32_t> openings_;               // [day][resource]
  std::vector<uint64_t> versions_;              // [day][resource]
  std::vector<std::vector<Interval>> windows_;  // [resource], as they are now
  absl::flat_hash_map<int, std::vector<Interval>> patients_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_PICTURE_H_
