#include "services/billing/domain/errors.h"
#include "services/billing/store/pg_tx.h"

namespace kat::billing {
namespace {

struct PriceListRow {
  using Value = PriceList;
  static constexpr const char* kTable = "price_lists";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("program", s.program);
    v("display_name", s.display_name);
    v("default_mode", s.default_mode);
    v("effective_from", s.effective.from);
    v("effective_until", s.effective.until);
    v("package_visit_type", s.package_visit_type);
    v("package_sessions", s.package_sessions);
    v("package_price", s.package_price);
    v("estimate_valid_days", s.estimate_valid_days);
    v("create_time", s.create_time);
  }
};

struct PriceLineRow {
  using Value = PriceLine;
  static constexpr const char* kTable = "price_list_lines";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("visit_type", s.visit_type);
    v("description", s.description);
    v("service_code", s.service_code);
    v("price", s.price);
  }
};

struct CancellationPolicyRow {
  using Value = CancellationPolicy;
  static constexpr const char* kTable = "cancellation_policies";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("program", s.program);
    v("effective_from", s.effective.from);
    v("effective_until", s.effective.until);
    v("notice_hours", s.notice_hours);
    v("business_hours", s.business_hours);
    v("late_cancel_fee", s.late_cancel_fee);
    v("no_show_fee", s.no_show_fee);
    v("repeat_count", s.repeat_count);
    v("repeat_window_days", s.repeat_window_days);
    v("create_time", s.create_time);
  }
};

struct DepositPolicyRow {
  using Value = DepositPolicy;
  static constexpr const char* kTable = "deposit_policies";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("program", s.program);
    v("effective_from", s.effective.from);
    v("effective_until", s.effective.until);
    v("amount", s.amount);
    v("basis_points", s.basis_points);
    v("required_before_booking", s.required_before_booking);
    v("early_stop_fee", s.early_stop_fee);
    v("unwind_package_discount", s.unwind_package_discount);
    v("create_time", s.create_time);
  }
};

struct ServiceCodeRow {
  using Value = ServiceCode;
  static constexpr const char* kTable = "service_codes";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("code", s.code);
    v("system", s.system);
    v("description", s.description);
    v("unit", s.unit);
    v("effective_from", s.effective.from);
    v("effective_until", s.effective.until);
    v("create_time", s.create_time);
  }
};

struct CodeSetRow {
  using Value = PayerCodeSet;
  static constexpr const char* kTable = "payer_code_sets";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("payer", s.payer);
    v("program", s.program);
    v("effective_from", s.effective.from);
    v("effective_until", s.effective.until);
    v("structure", s.structure);
    v("place_of_service", s.place_of_service);
    v("diagnosis_prefixes", s.diagnosis_prefixes);
    v("timely_filing_days", s.timely_filing_days);
    v("min_observation_minutes", s.min_observation_minutes);
    v("min_blood_pressures", s.min_blood_pressures);
    v("ndc_unit", s.ndc_unit);
    v("authorization_required", s.authorization_required);
    v("rems_required", s.rems_required);
    v("government", s.government);
    v("create_time", s.create_time);
  }
};

struct CodeRuleRow {
  using Value = CodeRule;
  static constexpr const char* kTable = "payer_code_rules";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("code", s.code);
    v("kind", s.kind);
    v("unit_basis", s.unit_basis);
    v("above_dose_mg", s.above_dose_mg);
    v("up_to_dose_mg", s.up_to_dose_mg);
    v("service_from", s.service_from);
    v("service_until", s.service_until);
    v("modifiers", s.modifiers);
    v("unit_charge", s.unit_charge);
    v("max_units_per_week", s.max_units_per_week);
  }
};

struct LenderPolicyRow {
  using Value = LenderPolicy;
  static constexpr const char* kTable = "lender_policies";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("lender", s.lender);
    v("effective_from", s.effective.from);
    v("effective_until", s.effective.until);
    v("max_future_service_days", s.max_future_service_days);
    v("large_sale_above", s.large_sale_above);
    v("large_sale_wait_days", s.large_sale_wait_days);
    v("create_time", s.create_time);
  }
};

struct PromotionRow {
  using Value = LenderPolicy::Promotion;
  static constexpr const char* kTable = "lender_promotions";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("months", s.months);
    v("fee_basis_points", s.fee_basis_points);
    v("minimum", s.minimum);
  }
};

struct SettingsRow {
  using Value = BillingSettings;
  static constexpr const char* kTable = "billing_settings";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("currency_code", s.currency_code);
    v("provider_name", s.provider_name);
    v("npi", s.npi);
    v("tin", s.tin);
    v("taxonomy_code", s.taxonomy_code);
    v("address", s.address);
    v("state_code", s.state_code);
    v("gfe_alert", s.gfe_alert);
    v("retry_days", s.retry_days);
    v("charge_minute", s.charge_minute);
    v("version", s.version);
    v("update_time", s.update_time);
  }
};

