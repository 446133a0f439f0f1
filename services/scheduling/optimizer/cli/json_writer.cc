#include "services/scheduling/optimizer/cli/json_writer.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace kat::optimizer {

OrderedJson VisitsToJson(const Instance& instance, const Course& course, const std::vector<Placement>& visits) {
  const Clinic& clinic = instance.clinic;
  auto resource_id = [&](int resource) {
    const int known = static_cast<int>(clinic.resources.size());
    return resource < known ? clinic.resources[resource].id : clinic.gone_resources[resource - known];
  };
  OrderedJson list = OrderedJson::array();
  for (size_t i = 0; i < visits.size(); ++i) {
    const Visit& visit = course.visits[i];
    OrderedJson assign = OrderedJson::object();
    if (visit.fixed) {
      for (const RoleAssignment& assigned : visit.current->assign) {
        assign[clinic.role_names[assigned.role_name]] = resource_id(assigned.resource);
      }
    } else {
      const std::vector<Role>& roles = clinic.visit_types[visit.type].roles;
      for (size_t r = 0; r < roles.size(); ++r) {
        assign[clinic.role_names[roles[r].name]] = resource_id(visits[i].resources[r]);
      }
    }
    list.push_back({{"course", course.id}, {"visit", visit.id}, {"start", visits[i].start}, {"assign", assign}});
  }
  return list;
}

OrderedJson SolutionToJson(const Instance& instance, const Solution& solution, std::optional<Cost> lower_bound) {
  OrderedJson visits = OrderedJson::array(), unscheduled = OrderedJson::array();
  for (size_t i = 0; i < instance.courses.size(); ++i) {
    const Course& course = instance.courses[i];
    if (solution.courses[i]) {
      for (OrderedJson& visit : VisitsToJson(instance, course, *solution.courses[i]))
        visits.push_back(std::move(visit));
      continue;
    }
    unscheduled.push_back({{"course", course.id}});
    // Its fixed visits stand all the same.
    for (const Visit& visit : course.visits) {
      if (!visit.fixed) continue;
      Course fixed;
      fixed.id = course.id;
      fixed.visits = {visit};
      Placement placement{.start = visit.current->start, .resources = {}};
      for (OrderedJson& one : VisitsToJson(instance, fixed, {placement})) visits.push_back(std::move(one));
    }
  }
  OrderedJson json = {{"format", "kat-scheduling-solution/1"},
                      {"instance", instance.name},
                      {"objective", CostOfSolution(instance, solution).Total()}};
  if (lower_bound) json["lower_bound"] = *lower_bound;
  json["visits"] = std::move(visits);
  json["unscheduled"] = std::move(unscheduled);
  return json;
}

OrderedJson CostToJson(const CostTerms& cost) {
  const std::pair<const char*, Cost> terms[] = {{"unscheduled", cost.unscheduled},
                                                {"dropped", cost.dropped},
                                                {"start_delay", cost.start_delay},
                                                {"gap", cost.gap},
                                                {"preference", cost.preference},
                                                {"handoff", cost.handoff},
                                                {"move", cost.move},
                                                {"reassign", cost.reassign},
                                                {"day_cost", cost.day_cost}};
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, amount] : terms) {
    if (amount != 0) json[name] = amount;
  }
  json["total"] = cost.Total();
  return json;
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::cout << text << std::flush;
    return std::cout ? absl::OkStatus() : absl::UnavailableError("standard output cannot be written");
  }
  // A device or a pipe is written to, never replaced.
  std::error_code none;
  const std::filesystem::file_status status = std::filesystem::status(path, none);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    return file ? absl::OkStatus() : absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
  }
  const std::string fresh = absl::StrCat(path, ".new");
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << text << std::flush;
    if (!file) return absl::UnavailableError(absl::StrCat(fresh, ": cannot be written"));
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    std::remove(fresh.c_str());
    return absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
  }
  return absl::OkStatus();
}

}  // namespace kat::optimizer
