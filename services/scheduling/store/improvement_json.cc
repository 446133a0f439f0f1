#include "services/scheduling/store/improvement_json.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/business_time.h"
#include "services/scheduling/store/plan_json.h"
#include "services/scheduling/store/repair_json.h"

namespace kat::scheduling {
namespace {

absl::CivilDay DayOf(const Json& json, const char* key) {
  return ParseDay(json.value(key, "")).value_or(absl::CivilDay());
}

Json WishJson(const ImprovementWish& wish) {
  Json keep = Json::array();
  for (const CourseId& course : wish.keep) keep.push_back(course.str());
  return {{"first_day", FormatDay(wish.first_day)},
          {"end_day", FormatDay(wish.end_day)},
          {"notice_days", wish.notice_days},
          {"move_cost", wish.move_cost},
          {"min_gain", wish.min_gain},
          {"keep", keep},
          {"time_limit_ms", absl::ToInt64Milliseconds(wish.time_limit)}};
}

ImprovementWish WishOf(const Json& json) {
  ImprovementWish wish{.first_day = DayOf(json, "first_day"),
                       .end_day = DayOf(json, "end_day"),
                       .notice_days = json.value("notice_days", limits::kNoticeDays),
                       .move_cost = json.value("move_cost", int64_t{0}),
                       .min_gain = json.value("min_gain", int64_t{1}),
                       .time_limit = absl::Milliseconds(json.value("time_limit_ms", int64_t{0}))};
  for (const Json& course : json.value("keep", Json::array())) wish.keep.insert(CourseId(course.get<std::string>()));
  return wish;
}

}  // namespace

Json ToJson(const Improvement& improvement) {
  Json parts = Json::array();
  for (const ImprovementPart& part : improvement.parts) {
    parts.push_back({{"part", ToJson(part.part)},
                     {"group", part.group},
                     {"alone", part.alone},
                     {"cost_before", part.cost_before},
                     {"terms_before", ToJson(part.terms_before)}});
  }
  Json json = {{"wish", WishJson(improvement.wish)},   {"parts", parts},
               {"basis", ToJson(improvement.basis)},   {"failure_description", improvement.failure_description},
               {"started_by", improvement.started_by}, {"applied_by", improvement.applied_by}};
  if (improvement.failure) json["failure"] = static_cast<int>(*improvement.failure);
  return json;
}

void FromJson(const Json& json, Improvement* improvement) {
  improvement->wish = WishOf(json.value("wish", Json::object()));
  improvement->parts.clear();
  for (const Json& item : json.value("parts", Json::array())) {
    ImprovementPart part{.group = item.value("group", 0),
                         .alone = item.value("alone", false),
                         .cost_before = item.value("cost_before", int64_t{0})};
    FromJson(item.value("part", Json::object()), &part.part);
    FromJson(item.value("terms_before", Json::array()), &part.terms_before);
    improvement->parts.push_back(std::move(part));
  }
  FromJson(json.value("basis", Json::object()), &improvement->basis);
  if (json.contains("failure")) improvement->failure = static_cast<ImprovementFailure>(json.value("failure", 0));
  improvement->failure_description = json.value("failure_description", "");
  improvement->started_by = json.value("started_by", "");
  improvement->applied_by = json.value("applied_by", "");
}

// Each as a plan of its course, which it is but for version and phases.
std::string ToText(const FoundSchedule& found) {
  std::vector<std::string> plans;
  for (const FoundCourse& course : found.courses) {
    plans.push_back(ToText(BlockPlan{.course = course.course, .visits = course.visits}));
  }
  return absl::StrCat("{\"elapsed_ms\": ", absl::ToInt64Milliseconds(found.elapsed), ", \"courses\": [",
                      absl::StrJoin(plans, ","), "]}");
}

void FromJson(const Json& json, FoundSchedule* found) {
  found->elapsed = absl::Milliseconds(json.value("elapsed_ms", int64_t{0}));
  found->courses.clear();
  for (const Json& item : json.value("courses", Json::array())) {
    BlockPlan plan;
    FromJson(item, &plan);
    found->courses.push_back({plan.course, std::move(plan.visits)});
  }
}

Json ToJson(const ImprovementProgress& progress) {
  return {{"initial_cost", progress.initial_cost},
          {"cost", progress.cost},
          {"lower_bound", progress.lower_bound},
          {"courses", progress.courses},
          {"patients_moved", progress.patients_moved},
          {"search_steps", progress.search_steps},
          {"elapsed_ms", absl::ToInt64Milliseconds(progress.elapsed)}};
}

void FromJson(const Json& json, ImprovementProgress* progress) {
  *progress = {.initial_cost = json.value("initial_cost", int64_t{0}),
               .cost = json.value("cost", int64_t{0}),
               .lower_bound = json.value("lower_bound", int64_t{0}),
               .courses = json.value("courses", 0),
               .patients_moved = json.value("patients_moved", 0),
               .search_steps = json.value("search_steps", int64_t{0}),
               .elapsed = absl::Milliseconds(json.value("elapsed_ms", int64_t{0}))};
}

}  // namespace kat::scheduling
