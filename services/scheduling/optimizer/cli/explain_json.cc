#include "services/scheduling/optimizer/cli/json_writer.h"

namespace kat::optimizer {
namespace {

const char* KindName(CauseKind kind) {
  switch (kind) {
    case CauseKind::kCapacity:
      return "capacity";
    case CauseKind::kLag:
      return "lag";
    case CauseKind::kAvailability:
      return "availability";
    case CauseKind::kVisitWindows:
      return "visit_windows";
    case CauseKind::kPatientTime:
      return "patient_time";
    case CauseKind::kEarliestDay:
      return "earliest_day";
    case CauseKind::kHorizon:
      return "horizon";
  }
  return "";
}

}  // namespace

OrderedJson CauseToJson(const Instance& instance, const Course& course, const Cause& cause) {
  OrderedJson json = {{"kind", KindName(cause.kind)}};
  if (cause.kind == CauseKind::kCapacity) {
    json["tag"] = instance.clinic.tag_names[cause.tag];
    json["first_day"] = cause.first_day;
    json["last_day"] = cause.last_day;
  } else if (cause.kind == CauseKind::kLag) {
    const Lag& lag = course.lags[cause.lag];
    json["lag"] = cause.lag;
    json["from"] = course.visits[lag.from].id;
    json["to"] = course.visits[lag.to].id;
  } else if (cause.kind == CauseKind::kVisitWindows) {
    json["visit"] = course.visits[cause.visit].id;
  }
  return json;
}

OrderedJson RelaxationToJson(const Instance& instance, const Course& course, const Relaxation& relaxation) {
  OrderedJson json = {{"relax", CauseToJson(instance, course, relaxation.cause)}};
  if (relaxation.cause.kind == CauseKind::kCapacity) {
    json["relax"].erase("first_day");
    json["relax"].erase("last_day");
    json["added"] = OrderedJson::array();
    for (const Interval& interval : relaxation.added) json["added"].push_back({interval.from, interval.to});
  }
  if (relaxation.cause.kind == CauseKind::kLag) {
    const bool days = relaxation.days > 0;
    json["bound"] = std::string(relaxation.lower ? "min_" : "max_") + (days ? "days" : "minutes");
  }
  if (relaxation.days > 0) json["days"] = relaxation.days;
  if (relaxation.minutes > 0) json["minutes"] = relaxation.minutes;
  // The one more resource of each tag is named after it.
  Instance wider;
  wider.clinic = instance.clinic;
  for (const std::string& tag : instance.clinic.tag_names) {
    Resource more;
    more.id = "one-more:" + tag;
    wider.clinic.resources.push_back(std::move(more));
  }
  Course shown = course;
  const int known = static_cast<int>(instance.clinic.resources.size());
  for (Visit& visit : shown.visits) {
    if (!visit.current) continue;
    for (RoleAssignment& assigned : visit.current->assign) {
      if (assigned.resource >= known) assigned.resource += static_cast<int>(instance.clinic.tag_names.size());
    }
  }
  json["cost"] = CostToJson(relaxation.plan.cost);
  json["visits"] = VisitsToJson(wider, shown, relaxation.plan.visits);
  return json;
}

}  // namespace kat::optimizer
