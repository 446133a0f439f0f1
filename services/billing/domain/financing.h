#ifndef KAT_SERVICES_BILLING_DOMAIN_FINANCING_H_
#define KAT_SERVICES_BILLING_DOMAIN_FINANCING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/billing/domain/price.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

// An application to a lender. Never a social security number, a login or an account number.
struct FinancingApplication {
  enum class State {
    kUnspecified = 0,
    kOffered = 1,
    kPrequalified = 2,
    kApplied = 3,
    kPending = 4,
    kOfferSelected = 5,
    kDocumentsPending = 6,
    kApproved = 7,
    kSaleAuthorized = 8,
    kSettled = 9,
    kFundedToPatient = 10,
    kPaidToClinic = 11,
    kDeclined = 12,
    kCancelled = 13,
    kExpired = 14,
    kRefunded = 15,
  };
  enum class Event {
    kUnspecified = 0,
    kPrequalify = 1,
    kApply = 2,
    kPend = 3,
    kSelectOffer = 4,
    kRequestDocuments = 5,
    kApprove = 6,
    kDecline = 7,
    kAuthorizeSale = 8,
    kSettle = 9,
    kFund = 10,
    kPayClinic = 11,
    kCancel = 12,
    kExpire = 13,
    kRefund = 14,  // by us, when all of the payment went back; not an event that a caller records
  };

  Id<struct FinancingTag> id;
  PatientId patient;
  std::string program;
  Tender lender = Tender::kUnspecified;
  EstimateId estimate;
  std::string lender_reference;
  State state = State::kOffered;
  Minor approved_limit = 0;
  Minor sale_amount = 0;
  int promotion_months = 0;
  Minor fee = 0;
  PaymentId payment;
  std::optional<absl::Time> apply_time;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
};

// The state that follows at `lender`, or nullopt where `event` does not follow from `state`. Total over both tables.
std::optional<FinancingApplication::State> Next(Tender lender, FinancingApplication::State state,
                                                FinancingApplication::Event event);

// What a caller may record next.
std::vector<FinancingApplication::Event> PossibleEvents(Tender lender, FinancingApplication::State state);

// The name of a state as the contract writes it.
const char* NameOf(FinancingApplication::State state);

struct FinancingFacts {
  FinancingApplication::Event event = FinancingApplication::Event::kUnspecified;
  std::optional<Minor> approved_limit;
  std::optional<Minor> sale_amount;
  int promotion_months = 0;
  std::optional<Minor> fee;
  std::string lender_reference;
};

// What a sale on `today` may cover: what is owed, and the visits ahead with their prices.
struct Chargeable {
  struct Ahead {
    absl::CivilDay date;
    Minor price = 0;
  };
  Minor owed = 0;
  Minor held = 0;  // paid already for the visits ahead
  std::vector<Ahead> visits;
};

// The largest sale that the lender allows on `today`; nullopt: no bound.
std::optional<Minor> LargestSale(const LenderPolicy& policy, const Chargeable& chargeable, absl::CivilDay today);

// Moves the application on and takes the facts in. FAILED_PRECONDITION where the event does not follow or the lender's
// terms forbid it.
absl::Status Record(FinancingApplication& application, const FinancingFacts& facts,
                    const std::optional<LenderPolicy>& policy, const Chargeable& chargeable, absl::CivilDay today,
                    absl::TimeZone zone, absl::Time now);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_FINANCING_H_
