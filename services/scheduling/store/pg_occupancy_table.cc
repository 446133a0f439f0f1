#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/load_words.h"
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
          "insert into resource_days as d (clinic, resource, day, version, changed) select $1, resource, day, 1, "
          "pg_current_xact_id() from unnest($2::text[], $3::date[]) as t (resource, day) order by resource, day "
          "on conflict (clinic, resource, day) do update set version = d.version + 1, changed = excluded.changed "
          "where d.changed <> excluded.changed",
          {clinic_, resources, dates})
      .status();
}

absl::Status PgOccupancyTable::Take(const std::vector<Claim>& claims) {
  std::vector<std::string> of_patient, patients, patient_starts, patient_ends;
  std::vector<std::string> owners, resources, roles, loads, starts, ends;
  for (const Claim& claim : claims) {
    if (!claim.patient.empty()) {
      of_patient.push_back(claim.owner);
      patients.push_back(claim.patient.str());
      patient_starts.push_back(pg::Param(claim.time.start).text());
      patient_ends.push_back(pg::Param(claim.time.end).text());
    }
    for (const Usage& usage : claim.usages) {
      owners.push_back(claim.owner);
      resources.push_back(usage.resource.str());
      roles.push_back(usage.role);
      loads.push_back(std::to_string(usage.load));
      starts.push_back(pg::Param(usage.time.start).text());
      ends.push_back(pg::Param(usage.time.end).text());
    }
  }
  if (!of_patient.empty()) {
    RETURN_IF_ERROR(Translate(db_.Execute("insert into patient_times (clinic, owner, patient, during) "
                                          "select $1, owner, patient, tstzrange(start_at, end_at) "
                                          "from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) "
                                          "as t (owner, patient, start_at, end_at)",
                                          {clinic_, of_patient, patients, patient_starts, patient_ends})
                                  .status()));
  }
  // One statement: the trigger of the table sees the rows before each.
  return Translate(
      db_.Execute(
             "insert into occupancies (clinic, owner, resource, role, load, exclusive, during) "
             "select $1, owner, resource, role, load, false, tstzrange(start_at, end_at) "
             "from unnest($2::text[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], "
             "$7::timestamptz[]) with ordinality as t (owner, resource, role, load, start_at, end_at, n) order by n",
             {clinic_, owners, resources, roles, loads, starts, ends})
          .status());
}

absl::Status PgOccupancyTable::GiveBack(const std::vector<std::string>& owners) {
  RETURN_IF_ERROR(
      db_.Execute("delete from patient_times where clinic = $1 and owner = any ($2::text[])", {clinic_, owners})
          .status());
  return db_.Execute("delete from occupancies where clinic = $1 and owner = any ($2::text[])", {clinic_, owners})
      .status();
}

absl::StatusOr<std::vector<Commitment>> PgOccupancyTable::OwnedBy(const std::vector<std::string>& owners) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select owner, resource, role, load, start_at, end_at "
                             "from occupancies where clinic = $1 and owner = any ($2::text[]) order by id",
                             {clinic_, owners}));
  return CommitmentsOf(rows);
}

absl::StatusOr<std::vector<Commitment>> PgOccupancyTable::Commitments(const TimeSpan& time,
                                                                      const ResourceKey& resource) {
  // One row for each resource, put in order here, where no collation is asked. None is longer than 24 hours.
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(absl::StrCat("select resource, ", LoadInWords::kSql,
                             " as words from occupancies where clinic = $1 and start_at > $2::timestamptz - interval "
                             "'24 hours' and start_at < $3 and end_at > $2 and ($4::text = '' or resource = $4::text) "
                             "group by resource"),
                {clinic_, time.start, time.end, resource}));
  std::map<ResourceKey, std::string> by_resource;
  for (const pg::Row& row : rows) by_resource[row.Get<ResourceKey>("resource")] = row.Get<std::string>("words");
  std::vector<Commitment> out;
  for (const auto& [key, text] : by_resource) {
    std::vector<LoadInWords> loads;
    for (Words words(text); !words.AtEnd();) loads.push_back(LoadInWords::Next(words));
    std::sort(loads.begin(), loads.end(), [](const LoadInWords& a, const LoadInWords& b) {
      return std::tie(a.start, a.id) < std::tie(b.start, b.id);
    });
    for (const LoadInWords& load : loads) {
      out.push_back({.owner = std::string(load.owner),
                     .usage = {.resource = key,
                               .role = std::string(load.role),
                               .time = {absl::FromUnixSeconds(load.start), absl::FromUnixSeconds(load.end)},
                               .load = load.load}});
    }
  }
  return out;
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
