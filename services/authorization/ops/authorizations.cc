#include "services/authorization/ops/authorizations.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/authorization/domain/uncovered.h"
#include "services/authorization/ops/names.h"
#include "services/authorization/ops/publish.h"

namespace kat::authorization {
namespace {

using domain::LineState;
using domain::PriorAuthorization;
using domain::UnitLine;

constexpr int kAllRows = 1000;  // settings and enrollments of one clinic or patient: a handful

struct WatchFacts {
  domain::Settings settings;
  domain::ProgramRule rule;
  int turnaround_days = 0;
  domain::Moment moment;
};

absl::StatusOr<WatchFacts> LoadWatchFacts(store::Tx& tx, const PriorAuthorization& auth) {
  WatchFacts facts;
  ASSIGN_OR_RETURN(facts.settings, tx.LoadSettings());
  ASSIGN_OR_RETURN(const std::optional<domain::ProgramRule> rule, tx.FindProgramRule(auth.program));
  if (rule) facts.rule = *rule;
  ASSIGN_OR_RETURN(const domain::PayerPolicy policy, tx.FindPolicy(auth.policy));
  facts.turnaround_days = policy.turnaround_days;
  ASSIGN_OR_RETURN(facts.moment, MomentOf(tx));
  return facts;
}

absl::Status ScheduleLook(store::Tx& tx, const PriorAuthorization& auth, const WatchFacts& facts) {
  const std::optional<absl::Time> next = NextLook(auth, facts.settings, facts.turnaround_days, facts.moment);
  if (!next) return tx.CancelJob(kLookJob, auth.id.str());
  return tx.Schedule({.kind = kLookJob, .key = auth.id.str(), .due_at = *next, .payload = "{}"});
}

}  // namespace

absl::StatusOr<domain::Moment> MomentOf(store::Tx& tx) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  return domain::Moment{tx.now(), clinic.zone, BusinessCalendar{clinic.holidays}};
}

absl::StatusOr<domain::CoverageFacts> LoadFacts(store::Tx& tx, const PatientId& patient, const domain::CourseId& course,
                                                const std::string& program, store::Lock lock) {
  domain::CoverageFacts facts{.patient = patient, .course = course, .program = program};
  ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
  facts.today = moment.today();
  ASSIGN_OR_RETURN(facts.settings, tx.LoadSettings());
  ASSIGN_OR_RETURN(facts.rule, tx.FindProgramRule(program));
  if (!facts.rule) return facts;
  ASSIGN_OR_RETURN(facts.authorizations,
                   tx.AuthorizationsOf(patient, program, lock));  // first: the lock orders the rest
  ASSIGN_OR_RETURN(facts.lines, tx.LinesOf(patient, program));
  ASSIGN_OR_RETURN(facts.self_pay, tx.SelfPayOf(patient, program));
  ASSIGN_OR_RETURN(facts.insurances, tx.InsurancesOf(patient));
  for (const domain::Insurance& insurance : facts.insurances) {
    if (facts.policies.count(insurance.payer)) continue;
    ASSIGN_OR_RETURN(facts.policies[insurance.payer], tx.PoliciesOf(insurance.payer, program));
  }
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (facts.kept_policies.count(auth.policy)) continue;
    ASSIGN_OR_RETURN(facts.kept_policies[auth.policy], tx.FindPolicy(auth.policy));
  }
  if (!facts.rule->rems_required) return facts;
  ASSIGN_OR_RETURN(facts.rems.settings, tx.ListSettings({.limit = kAllRows}));
  ASSIGN_OR_RETURN(facts.rems.enrollments, tx.ListEnrollments(patient, {.limit = kAllRows}));
  ASSIGN_OR_RETURN(facts.rems.overdue_forms, tx.CountOverdueForms(tx.now()));
  ASSIGN_OR_RETURN(facts.stock, tx.LotsOf(facts.rule->drug, store::Lock::kRead));
  return facts;
}

absl::StatusOr<std::optional<domain::DecisionClock>> ClockOf(store::Tx& tx, const PriorAuthorization& auth) {
  ASSIGN_OR_RETURN(const domain::PayerPolicy policy, tx.FindPolicy(auth.policy));
  ASSIGN_OR_RETURN(const domain::Insurance insurance, tx.FindInsurance(auth.insurance));
  const domain::DecisionClock* clock = policy.ClockFor(insurance.line_of_business);
  return clock == nullptr ? std::optional<domain::DecisionClock>() : *clock;
}