// In force on $n, a day that may be absent.
const char kInForce[] = "effective_from <= $3 and (effective_until is null or effective_until > $3)";

std::string Dated(absl::string_view key) {
  return absl::StrCat("($2 = '' or ", key, " = $2) and ($3::date is null or (", kInForce, "))");
}

// Ends the open-ended version of the same key, and inserts; whatever still overlaps is refused by the exclusion
// constraint.
template <class M>
absl::Status InsertDated(pg::Tx& db, Mapper& mapper, const typename M::Value& value, const std::string& clinic,
                         const std::string& key_condition, std::vector<pg::Param> key) {
  key.insert(key.begin(), {pg::Param(clinic), pg::Param(value.effective.from)});
  RETURN_IF_ERROR(db.Execute(absl::StrCat("update ", M::kTable,
                                          " set effective_until = $2 where clinic = $1 and effective_until is null and "
                                          "effective_from < $2 and ",
                                          key_condition),
                             key)
                      .status());
  const absl::Status status = mapper.Insert<M>(value);
  return status.code() == absl::StatusCode::kAlreadyExists ? errors::EffectiveDatesOverlap() : status;
}

}  // namespace

absl::Status PgTx::Insert(const PriceList& list) {
  RETURN_IF_ERROR(InsertDated<PriceListRow>(db(), mapper_, list, clinic().str(), "program = $3", {list.program}));
  return mapper_.InsertChildren<PriceLineRow>(list.id.str(), list.lines);
}

absl::StatusOr<PriceList> PgTx::GetPriceList(const PriceListId& id) {
  ASSIGN_OR_RETURN(List<PriceList> found, mapper_.Select<PriceListRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadChildren<PriceLineRow>(
      mapper_, found, [](PriceList & l) -> auto& { return l.lines; }));
  if (found.empty()) return ResourceNotFound("price list");
  return std::move(found[0].value);
}

absl::StatusOr<std::optional<PriceList>> PgTx::PriceListInForce(absl::string_view program, absl::CivilDay day) {
  ASSIGN_OR_RETURN(List<PriceList> found,
                   mapper_.Select<PriceListRow>(absl::StrCat("program = $2 and ", kInForce), {program, day}));
  RETURN_IF_ERROR(LoadChildren<PriceLineRow>(
      mapper_, found, [](PriceList & l) -> auto& { return l.lines; }));
  return First(std::move(found));
}

absl::StatusOr<List<PriceList>> PgTx::ListPriceLists(const DatedFilter& filter, const Run& run) {
  ASSIGN_OR_RETURN(List<PriceList> found,
                   mapper_.SelectRun<PriceListRow>(Dated("program"), {filter.key, filter.as_of}, run));
  RETURN_IF_ERROR(LoadChildren<PriceLineRow>(
      mapper_, found, [](PriceList & l) -> auto& { return l.lines; }));
  return found;
}

absl::Status PgTx::Insert(const CancellationPolicy& policy) {
  return InsertDated<CancellationPolicyRow>(db(), mapper_, policy, clinic().str(), "program = $3", {policy.program});
}

absl::StatusOr<std::optional<CancellationPolicy>> PgTx::CancellationPolicyInForce(absl::string_view program,
                                                                                  absl::CivilDay day) {
  return mapper_.Find<CancellationPolicyRow>(
      absl::StrCat("program in ($2, '') and ", kInForce, " order by program desc"), {program, day});
}

absl::StatusOr<List<CancellationPolicy>> PgTx::ListCancellationPolicies(const DatedFilter& filter, const Run& run) {
  return mapper_.SelectRun<CancellationPolicyRow>(Dated("program"), {filter.key, filter.as_of}, run);
}

absl::Status PgTx::Insert(const DepositPolicy& policy) {
  return InsertDated<DepositPolicyRow>(db(), mapper_, policy, clinic().str(), "program = $3", {policy.program});
}

absl::StatusOr<std::optional<DepositPolicy>> PgTx::DepositPolicyInForce(absl::string_view program, absl::CivilDay day) {
  return mapper_.Find<DepositPolicyRow>(absl::StrCat("program = $2 and ", kInForce), {program, day});
}

absl::StatusOr<List<DepositPolicy>> PgTx::ListDepositPolicies(const DatedFilter& filter, const Run& run) {
  return mapper_.SelectRun<DepositPolicyRow>(Dated("program"), {filter.key, filter.as_of}, run);
}

absl::Status PgTx::Insert(const ServiceCode& code) {
  return InsertDated<ServiceCodeRow>(db(), mapper_, code, clinic().str(), "code = $3", {code.code});
}

