#ifndef KAT_SERVICES_BILLING_DOMAIN_PLAN_H_
#define KAT_SERVICES_BILLING_DOMAIN_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/billing/domain/estimate.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

struct Installment {
  enum class State {
    kUnspecified = 0,
    kUnscheduled = 1,
    kScheduled = 2,
    kRetrying = 3,
    kFailed = 4,
    kPaid = 5,
    kPaused = 6,
    kCancelled = 7,
  };
  // What happens to an installment.
  enum class Event {
    kBind = 0,
    kUnbind = 1,
    kPause = 2,
    kCharge = 3,
    kDecline = 4,
    kGiveUp = 5,
    kRetryNow = 6,
    kEnd = 7
  };

  int session_number = 0;
  Minor amount = 0;
  State state = State::kUnscheduled;
  std::optional<absl::Time> due_time;
  AppointmentId appointment;
  int attempts = 0;
  std::string last_decline_code;
  PaymentId payment;  // that paid it, or that charges it now
};

// The state that follows, or nullopt where `event` does not touch an installment in `state`. Total.
std::optional<Installment::State> Next(Installment::State state, Installment::Event event);

// A promise to pay in installments that fall due with sessions.
struct PaymentPlan {
  enum class State { kUnspecified = 0, kActive = 1, kCompleted = 2, kCancelled = 3 };

  PlanId id;
  PatientId patient;
  EstimateId estimate;
  CardId card;
  std::vector<Installment> installments;
  std::string program;
  CourseId course;
  State state = State::kActive;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  Installment* Find(int session_number);
  bool HasFailed() const;
};

// Checks a new plan against its accepted estimate and 12 CFR 1026.2(a)(17): four installments at most, no finance
// charge, sessions without repeats, and a sum that leaves nothing of the estimate open.
absl::Status CheckNewPlan(const PaymentPlan& plan, Minor finance_charge, const Estimate& estimate);

// Binds the installment of the visit's session to its day, `charge_minute` in the clinic's zone (now, where that is
// past). True where something changed.
bool BindVisit(PaymentPlan& plan, const Visit& visit, int charge_minute, absl::TimeZone zone, absl::Time now);

// The visit was called off: by the clinic, its installment pauses; by the patient, it waits for a new date. True where
// something changed.
bool UnbindVisit(PaymentPlan& plan, const Visit& visit);

// A charge of the installment went through.
void RecordPaid(PaymentPlan& plan, Installment& installment, const PaymentId& payment, absl::Time now);

// A charge was refused: due again after the next step of the clinic's ladder, or failed where there is none.
void RecordDecline(PaymentPlan& plan, Installment& installment, absl::string_view code,
                   const std::vector<int>& retry_days, absl::Time now);

// Ends the plan; what is not paid is not charged.
absl::Status EndPlan(PaymentPlan& plan, absl::Time now);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_PLAN_H_
