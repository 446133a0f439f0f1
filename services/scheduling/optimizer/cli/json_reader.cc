#include "services/scheduling/optimizer/cli/json_reader.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "services/scheduling/optimizer/cli/json_node.h"
#include "services/scheduling/optimizer/validate.h"

namespace kat::optimizer {
namespace {

// Ids and their indices, in order of appearance.
class Names {
 public:
  explicit Names(std::vector<std::string>* list = nullptr) : list_(list) {}
  int Add(const std::string& name) {
    auto [at, added] = index_.try_emplace(name, static_cast<int>(index_.size()));
    if (added && list_ != nullptr) list_->push_back(name);
    return at->second;
  }
  int Find(const std::string& name) const {
    auto at = index_.find(name);
    return at == index_.end() ? -1 : at->second;
  }

 private:
  std::vector<std::string>* list_;
  std::map<std::string, int> index_;
};

class InstanceReader {
 public:
  InstanceReader() : tags_(&clinic().tag_names), roles_(&clinic().role_names), patients_(&instance_.patient_names) {}

  absl::StatusOr<Instance> Read(const rapidjson::Document& json) {
    absl::Status error;
    const JsonNode root(json, error);
    if (const JsonNode format = root.At("format"); format.ok() && format.Text() != "kat-scheduling-instance/1") {
      format.Fail("is not \"kat-scheduling-instance/1\"");
    }
    instance_.name = root.At("name").Text();
    clinic().slot_minutes = root.At("slot_minutes").Int();
    clinic().days = root.At("days").Int();
    ReadWeights(root.At("weights"));
    root.At("resources").Each([&](const JsonNode& node, size_t) { ReadResource(node); });
    root.At("visit_types").Each([&](const JsonNode& node, size_t) { ReadVisitType(node); });
    if (error.ok()) error = ValidateClinic(clinic());
    if (!error.ok()) return error;
    root.At("courses").Each([&](const JsonNode& node, size_t) { ReadCourse(node); });
    if (root.Has("blocks")) root.At("blocks").Each([&](const JsonNode& node, size_t) { ReadBlock(node); });
    if (error.ok()) error = ValidateInstance(instance_);
    if (!error.ok()) return error;
    return std::move(instance_);
  }

 private:
  Clinic& clinic() { return instance_.clinic; }

  void ReadWeights(const JsonNode& node) {
    Weights& weights = clinic().weights;
    const std::pair<const char*, Cost*> all[] = {{"unscheduled", &weights.unscheduled},
                                                 {"dropped", &weights.dropped},
                                                 {"start_delay", &weights.start_delay},
                                                 {"gap", &weights.gap},
                                                 {"preference", &weights.preference},
                                                 {"handoff", &weights.handoff},
                                                 {"move", &weights.move},
                                                 {"reassign", &weights.reassign}};
    if (!node.IsObject()) return node.Fail("is not an object");
    for (const auto& [name, weight] : all) {
      if (node.Has(name)) *weight = node.At(name).Int();
    }
  }

  void ReadResource(const JsonNode& node) {
    Resource resource;
    resource.id = node.At("id").Text();
    node.At("tags").Each([&](const JsonNode& tag, size_t) {
      HeldTag held;
      if (tag.IsObject()) {
        held.tag = tags_.Add(tag.At("tag").Text());
        held.windows = tag.At("windows").Spans();
      } else {
        held.tag = tags_.Add(tag.Text());
      }
      resource.tags.push_back(std::move(held));
    });
    resource.capacity = node.At("capacity").Int();
    resource.windows = node.At("windows").Spans();
    if (node.Has("day_cost")) resource.day_cost = node.At("day_cost").Int();
    resources_.Add(resource.id);
    clinic().resources.push_back(std::move(resource));
  }

  void ReadVisitType(const JsonNode& node) {
    VisitType type;
    type.id = node.At("id").Text();
    type.duration = node.At("duration").Int();
    node.At("roles").Each([&](const JsonNode& item, size_t) {
      Role role;
      role.name = roles_.Add(item.At("name").Text());
      const JsonNode tag = item.At("tag");
      role.tag = tags_.Find(tag.Text());
      if (role.tag < 0) tag.Fail("no resource has this tag");
      item.At("usage").Each([&](const JsonNode& use, size_t) {
        role.usage.push_back({use.At("from").Int(), use.At("to").Int(), use.At("load").Int()});
      });
      type.roles.push_back(std::move(role));
    });
    types_.Add(type.id);
    clinic().visit_types.push_back(std::move(type));
  }

