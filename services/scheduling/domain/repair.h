#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_REPAIR_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_REPAIR_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/absence.h"
#include "services/scheduling/domain/booking.h"

// A repair: where visits go that cannot stand as they are, or were lost. It is proposed, looked at, and applied whole
// or patient by patient; what it was decided on stays with it.
namespace kat::scheduling {

// The rest of a course, from a visit on, keeps clear of days [from, until): the patient is away.
struct CourseShift {
  CourseId course;
  std::string from_visit;  // empty: every visit that is still to come
  absl::CivilDay from;
  absl::CivilDay until;
};

// A visit of a course that was cancelled or missed is to be booked anew, near its own day or the one wanted.
struct LostVisit {
  AppointmentId appointment;
  std::optional<absl::CivilDay> day;
};

using RepairTrigger = std::variant<Absence, CourseShift, LostVisit>;

// Where an appointment would go; a lost one would be booked anew.
struct RepairMove {
  AppointmentId appointment;
  int64_t version = 0;  // that it was planned on
  std::string visit_id;
  bool rebooks = false;
  absl::Time current_start;
  std::vector<Assignment> current_assignments;
  absl::Time start;
  std::vector<Assignment> assignments;
};

struct RepairOption {
  std::vector<RepairMove> moves;  // first those that had to go
  int64_t cost = 0;
  std::vector<CostTerm> terms;
  std::vector<Reason> deviations;  // rules of the protocol that it would newly break

  // What of the cost is change: moves, other hands, days away.
  int64_t Disruption() const;
};

// One patient's visits of one course, or one appointment by itself.
struct RepairPart {
  CourseId course;  // empty: an appointment by itself
  int64_t course_version = 0;
  PatientId patient;
  bool makes_way = false;             // had no need to move, and makes room for others
  std::vector<RepairOption> options;  // the first is the proposal's; each other may replace it alone
  std::vector<int> override_roles;    // who may let it depart from the protocol
  std::optional<int> applied_option;
  std::optional<absl::Time> applied_at;

  // By what it is named: the course's id, or the appointment's.
  std::string Id() const;
};

// A visit that cannot stand as it is, and for which nothing was found.
struct UnplacedVisit {
  AppointmentId appointment;
  PatientId patient;
  std::string visit_id;
  std::vector<Reason> reasons;
  std::vector<ResourceKey> on_call;  // who could be called in for the person who is absent
};

// What the decision rests on.
struct DecisionBasis {
  absl::Time picture_time;
  int64_t commitments = 0;     // loads that stood in the picture
  std::string picture_digest;  // the same for the same picture: of loads and versions of resources and courses
  std::vector<CostWeight> weights;
  int64_t lower_bound = 0;
  bool proved = false;
  int64_t search_steps = 0;
};

enum class RepairState { kProposed = 1, kPartlyApplied = 2, kApplied = 3 };

struct Repair {
  RepairId id;
  RepairTrigger trigger;
  bool allow_others = false;
  bool allow_deviations = false;
  RepairState state = RepairState::kProposed;
  std::vector<RepairPart> parts;  // least disruption first
  std::vector<UnplacedVisit> unplaced;
  DecisionBasis basis;
  std::string proposed_by;
  std::string applied_by;
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

// `PROPOSED`.
std::string StateName(RepairState state);

// What is wrong with a trigger in itself: INVALID_ARGUMENT on `absence.…` or `shift.…`.
absl::Status ValidateTrigger(const RepairTrigger& trigger, absl::Time now);

// The option's cost terms of several parts, added up by kind.
std::vector<CostTerm> SumTerms(const std::vector<RepairPart>& parts);

// Staff whose day an option changes: of visits that change their time, all who serve or would serve; of others, who
// come or go.
std::set<ResourceKey> StaffToTell(const RepairOption& option);

// Puts the parts in order: those that need it before those that make way, and the least disruption by the first option
// first.
void RankParts(std::vector<RepairPart>& parts);

// Notes that an option of a part was applied. FAILED_PRECONDITION, STATE_FORBIDS, where one was before;
// INVALID_ARGUMENT on `choices` where there is no such part or option.
absl::Status MarkApplied(Repair& repair, const std::string& part, int option, absl::Time now);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_REPAIR_H_
