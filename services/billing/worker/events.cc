#include <map>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/billing/books/claims.h"
#include "services/billing/books/good_faith.h"
#include "services/billing/books/names.h"
#include "services/billing/books/reservations.h"
#include "services/billing/books/visits.h"
#include "services/billing/worker/worker.h"

namespace kat::billing {
namespace {

// How long authorization gets to count the visit's units before its claim is scrubbed.
constexpr absl::Duration kScrubAfter = absl::Minutes(1);

std::string Related(const common::v1::Event& event, const char* role) {
  const auto found = event.related().find(role);
  return found == event.related().end() ? "" : rpc::LastSegment(found->second);
}

absl::Time HappenedAt(const common::v1::Event& event) { return rpc::FromProto(event.occur_time()); }

absl::Status ConfirmReservation(Tx& tx, const std::string& id) {
  if (id.empty()) return absl::OkStatus();
  absl::StatusOr<FinancialReservation> reservation = tx.GetReservation(Id<struct ReservationTag>(id));
  if (absl::IsNotFound(reservation.status())) return absl::OkStatus();
  RETURN_IF_ERROR(reservation.status());
  return MoveReservation(tx, *reservation, FinancialReservation::Event::kConfirm);
}

// A good faith estimate of the booked visits of each self-pay program.
absl::Status RenewGoodFaithOf(Tx& tx, const std::vector<Visit>& visits) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  std::map<std::string, std::vector<Visit>> by_program;
  for (const Visit& visit : visits) {
    if (visit.state == Visit::State::kBooked && visit.start_time > tx.now()) by_program[visit.program].push_back(visit);
  }
  for (const auto& [program, booked] : by_program) {
    const absl::CivilDay day = DayAt(booked[0].start_time, clinic.zone);
    ASSIGN_OR_RETURN(const BillingMode mode, ModeOn(tx, booked[0].patient, program, day));
    if (mode != BillingMode::kSelfPay) continue;
    RETURN_IF_ERROR(RenewGoodFaith(tx, booked[0].patient, program, booked));
    RETURN_IF_ERROR(WatchGoodFaith(tx, booked[0].patient, program));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Worker::OnSchedulingEvent(const common::v1::Event& event, const Apply& apply) {
  const ClinicId clinic(rpc::LastSegment(event.clinic()));
  if (event.type() == "block.booked") return OnBlockBooked(clinic, event, apply);
  const AppointmentId appointment(rpc::LastSegment(event.subject()));
  absl::StatusOr<Visit> visit = peers_.scheduling->GetVisit(clinic, appointment);
  RETURN_IF_ERROR(visit.status());
  if (visit->patient.empty()) return absl::OkStatus();
  if (event.type() == "treatment.completed") return OnTreatmentCompleted(clinic, *visit, event, apply);
  return apply([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(FollowVisit(tx, *visit, HappenedAt(event)));
    return WatchGoodFaith(tx, visit->patient, visit->program);
  });
}

absl::Status Worker::OnBlockBooked(const ClinicId& clinic, const common::v1::Event& event, const Apply& apply) {
  ASSIGN_OR_RETURN(const std::vector<Visit> visits,
                   peers_.scheduling->ListVisits(clinic, CourseId(rpc::LastSegment(event.subject()))));
  return apply([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(ConfirmReservation(tx, Related(event, "financial_reservation")));
    for (const Visit& visit : visits) RETURN_IF_ERROR(FollowVisit(tx, visit, HappenedAt(event)));
    return RenewGoodFaithOf(tx, visits);
  });
}

absl::Status Worker::OnTreatmentCompleted(const ClinicId& clinic, const Visit& visit, const common::v1::Event& event,
                                          const Apply& apply) {
  BillingMode mode = BillingMode::kUnspecified;
  RETURN_IF_ERROR(store_.Run({.clinic = clinic}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const tx::ClinicInfo info, tx.Clinic());
    ASSIGN_OR_RETURN(mode, ModeOn(tx, visit.patient, visit.program, DayAt(visit.start_time, info.zone)));
    return absl::OkStatus();
  }));
  if (mode != BillingMode::kInsured) return apply([&](Tx& tx) { return FollowVisit(tx, visit, HappenedAt(event)); });
  ASSIGN_OR_RETURN(const SessionFacts session, ReadSession(peers_, clinic, visit.id));
  return apply([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(FollowVisit(tx, visit, HappenedAt(event)));
    ASSIGN_OR_RETURN(std::optional<Claim> claim, DraftClaim(tx, visit, session));
    if (!claim) return absl::OkStatus();
    if (session.authorization_settled) return kat::billing::ScrubClaim(tx, *claim, session);
    return tx.Schedule(
        {.kind = "claim.scrub", .key = claim->id.str(), .due_at = tx.now() + kScrubAfter, .payload = "{}"});
  });
}

}  // namespace kat::billing
