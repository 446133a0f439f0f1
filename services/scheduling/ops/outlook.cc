#include "services/scheduling/ops/outlook.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

constexpr int kPage = 200;

class Loader {
 public:
  Loader(Tx& tx, const OutlookWish& wish) : tx_(tx), wish_(wish) {}

  absl::StatusOr<OutlookFacts> Load() {
    ASSIGN_OR_RETURN(facts_.setup, LoadClinicFacts(tx_));
    const absl::TimeZone zone = facts_.setup.clinic.Zone();
    facts_.today = DayAt(facts_.setup.now, zone);
    const absl::CivilDay first = wish_.first_day.value_or(NextMonday(facts_.today));
    if (first < facts_.today || first > facts_.today + limits::kMaxOutlookStartDays) {
      return InvalidField("start_date",
                          absl::StrCat("must be today or at most ", limits::kMaxOutlookStartDays, " days later"));
    }
    facts_.question.weeks = {first, wish_.weeks};
    facts_.days = static_cast<int>(facts_.question.weeks.end() - facts_.today) + limits::kOutlookCourseDays +
                  limits::kOutlookSlackDays;
    const TimeSpan time{absl::FromCivil(facts_.today - 1, zone), absl::FromCivil(facts_.today + facts_.days + 1, zone)};
    ASSIGN_OR_RETURN(facts_.commitments, tx_.occupancy().Commitments(time, ResourceKey()));
    ASSIGN_OR_RETURN(const std::vector<Hold> holds,
                     tx_.holds().List({}, HoldState::kActive, {.limit = limits::kMaxOutlookCourses}));
    for (const Hold& hold : holds) held_.insert(hold.plan.course);
    RETURN_IF_ERROR(AddRunning());
    for (const PipelineStarts& starts : wish_.pipeline) {
      ASSIGN_OR_RETURN(const PlanningQuestion course, NewCourse(starts.protocol, starts.version));
      facts_.question.pipeline.insert(facts_.question.pipeline.end(), starts.count, {starts.week, course});
    }
    RETURN_IF_ERROR(AddProspects());
    std::stable_sort(facts_.question.pipeline.begin(), facts_.question.pipeline.end(),
                     [](const ExpectedStart& a, const ExpectedStart& b) { return a.week < b.week; });
    for (const ProtocolShare& share : wish_.protocols) {
      ASSIGN_OR_RETURN(const PlanningQuestion course, NewCourse(share.protocol, share.version));
      facts_.question.starts.insert(facts_.question.starts.end(), share.share, course);
    }
    facts_.question.what_ifs = wish_.what_ifs;
    return std::move(facts_);
  }

 private:
  absl::StatusOr<const ProtocolVersion*> Find(const ProtocolId& id, int version) {
    const auto [it, added] = protocols_.try_emplace({id, version});
    if (added) {
      ASSIGN_OR_RETURN(it->second, tx_.protocols().Get(id, version));
    }
    return &it->second;
  }

  // A planning question about phases that follow what is booked.
  absl::StatusOr<PlanningQuestion> Ask(const Course& course, const ProtocolVersion& protocol,
                                       const std::vector<int>& phases) {
    PlanningQuestion question{.lags = LagsOf(course, protocol, phases)};
    question.preferences.available = course.preferences.available;
    for (const VisitSpec& visit : ExpandPhases(protocol, phases, CountBooked(course, protocol)).visits) {
      if (!facts_.setup.visit_types.contains(visit.visit_type)) return ResourceNotFound("visit type");
      question.visits.push_back({.visit_id = visit.visit_id, .type = visit.visit_type});
    }
    return question;
  }

  absl::StatusOr<PlanningQuestion> NewCourse(const ProtocolId& id, int version) {
    ASSIGN_OR_RETURN(const ProtocolVersion* protocol, Find(id, version));
    const absl::CivilDay earliest = facts_.today + protocol->min_lead_days;
    const ExpectedPhases expected =
        PhasesExpected({}, *protocol, {}, facts_.setup.clinic.Zone(), earliest, earliest + limits::kOutlookCourseDays);
    ASSIGN_OR_RETURN(PlanningQuestion question, Ask({}, *protocol, expected.phases));
    question.earliest_day = earliest;
    return question;
  }

  // Patients of a program take turns at its protocols.
  absl::Status AddProspects() {
    std::map<std::string, std::vector<PlanningQuestion>> turns;
    for (const ProtocolShare& share : wish_.protocols) {
      ASSIGN_OR_RETURN(const ProtocolVersion* protocol, Find(share.protocol, share.version));
      ASSIGN_OR_RETURN(const PlanningQuestion course, NewCourse(share.protocol, share.version));
      std::vector<PlanningQuestion>& of_program = turns[protocol->program];
      of_program.insert(of_program.end(), share.share, course);
    }
    for (const auto& [program, courses] : turns) {
      ASSIGN_OR_RETURN(const std::vector<int> weeks, WeeksOfProspects(program));
      for (size_t i = 0; i < weeks.size(); ++i) {
        facts_.question.pipeline.push_back({weeks[i], courses[i % courses.size()]});
      }
    }
    return absl::OkStatus();
  }

