#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_COVERAGE_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_COVERAGE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/authorization/domain/insurance.h"
#include "services/authorization/domain/prior_authorization.h"
#include "services/authorization/domain/rems.h"
#include "services/authorization/domain/settings.h"
#include "services/authorization/domain/stock.h"
#include "services/authorization/domain/work.h"

// Whether visits are covered, and by which authorization's units. Pure: everything that is known is an argument.
namespace kat::authorization::domain {

struct Visit {
  std::string visit_id;
  int session_number = 0;
  absl::CivilDay day;
};

// Numbers of kat.authorization.v1.ReservedVisit.State.
enum class LineState { kUnspecified, kHeld, kConfirmed, kConsumed, kReleased, kExpired, kUncovered };
absl::string_view Name(LineState state);

// The units of one visit of a course.
struct UnitLine {
  int64_t id = 0;
  ReservationId reservation;
  PatientId patient;
  CourseId course;
  std::string program;
  std::string visit_id;
  int session_number = 0;
  absl::CivilDay day;
  std::optional<AuthorizationId> authorization;  // absent while uncovered
  UnitCounts units;                              // as planned or, once used, as used within the authorized ones
  UnitCounts overrun;                            // used beyond them
  LineState state = LineState::kHeld;
  AppointmentId appointment;
  int64_t appointment_version = 0;
  // While no authorization covers it: the condition's code, and the day by which a renewal that would cover it is to be
  // asked for.
  std::string code;
  std::optional<absl::CivilDay> renewal_request_by;

  bool live() const {
    return state == LineState::kHeld || state == LineState::kConfirmed || state == LineState::kConsumed;
  }
};

// Numbers of kat.common.v1.Condition.State.
enum class ConditionState { kUnspecified, kMet, kUnmet, kWarning };
struct Condition {
  std::string code;
  ConditionState state = ConditionState::kUnspecified;
  enum class Subject { kPatient, kAuthorization, kProgram, kInsurance, kForms } subject = Subject::kPatient;
  std::string subject_id;
  std::string description;
  Role responsible = Role::kAssistant;
  std::optional<absl::CivilDay> expires_on;
};

// Everything known about a patient's program.
struct CoverageFacts {
  PatientId patient;
  CourseId course;
  std::string program;
  std::optional<ProgramRule> rule;
  std::vector<SelfPay> self_pay;
  std::vector<Insurance> insurances;
  std::map<PayerId, std::vector<PayerPolicy>> policies;  // of the insurances' payers, for the program
  std::map<PolicyId, PayerPolicy> kept_policies;         // those that the authorizations were asked under
  std::vector<PriorAuthorization> authorizations;        // of the patient for the program
  std::vector<UnitLine> lines;                           // live ones of the patient for the program
  RemsFacts rems;
  std::vector<StockLot> stock;  // of the program's drug
  Settings settings;
  absl::CivilDay today;
};

struct Allocation {
  Visit visit;
  AuthorizationId authorization;
  UnitCounts units;
  bool already_held = false;  // by a line of this course's visit: nothing new is to be held
  // The authorization's days, the last one exclusive.
  std::optional<absl::CivilDay> valid_from, valid_until;
};

// A visit that no authorization covers, and whether a renewal would: then it can be booked conditionally.
struct UncoveredVisit {
  Visit visit;
  std::string code;
  bool conditional = false;
};

enum class Requirement { kUnspecified, kNotRequired, kRequired };

struct Coverage {
  Requirement requirement = Requirement::kNotRequired;
  std::vector<Condition> conditions;
  std::vector<Allocation> allocations;
  std::vector<UncoveredVisit> uncovered;  // by day
  std::string first_uncovered;            // visit of the course, asked about or booked
  std::optional<absl::CivilDay> renewal_request_by;

  bool satisfied() const;
  std::vector<Condition> unmet() const;
};

// Holds `visits` against what is known. A visit that already holds units keeps them where their authorization still
// covers its day. A program without a rule needs nothing, and a warning says that it has none. Visits that can be
// booked conditionally give warnings where the caller allows it and the clinic's settings do not refuse it.
Coverage Decide(const CoverageFacts& facts, const std::vector<Visit>& visits, bool allow_conditional = false);

// Why no authorization covers `visit`, beside units `planned_used` already given to earlier visits; "" with `chosen`
// set where one does. Authorizations that end first are used first.
struct Choice {
  const PriorAuthorization* chosen = nullptr;
  std::string code;         // AUTHORIZATION_UNITS_EXCEEDED, …
  std::string description;  // for the condition
  const PriorAuthorization* about = nullptr;
};
Choice Choose(const CoverageFacts& facts, const Visit& visit, const UnitCounts& units,
              const std::map<AuthorizationId, UnitCounts>& planned_used);

// Whether a payer has to authorize the program for the patient on a day, and what stands in the way of knowing.
struct RequirementOn {
  Requirement requirement = Requirement::kNotRequired;
  bool self_pay = false;
  const Insurance* insurance = nullptr;
  const PayerPolicy* policy = nullptr;
  std::string code;  // INSURANCE_COVERAGE_MISSING or PAYER_POLICY_MISSING; "" where nothing is missing
};
RequirementOn Require(const CoverageFacts& facts, absl::CivilDay day);

// What a session that used `actual` takes from its authorization: as much as fits goes to `units`, the rest to
// `overrun`.
void Consume(UnitLine& line, const PriorAuthorization* auth, const UnitCounts& actual);

struct ForecastVisit {
  Visit visit;
  UnitCounts planned;
  std::optional<AuthorizationId> authorization;
  UnitLimits remaining;
  std::string code;
};
struct Forecast {
  std::vector<ForecastVisit> visits;
  std::string first_uncovered;
  std::optional<absl::CivilDay> renewal_request_by;
};

// How units last over the held and booked visits and `further` ones, by date. `devices` above 0 replaces the planned
// dose of every visit that has not taken place.
Forecast ForecastUnits(const CoverageFacts& facts, const std::vector<Visit>& further, int devices);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_COVERAGE_H_
