#include "services/billing/books/claims.h"

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/billing/books/names.h"
#include "services/billing/books/visits.h"
#include "services/billing/domain/errors.h"
#include "services/billing/domain/scrub.h"

namespace kat::billing {
namespace {

using State = Claim::State;

absl::StatusOr<BillingArrangement> ArrangementOf(Tx& tx, const Claim& claim) {
  ASSIGN_OR_RETURN(auto arrangement, tx.FindArrangement(claim.patient, claim.program));
  if (arrangement) return *std::move(arrangement);
  BillingArrangement by_default;  // the program's price list says that it is insured
  by_default.mode = BillingMode::kInsured;
  return by_default;
}

// Which of the three kinds of work a claim waits for; nullptr: none.
const char* WorkOf(State state) {
  switch (state) {
    case State::kScrubFailed:
      return "CLAIM_SCRUB_FAILED";
    case State::kReady:
      return "CLAIM_TO_SUBMIT";
    case State::kAckRejected:
    case State::kInfoRequested:
    case State::kDenied:
    case State::kPartiallyPaid:
      return "CLAIM_FOLLOW_UP";
    default:
      return nullptr;
  }
}

}  // namespace

absl::StatusOr<SessionFacts> ReadSession(const Peers& peers, const ClinicId& clinic, const AppointmentId& appointment) {
  SessionFacts session;
  RETURN_IF_ERROR(peers.authorization->ReadClaimAuthorization(clinic, appointment, session));  // names the drug
  RETURN_IF_ERROR(peers.scheduling->ReadTreatment(clinic, appointment, session));
  return session;
}

absl::StatusOr<std::optional<Claim>> DraftClaim(Tx& tx, const Visit& visit, const SessionFacts& session) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  const absl::CivilDay day = DayAt(visit.start_time, clinic.zone);
  ASSIGN_OR_RETURN(const BillingMode mode, ModeOn(tx, visit.patient, visit.program, day));
  ASSIGN_OR_RETURN(const auto earlier, tx.ClaimOf(visit.id));
  if (mode != BillingMode::kInsured || session.self_pay || earlier) return std::optional<Claim>();
  Claim claim;
  claim.id = Id<struct ClaimTag>(NewId());
  claim.patient = visit.patient;
  claim.appointment = visit.id;
  claim.course = visit.course;
  claim.program = visit.program;
  claim.service_date = day;
  claim.filing_deadline = day;
  ASSIGN_OR_RETURN(const BillingArrangement arrangement, ArrangementOf(tx, claim));
  claim.payer = session.payer.empty() ? arrangement.payer : session.payer;
  claim.create_time = claim.update_time = tx.now();
  RETURN_IF_ERROR(tx.Insert(claim));
  RETURN_IF_ERROR(Publish(tx, {.type = "claim.created",
                               .collection = "claims",
                               .id = claim.id.str(),
                               .state = "DRAFT",
                               .patient = claim.patient,
                               .course = claim.course,
                               .appointment = claim.appointment}));
  return std::optional<Claim>(std::move(claim));
}

absl::Status ScrubClaim(Tx& tx, Claim& claim, const SessionFacts& session) {
  RETURN_IF_ERROR(tx.LockAccount(claim.patient));  // claims of one patient are counted one after the other
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const BillingArrangement arrangement, ArrangementOf(tx, claim));
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  if (!session.payer.empty()) claim.payer = session.payer;
  ASSIGN_OR_RETURN(const auto set, tx.CodeSetInForce(claim.payer, claim.program, claim.service_date));
  claim.findings.clear();
  if (set) {
    Fill(claim, session, arrangement, settings, *set);
    ScrubInput input{.claim = claim, .session = session, .arrangement = arrangement, .settings = settings, .set = *set};
    ASSIGN_OR_RETURN(input.codes_in_force, tx.CodesInForce(claim.service_date));
    ASSIGN_OR_RETURN(input.units_this_week, tx.UnitsOfOtherClaims(claim, claim.service_date - 6));
    ASSIGN_OR_RETURN(input.duplicate, tx.HasOtherClaim(claim));
    input.today = DayAt(tx.now(), clinic.zone);
    input.now = tx.now();
    claim.findings = Scrub(input);
  } else {
    claim.lines.clear();
    claim.findings.push_back({"CODE_SET_MISSING", ScrubFinding::Severity::kError,
                              "no code set of the payer is in force on the day of service; create one"});
  }
  const bool failed = Blocks(claim.findings);
  RETURN_IF_ERROR(Move(claim, failed ? Claim::Event::kScrubFail : Claim::Event::kScrubPass, "scrub", tx.now()));
  return SaveClaim(tx, claim, failed ? "claim.scrub_failed" : "claim.ready");
}

absl::Status SaveClaim(Tx& tx, Claim& claim, const char* type) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const Claim before, tx.GetClaim(claim.id));
  const int64_t read = claim.version++;
  RETURN_IF_ERROR(tx.Update(claim, read));
  const char* was = WorkOf(before.state);
  const char* is = WorkOf(claim.state);
  const absl::Time deadline = InstantOf(claim.filing_deadline + 1, 0, clinic.zone);
  Happening happening{.type = type,
                      .collection = "claims",
                      .id = claim.id.str(),
                      .version = claim.version,
                      .state = NameOf(claim.state),
                      .patient = claim.patient,
                      .course = claim.course,
                      .appointment = claim.appointment};
  if (was != nullptr && (is == nullptr || std::string(was) != is)) {
    Happening closing = happening;
    closing.work = BillerWork(was, false);
    RETURN_IF_ERROR(Publish(tx, closing));
    if (is == nullptr) return absl::OkStatus();
  }
  if (is != nullptr) happening.work = BillerWork(is, true, deadline);
  return Publish(tx, happening);
}

}  // namespace kat::billing
