#include "services/scheduling/testing/us_zones.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

#include "absl/strings/str_split.h"
#include "libs/base/business_time.h"

namespace kat::scheduling::sample {
namespace {

constexpr char kZoneTable[] = "/usr/share/zoneinfo/zone.tab";

// The states, Puerto Rico, the Virgin Islands, Guam, American Samoa, the Northern Marianas (ISO 3166).
const std::set<std::string>& Countries() {
  static const auto* const countries = new std::set<std::string>{"US", "PR", "VI", "GU", "AS", "MP"};
  return *countries;
}

}  // namespace

const std::vector<UsZone>& UsZones() {
  static const auto* const zones = [] {
    auto* out = new std::vector<UsZone>();
    std::ifstream table(kZoneTable);
    for (std::string line; std::getline(table, line);) {
      const std::vector<std::string> columns = absl::StrSplit(line, '\t');
      if (columns.size() < 3 || !Countries().contains(columns[0])) continue;
      out->push_back({columns[2], LoadZone(columns[2]).value()});
    }
    if (out->empty()) {
      std::fprintf(stderr, "%s names no zone of the United States: is tzdata installed?\n", kZoneTable);
      std::abort();
    }
    return out;
  }();
  return *zones;
}

std::vector<ClockSet> ClockSets(absl::TimeZone zone, absl::Time from, absl::Time until) {
  const auto offset = [&](absl::Time at) { return zone.At(at).offset; };
  std::vector<ClockSet> out;
  for (absl::Time at = from; at < until; at += absl::Hours(24)) {
    if (offset(at) == offset(at + absl::Hours(24))) continue;  // no zone sets its clocks to and fro within a day
    absl::Time moment = at;
    while (offset(moment) == offset(at)) moment += absl::Minutes(15);
    out.push_back({moment, absl::Seconds(offset(moment) - offset(at))});
  }
  return out;
}

std::vector<ZoneChange> ZoneChanges() {
  std::vector<ZoneChange> out;
  for (const UsZone& zone : UsZones()) {
    for (const ClockSet& set :
         ClockSets(zone.zone, absl::FromCivil(kTenYearsFrom, zone.zone), absl::FromCivil(kTenYearsUntil, zone.zone))) {
      out.push_back({zone, set, DayAt(set.at, zone.zone)});
    }
  }
  return out;
}

}  // namespace kat::scheduling::sample
