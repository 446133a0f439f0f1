#include "services/billing/books/good_faith.h"

#include <algorithm>
#include <map>

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/billing/books/names.h"

namespace kat::billing {
namespace {

const char* NameOf(GoodFaithEstimate::State state) {
  static constexpr const char* kStates[] = {"STATE_UNSPECIFIED", "DUE", "DELIVERED", "SUPERSEDED"};
  return kStates[static_cast<int>(state)];
}

// The end of its last day.
absl::Time DueTime(const GoodFaithEstimate& estimate, absl::TimeZone zone) {
  return InstantOf(estimate.due_date + 1, 0, zone);
}

absl::Status PublishExceeded(Tx& tx, const GoodFaithEstimate& estimate, bool open) {
  return Publish(tx, {.type = "good_faith_estimate.updated",
                      .collection = "goodFaithEstimates",
                      .id = estimate.id.str(),
                      .version = estimate.version,
                      .state = NameOf(estimate.state),
                      .patient = estimate.patient,
                      .work = BillerWork("GFE_EXCEEDED", open, tx.now(), tx::Work::Urgency::kSoon)});
}

absl::Status Supersede(Tx& tx, GoodFaithEstimate previous) {
  previous.state = GoodFaithEstimate::State::kSuperseded;
  previous.update_time = tx.now();
  const int64_t read = previous.version++;
  RETURN_IF_ERROR(tx.Update(previous, read));
  RETURN_IF_ERROR(tx.CancelJob("good_faith.late", previous.id.str()));
  if (previous.exceeded) RETURN_IF_ERROR(PublishExceeded(tx, previous, false));
  return PublishGoodFaith(tx, previous, "good_faith_estimate.superseded");
}

// What the visits still ahead will cost under the accepted estimate.
absl::StatusOr<Minor> Projected(Tx& tx, const PatientId& patient, const std::string& program,
                                const GoodFaithEstimate& gfe) {
  ASSIGN_OR_RETURN(const std::vector<Charge> charges, tx.StandingCharges(patient, program));
  ASSIGN_OR_RETURN(const std::vector<Visit> visits, tx.VisitsOf(patient));
  ASSIGN_OR_RETURN(const Estimate estimate, tx.GetEstimate(gfe.estimate));
  Minor projected = 0;
  std::map<std::string, int> given;
  for (const Charge& charge : charges) {
    if (charge.create_time < gfe.create_time) continue;
    projected += charge.amount;
    ++given[charge.visit_type];
  }
  for (const Visit& visit : visits) {
    if (visit.program != program || visit.state != Visit::State::kBooked) continue;
    for (const EstimateLine& line : estimate.lines) {
      if (line.visit_type != visit.visit_type) continue;
      projected += PriceOfVisit(estimate, visit.visit_type, given[visit.visit_type]++).value_or(line.unit_price);
    }
  }
  return projected;
}

}  // namespace

absl::Status PublishGoodFaith(Tx& tx, const GoodFaithEstimate& estimate, const char* type) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  const bool due = estimate.state == GoodFaithEstimate::State::kDue;
  const bool late = tx.now() >= DueTime(estimate, clinic.zone);
  return Publish(tx, {.type = type,
                      .collection = "goodFaithEstimates",
                      .id = estimate.id.str(),
                      .version = estimate.version,
                      .state = NameOf(estimate.state),
                      .patient = estimate.patient,
                      .work = BillerWork("GFE_DUE", due, DueTime(estimate, clinic.zone),
                                         late ? tx::Work::Urgency::kUrgent : tx::Work::Urgency::kSoon)});
}

absl::Status OpenGoodFaith(Tx& tx, GoodFaithEstimate& estimate) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(std::vector<GoodFaithEstimate> standing, tx.StandingGoodFaith(estimate.patient, estimate.program));
  for (GoodFaithEstimate& previous : standing) {
    if (estimate.supersedes.empty()) estimate.supersedes = previous.id;
    RETURN_IF_ERROR(Supersede(tx, std::move(previous)));
  }
  estimate.id = Id<struct GoodFaithEstimateTag>(NewId());
  RETURN_IF_ERROR(tx.Insert(estimate));
  RETURN_IF_ERROR(tx.Schedule({.kind = "good_faith.late",
                               .key = estimate.id.str(),
                               .due_at = DueTime(estimate, clinic.zone),
                               .payload = "{}"}));
  return PublishGoodFaith(tx, estimate, "good_faith_estimate.created");
}

absl::Status RenewGoodFaith(Tx& tx, const PatientId& patient, const std::string& program,
                            const std::vector<Visit>& visits) {
  ASSIGN_OR_RETURN(const std::optional<Estimate> estimate, tx.AcceptedEstimate(patient, program));
  if (!estimate || visits.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  absl::CivilDay first = DayAt(visits[0].start_time, clinic.zone), last = first;
  for (const Visit& visit : visits) {
    first = std::min(first, DayAt(visit.start_time, clinic.zone));
    last = std::max(last, DayAt(visit.start_time, clinic.zone));
  }
  const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
  const auto due = DueOnScheduling(today, first, GoodFaithCalendar(today));
  if (!due) return absl::OkStatus();

  ASSIGN_OR_RETURN(const std::vector<GoodFaithEstimate> standing, tx.StandingGoodFaith(patient, program));
  GoodFaithEstimate previous;
  if (!standing.empty()) {
    previous = standing.front();
  } else {
    ASSIGN_OR_RETURN(const auto arrangement, tx.FindArrangement(patient, program));
    if (arrangement) previous.diagnosis_codes = arrangement->diagnosis_codes;
    if (!estimate->lines.empty()) previous.primary_description = estimate->lines[0].description;
    previous.patient = patient;
    previous.program = program;
  }
  GoodFaithEstimate next = Renew(previous, first, last, *due, tx.now());
  next.estimate = estimate->id;
  next.lines = estimate->lines;
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  next.provider = ProviderBlock(settings);
  return OpenGoodFaith(tx, next);
}

absl::Status WatchGoodFaith(Tx& tx, const PatientId& patient, const std::string& program) {
  ASSIGN_OR_RETURN(std::vector<GoodFaithEstimate> standing, tx.StandingGoodFaith(patient, program));
  if (standing.empty() || standing.front().exceeded) return absl::OkStatus();
  GoodFaithEstimate& latest = standing.front();
  ASSIGN_OR_RETURN(const Minor projected, Projected(tx, patient, program, latest));
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  if (!Exceeds(latest, projected, settings.gfe_alert)) return absl::OkStatus();
  latest.exceeded = true;
  latest.update_time = tx.now();
  const int64_t read = latest.version++;
  RETURN_IF_ERROR(tx.Update(latest, read));
  return PublishExceeded(tx, latest, true);
}

}  // namespace kat::billing
