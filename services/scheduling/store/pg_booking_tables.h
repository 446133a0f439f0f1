#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_BOOKING_TABLES_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_BOOKING_TABLES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "libs/pg/database.h"
#include "services/scheduling/store/booking_tables.h"

// The SQL of booking_tables.h. Each is used inside one transaction, under one clinic.
namespace kat::scheduling {

class PgCourseTable final : public CourseTable {
 public:
  PgCourseTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Course& course) override;
  absl::Status Update(const Course& course) override;
  absl::StatusOr<Course> Get(const CourseId& id, Lock lock) override;
  absl::StatusOr<int64_t> Version(const CourseId& id) override;
  absl::StatusOr<std::vector<Course>> List(const CourseFilter& filter, const ListRange& range) override;
  absl::StatusOr<std::map<PatientId, absl::Time>> LastOfPatients(const std::string& program,
                                                                 const std::vector<PatientId>& patients) override;
  absl::Status InsertBlock(const CourseId& course, const Block& block) override;
  absl::Status CancelBlock(const CourseId& course, int number) override;
  absl::Status InsertDecision(const CourseId& course, const CourseDecision& decision) override;
  absl::Status InsertProtocolChange(const CourseId& course, const ProtocolVersionChange& change) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgAppointmentTable final : public AppointmentTable {
 public:
  PgAppointmentTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Appointment& appointment, int position) override;
  absl::Status InsertAll(const std::vector<Appointment>& appointments) override;
  absl::Status Update(const Appointment& appointment) override;
  absl::StatusOr<Appointment> Get(const AppointmentId& id, Lock lock) override;
  absl::StatusOr<std::vector<Appointment>> OfCourse(const CourseId& course) override;
  absl::StatusOr<std::vector<Appointment>> List(const AppointmentFilter& filter, const ListRange& range) override;

 private:
  absl::Status Insert(absl::Span<const Appointment> appointments, int first_position);
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgHoldTable final : public HoldTable {
 public:
  PgHoldTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Hold& hold) override;
  absl::Status SetState(const HoldId& id, HoldState state) override;
  absl::StatusOr<Hold> Get(const HoldId& id, Lock lock) override;
  absl::StatusOr<std::vector<Hold>> List(const CourseId& course, std::optional<HoldState> state,
                                         const ListRange& range) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgOccupancyTable final : public OccupancyTable {
 public:
  PgOccupancyTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status LockDays(const std::set<std::pair<ResourceKey, absl::CivilDay>>& days) override;
  absl::Status Take(const std::vector<Claim>& claims) override;
  absl::Status GiveBack(const std::vector<std::string>& owners) override;
  absl::StatusOr<std::vector<Commitment>> OwnedBy(const std::vector<std::string>& owners) override;
  absl::StatusOr<std::vector<Commitment>> Commitments(const TimeSpan& time, const ResourceKey& resource) override;
  absl::StatusOr<std::vector<PatientTime>> PatientTimes(const PatientId& patient, const TimeSpan& time) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

class PgGateAttemptTable final : public GateAttemptTable {
 public:
  PgGateAttemptTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::StatusOr<GateAttempt> Open(const std::string& key, absl::Time now, absl::Time needed_until,
                                   absl::Time expires_at) override;
  absl::Status Close(const std::string& key, const std::string& reserve_id) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_BOOKING_TABLES_H_
