#include "services/scheduling/optimizer/cli/commands.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/optimizer/cli/json_reader.h"
#include "services/scheduling/optimizer/cli/json_writer.h"
#include "services/scheduling/optimizer/cli/online.h"
#include "services/scheduling/optimizer/plan_move.h"

namespace kat::optimizer {
namespace {

// An instance, a solution of it, and one course of it.
struct Question {
  Instance instance;
  Solution given;
  int course = 0;
};

absl::StatusOr<Question> LoadQuestion(const CommandOptions& options, const std::string& course_id) {
  absl::StatusOr<Instance> instance = LoadInstance(options.instance_path);
  if (!instance.ok()) return instance.status();
  Question question;
  question.instance = *std::move(instance);
  if (options.given_path.empty()) {
    question.given.courses.resize(question.instance.courses.size());
  } else {
    absl::StatusOr<Solution> given = LoadSolution(options.given_path, question.instance);
    if (!given.ok()) return given.status();
    question.given = *std::move(given);
  }
  const std::vector<Course>& courses = question.instance.courses;
  auto found =
      std::find_if(courses.begin(), courses.end(), [&](const Course& course) { return course.id == course_id; });
  if (found == courses.end())
    return absl::InvalidArgumentError(absl::StrCat("no course ", course_id, " in the instance"));
  question.course = static_cast<int>(found - courses.begin());
  return question;
}

absl::Status Write(const CommandOptions& options, const OrderedJson& json) {
  return WriteFile(options.output_path, absl::StrCat(json.dump(options.output_path == "-" ? 2 : -1), "\n"));
}

OrderedJson PlanToJson(const Question& question, const Course& course, const CoursePlan& plan) {
  return {{"cost", CostToJson(plan.cost)}, {"visits", VisitsToJson(question.instance, course, plan.visits)}};
}

// The course as it stands in the given solution.
absl::StatusOr<Course> StandingCourse(const Question& question) {
  Course course = question.instance.courses[question.course];
  const auto& placed = question.given.courses[question.course];
  if (!placed)
    return absl::InvalidArgumentError(absl::StrCat("course ", course.id, " is not scheduled in the given solution"));
  for (size_t i = 0; i < course.visits.size(); ++i) {
    Visit& visit = course.visits[i];
    if (visit.fixed) continue;
    Standing standing{.start = (*placed)[i].start, .assign = {}};
    const std::vector<Role>& roles = question.instance.clinic.visit_types[visit.type].roles;
    for (size_t r = 0; r < roles.size(); ++r) standing.assign.push_back({roles[r].name, (*placed)[i].resources[r]});
    std::sort(standing.assign.begin(), standing.assign.end(),
              [](const RoleAssignment& a, const RoleAssignment& b) { return a.role_name < b.role_name; });
    visit.current = std::move(standing);
  }
  return course;
}

// Whoever is in the visits that change: the patient, and the resources that lose or gain one.
OrderedJson ToTell(const Question& question, const Course& course, const MovePlan& move) {
  std::set<int> resources;
  std::vector<int> changed = move.moved;
  changed.insert(changed.end(), move.reassigned.begin(), move.reassigned.end());
  for (int i : changed) {
    std::set<std::pair<int, int>> before, after;  // role and resource
    const Visit& visit = course.visits[i];
    const std::vector<Role>& roles = question.instance.clinic.visit_types[visit.type].roles;
    for (const RoleAssignment& assigned : visit.current->assign) before.insert({assigned.role_name, assigned.resource});
    for (size_t r = 0; r < roles.size(); ++r) after.insert({roles[r].name, move.plan.visits[i].resources[r]});
    const bool same_start = visit.current->start == move.plan.visits[i].start;
    for (const auto& one : before) {
      if (!same_start || after.count(one) == 0) resources.insert(one.second);
    }
    for (const auto& one : after) {
      if (!same_start || before.count(one) == 0) resources.insert(one.second);
    }
  }
  OrderedJson names = OrderedJson::array();
  for (int resource : resources) {
    if (resource < static_cast<int>(question.instance.clinic.resources.size())) {
      names.push_back(question.instance.clinic.resources[resource].id);
    }
  }
  const bool told = !move.moved.empty();
  return {{"patient", told}, {"resources", std::move(names)}};
}

}  // namespace

absl::Status Online(const CommandOptions& options) {
  absl::StatusOr<Instance> instance = LoadInstance(options.instance_path);
  if (!instance.ok()) return instance.status();
  const OnlineResult result = RunOnline(*instance, options.budget_ops, std::chrono::milliseconds(options.most_ms));
  std::string log;
  for (const OnlineStep& step : result.steps) {
    OrderedJson line = {{"course", instance->courses[step.course].id},
                        {"scheduled", step.scheduled},
                        {"cost", step.cost},
                        {"latency_us", static_cast<double>(step.latency_ns) / 1000},
                        {"steps", step.ops},
                        {"proved", step.proved}};
    if (!step.proved) line["lower_bound"] = step.lower_bound;
    absl::StrAppend(&log, line.dump(), "\n");
  }
  if (!options.log_path.empty()) {
    if (absl::Status status = WriteFile(options.log_path, log); !status.ok()) return status;
  }
  return Write(options, SolutionToJson(*instance, result.solution));
}

absl::Status Propose(const CommandOptions& options) {
  absl::StatusOr<Question> question = LoadQuestion(options, options.course);
  if (!question.ok()) return question.status();
  const Course& course = question->instance.courses[question->course];
  const Picture picture = PictureOf(question->instance, question->given, question->course);
  PlanOptions plan_options;
  plan_options.k = options.k;
  plan_options.budget_ops = options.budget_ops;
  const CoursePlans plans = PlanCourse(picture, course, plan_options);
  OrderedJson json = {{"course", course.id}, {"proved", plans.proved}, {"plans", OrderedJson::array()}};
  if (!plans.plans.empty()) json["lower_bound"] = plans.lower_bound;
  for (const CoursePlan& plan : plans.plans) json["plans"].push_back(PlanToJson(*question, course, plan));
  return Write(options, json);
}

absl::Status Reschedule(const CommandOptions& options) {
  const size_t slash = options.visit.find('/');
  if (slash == std::string::npos) return absl::InvalidArgumentError("--visit is COURSE/VISIT");
  absl::StatusOr<Question> question = LoadQuestion(options, options.visit.substr(0, slash));
  if (!question.ok()) return question.status();
  absl::StatusOr<Course> course = StandingCourse(*question);
  if (!course.ok()) return course.status();
  MoveRequest request;
  request.visit = -1;
  for (size_t i = 0; i < course->visits.size(); ++i) {
    if (course->visits[i].id == options.visit.substr(slash + 1)) request.visit = static_cast<int>(i);
  }
  if (request.visit < 0)
    return absl::InvalidArgumentError(absl::StrCat("no visit ", options.visit, " in the instance"));
  if (course->visits[request.visit].fixed) return absl::InvalidArgumentError(absl::StrCat(options.visit, " is fixed"));
  if (!options.avoid.empty()) {
    if (options.avoid[0] >= options.avoid[1]) return absl::InvalidArgumentError("--avoid ends after it begins");
    request.avoid = {{options.avoid[0], options.avoid[1]}};
  }
  const Picture picture = PictureOf(question->instance, question->given, question->course);
  CoursePlanner planner(picture);
  PlanOptions plan_options;
  plan_options.k = options.k;
  plan_options.budget_ops = options.budget_ops;
  const MovePlans moves = PlanMove(planner, *course, request, plan_options);
  OrderedJson json = {{"visit", options.visit}, {"proved", moves.proved}, {"plans", OrderedJson::array()}};
  for (const MovePlan& move : moves.plans) {
    OrderedJson plan = PlanToJson(*question, *course, move.plan);
    for (const auto& [name, visits] : {std::pair("moved", &move.moved), std::pair("reassigned", &move.reassigned)}) {
      plan[name] = OrderedJson::array();
      for (int i : *visits) plan[name].push_back(course->visits[i].id);
    }
    plan["tell"] = ToTell(*question, *course, move);
    json["plans"].push_back(std::move(plan));
  }
  return Write(options, json);
}

absl::Status ExplainCourse(const CommandOptions& options) {
  absl::StatusOr<Question> question = LoadQuestion(options, options.course);
  if (!question.ok()) return question.status();
  const Course& course = question->instance.courses[question->course];
  const Picture picture = PictureOf(question->instance, question->given, question->course);
  ExplainOptions explain_options;
  explain_options.budget_ops = options.budget_ops;
  const Explanation explanation = Explain(picture, course, explain_options);
  OrderedJson json = {{"course", course.id},
                      {"fits", explanation.fits},
                      {"causes", OrderedJson::array()},
                      {"sufficient", explanation.sufficient},
                      {"minimal", explanation.minimal},
                      {"relaxations", OrderedJson::array()}};
  for (const Cause& cause : explanation.causes)
    json["causes"].push_back(CauseToJson(question->instance, course, cause));
  for (const Relaxation& relaxation : explanation.relaxations) {
    json["relaxations"].push_back(RelaxationToJson(question->instance, course, relaxation));
  }
  return Write(options, json);
}

}  // namespace kat::optimizer
