#include "services/billing/api/estimate_handlers.h"

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/billing/api/estimate_converters.h"
#include "services/billing/books/good_faith.h"
#include "services/billing/books/visits.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using ArrangementId = Id<struct BillingArrangementTag>;
using GoodFaithId = Id<struct GoodFaithEstimateTag>;

absl::StatusOr<absl::CivilDay> Today(Tx& tx) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  return DayAt(tx.now(), clinic.zone);
}

absl::Status PublishArrangement(Tx& tx, const BillingArrangement& arrangement, const char* type) {
  return Publish(tx, {.type = type,
                      .collection = "billingArrangements",
                      .id = arrangement.id.str(),
                      .version = arrangement.version,
                      .state = arrangement.mode == BillingMode::kInsured ? "INSURED" : "SELF_PAY",
                      .patient = arrangement.patient});
}

absl::Status PublishEstimate(Tx& tx, const Estimate& estimate, const char* type) {
  static constexpr const char* kStates[] = {"STATE_UNSPECIFIED", "OFFERED", "ACCEPTED", "EXPIRED", "SUPERSEDED"};
  return Publish(tx, {.type = type,
                      .collection = "estimates",
                      .id = estimate.id.str(),
                      .version = estimate.version,
                      .state = kStates[static_cast<int>(estimate.state)],
                      .patient = estimate.patient});
}

// An accepted estimate makes way for a new one, and its plan ends with it.
absl::Status SupersedeAccepted(Tx& tx, const Estimate& next) {
  ASSIGN_OR_RETURN(std::optional<Estimate> previous, tx.AcceptedEstimate(next.patient, next.program));
  if (!previous || previous->id == next.id) return absl::OkStatus();
  previous->state = Estimate::State::kSuperseded;
  previous->update_time = tx.now();
  const int64_t read = previous->version++;
  RETURN_IF_ERROR(tx.Update(*previous, read));
  RETURN_IF_ERROR(PublishEstimate(tx, *previous, "estimate.superseded"));
  ASSIGN_OR_RETURN(std::optional<PaymentPlan> plan, tx.PlanOf(previous->id));
  if (!plan || plan->state != PaymentPlan::State::kActive) return absl::OkStatus();
  RETURN_IF_ERROR(EndPlan(*plan, tx.now()));
  const int64_t plan_read = plan->version++;
  RETURN_IF_ERROR(tx.Update(*plan, plan_read));
  RETURN_IF_ERROR(ScheduleInstallments(tx, *plan));
  return PublishPlan(tx, *plan, "payment_plan.cancelled");
}

}  // namespace

void EstimateHandlers::Register(rpc::Service& service) {
  service.Unary("CreateBillingArrangement", this, &EstimateHandlers::CreateArrangement);
  service.Unary("GetBillingArrangement", this, &EstimateHandlers::GetArrangement);
  service.Unary("ListBillingArrangements", this, &EstimateHandlers::ListArrangements);
  service.Unary("UpdateBillingArrangement", this, &EstimateHandlers::UpdateArrangement);
  service.Unary("CreateEstimate", this, &EstimateHandlers::CreateEstimate);
  service.Unary("GetEstimate", this, &EstimateHandlers::GetEstimate);
  service.Unary("ListEstimates", this, &EstimateHandlers::ListEstimates);
  service.Unary("AcceptEstimate", this, &EstimateHandlers::AcceptEstimate);
  service.Unary("RequestGoodFaithEstimate", this, &EstimateHandlers::RequestGoodFaith);
  service.Unary("GetGoodFaithEstimate", this, &EstimateHandlers::GetGoodFaith);
  service.Unary("ListGoodFaithEstimates", this, &EstimateHandlers::ListGoodFaith);
  service.Unary("UpdateGoodFaithEstimate", this, &EstimateHandlers::UpdateGoodFaith);
  service.Unary("DeliverGoodFaithEstimate", this, &EstimateHandlers::DeliverGoodFaith);
}

absl::StatusOr<v1::BillingArrangement> EstimateHandlers::CreateArrangement(
    rpc::Call& call, const v1::CreateBillingArrangementRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::BillingArrangement> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(BillingArrangement arrangement, FromProto(request.billing_arrangement()));
    ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
    RETURN_IF_ERROR(CheckArrangement(arrangement, today));
    arrangement.id = ArrangementId(NewId());
    arrangement.create_time = arrangement.update_time = tx.now();
    RETURN_IF_ERROR(tx.Insert(arrangement));
    RETURN_IF_ERROR(PublishArrangement(tx, arrangement, "billing_arrangement.created"));
    return ToProto(view, arrangement);
  });
}