absl::Status SaveChange(store::Tx& tx, const PriorAuthorization& before, PriorAuthorization& after,
                        std::vector<std::string> types) {
  ASSIGN_OR_RETURN(const WatchFacts facts, LoadWatchFacts(tx, after));
  for (std::string& type : Advance(after, facts.settings, facts.rule, facts.turnaround_days, facts.moment)) {
    types.push_back(std::move(type));
  }
  after.version = before.version + 1;
  after.updated_at = tx.now();
  RETURN_IF_ERROR(tx.SaveAuthorization(after));
  RETURN_IF_ERROR(ScheduleLook(tx, after, facts));
  const absl::TimeZone zone = facts.moment.zone;
  return PublishAll(tx,
                    {.subject = ResourceName(tx.clinic(), kAuthorizations, after.id),
                     .subject_version = after.version,
                     .state = std::string(Name(after.state)),
                     .related = {{"patient", ResourceName(tx.clinic(), kPatients, after.patient)},
                                 {"payer", ResourceName(tx.clinic(), kPayers, after.payer)}}},
                    "prior_authorization", types, WorkChanges(OpenWork(before, zone), OpenWork(after, zone)));
}

absl::Status Look(store::Tx& tx, const domain::AuthorizationId& id) {
  ASSIGN_OR_RETURN(const PriorAuthorization auth, tx.FindAuthorization(id, store::Lock::kWrite));
  ASSIGN_OR_RETURN(const WatchFacts facts, LoadWatchFacts(tx, auth));
  PriorAuthorization after = auth;
  const std::vector<std::string> happened =
      Advance(after, facts.settings, facts.rule, facts.turnaround_days, facts.moment);
  if (happened.empty() && after.state == auth.state && after.renewal_stage == auth.renewal_stage) {
    return ScheduleLook(tx, auth, facts);
  }
  after = auth;
  return SaveChange(tx, auth, after, {});
}

