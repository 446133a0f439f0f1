#include "services/authorization/domain/units.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kat::authorization::domain {
namespace {

bool FitsOne(const std::optional<int>& limit, int used, int want) {
  return want <= 0 || !limit || used + want <= *limit;
}

std::optional<int> Left(const std::optional<int>& limit, int used) {
  if (!limit) return std::nullopt;
  return std::max(0, *limit - used);
}

int Most(const std::optional<int>& limit, int used, int want) {
  return limit ? std::min(want, std::max(0, *limit - used)) : want;
}

void Say(std::vector<std::string>& parts, int count, const char* one, const char* many) {
  parts.push_back(absl::StrCat(count, " ", count == 1 ? one : many));
}

}  // namespace

UnitCounts operator+(const UnitCounts& a, const UnitCounts& b) {
  return {a.visits + b.visits, a.drug_mg + b.drug_mg, a.devices + b.devices};
}

UnitCounts operator-(const UnitCounts& a, const UnitCounts& b) {
  return {a.visits - b.visits, a.drug_mg - b.drug_mg, a.devices - b.devices};
}

bool Fits(const UnitLimits& limits, const UnitCounts& used, const UnitCounts& want) {
  return FitsOne(limits.visits, used.visits, want.visits) && FitsOne(limits.drug_mg, used.drug_mg, want.drug_mg) &&
         FitsOne(limits.devices, used.devices, want.devices);
}

UnitLimits Remaining(const UnitLimits& limits, const UnitCounts& used) {
  return {Left(limits.visits, used.visits), Left(limits.drug_mg, used.drug_mg), Left(limits.devices, used.devices)};
}

UnitCounts Fitting(const UnitLimits& limits, const UnitCounts& used, const UnitCounts& want) {
  return {Most(limits.visits, used.visits, want.visits), Most(limits.drug_mg, used.drug_mg, want.drug_mg),
          Most(limits.devices, used.devices, want.devices)};
}

bool UsedUp(const UnitLimits& limits, const UnitCounts& used) {
  const UnitLimits left = Remaining(limits, used);
  return left.visits == 0 || left.drug_mg == 0 || left.devices == 0;
}

std::string Describe(const UnitLimits& limits) {
  std::vector<std::string> parts;
  if (limits.visits) Say(parts, *limits.visits, "visit", "visits");
  if (limits.drug_mg) Say(parts, *limits.drug_mg, "mg", "mg");
  if (limits.devices) Say(parts, *limits.devices, "device", "devices");
  return parts.empty() ? "no limit" : absl::StrJoin(parts, ", ");
}

std::string Describe(const UnitCounts& counts) {
  return Describe(UnitLimits{counts.visits, counts.drug_mg, counts.devices});
}

}  // namespace kat::authorization::domain