absl::StatusOr<v1::BillingArrangement> EstimateHandlers::GetArrangement(
    rpc::Call& call, const v1::GetBillingArrangementRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::BillingArrangement> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const BillingArrangement arrangement, tx.GetArrangement(IdOf<ArrangementId>(request.name())));
    return ToProto(view, arrangement);
  });
}

absl::StatusOr<v1::ListBillingArrangementsResponse> EstimateHandlers::ListArrangements(
    rpc::Call& call, const v1::ListBillingArrangementsRequest& request) {
  return ServePage<v1::ListBillingArrangementsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListArrangements(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const BillingArrangement& arrangement, v1::ListBillingArrangementsResponse& response) {
        *response.add_billing_arrangements() = ToProto(view, arrangement);
      });
}

absl::StatusOr<v1::BillingArrangement> EstimateHandlers::UpdateArrangement(
    rpc::Call& call, const v1::UpdateBillingArrangementRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::BillingArrangement> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const BillingArrangement current,
                     tx.GetArrangement(IdOf<ArrangementId>(request.billing_arrangement().name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.billing_arrangement().etag(), current.version, "billing arrangement"));
    v1::BillingArrangement merged = ToProto(view, current);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.billing_arrangement(), &merged));
    ASSIGN_OR_RETURN(BillingArrangement next, FromProto(merged));
    if (next.patient != current.patient) return InvalidField("billing_arrangement.patient", "cannot change");
    if (next.program != current.program) return InvalidField("billing_arrangement.program", "cannot change");
    ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
    RETURN_IF_ERROR(CheckArrangement(next, today));
    next.id = current.id;
    next.version = current.version + 1;
    next.create_time = current.create_time;
    next.update_time = tx.now();
    RETURN_IF_ERROR(tx.Update(next, current.version));
    RETURN_IF_ERROR(PublishArrangement(tx, next, "billing_arrangement.updated"));
    return ToProto(view, next);
  });
}

absl::StatusOr<v1::Estimate> EstimateHandlers::CreateEstimate(rpc::Call& call,
                                                              const v1::CreateEstimateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Estimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const EstimateRequest wanted, FromProto(view, request));
    ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
    ASSIGN_OR_RETURN(const auto prices, tx.PriceListInForce(wanted.program, today));
    if (!prices) return errors::NoPriceList(wanted.program);
    ASSIGN_OR_RETURN(const auto deposit, tx.DepositPolicyInForce(wanted.program, today));
    ASSIGN_OR_RETURN(Estimate estimate, NewEstimate(wanted, *prices, deposit, tx.now()));
    estimate.id = EstimateId(NewId());
    RETURN_IF_ERROR(tx.Insert(estimate));
    RETURN_IF_ERROR(tx.Schedule(
        {.kind = "estimate.expire", .key = estimate.id.str(), .due_at = estimate.expire_time, .payload = "{}"}));
    RETURN_IF_ERROR(PublishEstimate(tx, estimate, "estimate.created"));
    return ToProto(view, estimate);
  });
}

absl::StatusOr<v1::Estimate> EstimateHandlers::GetEstimate(rpc::Call& call, const v1::GetEstimateRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Estimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const Estimate estimate, tx.GetEstimate(IdOf<EstimateId>(request.name())));
    return ToProto(view, estimate);
  });
}

absl::StatusOr<v1::ListEstimatesResponse> EstimateHandlers::ListEstimates(rpc::Call& call,
                                                                          const v1::ListEstimatesRequest& request) {
  return ServePage<v1::ListEstimatesResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) {
        return tx.ListEstimates(IdOf<PatientId>(request.patient()), request.program(), run);
      },
      [](const View& view, const Estimate& estimate, v1::ListEstimatesResponse& response) {
        *response.add_estimates() = ToProto(view, estimate);
      });
}

absl::StatusOr<v1::Estimate> EstimateHandlers::AcceptEstimate(rpc::Call& call,
                                                              const v1::AcceptEstimateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Estimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Estimate estimate, tx.GetEstimate(IdOf<EstimateId>(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), estimate.version, "estimate"));
    RETURN_IF_ERROR(tx.LockAccount(estimate.patient));
    RETURN_IF_ERROR(Accept(estimate, static_cast<PaymentScenario::Kind>(request.scenario()), tx.now()));
    RETURN_IF_ERROR(SupersedeAccepted(tx, estimate));
    const int64_t read = estimate.version++;
    RETURN_IF_ERROR(tx.Update(estimate, read));
    RETURN_IF_ERROR(tx.CancelJob("estimate.expire", estimate.id.str()));
    RETURN_IF_ERROR(PublishEstimate(tx, estimate, "estimate.accepted"));
    return ToProto(view, estimate);
  });
}

