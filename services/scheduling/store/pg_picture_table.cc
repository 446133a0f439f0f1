#include "services/scheduling/store/pg_picture_table.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/store/load_words.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

// The marks, and with them `days`: rows of a resource, a day since 1970 and its loads in words; all of one instant. A
// day is the database's, as that of the trigger which notes its changes.
std::string WithMarks(absl::string_view days) {
  return absl::StrCat(
      "select mark.*, days.* from (select pg_snapshot_xmin(pg_current_snapshot())::text as oldest_open, ",
      kSetupMarkSql, ") mark left join (", days, ") days on true");
}

PictureRead ReadOf(const pg::Rows& rows, const std::string& server) {
  PictureRead read{.mark = {.server = server}};
  for (const pg::Row& row : rows) {
    if (read.mark.oldest_open.empty()) {
      read.mark.oldest_open = row.Get<std::string>("oldest_open");
      read.setup = SetupMarkOf(row);
    }
    std::optional<ResourceKey> resource = row.Get<std::optional<ResourceKey>>("resource");
    if (!resource) break;  // the one row of the marks
    DayLoads day{.resource = *std::move(resource), .day = kEpoch + row.Get<int>("day")};
    const std::string text = row.Get<std::optional<std::string>>("words").value_or("");
    for (Words words(text); !words.AtEnd();) {
      const LoadInWords load = LoadInWords::Next(words);
      day.loads.push_back({.owner = std::string(load.owner),
                           .usage = {.resource = day.resource,
                                     .role = std::string(load.role),
                                     .time = {absl::FromUnixSeconds(load.start), absl::FromUnixSeconds(load.end)},
                                     .load = load.load}});
    }
    read.days.push_back(std::move(day));
  }
  return read;
}

}  // namespace

absl::StatusOr<PictureRead> PgPictureTable::Read(absl::CivilDay first, absl::CivilDay end) {
  constexpr char kZone[] = "(select time_zone from clinics where clinic = $1)";
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(WithMarks(absl::StrCat("select resource, (start_at at time zone ", kZone,
                                       ")::date - date '1970-01-01' as day, ", LoadInWords::kSql,
                                       " as words from occupancies where clinic = $1 and start_at >= (select "
                                       "$2::date::timestamp at time zone ",
                                       kZone, ") and start_at < (select $3::date::timestamp at time zone ", kZone,
                                       ") group by 1, 2")),
                {clinic_, first, end}));
  return ReadOf(rows, db_.server());
}

absl::StatusOr<PictureRead> PgPictureTable::ReadChanged(const PictureMark& since, absl::CivilDay first,
                                                        absl::CivilDay end) {
  // No day changed in a transaction beyond the upper bound: with it the planner expects few days, and goes by the
  // index. The bounds of a day are reckoned apart, since row security lets only operators that leak nothing near an
  // index.
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(absl::StrCat("with changed as materialized (select d.resource, d.day - date '1970-01-01' as day, "
                             "d.day::timestamp at time zone c.time_zone as from_at, "
                             "(d.day + 1)::timestamp at time zone c.time_zone as to_at "
                             "from resource_days d, clinics c where c.clinic = $1 and d.clinic = $1 and "
                             "d.changed between $2::xid8 and '18446744073709551615'::xid8 and "
                             "d.day >= $3::date and d.day < $4::date) ",
                             WithMarks(absl::StrCat("select resource, day, (select ", LoadInWords::kSql,
                                                    " from occupancies o where o.clinic = $1 and o.resource = "
                                                    "changed.resource and o.start_at >= changed.from_at and "
                                                    "o.start_at < changed.to_at) as words from changed"))),
                {clinic_, since.oldest_open, first, end}));
  return ReadOf(rows, db_.server());
}

}  // namespace kat::scheduling
