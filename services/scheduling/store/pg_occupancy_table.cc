#include <string>

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/pg_booking_tables.h"

namespace kat::scheduling {
namespace {

// What the rules of 0005_occupancy.sql said.
absl::Status Translate(const absl::Status& status) {
  const std::string constraint = pg::ViolatedConstraint(status);
  if (constraint == "occupancies_exclusive" || constraint == "occupancies_capacity") return SlotTaken("resource");
  if (constraint == "patient_times_overlap") return SlotTaken("patient");
  return status;
}

Commitment CommitmentOf(const pg::Row& row) {
  return {.owner = row.Get<std::string>("owner"),
          .usage = {.resource = row.Get<ResourceKey>("resource"),
                    .role = row.Get<std::string>("role"),
                    .time = {row.Get<absl::Time>("start_at"), row.Get<absl::Time>("end_at")},
                    .load = row.Get<int>("load")}};
}

std::vector<Commitment> CommitmentsOf(const pg::Rows& rows) {
  std::vector<Commitment> out;
  for (const pg::Row& row : rows) out.push_back(CommitmentOf(row));
  return out;
}

}  // namespace

absl::Status PgOccupancyTable::LockDays(const std::set<std::pair<ResourceKey, absl::CivilDay>>& days) {
  std::vector<std::string> resources;
  std::vector<std::string> dates;
  for (const auto& [resource, day] : days) {
    resources.push_back(resource.str());
    dates.push_back(FormatDay(day));
  }
  return db_
      .Execute(
          "insert into resource_days as d (clinic, resource, day, version) "
          "select $1, resource, day, 1 from unnest($2::text[], $3::date[]) as t (resource, day) order by resource, day "
          "on conflict (clinic, resource, day) do update set version = d.version + 1",
          {clinic_, resources, dates})
      .status();
}

absl::Status PgOccupancyTable::Take(const std::string& owner, const std::vector<Usage>& usages,
                                    const PatientId& patient, const TimeSpan& time) {
  if (!patient.empty()) {
    RETURN_IF_ERROR(Translate(db_.Execute("insert into patient_times (clinic, owner, patient, during) values ($1, $2, "
                                          "$3, tstzrange($4, $5))",
                                          {clinic_, owner, patient, time.start, time.end})
                                  .status()));
  }
  for (const Usage& usage : usages) {
    RETURN_IF_ERROR(Translate(
        db_.Execute("insert into occupancies (clinic, owner, resource, role, load, exclusive, during) values ($1, $2, "
                    "$3, $4, $5, false, tstzrange($6, $7))",
                    {clinic_, owner, usage.resource, usage.role, usage.load, usage.time.start, usage.time.end})
            .status()));
  }
  return absl::OkStatus();
}

absl::Status PgOccupancyTable::GiveBack(const std::string& owner) {
  RETURN_IF_ERROR(db_.Execute("delete from patient_times where clinic = $1 and owner = $2", {clinic_, owner}).status());
  return db_.Execute("delete from occupancies where clinic = $1 and owner = $2", {clinic_, owner}).status();
}

absl::StatusOr<std::vector<Commitment>> PgOccupancyTable::OwnedBy(const std::string& owner) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select owner, resource, role, load, lower(during) as start_at, upper(during) as end_at "
                             "from occupancies where clinic = $1 and owner = $2 order by id",
                             {clinic_, owner}));
  return CommitmentsOf(rows);
}

absl::StatusOr<std::vector<Commitment>> PgOccupancyTable::Commitments(const TimeSpan& time,
                                                                      const ResourceKey& resource) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select owner, resource, role, load, lower(during) as start_at, upper(during) as end_at "
                             "from occupancies where clinic = $1 and during && tstzrange($2, $3) and "
                             "($4::text = '' or resource = $4::text) order by resource, lower(during), id",
                             {clinic_, time.start, time.end, resource}));
  return CommitmentsOf(rows);
}

absl::StatusOr<std::vector<PatientTime>> PgOccupancyTable::PatientTimes(const PatientId& patient,
                                                                        const TimeSpan& time) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select owner, lower(during) as start_at, upper(during) as end_at from patient_times "
                             "where clinic = $1 and patient = $2 and during && tstzrange($3, $4) order by 2",
                             {clinic_, patient, time.start, time.end}));
  std::vector<PatientTime> out;
  for (const pg::Row& row : rows) {
    out.push_back({row.Get<std::string>("owner"), {row.Get<absl::Time>("start_at"), row.Get<absl::Time>("end_at")}});
  }
  return out;
}

}  // namespace kat::scheduling
