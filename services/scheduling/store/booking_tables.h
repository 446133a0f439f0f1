#ifndef KAT_SERVICES_SCHEDULING_STORE_BOOKING_TABLES_H_
#define KAT_SERVICES_SCHEDULING_STORE_BOOKING_TABLES_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/course.h"
#include "services/scheduling/domain/placement.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/store/tables.h"

// Courses, appointments, holds, and what is taken, as one transaction sees them. Conventions as in tables.h.
namespace kat::scheduling {

// Whether a read locks its row until the transaction ends, for a change that depends on it.
enum class Lock { kNo, kForUpdate };

struct CourseFilter {
  PatientId patient;
  std::string program;
  std::optional<CourseState> state;
  std::optional<ExternalId> external_id;
};

class CourseTable {
 public:
  virtual ~CourseTable() = default;
  virtual absl::Status Insert(const Course& course) = 0;  // ALREADY_EXISTS: NAME_TAKEN, EXTERNAL_ID_TAKEN
  virtual absl::Status Update(const Course& course) = 0;  // all but blocks, decisions and changes of protocol
  virtual absl::StatusOr<Course> Get(const CourseId& id, Lock lock = Lock::kNo) = 0;  // with those; NOT_FOUND
  virtual absl::StatusOr<int64_t> Version(const CourseId& id) = 0;                    // NOT_FOUND
  // Newest first; keys: creation time in microseconds, id.
  virtual absl::StatusOr<std::vector<Course>> List(const CourseFilter& filter, const ListRange& range) = 0;
  // When each of `patients` who ever had a course of the program got the last one.
  virtual absl::StatusOr<std::map<PatientId, absl::Time>> LastOfPatients(const std::string& program,
                                                                         const std::vector<PatientId>& patients) = 0;
  virtual absl::Status InsertBlock(const CourseId& course, const Block& block) = 0;
  virtual absl::Status CancelBlock(const CourseId& course, int number) = 0;
  virtual absl::Status InsertDecision(const CourseId& course, const CourseDecision& decision) = 0;
  virtual absl::Status InsertProtocolChange(const CourseId& course, const ProtocolVersionChange& change) = 0;
};

struct AppointmentFilter {
  CourseId course;
  PatientId patient;
  ResourceKey resource;
  std::optional<absl::Time> from;   // starts at or after
  std::optional<absl::Time> until;  // starts before
  std::vector<AppointmentState> states;
  std::optional<ExternalId> external_id;
};

class AppointmentTable {
 public:
  virtual ~AppointmentTable() = default;
  // `position`: its place in the block; one that is booked anew takes the place of the lost one. ALREADY_EXISTS:
  // NAME_TAKEN, EXTERNAL_ID_TAKEN; ABORTED, PLAN_STALE, where the visit stands already.
  virtual absl::Status Insert(const Appointment& appointment, int position) = 0;
  // All of a block, each at its place in it.
  virtual absl::Status InsertAll(const std::vector<Appointment>& appointments) = 0;
  virtual absl::Status Update(const Appointment& appointment) = 0;
  virtual absl::StatusOr<Appointment> Get(const AppointmentId& id, Lock lock = Lock::kNo) = 0;  // NOT_FOUND
  // Every one of the course, by block and position, whatever its state.
  virtual absl::StatusOr<std::vector<Appointment>> OfCourse(const CourseId& course) = 0;
  // In order of start; keys: start in microseconds, id.
  virtual absl::StatusOr<std::vector<Appointment>> List(const AppointmentFilter& filter, const ListRange& range) = 0;
};

class HoldTable {
 public:
  virtual ~HoldTable() = default;
  virtual absl::Status Insert(const Hold& hold) = 0;  // FAILED_PRECONDITION, COURSE_ALREADY_HELD
  virtual absl::Status SetState(const HoldId& id, HoldState state) = 0;
  virtual absl::StatusOr<Hold> Get(const HoldId& id, Lock lock = Lock::kNo) = 0;  // NOT_FOUND
  // Newest first; keys: creation time in microseconds, id.
  virtual absl::StatusOr<std::vector<Hold>> List(const CourseId& course, std::optional<HoldState> state,
                                                 const ListRange& range) = 0;
};

// What is taken. The database keeps every rule about it, whatever callers do.
// What one owner takes: loads on resources, and, unless `patient` is empty, the patient's time.
struct Claim {
  std::string owner;
  std::vector<Usage> usages;
  PatientId patient;
  TimeSpan time;
};

class OccupancyTable {
 public:
  virtual ~OccupancyTable() = default;
  // Locks the days, in order of key, until the transaction ends, and marks them as changed by it: to be called once,
  // before anything is taken or given back.
  virtual absl::Status LockDays(const std::set<std::pair<ResourceKey, absl::CivilDay>>& days) = 0;
  // Takes all of it. ABORTED, SLOT_TAKEN, where some is taken.
  virtual absl::Status Take(const std::vector<Claim>& claims) = 0;
  // Gives back all that the owners have.
  virtual absl::Status GiveBack(const std::vector<std::string>& owners) = 0;
  virtual absl::StatusOr<std::vector<Commitment>> OwnedBy(const std::vector<std::string>& owners) = 0;
  // What overlaps `time`: on one resource in order of start, or, where it is empty, on all.
  virtual absl::StatusOr<std::vector<Commitment>> Commitments(const TimeSpan& time, const ResourceKey& resource) = 0;
  virtual absl::StatusOr<std::vector<PatientTime>> PatientTimes(const PatientId& patient, const TimeSpan& time) = 0;
};

// A try to book: what it reserves goes by `reserve_id`, and frees itself at `expires_at`.
struct GateAttempt {
  std::string reserve_id;
  absl::Time expires_at;
};

// Bookings that are being tried. A try stays as it is until it is closed or expires, so that after a crash it finds
// again what it reserved.
class GateAttemptTable {
 public:
  virtual ~GateAttemptTable() = default;
  // The open try of `key`, where it lasts beyond `needed_until`; else a new one, until `expires_at`. Tries of the
  // clinic that have expired at `now` are forgotten.
  virtual absl::StatusOr<GateAttempt> Open(const std::string& key, absl::Time now, absl::Time needed_until,
                                           absl::Time expires_at) = 0;
  // Ends the try. ABORTED, PLAN_STALE, where it is not open any more: another call of the same request has given its
  // reservations back.
  virtual absl::Status Close(const std::string& key, const std::string& reserve_id) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_BOOKING_TABLES_H_
