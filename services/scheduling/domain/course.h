#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_COURSE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_COURSE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "services/scheduling/domain/calendar.h"
#include "services/scheduling/domain/ids.h"
#include "services/scheduling/domain/protocol_expansion.h"

namespace kat::scheduling {

enum class CourseState { kActive = 1, kStopped = 2 };
enum class BlockState { kBooked = 1, kCancelled = 2 };

// What a patient can and likes.
struct Preferences {
  std::vector<WeeklySpan> available;  // empty: whenever the clinic is open
  std::vector<WeeklySpan> preferred;
  std::vector<std::string> continuity_roles;
};

// Phases of a course that were booked together.
struct Block {
  int number = 1;
  std::vector<std::string> phases;
  BlockState state = BlockState::kBooked;
  std::string financial_reservation;
  std::string coverage_reservation;
  DecisionId decision;  // whose plan it was booked from
  absl::Time created_at;
  std::vector<AppointmentId> appointments;  // in protocol order; filled in by reads
};

// What was decided at a decision point: after the `occurrence`-th time (from 1) that the phase comes in the course. Of
// several for one, the last stands.
struct CourseDecision {
  int number = 1;
  std::string phase;
  int occurrence = 1;
  std::string option;
  int role = 0;  // kat.common.v1.Role that it was decided in
  std::string decided_by;
  std::string reason;
  absl::Time decided_at;
};

// That a course was moved from one version of its protocol to another.
struct ProtocolVersionChange {
  int number = 1;
  ProtocolId from_protocol;
  int from_version = 1;
  ProtocolId to_protocol;
  int to_version = 1;
  std::string reason;
  std::string changed_by;
  absl::Time changed_at;
};

// A patient's way through one version of a protocol.
struct Course {
  CourseId id;
  PatientId patient;
  std::string program;
  ProtocolId protocol;
  int protocol_version = 1;
  absl::CivilDay earliest_day;
  Preferences preferences;
  std::vector<ExternalId> external_ids;
  CourseState state = CourseState::kActive;
  std::string stop_reason;
  std::vector<Block> blocks;                            // in order of number
  std::vector<CourseDecision> decisions;                // in order of number
  std::vector<ProtocolVersionChange> protocol_changes;  // in order of number
  std::optional<absl::CivilDay> renewal_request_by;     // for visits to come that are conditional; filled in by reads
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

// INVALID_ARGUMENT on `course.…` for preferences or ids that make no sense.
absl::Status ValidateCourse(const Course& course);

// How a course goes on after some of its phases.
struct NextStep {
  int phase = -1;            // index; -1 where nothing follows, or nobody knows yet
  bool undecided = false;    // a decision point waits for a person
  bool provisional = false;  // it is the default of a decision point, and nobody has decided
};

// The step after `before`, indices of all phases so far in order. An open-ended phase comes again.
NextStep StepAfter(const Course& course, const ProtocolVersion& protocol, const std::vector<int>& before);

// The step after what is booked, blocks that were cancelled whole not counted.
NextStep NextOf(const Course& course, const ProtocolVersion& protocol);

// Indices of the phases that are booked, in order.
std::vector<int> BookedPhases(const Course& course, const ProtocolVersion& protocol);

// Numbers of the blocks that stand and have a phase that only the default of a decision point led to.
std::vector<int> ProvisionalBlocks(const Course& course, const ProtocolVersion& protocol);

// Indices of the phases that a block of `wanted` has: they follow one another from the next phase on; none wanted means
// that one. A phase comes once in a block. FAILED_PRECONDITION, COURSE_BOOKED, STATE_FORBIDS or DECISION_PENDING;
// INVALID_ARGUMENT on `phases`.
absl::StatusOr<std::vector<int>> PhasesOfBlock(const Course& course, const ProtocolVersion& protocol,
                                               const std::vector<std::string>& wanted);

// Visits of each stem in the blocks that stand.
StemCounts CountBooked(const Course& course, const ProtocolVersion& protocol);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_COURSE_H_