absl::StatusOr<std::vector<std::string>> PgTx::CodesInForce(absl::CivilDay day) {
  ASSIGN_OR_RETURN(const List<ServiceCode> found,
                   mapper_.Select<ServiceCodeRow>(absl::StrCat("$2 = '' and ", kInForce), {"", day}));
  std::vector<std::string> codes;
  for (const Numbered<ServiceCode>& row : found) codes.push_back(row.value.code);
  return codes;
}

absl::StatusOr<List<ServiceCode>> PgTx::ListServiceCodes(const DatedFilter& filter, const Run& run) {
  return mapper_.SelectRun<ServiceCodeRow>(Dated("code"), {filter.key, filter.as_of}, run);
}

absl::Status PgTx::Insert(const PayerCodeSet& set) {
  RETURN_IF_ERROR(InsertDated<CodeSetRow>(db(), mapper_, set, clinic().str(), "payer = $3 and program = $4",
                                          {set.payer, set.program}));
  return mapper_.InsertChildren<CodeRuleRow>(set.id.str(), set.rules);
}

absl::StatusOr<std::optional<PayerCodeSet>> PgTx::CodeSetInForce(const PayerId& payer, absl::string_view program,
                                                                 absl::CivilDay day) {
  ASSIGN_OR_RETURN(List<PayerCodeSet> found,
                   mapper_.Select<CodeSetRow>(absl::StrCat("payer in ($2, '') and ", kInForce,
                                                           " and program = $4 order by payer desc limit 1"),
                                              {payer, day, program}));
  RETURN_IF_ERROR(LoadChildren<CodeRuleRow>(
      mapper_, found, [](PayerCodeSet & s) -> auto& { return s.rules; }));
  return First(std::move(found));
}

absl::StatusOr<List<PayerCodeSet>> PgTx::ListPayerCodeSets(const DatedFilter& filter, const Run& run) {
  ASSIGN_OR_RETURN(List<PayerCodeSet> found,
                   mapper_.SelectRun<CodeSetRow>(Dated("payer"), {filter.key, filter.as_of}, run));
  RETURN_IF_ERROR(LoadChildren<CodeRuleRow>(
      mapper_, found, [](PayerCodeSet & s) -> auto& { return s.rules; }));
  return found;
}

absl::Status PgTx::Insert(const LenderPolicy& policy) {
  RETURN_IF_ERROR(InsertDated<LenderPolicyRow>(db(), mapper_, policy, clinic().str(), "lender = $3",
                                               {static_cast<int>(policy.lender)}));
  return mapper_.InsertChildren<PromotionRow>(policy.id.str(), policy.promotions);
}

absl::StatusOr<std::optional<LenderPolicy>> PgTx::LenderPolicyInForce(Tender lender, absl::CivilDay day) {
  ASSIGN_OR_RETURN(List<LenderPolicy> found, mapper_.Select<LenderPolicyRow>(absl::StrCat("lender = $2 and ", kInForce),
                                                                             {static_cast<int>(lender), day}));
  RETURN_IF_ERROR(LoadChildren<PromotionRow>(
      mapper_, found, [](LenderPolicy & p) -> auto& { return p.promotions; }));
  return First(std::move(found));
}

absl::StatusOr<List<LenderPolicy>> PgTx::ListLenderPolicies(const DatedFilter& filter, const Run& run) {
  ASSIGN_OR_RETURN(List<LenderPolicy> found,
                   mapper_.SelectRun<LenderPolicyRow>(Dated("lender::text"), {filter.key, filter.as_of}, run));
  RETURN_IF_ERROR(LoadChildren<PromotionRow>(
      mapper_, found, [](LenderPolicy & p) -> auto& { return p.promotions; }));
  return found;
}

absl::StatusOr<BillingSettings> PgTx::Settings() {
  ASSIGN_OR_RETURN(const auto row, db().QueryOptional("select * from billing_settings where clinic = $1", {clinic()}));
  return row ? ReadRow<SettingsRow>(*row) : BillingSettings{};
}

absl::Status PgTx::SaveSettings(const BillingSettings& settings) {
  if (settings.version == 1) {
    const absl::Status status = mapper_.Insert<SettingsRow>(settings);
    return status.code() == absl::StatusCode::kAlreadyExists ? EtagMismatch("billing settings") : status;
  }
  ASSIGN_OR_RETURN(const int64_t deleted,
                   db().Execute("delete from billing_settings where clinic = $1 and version = $2",
                                {clinic(), settings.version - 1}));
  if (deleted != 1) return EtagMismatch("billing settings");
  return mapper_.Insert<SettingsRow>(settings);
}

absl::StatusOr<bool> PgTx::CurrencyInUse() {
  ASSIGN_OR_RETURN(const pg::Row row,
                   db().QueryOne("select exists (select from price_lists where clinic = $1) or exists "
                                 "(select from ledger_transactions where clinic = $1) as used",
                                 {clinic()}));
  return row.Get<bool>("used");
}

}  // namespace kat::billing
