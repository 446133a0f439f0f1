#include "services/scheduling/ops/improvement_question.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/improvement_groups.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/ops/picture_digest.h"
#include "services/scheduling/ops/repair_option.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {
namespace {

// Of one course, those furthest back left out first: a course may go on for years, and no rule reaches back that far.
constexpr size_t kMostVisits = 100;

class Reader {
 public:
  Reader(Tx& tx, const ImprovementWish& wish, ImprovementCase& into) : tx_(tx), wish_(wish), case_(into) {}

  absl::Status Read() {
    ASSIGN_OR_RETURN(case_.setup, LoadClinicFacts(tx_));
    RETURN_IF_ERROR(ReadCourses());
    for (CourseInRepair& course : case_.courses) {
      ASSIGN_OR_RETURN(CourseToRepair question, Ask(course));
      case_.question.courses.push_back(std::move(question));
    }
    case_.question.move_cost = wish_.move_cost;
    const int days = static_cast<int>(wish_.end_day - wish_.first_day);
    ASSIGN_OR_RETURN(PlanningPicture picture, LoadPicture(tx_, case_.setup, PatientId(), wish_.first_day, days, {}));
    case_.commitments = picture.commitments;
    std::erase_if(picture.commitments,
                  [&](const Commitment& commitment) { return owners_.contains(commitment.owner); });
    case_.picture.emplace(std::move(picture));
    return absl::OkStatus();
  }

 private:
  absl::TimeZone zone() const { return case_.setup.clinic.Zone(); }

  // What its setup can no longer serve is a repair's to settle.
  bool MayMove(const Appointment& appointment) const {
    return MayImprove(wish_, case_.setup.clinic, appointment, case_.setup.now) && IsSound(case_.setup, appointment);
  }