  Standing ReadStanding(const JsonNode& node) {
    Standing standing;
    standing.start = node.At("start").Int();
    node.At("assign").EachMember([&](const JsonNode& resource, const std::string& role) {
      const std::string id = resource.Text();
      int index = resources_.Find(id);
      if (index < 0) {
        index = static_cast<int>(clinic().resources.size()) + gone_.Add(id);
        if (index == static_cast<int>(clinic().resources.size() + clinic().gone_resources.size())) {
          clinic().gone_resources.push_back(id);
        }
      }
      standing.assign.push_back({roles_.Add(role), index});
    });
    std::sort(standing.assign.begin(), standing.assign.end(),
              [](const RoleAssignment& a, const RoleAssignment& b) { return a.role_name < b.role_name; });
    return standing;
  }

  void ReadCourse(const JsonNode& node) {
    Course course;
    course.id = node.At("id").Text();
    course.priority = node.At("priority").Int();
    if (node.Has("patient")) course.patient = patients_.Add(node.At("patient").Text());
    course.earliest_day = node.At("earliest_day").Int();
    Names visits;
    node.At("visits").Each([&](const JsonNode& item, size_t) {
      Visit visit;
      visit.id = item.At("id").Text();
      const JsonNode type = item.At("type");
      visit.type = types_.Find(type.Text());
      if (visit.type < 0) type.Fail("no such visit type");
      if (item.Has("windows")) visit.windows = item.At("windows").Spans();
      if (item.Has("current")) visit.current = ReadStanding(item.At("current"));
      if (item.Has("fixed")) visit.fixed = item.At("fixed").Bool();
      visits.Add(visit.id);
      course.visits.push_back(std::move(visit));
    });
    auto visit_of = [&](const JsonNode& id) {
      int index = visits.Find(id.Text());
      if (index < 0) id.Fail("no such visit in the course");
      return index;
    };
    if (node.Has("lags")) {
      node.At("lags").Each([&](const JsonNode& item, size_t) {
        Lag lag;
        lag.from = visit_of(item.At("from"));
        lag.to = visit_of(item.At("to"));
        lag.min_days = item.At("min_days").Int();
        if (item.Has("max_days")) lag.max_days = item.At("max_days").Int();
        if (item.Has("min_minutes")) lag.min_minutes = item.At("min_minutes").Int();
        if (item.Has("max_minutes")) lag.max_minutes = item.At("max_minutes").Int();
        if (item.Has("ideal_days")) lag.ideal_days = item.At("ideal_days").Int();
        course.lags.push_back(lag);
      });
    }
    course.available = node.At("available").Spans();
    if (node.Has("preferred")) course.preferred = node.At("preferred").Spans();
    if (node.Has("continuity")) {
      node.At("continuity").Each([&](const JsonNode& role, size_t) {
        course.continuity.push_back(roles_.Add(role.Text()));
      });
    }
    instance_.courses.push_back(std::move(course));
  }

  void ReadBlock(const JsonNode& node) {
    Block block;
    const JsonNode resource = node.At("resource");
    block.resource = resources_.Find(resource.Text());
    if (block.resource < 0) resource.Fail("no such resource");
    block.interval = {node.At("from").Int(), node.At("to").Int()};
    block.load = node.At("load").Int();
    instance_.blocks.push_back(block);
  }

  Instance instance_;
  Names tags_, roles_, patients_, resources_, types_, gone_;
};

absl::Status Parse(absl::string_view text, rapidjson::Document& json) {
  // Depth is bounded before the parser sees it, since it recurses; and to it a NUL is the end.
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') return absl::InvalidArgumentError("$: is not JSON");
    if (quoted) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '"') {
        quoted = false;
      }
    } else if (text[i] == '"') {
      quoted = true;
    } else if (text[i] == '[' || text[i] == '{') {
      if (++depth > 64) return absl::InvalidArgumentError("$: nested deeper than 64 levels");
    } else if (text[i] == ']' || text[i] == '}') {
      --depth;
    }
  }
  json.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  return json.HasParseError() ? absl::InvalidArgumentError("$: is not JSON") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Instance> ReadInstance(absl::string_view text) {
  rapidjson::Document json;
  if (absl::Status parsed = Parse(text, json); !parsed.ok()) return parsed;
  return InstanceReader().Read(json);
}