absl::StatusOr<v1::GoodFaithEstimate> EstimateHandlers::RequestGoodFaith(
    rpc::Call& call, const v1::RequestGoodFaithEstimateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::GoodFaithEstimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
    ASSIGN_OR_RETURN(const Estimate estimate, tx.GetEstimate(IdOf<EstimateId>(request.estimate())));
    if (estimate.state == Estimate::State::kExpired || estimate.state == Estimate::State::kSuperseded) {
      return errors::EstimateExpired();
    }
    ASSIGN_OR_RETURN(const BillingMode mode, ModeOn(tx, estimate.patient, estimate.program, today));
    if (mode != BillingMode::kSelfPay) return errors::GoodFaithNotForInsured();
    ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
    ASSIGN_OR_RETURN(const auto arrangement, tx.FindArrangement(estimate.patient, estimate.program));

    GoodFaithEstimate gfe;
    gfe.trigger = GoodFaithEstimate::Trigger::kRequested;
    gfe.trigger_time = gfe.create_time = gfe.update_time = tx.now();
    gfe.due_date = *DueOnRequest(today, GoodFaithCalendar(today));
    gfe.patient = estimate.patient;
    gfe.program = estimate.program;
    gfe.estimate = estimate.id;
    gfe.lines = estimate.lines;
    gfe.provider = ProviderBlock(settings);
    RETURN_IF_ERROR(Merge(request.good_faith_estimate(), gfe));
    if (gfe.diagnosis_codes.empty() && arrangement) gfe.diagnosis_codes = arrangement->diagnosis_codes;
    if (gfe.primary_description.empty() && !gfe.lines.empty()) gfe.primary_description = gfe.lines[0].description;
    RETURN_IF_ERROR(OpenGoodFaith(tx, gfe));
    return ToProto(view, gfe);
  });
}

absl::StatusOr<v1::GoodFaithEstimate> EstimateHandlers::GetGoodFaith(rpc::Call& call,
                                                                     const v1::GetGoodFaithEstimateRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::GoodFaithEstimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const GoodFaithEstimate gfe, tx.GetGoodFaith(IdOf<GoodFaithId>(request.name())));
    return ToProto(view, gfe);
  });
}

absl::StatusOr<v1::ListGoodFaithEstimatesResponse> EstimateHandlers::ListGoodFaith(
    rpc::Call& call, const v1::ListGoodFaithEstimatesRequest& request) {
  return ServePage<v1::ListGoodFaithEstimatesResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) {
        return tx.ListGoodFaith(IdOf<PatientId>(request.patient()), static_cast<int>(request.state()), run);
      },
      [](const View& view, const GoodFaithEstimate& gfe, v1::ListGoodFaithEstimatesResponse& response) {
        *response.add_good_faith_estimates() = ToProto(view, gfe);
      });
}

absl::StatusOr<v1::GoodFaithEstimate> EstimateHandlers::UpdateGoodFaith(
    rpc::Call& call, const v1::UpdateGoodFaithEstimateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::GoodFaithEstimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    const v1::GoodFaithEstimate& wanted = request.good_faith_estimate();
    ASSIGN_OR_RETURN(GoodFaithEstimate gfe, tx.GetGoodFaith(IdOf<GoodFaithId>(wanted.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(wanted.etag(), gfe.version, "good faith estimate"));
    if (gfe.state != GoodFaithEstimate::State::kDue) return WrongState("good faith estimate", "DELIVERED", "update");
    v1::GoodFaithEstimate merged = ToProto(view, gfe);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), wanted, &merged));
    RETURN_IF_ERROR(Merge(merged, gfe));
    ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
    gfe.provider = ProviderBlock(settings);
    gfe.update_time = tx.now();
    const int64_t read = gfe.version++;
    RETURN_IF_ERROR(tx.Update(gfe, read));
    RETURN_IF_ERROR(PublishGoodFaith(tx, gfe, "good_faith_estimate.updated"));
    return ToProto(view, gfe);
  });
}

absl::StatusOr<v1::GoodFaithEstimate> EstimateHandlers::DeliverGoodFaith(
    rpc::Call& call, const v1::DeliverGoodFaithEstimateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::GoodFaithEstimate> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(GoodFaithEstimate gfe, tx.GetGoodFaith(IdOf<GoodFaithId>(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), gfe.version, "good faith estimate"));
    ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
    gfe.provider = ProviderBlock(settings);
    RETURN_IF_ERROR(Deliver(gfe, request.name(), static_cast<GoodFaithEstimate::Method>(request.method()), tx.now()));
    const int64_t read = gfe.version++;
    RETURN_IF_ERROR(tx.Update(gfe, read));
    RETURN_IF_ERROR(tx.CancelJob("good_faith.late", gfe.id.str()));
    RETURN_IF_ERROR(PublishGoodFaith(tx, gfe, "good_faith_estimate.delivered"));
    return ToProto(view, gfe);
  });
}

}  // namespace kat::billing
