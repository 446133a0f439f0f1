#ifndef KAT_SERVICES_BILLING_DOMAIN_CLEARANCE_H_
#define KAT_SERVICES_BILLING_DOMAIN_CLEARANCE_H_

#include <optional>
#include <string>
#include <vector>

#include "services/billing/domain/cancellation.h"
#include "services/billing/domain/estimate.h"
#include "services/billing/domain/financing.h"
#include "services/billing/domain/good_faith.h"
#include "services/billing/domain/payment.h"
#include "services/billing/domain/plan.h"

namespace kat::billing {

struct Condition {
  enum class State { kMet = 1, kUnmet = 2, kWarning = 3 };  // numbers of kat.common.v1.Condition.State

  std::string code;
  State state = State::kMet;
  std::string subject;  // resource without the clinic: `estimates/…`; the patient's where empty
  std::string description;
  std::optional<absl::Time> expire_time;
};

// All that clearance is judged by.
struct ClearanceFacts {
  std::optional<PriceList> prices;
  std::optional<BillingArrangement> arrangement;
  std::optional<Estimate> estimate;  // accepted, of the program
  std::optional<DepositPolicy> deposit;
  std::optional<CancellationPolicy> cancellation;
  std::optional<PaymentPlan> plan;  // of the estimate
  std::vector<FinancingApplication> financing;
  std::vector<Payment> payments;  // of the program
  std::vector<GoodFaithEstimate> good_faith_due;
  std::vector<Visit> visits;          // of the patient, late ones among them
  Minor charged_before_estimate = 0;  // charges of the program older than the estimate's acceptance
  Minor reserved_before_estimate =
      0;  // kept by bookings of other courses made before that, whose charges may be among those
  Minor reserved_since_estimate = 0;  // kept by bookings of other courses made since
  absl::CivilDay today;
  absl::TimeZone zone;
};

BillingMode ModeOf(const std::optional<BillingArrangement>& arrangement, const std::optional<PriceList>& prices);

struct Clearance {
  BillingMode mode = BillingMode::kUnspecified;
  std::vector<Condition> conditions;
  Minor deposit = 0;  // deposit that a reservation keeps

  bool cleared() const;
};

// Judges every condition, met ones too.
Clearance Judge(const ClearanceFacts& facts);

struct FinancialReservation {
  enum class State { kUnspecified = 0, kReserved = 1, kConfirmed = 2, kReleased = 3, kExpired = 4 };
  enum class Event { kConfirm = 0, kRelease = 1, kExpire = 2 };

  Id<struct ReservationTag> id;
  PatientId patient;
  CourseId course;
  std::string program;
  State state = State::kReserved;
  Minor amount = 0;
  std::vector<Condition> conditions;
  absl::Time expire_time;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
};

// The state that follows, or nullopt where `event` changes nothing. A booking that stands confirms even what expired.
// Total.
std::optional<FinancialReservation::State> Next(FinancialReservation::State state, FinancialReservation::Event event);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_CLEARANCE_H_