absl::StatusOr<Solution> ReadSolution(absl::string_view text, const Instance& instance) {
  rapidjson::Document json;
  if (absl::Status parsed = Parse(text, json); !parsed.ok()) return parsed;
  std::map<std::string, int> courses, resources;
  for (size_t i = 0; i < instance.courses.size(); ++i) courses[instance.courses[i].id] = static_cast<int>(i);
  for (size_t i = 0; i < instance.clinic.resources.size(); ++i)
    resources[instance.clinic.resources[i].id] = static_cast<int>(i);
  std::vector<std::map<int, Placement>> placed(instance.courses.size());
  absl::Status error;
  const JsonNode root(json, error);
  if (const JsonNode format = root.At("format"); format.ok() && format.Text() != "kat-scheduling-solution/1") {
    format.Fail("is not \"kat-scheduling-solution/1\"");
  }
  if (const JsonNode name = root.At("instance"); name.ok() && name.Text() != instance.name) {
    name.Fail(absl::StrCat("the solution is of another instance than ", instance.name));
  }
  root.At("visits").Each([&](const JsonNode& node, size_t) {
    const JsonNode course_id = node.At("course"), visit_id = node.At("visit");
    auto course = courses.find(course_id.Text());
    if (course == courses.end()) return course_id.Fail("no such course");
    const std::vector<Visit>& visits = instance.courses[course->second].visits;
    const std::string id = visit_id.Text();
    auto visit = std::find_if(visits.begin(), visits.end(), [&](const Visit& v) { return v.id == id; });
    if (visit == visits.end()) return visit_id.Fail("no such visit in the course");
    const int index = static_cast<int>(visit - visits.begin());
    Placement placement{
        .start = static_cast<Minute>(node.At("start").Integer(-ModelLimits::kMinute, ModelLimits::kMinute)),
        .resources = {}};
    if (placed[course->second].count(index) != 0) return visit_id.Fail("is placed twice");
    if (!visit->fixed) {
      for (const Role& role : instance.clinic.visit_types[visit->type].roles) {
        const JsonNode assign = node.At("assign");
        const JsonNode resource = assign.At(instance.clinic.role_names[role.name].c_str());
        auto found = resources.find(resource.Text());
        if (found == resources.end()) return resource.Fail("no such resource");
        placement.resources.push_back(found->second);
      }
    }
    placed[course->second][index] = std::move(placement);
  });
  Solution solution;
  for (size_t i = 0; i < instance.courses.size() && error.ok(); ++i) {
    const Course& course = instance.courses[i];
    std::vector<Placement> visits(course.visits.size());
    size_t free = 0, found = 0;
    for (size_t v = 0; v < course.visits.size(); ++v) {
      if (course.visits[v].fixed) {
        visits[v].start = course.visits[v].current->start;
        continue;
      }
      ++free;
      auto at = placed[i].find(static_cast<int>(v));
      if (at == placed[i].end()) continue;
      ++found;
      visits[v] = at->second;
    }
    if (found != 0 && found != free) {
      error = absl::InvalidArgumentError(absl::StrCat("$.visits: course ", course.id, " is placed in part"));
    }
    solution.courses.push_back(found == free ? std::optional(std::move(visits)) : std::nullopt);
  }
  if (!error.ok()) return error;
  return solution;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  return std::move(text).str();
}

absl::StatusOr<Instance> LoadInstance(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Instance> instance = ReadInstance(*text);
  if (!instance.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", instance.status().message()));
  return instance;
}

absl::StatusOr<Solution> LoadSolution(const std::string& path, const Instance& instance) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Solution> solution = ReadSolution(*text, instance);
  if (!solution.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", solution.status().message()));
  return solution;
}

}  // namespace kat::optimizer
