#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/clinical_converters.h"
#include "services/intake/api/handlers.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Measures and the risk reviews that they open.
namespace kat::intake {
namespace {

absl::Status OpenReview(Tx& tx, const Measure& measure, const IntakePolicy& policy) {
  const RiskReview review{.id = measure.risk_review,
                          .patient = measure.patient,
                          .measure = measure.id,
                          .trigger = *measure.score.risk,
                          .due_at = tx.now() + absl::Minutes(policy.risk_review_due_minutes),
                          .create_time = tx.now()};
  RETURN_IF_ERROR(tx.risk_reviews().Insert(review));
  return Announce(tx, measure.patient,
                  {.type = "risk_review.opened",
                   .subject = NameUnder(tx.clinic(), review.patient, "riskReviews", review.id.str()),
                   .state = "OPEN",
                   .work = {OpenWork("RISK_REVIEW", kRolePsychiatrist, review.due_at, tx::Work::Urgency::kUrgent)}});
}

class MeasureHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("CreateMeasure", this, &MeasureHandlers::Create);
    service.Unary("GetMeasure", this, &MeasureHandlers::Get);
    service.Unary("ListMeasures", this, &MeasureHandlers::List);
    service.Unary("ListInstruments", this, &MeasureHandlers::ListInstruments);
    service.Unary("GetRiskReview", this, &MeasureHandlers::GetReview);
    service.Unary("ListRiskReviews", this, &MeasureHandlers::ListReviews);
    service.Unary("ResolveRiskReview", this, &MeasureHandlers::Resolve);
  }

 private:
  absl::StatusOr<v1::Measure> Create(rpc::Call& call, const v1::CreateMeasureRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Measure> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      ASSIGN_OR_RETURN(Measure measure, FromProto(request.measure(), today));
      if (measure.administered_date > today) return InvalidField("measure.administered_date", "lies in the future");
      if (InstrumentOf(measure.tool).rated_by_clinician && measure.rater.empty()) {
        return InvalidField("measure.rater", "is required for a scale that a clinician rates");
      }
      ASSIGN_OR_RETURN(measure.score, ScoreMeasure(measure.tool, measure.items));
      measure.id = MeasureId(NewId());
      measure.patient = patient.id;
      measure.recorded_by = call.identity().subject;
      measure.create_time = tx.now();
      if (measure.score.risk) measure.risk_review = RiskReviewId(NewId());
      RETURN_IF_ERROR(tx.measures().Insert(measure));
      v1::Measure response = ToProto(measure, tx.clinic());
      RETURN_IF_ERROR(Announce(tx, patient.id, {.type = "measure.recorded", .subject = response.name()}));
      if (measure.score.risk) {
        // A risk is never left unrecorded for want of configuration: without a policy the review is due at once.
        ASSIGN_OR_RETURN(const auto policy, tx.intake_policies().InForce("", today));
        RETURN_IF_ERROR(OpenReview(tx, measure, policy.value_or(IntakePolicy{})));
      }
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return response;
    });
  }

  absl::StatusOr<v1::Measure> Get(rpc::Call& call, const v1::GetMeasureRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Measure> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.measures().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return ToProto(found, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListMeasuresResponse> List(rpc::Call& call, const v1::ListMeasuresRequest& request) {
    RecordQuery query{.patient = PatientIn(request.parent())};
    if (request.tool() != v1::MEASURE_TOOL_UNSPECIFIED) query.key = absl::StrCat(static_cast<int>(request.tool()));
    ASSIGN_OR_RETURN(query.since, OptionalDay(request.has_since_date(), request.since_date(), "since_date"));
    return ServePage<v1::ListMeasuresResponse>(
        call, request, query, [](Tx& tx, const RecordQuery& q) { return tx.measures().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_measures() = ToProto(row, tx.clinic()); });
  }

  absl::StatusOr<v1::ListInstrumentsResponse> ListInstruments(rpc::Call&, const v1::ListInstrumentsRequest&) {
    v1::ListInstrumentsResponse response;
    for (const Instrument& instrument : Instruments()) *response.add_instruments() = ToProto(instrument);
    return response;
  }

  absl::StatusOr<v1::RiskReview> GetReview(rpc::Call& call, const v1::GetRiskReviewRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::RiskReview> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.risk_reviews().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return ToProto(found, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListRiskReviewsResponse> ListReviews(rpc::Call& call, const v1::ListRiskReviewsRequest& request) {
    RecordQuery query{.state = static_cast<int>(request.state())};
    if (!PatientIn(request.parent()).empty()) query.patient = PatientIn(request.parent());
    return ServePage<v1::ListRiskReviewsResponse>(
        call, request, query, [](Tx& tx, const RecordQuery& q) { return tx.risk_reviews().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_risk_reviews() = ToProto(row, tx.clinic()); });
  }

  absl::StatusOr<v1::RiskReview> Resolve(rpc::Call& call, const v1::ResolveRiskReviewRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::RiskReview> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.name())));
      ASSIGN_OR_RETURN(RiskReview review, tx.risk_reviews().Get(patient.id, rpc::LastSegment(request.name())));
      RETURN_IF_ERROR(
          ResolveReview(review, As<RiskAction>(request.action()), request.note(), call.identity().subject, tx.now()));
      RETURN_IF_ERROR(tx.risk_reviews().Update(review));
      RETURN_IF_ERROR(Announce(tx, patient.id,
                               {.type = "risk_review.resolved",
                                .subject = request.name(),
                                .version = 2,
                                .state = "RESOLVED",
                                .work = {CloseWork("RISK_REVIEW", kRolePsychiatrist)}}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(review, tx.clinic());
    });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeMeasureHandlers(Store& store) { return std::make_unique<MeasureHandlers>(store); }

}  // namespace kat::intake
