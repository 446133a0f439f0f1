#ifndef KAT_SERVICES_BILLING_DOMAIN_GOOD_FAITH_H_
#define KAT_SERVICES_BILLING_DOMAIN_GOOD_FAITH_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "libs/base/business_time.h"
#include "services/billing/domain/estimate.h"

namespace kat::billing {

// A good faith estimate for a self-pay or uninsured patient, 45 CFR 149.610.
struct GoodFaithEstimate {
  enum class State { kUnspecified = 0, kDue = 1, kDelivered = 2, kSuperseded = 3 };
  enum class Trigger { kUnspecified = 0, kRequested = 1, kScheduled = 2 };
  enum class Method { kUnspecified = 0, kPaper = 1, kElectronic = 2 };

  Id<struct GoodFaithEstimateTag> id;
  PatientId patient;
  std::string program;
  EstimateId estimate;
  State state = State::kDue;
  Trigger trigger = Trigger::kUnspecified;
  absl::Time trigger_time;
  absl::CivilDay due_date;
  std::string patient_display_name;
  std::optional<absl::CivilDay> birth_date;
  std::string primary_description;
  std::optional<absl::CivilDay> service_date;
  std::vector<std::string> diagnosis_codes;
  std::string recurrence;
  std::optional<absl::CivilDay> period_start;
  std::optional<absl::CivilDay> period_end;
  std::vector<std::string> separately_scheduled_items;
  std::vector<EstimateLine> lines;
  std::string provider;  // as printed; empty while the settings lack a part of it
  std::optional<absl::Time> deliver_time;
  Method method = Method::kUnspecified;
  Id<struct GoodFaithEstimateTag> supersedes;
  bool exceeded = false;  // the projected bill went beyond it by the clinic's margin
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  Minor total() const;
};

// Last day to give it, by 45 CFR 149.610(b)(1)(vi): 3 business days after a request; after scheduling, 1 business day
// where the service is 3 to 9 business days ahead and 3 where it is 10 or more. nullopt where it is nearer than that:
// none is required.
std::optional<absl::CivilDay> DueOnRequest(absl::CivilDay requested, const BusinessCalendar& calendar);
std::optional<absl::CivilDay> DueOnScheduling(absl::CivilDay scheduled, absl::CivilDay service,
                                              const BusinessCalendar& calendar);

// The business calendar of the rule: Monday to Friday but for the federal holidays of the years around `day`. Days on
// which the clinic alone is closed count: they give a patient no later estimate, and no visit without one.
BusinessCalendar GoodFaithCalendar(absl::CivilDay day);

// The provider block of 45 CFR 149.610(c)(1)(v): name, NPI, TIN, address and state; "" while one of them is missing.
std::string ProviderBlock(const BillingSettings& settings);

// Codes of the required elements that are missing, 45 CFR 149.610(c)(1), in a fixed order.
std::vector<std::string> MissingElements(const GoodFaithEstimate& estimate);

// INVALID_ARGUMENT where the period runs backwards or beyond 12 months.
absl::Status CheckGoodFaith(const GoodFaithEstimate& estimate);

// Records that it was given: FAILED_PRECONDITION where elements are missing or it is no longer due.
absl::Status Deliver(GoodFaithEstimate& estimate, absl::string_view name, GoodFaithEstimate::Method method,
                     absl::Time now);

// The one that replaces `previous` when visits were booked: the same contents with the dates now known.
GoodFaithEstimate Renew(const GoodFaithEstimate& previous, absl::CivilDay first_visit, absl::CivilDay last_visit,
                        absl::CivilDay due, absl::Time now);

// The disclaimers of 45 CFR 149.610(c)(1)(vii) to (x).
const std::vector<std::string>& Disclaimers();

// Whether a projected bill exceeds the estimate by more than the clinic's alert margin.
bool Exceeds(const GoodFaithEstimate& estimate, Minor projected, Minor margin);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_GOOD_FAITH_H_