  absl::Status ReadCourses() {
    const AppointmentFilter filter{.from = absl::FromCivil(wish_.first_day, zone()),
                                   .until = absl::FromCivil(wish_.end_day, zone()),
                                   .states = {AppointmentState::kBooked, AppointmentState::kConfirmed}};
    ASSIGN_OR_RETURN(const std::vector<Appointment> coming, ListAll(tx_, filter));
    std::set<CourseId> courses;
    for (const Appointment& appointment : coming) {
      if (MayMove(appointment)) courses.insert(appointment.course);
    }
    std::map<std::pair<std::string, int>, ProtocolVersion> protocols;
    for (const CourseId& id : courses) {
      CourseFacts facts{.setup = case_.setup};
      ASSIGN_OR_RETURN(facts.course, tx_.courses().Get(id));
      const std::pair<std::string, int> version = {facts.course.protocol.str(), facts.course.protocol_version};
      if (!protocols.contains(version)) {
        ASSIGN_OR_RETURN(protocols[version], tx_.protocols().Get(facts.course.protocol, facts.course.protocol_version));
      }
      facts.protocol = protocols[version];
      ASSIGN_OR_RETURN(facts.appointments, tx_.appointments().OfCourse(id));
      for (const Appointment& appointment : facts.appointments) {
        if (Occupies(appointment.state)) owners_.insert(OwnerOf(appointment.id));
      }
      case_.courses.push_back({.facts = std::move(facts)});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<CourseToRepair> Ask(CourseInRepair& course) {
    CourseToRepair out{.patient = course.facts.course.patient};
    out.question.lags = LagsOf(course.facts.course, course.facts.protocol, {});
    out.question.preferences = course.facts.course.preferences;
    out.question.earliest_day = std::max(wish_.first_day, course.facts.course.earliest_day);
    for (const Appointment& appointment : course.facts.appointments) {
      if (!Occupies(appointment.state)) continue;
      if (!case_.setup.visit_types.contains(appointment.visit_type)) return ResourceNotFound("visit type");
      const bool moves = MayMove(appointment);
      // What stands before the course's earliest day may stay there.
      if (moves) {
        out.question.earliest_day = std::min(out.question.earliest_day, DayAt(appointment.time.start, zone()));
      }
      out.question.visits.push_back({.visit_id = appointment.visit_id,
                                     .type = appointment.visit_type,
                                     .current = VisitToPlan::Standing{appointment.time.start, appointment.assignments},
                                     .fixed = !moves});
      course.of_question.push_back(&appointment);
    }
    std::vector<VisitToPlan>& visits = out.question.visits;
    size_t past = 0;
    while (visits.size() - past > kMostVisits && visits[past].fixed) ++past;
    visits.erase(visits.begin(), visits.begin() + static_cast<int>(past));
    course.of_question.erase(course.of_question.begin(), course.of_question.begin() + static_cast<int>(past));
    const TimeSpan time{absl::FromCivil(wish_.first_day - 1, zone()), absl::FromCivil(wish_.end_day + 1, zone())};
    ASSIGN_OR_RETURN(const std::vector<PatientTime> times, tx_.occupancy().PatientTimes(out.patient, time));
    for (const PatientTime& patient_time : times) {
      if (!owners_.contains(patient_time.owner)) out.busy.push_back(patient_time.time);
    }
    return out;
  }

  Tx& tx_;
  const ImprovementWish& wish_;
  ImprovementCase& case_;
  std::set<std::string> owners_;  // of all that the courses have, as occupancy knows them
};

// A patient's time, as a load on the patient.
Usage TimeOf(const PatientId& patient, const TimeSpan& time) {
  return {ResourceKey(absl::StrCat("patients/", patient.str())), "", time, 1};
}

// What the option takes before and after, with the patient's time.
PartLoads LoadsOf(const ImprovementCase& about, const CourseInRepair& course, const RepairOption& option,
                  const std::map<std::string, std::vector<Usage>>& standing) {
  PartLoads loads;
  const PatientId& patient = course.facts.course.patient;
  for (const RepairMove& move : option.moves) {
    const auto owned = standing.find(OwnerOf(move.appointment));
    if (owned != standing.end()) {
      loads.before.insert(loads.before.end(), owned->second.begin(), owned->second.end());
    }
    for (const Appointment& appointment : course.facts.appointments) {
      if (appointment.id != move.appointment) continue;
      const VisitType& type = about.setup.visit_types.at(appointment.visit_type);
      loads.before.push_back(TimeOf(patient, appointment.time));
      loads.after.push_back(TimeOf(patient, {move.start, move.start + absl::Minutes(type.duration_minutes)}));
      for (Usage& usage : UsageOf(type, move.start, move.assignments)) loads.after.push_back(std::move(usage));
    }
  }
  return loads;
}

}  // namespace

absl::Status LoadImprovementCase(Tx& tx, const ImprovementWish& wish, ImprovementCase& into) {
  return Reader(tx, wish, into).Read();
}

std::vector<ImprovementPart> PartsOf(const ImprovementCase& about, const ImproveAnswer& answer, int64_t min_gain,
                                     absl::FunctionRef<bool(const ImprovementPart&)> refused) {
  std::vector<ImprovementPart> parts;
  std::vector<PartLoads> loads;
  std::map<std::string, std::vector<Usage>> standing;
  for (const Commitment& commitment : about.commitments) standing[commitment.owner].push_back(commitment.usage);
  Ground ground;
  for (const auto& [key, resource] : about.setup.resources) ground.capacity[key] = resource.capacity;
  for (const ImprovedCourse& improved : answer.courses) {
    const CourseInRepair& course = about.courses[improved.course];
    RepairOption option = OptionOf(course, about.question.courses[improved.course], improved.after);
    if (option.moves.empty()) continue;
    ImprovementPart part{.part = {.course = course.facts.course.id,
                                  .course_version = course.facts.course.version,
                                  .patient = course.facts.course.patient},
                         .cost_before = improved.before.cost,
                         .terms_before = improved.before.terms};
    loads.push_back(LoadsOf(about, course, option, standing));
    loads.back().gain = improved.before.cost - option.cost;
    ground.capacity[TimeOf(part.part.patient, {}).resource] = 1;
    for (const RepairMove& move : option.moves) standing.erase(OwnerOf(move.appointment));
    part.part.options.push_back(std::move(option));
    parts.push_back(std::move(part));
  }
  for (const auto& [owner, usages] : standing) ground.loads.insert(ground.loads.end(), usages.begin(), usages.end());
  const std::vector<Grouping> grouping = GroupParts(std::move(ground), loads, min_gain);
  // A part that cannot be applied takes those with it that need it: of its group, all that are not alone.
  std::set<size_t> left_out;
  std::set<int> broken;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!grouping[i].kept || (parts[i].option().deviations.empty() && !refused(parts[i]))) continue;
    left_out.insert(i);
    broken.insert(grouping[i].group);
  }
  std::vector<ImprovementPart> kept;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!grouping[i].kept || left_out.contains(i)) continue;
    if (!grouping[i].alone && broken.contains(grouping[i].group)) continue;
    parts[i].group = grouping[i].group + 1;
    parts[i].alone = grouping[i].alone;
    kept.push_back(std::move(parts[i]));
  }
  std::stable_sort(kept.begin(), kept.end(), [](const ImprovementPart& a, const ImprovementPart& b) {
    return a.group != b.group ? a.group < b.group : a.Gain() > b.Gain();
  });
  return kept;
}

std::vector<FoundCourse> FoundOf(const ImprovementCase& about, std::vector<FoundPlan> plans) {
  std::vector<FoundCourse> found;
  for (FoundPlan& plan : plans) {
    found.push_back({about.courses[plan.course].facts.course.id, std::move(plan.visits)});
  }
  return found;
}

void BeginFrom(const std::vector<FoundCourse>& found, ImprovementCase& about) {
  std::map<CourseId, int> courses;
  for (size_t i = 0; i < about.courses.size(); ++i) courses[about.courses[i].facts.course.id] = static_cast<int>(i);
  for (const FoundCourse& course : found) {
    const auto asked = courses.find(course.course);
    if (asked != courses.end()) about.question.begin.push_back({asked->second, course.visits});
  }
}

DecisionBasis BasisOf(const ImprovementCase& about, const ImproveAnswer& answer) {
  std::vector<const CourseFacts*> courses;
  for (const CourseInRepair& course : about.courses) courses.push_back(&course.facts);
  return {.picture_time = about.setup.now,
          .commitments = static_cast<int64_t>(about.commitments.size()),
          .picture_digest = DigestOf(*about.picture, about.setup, courses),
          .weights = answer.weights,
          .lower_bound = answer.progress.lower_bound,
          .proved = answer.proved,
          .search_steps = answer.progress.steps};
}

}  // namespace kat::scheduling
