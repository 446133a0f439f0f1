#ifndef KAT_SERVICES_BILLING_DOMAIN_ESTIMATE_H_
#define KAT_SERVICES_BILLING_DOMAIN_ESTIMATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/billing/domain/price.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

// Who pays for a patient's program.
struct BillingArrangement {
  Id<struct BillingArrangementTag> id;
  PatientId patient;
  std::string program;
  BillingMode mode = BillingMode::kUnspecified;
  PayerId payer;
  std::string member_id;
  std::optional<absl::CivilDay> billing_consent_date;
  std::vector<std::string> diagnosis_codes;
  bool established_patient = false;
  std::string referring_npi;
  bool manufacturer_savings = false;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
};

absl::Status CheckArrangement(const BillingArrangement& arrangement, absl::CivilDay today);

struct EstimateLine {
  std::string visit_type;
  std::string description;
  std::string service_code;
  int quantity = 0;
  Minor unit_price = 0;
  Minor discount = 0;

  Minor amount() const { return unit_price * quantity; }
  Minor net() const { return amount() - discount; }
};

struct PlannedInstallment {
  int session_number = 0;
  Minor amount = 0;
};

struct PaymentScenario {
  enum class Kind { kUnspecified = 0, kPayInFull = 1, kPayPerVisit = 2, kPaymentPlan = 3, kFinanced = 4 };

  Kind kind = Kind::kUnspecified;
  Minor due_before_booking = 0;
  std::vector<PlannedInstallment> installments;
};

struct Estimate {
  enum class State { kUnspecified = 0, kOffered = 1, kAccepted = 2, kExpired = 3, kSuperseded = 4 };

  EstimateId id;
  PatientId patient;
  std::string program;
  State state = State::kOffered;
  PriceListId price_list;
  std::vector<EstimateLine> lines;
  std::vector<PaymentScenario> scenarios;
  PaymentScenario::Kind accepted_scenario = PaymentScenario::Kind::kUnspecified;
  absl::Time expire_time;
  std::optional<absl::Time> accept_time;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  Minor subtotal() const;
  Minor discount() const;
  Minor total() const { return subtotal() - discount(); }
  const PaymentScenario* Find(PaymentScenario::Kind kind) const;
  // The scenario that was accepted, or null.
  const PaymentScenario* Accepted() const { return Find(accepted_scenario); }
};

struct EstimateItem {
  std::string visit_type;
  int quantity = 0;
};

struct EstimateRequest {
  PatientId patient;
  std::string program;
  std::vector<EstimateItem> items;
  Minor discount = 0;
  std::string discount_reason;
  std::vector<int> plan_sessions;
  bool offer_financing = false;
};

// Makes an estimate from the price list and deposit policy in force. INVALID_ARGUMENT where a visit type has no price,
// a discount exceeds the sum, or a plan has too many or repeated sessions.
absl::StatusOr<Estimate> NewEstimate(const EstimateRequest& request, const PriceList& prices,
                                     const std::optional<DepositPolicy>& deposit, absl::Time now);

// Records acceptance. FAILED_PRECONDITION where it expired or is not on offer any more.
absl::Status Accept(Estimate& estimate, PaymentScenario::Kind scenario, absl::Time now);

// What the `index`-th visit (from 0) of a type costs under an accepted estimate; nullopt beyond its quantity.
std::optional<Minor> PriceOfVisit(const Estimate& estimate, absl::string_view visit_type, int index);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_ESTIMATE_H_
