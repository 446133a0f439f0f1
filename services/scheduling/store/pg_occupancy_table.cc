#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <tuple>
#include <vector>

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

// Words of a text with one space between each; there are as many as are asked for.
class Words {
 public:
  explicit Words(absl::string_view text) : left_(text) {}
  bool AtEnd() const { return left_.empty(); }
  absl::string_view Next() {
    const size_t end = std::min(left_.find(' '), left_.size());
    const absl::string_view word = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return word;
  }
  int64_t NextNumber() {
    int64_t number = 0;
    const absl::string_view word = Next();
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
  }

 private:
  absl::string_view left_;
};

// A load as Commitments asks for it; instants in seconds since 1970.
struct LoadInWords {
  int64_t id = 0;
  absl::string_view owner;
  absl::string_view role;
  int load = 0;
  int64_t start = 0;
  int64_t end = 0;
};

LoadInWords NextLoad(Words& words) {
  LoadInWords load;
  load.id = words.NextNumber();
  load.owner = words.Next();
  load.role = words.Next();
  load.load = static_cast<int>(words.NextNumber());
  load.start = words.NextNumber();
  load.end = words.NextNumber();
  return load;
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
  // Thousands of them are read for a proposal: one row for each resource, its loads in words of one text, and put in
  // order here, where no collation is asked. None is longer than 24 hours.
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select resource, string_agg(concat_ws(' ', id, owner, role, load, "
                "date_part('epoch', start_at)::bigint, date_part('epoch', end_at)::bigint), ' ') as words "
                "from occupancies where clinic = $1 and start_at > $2::timestamptz - interval '24 hours' and "
                "start_at < $3 and end_at > $2 and ($4::text = '' or resource = $4::text) group by resource",
                {clinic_, time.start, time.end, resource}));
  std::map<ResourceKey, std::string> by_resource;
  for (const pg::Row& row : rows) by_resource[row.Get<ResourceKey>("resource")] = row.Get<std::string>("words");
  std::vector<Commitment> out;
  for (const auto& [key, text] : by_resource) {
    std::vector<LoadInWords> loads;
    for (Words words(text); !words.AtEnd();) loads.push_back(NextLoad(words));
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
