#include "services/billing/domain/errors.h"
#include "services/billing/store/pg_tx.h"

namespace kat::billing {
namespace {

struct ArrangementRow {
  using Value = BillingArrangement;
  static constexpr const char* kTable = "billing_arrangements";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("program", s.program);
    v("mode", s.mode);
    v("payer", s.payer);
    v("member_id", s.member_id);
    v("billing_consent_date", s.billing_consent_date);
    v("diagnosis_codes", s.diagnosis_codes);
    v("established_patient", s.established_patient);
    v("referring_npi", s.referring_npi);
    v("manufacturer_savings", s.manufacturer_savings);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct EstimateRow {
  using Value = Estimate;
  static constexpr const char* kTable = "estimates";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("program", s.program);
    v("state", s.state);
    v("price_list", s.price_list);
    v("accepted_scenario", s.accepted_scenario);
    v("expire_time", s.expire_time);
    v("accept_time", s.accept_time);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct EstimateLineRow {
  using Value = EstimateLine;
  static constexpr const char* kTable = "estimate_lines";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("visit_type", s.visit_type);
    v("description", s.description);
    v("service_code", s.service_code);
    v("quantity", s.quantity);
    v("unit_price", s.unit_price);
    v("discount", s.discount);
  }
};

// A scenario with its installments side by side.
struct FlatScenario {
  PaymentScenario::Kind kind = PaymentScenario::Kind::kUnspecified;
  Minor due_before_booking = 0;
  std::vector<int> sessions;
  std::vector<int64_t> amounts;
};

struct ScenarioRow {
  using Value = FlatScenario;
  static constexpr const char* kTable = "estimate_scenarios";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("kind", s.kind);
    v("due_before_booking", s.due_before_booking);
    v("sessions", s.sessions);
    v("amounts", s.amounts);
  }
};

struct GoodFaithRow {
  using Value = GoodFaithEstimate;
  static constexpr const char* kTable = "good_faith_estimates";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("program", s.program);
    v("estimate", s.estimate);
    v("state", s.state);
    v("trigger", s.trigger);
    v("trigger_time", s.trigger_time);
    v("due_date", s.due_date);
    v("patient_display_name", s.patient_display_name);
    v("birth_date", s.birth_date);
    v("primary_description", s.primary_description);
    v("service_date", s.service_date);
    v("diagnosis_codes", s.diagnosis_codes);
    v("recurrence", s.recurrence);
    v("period_start", s.period_start);
    v("period_end", s.period_end);
    v("separately_scheduled_items", s.separately_scheduled_items);
    v("provider", s.provider);
    v("deliver_time", s.deliver_time);
    v("method", s.method);
    v("supersedes", s.supersedes);
    v("exceeded", s.exceeded);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct GoodFaithLineRow {
  using Value = EstimateLine;
  static constexpr const char* kTable = "good_faith_lines";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("visit_type", s.visit_type);
    v("description", s.description);
    v("service_code", s.service_code);
    v("quantity", s.quantity);
    v("unit_price", s.unit_price);
    v("discount", s.discount);
  }
};

std::vector<FlatScenario> Flatten(const std::vector<PaymentScenario>& scenarios) {
  std::vector<FlatScenario> flat;
  for (const PaymentScenario& scenario : scenarios) {
    flat.push_back({scenario.kind, scenario.due_before_booking});
    for (const PlannedInstallment& installment : scenario.installments) {
      flat.back().sessions.push_back(installment.session_number);
      flat.back().amounts.push_back(installment.amount);
    }
  }
  return flat;
}

std::vector<PaymentScenario> Unflatten(const std::vector<FlatScenario>& flat) {
  std::vector<PaymentScenario> scenarios;
  for (const FlatScenario& scenario : flat) {
    scenarios.push_back({scenario.kind, scenario.due_before_booking});
    for (size_t i = 0; i < scenario.sessions.size(); ++i) {
      scenarios.back().installments.push_back({scenario.sessions[i], scenario.amounts[i]});
    }
  }
  return scenarios;
}

absl::Status LoadEstimates(Mapper& mapper, List<Estimate>& list) {
  RETURN_IF_ERROR(LoadChildren<EstimateLineRow>(
      mapper, list, [](Estimate & e) -> auto& { return e.lines; }));
  std::vector<std::string> ids;
  for (const Numbered<Estimate>& row : list) ids.push_back(row.value.id.str());
  ASSIGN_OR_RETURN(auto scenarios, mapper.Children<ScenarioRow>(ids));
  for (Numbered<Estimate>& row : list) row.value.scenarios = Unflatten(scenarios[row.value.id.str()]);
  return absl::OkStatus();
}

absl::Status LoadGoodFaith(Mapper& mapper, List<GoodFaithEstimate>& list) {
  return LoadChildren<GoodFaithLineRow>(
      mapper, list, [](GoodFaithEstimate & g) -> auto& { return g.lines; });
}

}  // namespace

absl::Status PgTx::Insert(const BillingArrangement& arrangement) {
  const absl::Status status = mapper_.Insert<ArrangementRow>(arrangement);
  return pg::ViolatedConstraint(status) == "one_arrangement" ? errors::ArrangementExists() : status;
}

absl::Status PgTx::Update(const BillingArrangement& arrangement, int64_t read_version) {
  return mapper_.Update<ArrangementRow>(arrangement, arrangement.id.str(), read_version, "billing arrangement");
}

absl::StatusOr<BillingArrangement> PgTx::GetArrangement(const Id<struct BillingArrangementTag>& id) {
  return mapper_.Get<ArrangementRow>(id.str(), "billing arrangement");
}

absl::StatusOr<std::optional<BillingArrangement>> PgTx::FindArrangement(const PatientId& patient,
                                                                        absl::string_view program) {
  return mapper_.Find<ArrangementRow>("patient = $2 and program = $3", {patient, program});
}

absl::StatusOr<List<BillingArrangement>> PgTx::ListArrangements(const PatientId& patient, const Run& run) {
  return mapper_.SelectRun<ArrangementRow>("($2 = '' or patient = $2)", {patient}, run);
}

absl::Status PgTx::Insert(const Estimate& estimate) {
  RETURN_IF_ERROR(mapper_.Insert<EstimateRow>(estimate));
  RETURN_IF_ERROR(mapper_.InsertChildren<EstimateLineRow>(estimate.id.str(), estimate.lines));
  return mapper_.InsertChildren<ScenarioRow>(estimate.id.str(), Flatten(estimate.scenarios));
}

absl::Status PgTx::Update(const Estimate& estimate, int64_t read_version) {
  return mapper_.Update<EstimateRow>(estimate, estimate.id.str(), read_version, "estimate");
}

absl::StatusOr<Estimate> PgTx::GetEstimate(const EstimateId& id) {
  ASSIGN_OR_RETURN(List<Estimate> found, mapper_.Select<EstimateRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadEstimates(mapper_, found));
  if (found.empty()) return ResourceNotFound("estimate");
  return std::move(found[0].value);
}

absl::StatusOr<std::optional<Estimate>> PgTx::AcceptedEstimate(const PatientId& patient, absl::string_view program) {
  ASSIGN_OR_RETURN(List<Estimate> found,
                   mapper_.Select<EstimateRow>("patient = $2 and program = $3 and state = $4",
                                               {patient, program, static_cast<int>(Estimate::State::kAccepted)}));
  RETURN_IF_ERROR(LoadEstimates(mapper_, found));
  return First(std::move(found));
}

absl::StatusOr<List<Estimate>> PgTx::ListEstimates(const PatientId& patient, absl::string_view program,
                                                   const Run& run) {
  ASSIGN_OR_RETURN(List<Estimate> found,
                   mapper_.SelectRun<EstimateRow>("($2 = '' or patient = $2) and ($3 = '' or program = $3)",
                                                  {patient, program}, run));
  RETURN_IF_ERROR(LoadEstimates(mapper_, found));
  return found;
}

absl::Status PgTx::Insert(const GoodFaithEstimate& estimate) {
  RETURN_IF_ERROR(mapper_.Insert<GoodFaithRow>(estimate));
  return mapper_.InsertChildren<GoodFaithLineRow>(estimate.id.str(), estimate.lines);
}

absl::Status PgTx::Update(const GoodFaithEstimate& estimate, int64_t read_version) {
  return mapper_.Update<GoodFaithRow>(estimate, estimate.id.str(), read_version, "good faith estimate");
}

absl::StatusOr<GoodFaithEstimate> PgTx::GetGoodFaith(const Id<struct GoodFaithEstimateTag>& id) {
  ASSIGN_OR_RETURN(List<GoodFaithEstimate> found, mapper_.Select<GoodFaithRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadGoodFaith(mapper_, found));
  if (found.empty()) return ResourceNotFound("good faith estimate");
  return std::move(found[0].value);
}

absl::StatusOr<std::vector<GoodFaithEstimate>> PgTx::StandingGoodFaith(const PatientId& patient,
                                                                       absl::string_view program) {
  ASSIGN_OR_RETURN(
      List<GoodFaithEstimate> found,
      mapper_.Select<GoodFaithRow>("patient = $2 and program = $3 and state <> $4 order by seq desc",
                                   {patient, program, static_cast<int>(GoodFaithEstimate::State::kSuperseded)}));
  RETURN_IF_ERROR(LoadGoodFaith(mapper_, found));
  return Values(std::move(found));
}

absl::StatusOr<List<GoodFaithEstimate>> PgTx::ListGoodFaith(const PatientId& patient, int state, const Run& run) {
  ASSIGN_OR_RETURN(List<GoodFaithEstimate> found,
                   mapper_.SelectRun<GoodFaithRow>("($2 = '' or patient = $2) and ($3::integer = 0 or state = $3)",
                                                   {patient, state}, run));
  RETURN_IF_ERROR(LoadGoodFaith(mapper_, found));
  return found;
}

}  // namespace kat::billing
