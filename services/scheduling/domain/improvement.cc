#include "services/scheduling/domain/improvement.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

// Courses that must be applied before the part, or with it.
std::vector<CourseId> NeededBy(const Improvement& improvement, const ImprovementPart& part) {
  std::vector<CourseId> needed;
  for (const ImprovementPart& other : improvement.parts) {
    if (other.group == part.group && !part.alone && other.part.course != part.part.course) {
      needed.push_back(other.part.course);
    }
  }
  return needed;
}

}  // namespace

std::string StateName(ImprovementState state) {
  constexpr const char* kNames[] = {"",        "QUEUED",    "RUNNING", "READY", "PARTLY_APPLIED",
                                    "APPLIED", "CANCELLED", "FAILED"};
  return kNames[static_cast<int>(state)];
}

std::string FailureName(ImprovementFailure failure) {
  constexpr const char* kNames[] = {"INTERRUPTED", "SETUP_INVALID", "INTERNAL"};
  return kNames[static_cast<int>(failure)];
}

bool IsUnderWay(ImprovementState state) {
  return state == ImprovementState::kQueued || state == ImprovementState::kRunning;
}

bool HasResult(ImprovementState state) {
  return state == ImprovementState::kReady || state == ImprovementState::kPartlyApplied ||
         state == ImprovementState::kApplied;
}

absl::CivilDay FirstDayAfterNotice(const Clinic& clinic, int notice_days, absl::Time now) {
  return DayAt(now, clinic.Zone()) + notice_days + 1;
}

absl::Status CompleteWish(const Clinic& clinic, std::optional<absl::CivilDay> first_day,
                          std::optional<absl::CivilDay> end_day, absl::Time now, ImprovementWish& wish) {
  const absl::CivilDay first = FirstDayAfterNotice(clinic, wish.notice_days, now);
  if (first_day) RETURN_IF_ERROR(CheckDayInReach(*first_day, now, "improvement.start_date"));
  wish.first_day = std::max(first, first_day.value_or(first));
  wish.end_day = end_day.value_or(wish.first_day + limits::kImprovementDays);
  if (wish.end_day <= wish.first_day) {
    return InvalidField("improvement.end_date",
                        absl::StrCat("must be after ", FormatDay(wish.first_day), ", the first day that may change"));
  }
  if (wish.end_day - wish.first_day > limits::kMaxImprovementDays) {
    return InvalidField("improvement.end_date",
                        absl::StrCat("must be at most ", limits::kMaxImprovementDays, " days after start_date"));
  }
  return absl::OkStatus();
}

bool MayImprove(const ImprovementWish& wish, const Clinic& clinic, const Appointment& appointment, absl::Time now) {
  const absl::CivilDay day = DayAt(appointment.time.start, clinic.Zone());
  return IsOpen(appointment.state) && !appointment.pinned && !appointment.course.empty() &&
         !wish.keep.contains(appointment.course) && day >= wish.first_day && day < wish.end_day &&
         day >= FirstDayAfterNotice(clinic, wish.notice_days, now);
}

absl::StatusOr<std::vector<const ImprovementPart*>> ChooseParts(const ClinicId& clinic, const Improvement& improvement,
                                                                const std::vector<CourseId>& courses) {
  if (!HasResult(improvement.state) || improvement.state == ImprovementState::kApplied) {
    return WrongState("improvement", StateName(improvement.state), "applied");
  }
  if (improvement.parts.empty()) return WrongState("improvement", "READY with nothing to move", "applied");
  std::vector<const ImprovementPart*> chosen;
  std::set<CourseId> there;  // chosen now or applied before
  for (const ImprovementPart& part : improvement.parts) {
    if (part.part.applied_at) there.insert(part.part.course);
    if (courses.empty() && !part.part.applied_at) chosen.push_back(&part);
  }
  for (size_t i = 0; i < courses.size(); ++i) {
    const auto it = std::find_if(improvement.parts.begin(), improvement.parts.end(),
                                 [&](const ImprovementPart& part) { return part.part.course == courses[i]; });
    if (it == improvement.parts.end()) {
      return InvalidField(absl::StrCat("courses[", i, "]"), "is no course that the improvement moves");
    }
    if (it->part.applied_at) return WrongState("part of the improvement", "APPLIED", "applied");
    if (std::find(chosen.begin(), chosen.end(), &*it) != chosen.end()) {
      return InvalidField(absl::StrCat("courses[", i, "]"), "is named twice");
    }
    chosen.push_back(&*it);
  }
  for (const ImprovementPart* part : chosen) there.insert(part->part.course);
  std::set<std::string> missing;
  for (const ImprovementPart* part : chosen) {
    for (const CourseId& needed : NeededBy(improvement, *part)) {
      if (!there.contains(needed)) missing.insert(NameOf(clinic, needed));
    }
  }
  if (!missing.empty()) return PartsNeeded({missing.begin(), missing.end()});
  return chosen;
}

bool IsWithinNotice(const ImprovementWish& wish, const Clinic& clinic, const ImprovementPart& part, absl::Time now) {
  const absl::CivilDay first = FirstDayAfterNotice(clinic, wish.notice_days, now);
  const std::vector<RepairMove>& moves = part.option().moves;
  return std::any_of(moves.begin(), moves.end(), [&](const RepairMove& move) {
    return DayAt(std::min(move.start, move.current_start), clinic.Zone()) < first;
  });
}

void MarkApplied(Improvement& improvement, const std::set<CourseId>& courses, absl::Time now) {
  bool all = true;
  for (ImprovementPart& part : improvement.parts) {
    if (courses.contains(part.part.course)) {
      part.part.applied_option = 0;
      part.part.applied_at = now;
    }
    all = all && part.part.applied_at.has_value();
  }
  improvement.state = all ? ImprovementState::kApplied : ImprovementState::kPartlyApplied;
}

}  // namespace kat::scheduling