  // In which weeks the program's patients in intake are expected to start, who have no course since their cases.
  absl::StatusOr<std::vector<int>> WeeksOfProspects(const std::string& program) {
    std::vector<PatientId> patients;
    for (const Prospect& prospect : wish_.prospects) {
      if (prospect.program == program) patients.push_back(prospect.patient);
    }
    std::vector<int> weeks;
    if (patients.empty()) return weeks;
    ASSIGN_OR_RETURN(const auto last_courses, tx_.courses().LastOfPatients(program, patients));
    for (const Prospect& prospect : wish_.prospects) {
      const auto last = last_courses.find(prospect.patient);
      if (prospect.program != program || (last != last_courses.end() && last->second >= prospect.opened_at)) continue;
      const std::optional<int> week = WeekOfStart(prospect, facts_.question.weeks, facts_.setup.clinic.Zone());
      ++(week ? facts_.intake_patients : facts_.later_intake_patients);
      if (week) weeks.push_back(*week);
    }
    return weeks;
  }

  absl::Status AddRunning() {
    int seen = 0;
    ListRange range{.limit = kPage};
    while (seen < limits::kMaxOutlookCourses) {
      ASSIGN_OR_RETURN(const std::vector<Course> page, tx_.courses().List({.state = CourseState::kActive}, range));
      for (const Course& course : page) RETURN_IF_ERROR(AddRunning(course));
      seen += static_cast<int>(page.size());
      if (static_cast<int>(page.size()) < kPage) break;
      range.after = {absl::StrCat(absl::ToUnixMicros(page.back().created_at)), page.back().id.str()};
    }
    // Oldest first: who came first is booked first.
    std::reverse(facts_.question.expected.begin(), facts_.question.expected.end());
    return absl::OkStatus();
  }

  absl::Status AddRunning(const Course& course) {
    if (held_.contains(course.id)) return absl::OkStatus();  // what comes next has its place already
    ASSIGN_OR_RETURN(const ProtocolVersion* protocol, Find(course.protocol, course.protocol_version));
    ASSIGN_OR_RETURN(const std::vector<Appointment> appointments, tx_.appointments().OfCourse(course.id));
    const absl::CivilDay from = std::max(facts_.today, course.earliest_day);
    const ExpectedPhases expected =
        PhasesExpected(course, *protocol, appointments, facts_.setup.clinic.Zone(), from, facts_.question.weeks.end());
    facts_.undecided_courses += expected.undecided;
    if (expected.phases.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(PlanningQuestion asked, Ask(course, *protocol, expected.phases));
    PlanningQuestion question = asked;
    question.visits.clear();
    question.earliest_day = from;
    for (const Appointment& appointment : appointments) {
      if (!Occupies(appointment.state)) continue;
      question.visits.push_back({.visit_id = appointment.visit_id,
                                 .type = appointment.visit_type,
                                 .current = VisitToPlan::Standing{appointment.time.start, appointment.assignments},
                                 .fixed = true});
    }
    question.visits.insert(question.visits.end(), asked.visits.begin(), asked.visits.end());
    facts_.question.expected.push_back(std::move(question));
    return absl::OkStatus();
  }

  Tx& tx_;
  const OutlookWish& wish_;
  OutlookFacts facts_;
  std::set<CourseId> held_;
  std::map<std::pair<ProtocolId, int>, ProtocolVersion> protocols_;
};

}  // namespace

PlanningPicture OutlookFacts::Picture() const {
  return {.clinic = setup.clinic,
          .resources = setup.resources,
          .visit_types = setup.visit_types,
          .commitments = commitments,
          .now = setup.now,
          .first_day = today,
          .days = days};
}

absl::StatusOr<std::set<std::string>> ProgramsOf(Tx& tx, const OutlookWish& wish) {
  std::set<std::string> programs;
  for (const ProtocolShare& share : wish.protocols) {
    ASSIGN_OR_RETURN(const ProtocolVersion protocol, tx.protocols().Get(share.protocol, share.version));
    programs.insert(protocol.program);
  }
  return programs;
}

absl::StatusOr<OutlookFacts> LoadOutlook(Tx& tx, const OutlookWish& wish) { return Loader(tx, wish).Load(); }

}  // namespace kat::scheduling
