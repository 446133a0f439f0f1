#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_OUTLOOK_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_OUTLOOK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/scheduling/domain/booking.h"

// The weeks ahead: what a clinic has, and what is taken and expected of it.
namespace kat::scheduling {

// Weeks of seven days, one after another.
struct Weeks {
  absl::CivilDay first_day;
  int count = 0;

  absl::CivilDay end() const { return first_day + 7 * count; }
};

// The first day of the week after the one of `day`, which begins on Monday.
absl::CivilDay NextMonday(absl::CivilDay day);

// A patient in intake for a program, whose case is open or ready.
struct Prospect {
  PatientId patient;
  std::string program;
  absl::Time opened_at;                // the case
  std::optional<absl::Time> ready_by;  // when the last of what is missing is due; absent where nothing is
};

// The week in which a course of the prospect is expected to start: that of the day by which intake will be done, the
// first where that day is before it or nothing is missing. Absent after the last.
std::optional<int> WeekOfStart(const Prospect& prospect, const Weeks& weeks, absl::TimeZone zone);

// Minutes of all resources that have one tag: a person's whole attention, or one place of a room or pool.
struct TagMinutes {
  int64_t capacity = 0;
  int64_t booked = 0;
  int64_t expected = 0;
  int64_t pipeline = 0;
};

enum class TakenFor { kBooked, kExpected, kPipeline };

// Adds up, week by week and tag by tag. What takes a resource counts under every tag that it has on the day.
class OutlookLedger {
 public:
  // Both must outlive it.
  OutlookLedger(const Clinic& clinic, const ResourceMap& resources, const Weeks& weeks);
  void Take(const Usage& usage, TakenFor what);
  std::map<std::string, TagMinutes> Week(int week) const;

 private:
  // In units of load times minutes, by resource.
  struct LoadMinutes {
    int64_t capacity = 0;
    int64_t taken[3] = {};
  };

  const Clinic& clinic_;
  const ResourceMap& resources_;
  const Weeks weeks_;
  std::vector<std::map<std::pair<std::string, ResourceKey>, LoadMinutes>> loads_;  // by week
};

// Phases that a course is expected to be booked for.
struct ExpectedPhases {
  std::vector<int> phases;
  bool undecided = false;  // a decision point without a default waits after what is booked: nothing is expected
};

// From what is booked on, decision points by what was decided or their defaults, until the protocol ends, a decision is
// needed, or phases follow that cannot begin before `until` when every visit comes at its ideal, or else its shortest,
// distance from those before, the first not before `from`. No more visits than a block can have.
ExpectedPhases PhasesExpected(const Course& course, const ProtocolVersion& protocol,
                              const std::vector<Appointment>& appointments, absl::TimeZone zone, absl::CivilDay from,
                              absl::CivilDay until);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_OUTLOOK_H_
