#include "services/scheduling/domain/visit_type.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {

const VisitRole* VisitType::FindRole(absl::string_view role) const {
  for (const VisitRole& candidate : roles) {
    if (candidate.role == role) return &candidate;
  }
  return nullptr;
}

int VisitType::ReachMinutes() const {
  int reach = duration_minutes;
  for (const VisitRole& role : roles) {
    for (const UsageSegment& segment : role.segments) reach = std::max(reach, segment.to_minute);
  }
  return reach;
}

absl::Status ValidateVisitType(const VisitType& type) {
  std::vector<FieldViolation> faults;
  if (type.duration_minutes % limits::kSlotMinutes != 0) {
    faults.push_back({"visit_type.duration_minutes", absl::StrCat("must be a multiple of ", limits::kSlotMinutes)});
  }
  std::set<std::string> names;
  for (size_t i = 0; i < type.roles.size(); ++i) {
    const VisitRole& role = type.roles[i];
    const std::string path = absl::StrCat("visit_type.roles[", i, "]");
    if (!names.insert(role.role).second) faults.push_back({absl::StrCat(path, ".role"), "is named twice"});
    int end = 0;
    for (size_t j = 0; j < role.segments.size(); ++j) {
      const UsageSegment& segment = role.segments[j];
      const std::string at = absl::StrCat(path, ".segments[", j, "]");
      if (segment.from_minute >= segment.to_minute) faults.push_back({at, "must end after it starts"});
      if (segment.from_minute < end) faults.push_back({at, "must begin after the one before it has ended"});
      end = segment.to_minute;
    }
  }
  return faults.empty() ? absl::OkStatus() : InvalidFields(std::move(faults));
}

}  // namespace kat::scheduling