namespace {

// Booked or used, and no authorization pays for it.
bool Uncovered(const UnitLine& line) {
  return line.state == LineState::kUncovered || (line.state == LineState::kConsumed && !line.authorization);
}

// Units used beyond an authorization are work for the biller, until a later decision covers them.
absl::Status TellOverrun(store::Tx& tx, const domain::AuthorizationId& id, bool closed) {
  ASSIGN_OR_RETURN(const PriorAuthorization auth, tx.FindAuthorization(id));
  tx::Event event{.type = closed ? "prior_authorization.overrun_settled" : "prior_authorization.units_overrun",
                  .subject = ResourceName(tx.clinic(), kAuthorizations, id),
                  .subject_version = auth.version,
                  .state = std::string(Name(auth.state)),
                  .related = {{"patient", ResourceName(tx.clinic(), kPatients, auth.patient)}}};
  domain::WorkItem item{"AUTHORIZATION_UNITS_OVERRUN", domain::Role::kBiller, std::nullopt, domain::Urgency::kSoon};
  item.closed = closed;
  event.work = ToWork(item);
  return tx.Publish(event);
}

// Tells whether a booked visit is covered. Where it is not, it is work from the day on by which a renewal is to be
// asked for; where none would help, at once.
absl::Status TellCoverage(store::Tx& tx, const UnitLine& line) {
  if (line.appointment.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
  const bool uncovered = Uncovered(line);
  const bool waits = uncovered && line.renewal_request_by && moment.today() < *line.renewal_request_by;
  const std::string job = absl::StrCat(line.id);
  if (waits) {
    RETURN_IF_ERROR(tx.Schedule({.kind = kUncoveredJob,
                                 .key = job,
                                 .due_at = InstantOf(*line.renewal_request_by, 0, moment.zone),
                                 .payload = "{}"}));
  } else {
    RETURN_IF_ERROR(tx.CancelJob(kUncoveredJob, job));
  }
  const char* type = waits         ? "coverage_visit.conditional"
                     : uncovered   ? "coverage_visit.uncovered"
                     : line.live() ? "coverage_visit.covered"
                                   : "coverage_visit.released";
  tx::Event event{.type = type,
                  .subject = ResourceName(tx.clinic(), kAppointments, line.appointment),
                  .subject_version = line.appointment_version,
                  .state = std::string(Name(line.state)),
                  .related = {{"patient", ResourceName(tx.clinic(), kPatients, line.patient)},
                              {"course", ResourceName(tx.clinic(), kCourses, line.course)}}};
  domain::WorkItem item{"VISIT_UNCOVERED", domain::Role::kAssistant, InstantOf(line.day, 0, moment.zone),
                        domain::Urgency::kSoon};
  item.closed = waits || !uncovered;
  event.work = ToWork(item);
  return tx.Publish(event);
}

// Writes a changed line and tells where it became covered or uncovered, stands on another day, or is covered though its
// booker was told that it is not.
absl::Status WriteLine(store::Tx& tx, const UnitLine& before, const UnitLine& after) {
  RETURN_IF_ERROR(tx.UpdateLine(after));
  const bool moved = before.day != after.day && (after.live() || Uncovered(after));
  const bool since_covered = !before.code.empty() && after.code.empty() && after.live();
  if (Uncovered(before) != Uncovered(after) || moved || since_covered) RETURN_IF_ERROR(TellCoverage(tx, after));
  if (after.authorization && !after.overrun.zero() && before.overrun.zero()) {
    RETURN_IF_ERROR(TellOverrun(tx, *after.authorization, false));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SaveLine(store::Tx& tx, const UnitLine& before, UnitLine after) {
  RETURN_IF_ERROR(WriteLine(tx, before, after));
  std::set<domain::AuthorizationId> concerned;
  if (before.authorization) concerned.insert(*before.authorization);
  if (after.authorization) concerned.insert(*after.authorization);
  for (const domain::AuthorizationId& id : concerned) RETURN_IF_ERROR(Look(tx, id));
  return absl::OkStatus();
}

absl::Status FitLines(store::Tx& tx, const PriorAuthorization& auth) {
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines, tx.LinesOfAuthorization(auth.id));
  domain::UnitCounts used = auth.consumed;
  for (const UnitLine& line : lines) {  // by day
    if (line.state == LineState::kConsumed) continue;
    if (Running(auth.state) && auth.Covers(line.day) && Fits(auth.authorized, used, line.units)) {
      used = used + line.units;
      continue;
    }
    UnitLine bare = line;
    bare.state = line.state == LineState::kHeld ? LineState::kReleased : LineState::kUncovered;
    if (bare.state == LineState::kUncovered) bare.authorization.reset();
    RETURN_IF_ERROR(WriteLine(tx, line, bare));  // the caller saves the authorization
  }
  return absl::OkStatus();
}

absl::Status CoverUncovered(store::Tx& tx, const PatientId& patient, const std::string& program) {
  ASSIGN_OR_RETURN(domain::CoverageFacts facts, LoadFacts(tx, patient, {}, program, store::Lock::kWrite));
  if (!facts.rule) return absl::OkStatus();
  for (const UnitLine& line : std::vector<UnitLine>(facts.lines)) {
    if (!Uncovered(line)) continue;
    const bool used = line.state == LineState::kConsumed;
    const domain::UnitCounts units = used ? line.overrun : facts.rule->Planned(line.session_number);
    const domain::Choice choice = Choose(facts, {line.visit_id, line.session_number, line.day}, units, {});
    if (choice.chosen == nullptr) continue;
    UnitLine covered = line;
    if (used) {
      Consume(covered, choice.chosen, units);
    } else {
      covered.authorization = choice.chosen->id;
      covered.units = units;
      covered.state = LineState::kConfirmed;
    }
    covered.code.clear();
    covered.renewal_request_by.reset();
    RETURN_IF_ERROR(SaveLine(tx, line, std::move(covered)));
    ASSIGN_OR_RETURN(facts, LoadFacts(tx, patient, {}, program, store::Lock::kWrite));
  }
  return absl::OkStatus();
}

absl::Status ReviewUncovered(store::Tx& tx, const PatientId& patient, const std::string& program) {
  ASSIGN_OR_RETURN(const domain::CoverageFacts facts, LoadFacts(tx, patient, {}, program, store::Lock::kWrite));
  if (!facts.rule) return absl::OkStatus();
  for (const UnitLine& line : facts.lines) {
    if (line.state != LineState::kUncovered) continue;
    UnitLine now = line;
    const domain::Choice choice = Choose(facts, {line.visit_id, line.session_number, line.day}, line.units, {});
    if (choice.chosen != nullptr) continue;
    MarkUncovered(facts, choice.code, now);
    if (now.code != line.code || now.renewal_request_by != line.renewal_request_by) {
      RETURN_IF_ERROR(tx.UpdateLine(now));
    }
    if (now.renewal_request_by != line.renewal_request_by) RETURN_IF_ERROR(TellCoverage(tx, now));
  }
  return absl::OkStatus();
}

absl::Status WarnUncovered(store::Tx& tx, int64_t line_id) {
  ASSIGN_OR_RETURN(const std::optional<UnitLine> line, tx.FindLine(line_id));
  return line && line->state == LineState::kUncovered ? TellCoverage(tx, *line) : absl::OkStatus();
}

absl::Status SettleOverrun(store::Tx& tx, const domain::AuthorizationId& id) {
  ASSIGN_OR_RETURN(PriorAuthorization auth, tx.FindAuthorization(id, store::Lock::kWrite));
  if (auth.overrun.zero()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines, tx.LinesOfAuthorization(id));
  for (const UnitLine& line : lines) {
    if (line.overrun.zero()) continue;
    UnitLine settled = line;
    Consume(settled, &auth, line.units + line.overrun);
    RETURN_IF_ERROR(tx.UpdateLine(settled));
    ASSIGN_OR_RETURN(auth, tx.FindAuthorization(id, store::Lock::kWrite));
  }
  return auth.overrun.zero() ? TellOverrun(tx, id, true) : absl::OkStatus();
}

}  // namespace kat::authorization
