#ifndef KAT_SERVICES_BILLING_DOMAIN_CANCELLATION_H_
#define KAT_SERVICES_BILLING_DOMAIN_CANCELLATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/business_time.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

struct CancellationPolicy {
  Id<struct CancellationPolicyTag> id;
  std::string program;  // empty: every program without its own
  EffectiveDays effective;
  int notice_hours = 0;
  bool business_hours = false;
  Minor late_cancel_fee = 0;
  Minor no_show_fee = 0;
  int repeat_count = 0;
  int repeat_window_days = 0;
  absl::Time create_time;
};

struct CancellationFee {
  enum class State { kUnspecified = 0, kCharged = 1, kWaived = 2 };
  enum class Cause { kUnspecified = 0, kLateCancel = 1, kNoShow = 2 };

  Id<struct CancellationFeeTag> id;
  PatientId patient;
  AppointmentId appointment;
  Id<struct CancellationPolicyTag> policy;
  Cause cause = Cause::kUnspecified;
  State state = State::kCharged;
  Minor amount = 0;
  std::string waive_reason;
  Id<struct LedgerTransactionTag> transaction;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
};

absl::Status CheckCancellationPolicy(const CancellationPolicy& policy);

// Notice that a cancellation at `cancel` gives for a visit at `start`: the time between, or of it only what falls on
// business days of the clinic's calendar (each such day counts from midnight to midnight). Zero where `cancel` is not
// before `start`.
absl::Duration Notice(const CancellationPolicy& policy, absl::Time cancel, absl::Time start, absl::TimeZone zone,
                      const BusinessCalendar& calendar);

bool IsLate(const CancellationPolicy& policy, absl::Time cancel, absl::Time start, absl::TimeZone zone,
            const BusinessCalendar& calendar);

// Whether the visits missed or cancelled late within the policy's window before `today` reach its count.
bool MustPrepay(const CancellationPolicy& policy, const std::vector<Visit>& visits, absl::CivilDay today,
                absl::TimeZone zone);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_CANCELLATION_H_
