#ifndef KAT_SERVICES_BILLING_DOMAIN_TYPES_H_
#define KAT_SERVICES_BILLING_DOMAIN_TYPES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/id.h"

namespace kat::billing {

using CourseId = Id<struct CourseTag>;
using AppointmentId = Id<struct AppointmentTag>;
using PayerId = Id<struct PayerTag>;
using PriceListId = Id<struct PriceListTag>;
using EstimateId = Id<struct EstimateTag>;
using CardId = Id<struct CardTag>;
using PaymentId = Id<struct PaymentTag>;
using PlanId = Id<struct PlanTag>;

// Money in the minor unit of the clinic's one currency.
using Minor = int64_t;

// Numbers of the proto enums of kat.billing.v1, here and in every enum of this folder.
enum class BillingMode { kUnspecified = 0, kSelfPay = 1, kInsured = 2 };
enum class Tender {
  kUnspecified = 0,
  kCard = 1,
  kAch = 2,
  kCash = 3,
  kCheck = 4,
  kCareCredit = 5,
  kProsperLoan = 6,
};

// Money that a lender put up goes back to the lender before any other.
inline bool IsLender(Tender tender) { return tender == Tender::kCareCredit || tender == Tender::kProsperLoan; }

// Days on which a version of dated data is in force: from the first until before `until`.
struct EffectiveDays {
  absl::CivilDay from;
  std::optional<absl::CivilDay> until;

  bool Covers(absl::CivilDay day) const { return day >= from && (!until || day < *until); }
};

struct VisitRef {
  std::string visit_id;
  int session_number = 0;
  std::string visit_type;
  absl::CivilDay date;
};

// A booked visit as scheduling told of it.
struct Visit {
  enum class State { kBooked = 1, kCompleted = 2, kCancelled = 3, kNoShow = 4 };

  AppointmentId id;
  PatientId patient;
  CourseId course;
  std::string program;
  std::string visit_id;
  std::string visit_type;
  int session_number = 0;
  absl::Time start_time;
  absl::Time book_time;
  State state = State::kBooked;
  bool cancelled_by_clinic = false;
  bool late = false;  // cancelled late or missed, as the policy counts
  int64_t version = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_TYPES_H_
