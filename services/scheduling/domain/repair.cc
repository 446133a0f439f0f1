#include "services/scheduling/domain/repair.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

std::set<ResourceKey> StaffOf(const std::vector<Assignment>& assignments) {
  std::set<ResourceKey> staff;
  for (const Assignment& assignment : assignments) {
    if (KindOf(assignment.resource) == ResourceKind::kStaff) staff.insert(assignment.resource);
  }
  return staff;
}

}  // namespace

int64_t RepairOption::Disruption() const {
  int64_t sum = 0;
  for (const CostTerm& term : terms) {
    const bool change =
        term.kind == CostKind::kMove || term.kind == CostKind::kReassign || term.kind == CostKind::kShift;
    if (change) sum += term.cost;
  }
  return sum;
}

std::string RepairPart::Id() const {
  if (!course.empty()) return course.str();
  return options.empty() || options[0].moves.empty() ? "" : options[0].moves[0].appointment.str();
}

std::string StateName(RepairState state) {
  constexpr const char* kNames[] = {"", "PROPOSED", "PARTLY_APPLIED", "APPLIED"};
  return kNames[static_cast<int>(state)];
}

absl::Status ValidateTrigger(const RepairTrigger& trigger, absl::Time now) {
  if (const auto* absence = std::get_if<Absence>(&trigger)) {
    RETURN_IF_ERROR(CheckInReach(absence->time.start, now, "absence.start_time"));
    RETURN_IF_ERROR(CheckInReach(absence->time.end, now, "absence.end_time"));
    if (absence->time.end <= absence->time.start) return InvalidField("absence.end_time", "must be after start_time");
    if (absence->time.end <= now) return InvalidField("absence.end_time", "is past");
    if (absence->time.end - absence->time.start > absl::Hours(24) * limits::kMaxExceptionDays) {
      return InvalidField("absence.end_time",
                          absl::StrCat("must be at most ", limits::kMaxExceptionDays, " days after start_time"));
    }
  }
  if (const auto* shift = std::get_if<CourseShift>(&trigger)) {
    RETURN_IF_ERROR(CheckDayInReach(shift->from, now, "shift.start_date"));
    if (shift->until <= shift->from) return InvalidField("shift.end_date", "must be after start_date");
    if (shift->until - shift->from > limits::kMaxShiftDays) {
      return InvalidField("shift.end_date",
                          absl::StrCat("must be at most ", limits::kMaxShiftDays, " days after start_date"));
    }
  }
  if (const auto* lost = std::get_if<LostVisit>(&trigger)) {
    if (lost->day) RETURN_IF_ERROR(CheckDayInReach(*lost->day, now, "lost_visit.date"));
  }
  return absl::OkStatus();
}

std::vector<CostTerm> SumTerms(const std::vector<RepairPart>& parts) {
  std::vector<CostTerm> sum;
  for (const RepairPart& part : parts) {
    if (part.options.empty()) continue;
    for (const CostTerm& term : part.options[0].terms) {
      const auto same = std::find_if(sum.begin(), sum.end(), [&](const CostTerm& t) { return t.kind == term.kind; });
      if (same == sum.end()) {
        sum.push_back(term);
        continue;
      }
      same->count += term.count;
      same->cost += term.cost;
      // The words follow the number.
      const size_t space = term.explanation.find(' ');
      same->explanation = absl::StrCat(same->count, space == std::string::npos ? "" : term.explanation.substr(space));
    }
  }
  std::sort(sum.begin(), sum.end(), [](const CostTerm& a, const CostTerm& b) { return a.kind < b.kind; });
  return sum;
}

std::set<ResourceKey> StaffToTell(const RepairOption& option) {
  std::set<ResourceKey> tell;
  for (const RepairMove& move : option.moves) {
    const std::set<ResourceKey> before = move.rebooks ? std::set<ResourceKey>() : StaffOf(move.current_assignments);
    const std::set<ResourceKey> after = StaffOf(move.assignments);
    const bool same_time = !move.rebooks && move.start == move.current_start;
    for (const ResourceKey& staff : before) {
      if (!same_time || !after.contains(staff)) tell.insert(staff);
    }
    for (const ResourceKey& staff : after) {
      if (!same_time || !before.contains(staff)) tell.insert(staff);
    }
  }
  return tell;
}

void RankParts(std::vector<RepairPart>& parts) {
  std::stable_sort(parts.begin(), parts.end(), [](const RepairPart& a, const RepairPart& b) {
    if (a.makes_way != b.makes_way) return b.makes_way;
    return a.options[0].Disruption() < b.options[0].Disruption();
  });
}

absl::Status MarkApplied(Repair& repair, const std::string& part, int option, absl::Time now) {
  const auto it = std::find_if(repair.parts.begin(), repair.parts.end(),
                               [&](const RepairPart& candidate) { return candidate.Id() == part; });
  if (it == repair.parts.end()) return InvalidField("choices", absl::StrCat("the repair has no part ", part));
  if (option < 0 || option >= static_cast<int>(it->options.size())) {
    return InvalidField("choices", absl::StrCat("the part has ", it->options.size(), " options"));
  }
  if (it->applied_option) return WrongState("part of the repair", "APPLIED", "applied");
  it->applied_option = option;
  it->applied_at = now;
  const bool all = std::all_of(repair.parts.begin(), repair.parts.end(),
                               [](const RepairPart& candidate) { return candidate.applied_option.has_value(); });
  repair.state = all ? RepairState::kApplied : RepairState::kPartlyApplied;
  return absl::OkStatus();
}

}  // namespace kat::scheduling
