#include "services/messaging/domain/planning.h"

#include <algorithm>

#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

PatientMessage Draft(const PlanInput& input, const CadenceStep& step) {
  PatientMessage message;
  message.id = MessageId(NewId());
  message.patient = input.appointment.patient;
  message.appointment = input.appointment.id;
  message.appointment_version = input.appointment.version;
  message.appointment_start = input.appointment.start_at;
  message.course = input.appointment.course;
  message.visit_type = input.appointment.visit_type;
  message.program = input.appointment.program;
  message.step_id = step.step_id;
  message.purpose = step.purpose;
  message.category = CategoryOf(step.purpose);
  message.channels = step.channels;
  message.asks_confirmation = step.asks_confirmation;
  message.created_at = message.updated_at = input.now;
  return message;
}

bool ToldOfAppointment(const PlanInput& input) {
  return std::any_of(input.earlier.begin(), input.earlier.end(), [](const PatientMessage& m) { return IsTold(m); });
}

bool ToldStep(const PlanInput& input, const CadenceStep& step) {
  return std::any_of(input.earlier.begin(), input.earlier.end(), [&](const PatientMessage& m) {
    return IsTold(m) && m.step_id == step.step_id && m.appointment_start == input.appointment.start_at;
  });
}

void Place(const PlanInput& input, PatientMessage message, absl::Time target, absl::Time latest, Plan& plan) {
  message.latest_at = latest;
  const std::optional<absl::Time> at = PlanSendTime(target, input.now, latest, input.window, input.zones);
  if (at) {
    message.plan_at = *at;
  } else {
    message.plan_at = std::max(target, input.now);
    message.state = MessageState::kSuppressed;
    message.suppression = Suppression::kTooLate;
  }
  plan.messages.push_back(std::move(message));
}

void PlanNotice(const PlanInput& input, Plan& plan) {
  const bool told = ToldOfAppointment(input);
  Purpose purpose;
  if (input.change == Change::kCancelled) {
    if (!told) return;
    purpose = Purpose::kCancellationNotice;
  } else {
    purpose = input.change == Change::kMoved && told ? Purpose::kRescheduleNotice : Purpose::kBookingConfirmation;
  }
  for (const CadenceStep& step : input.cadence.steps) {
    if (step.purpose != purpose) continue;
    PatientMessage notice = Draft(input, step);
    const absl::Time target = Bundles(notice) ? input.now + limits::kBundleWindow : input.now;
    Place(input, std::move(notice), target, input.appointment.start_at, plan);
  }
}

void PlanAhead(const PlanInput& input, Plan& plan) {
  const Appointment& appointment = input.appointment;
  const absl::Time latest = appointment.start_at - absl::Minutes(input.cadence.least_lead_minutes);
  const auto target_of = [&](const CadenceStep& step) {
    return appointment.start_at - absl::Minutes(step.offset_minutes);
  };
  const bool still_asks =
      std::any_of(input.cadence.steps.begin(), input.cadence.steps.end(), [&](const CadenceStep& step) {
        return step.purpose == Purpose::kReminder && step.asks_confirmation && target_of(step) >= input.now;
      });
  const CadenceStep* last_ask = nullptr;
  for (const CadenceStep& step : input.cadence.steps) {
    const bool asks = step.purpose == Purpose::kReminder && step.asks_confirmation;
    if (asks && (last_ask == nullptr || step.offset_minutes < last_ask->offset_minutes)) last_ask = &step;
  }
  for (const CadenceStep& step : input.cadence.steps) {
    if (step.purpose != Purpose::kReminder && step.purpose != Purpose::kPreparation) continue;
    PatientMessage message = Draft(input, step);
    if (ToldStep(input, step)) {
      message.plan_at = input.now;
      message.state = MessageState::kSuppressed;
      message.suppression = Suppression::kAlreadyTold;
      plan.messages.push_back(std::move(message));
      continue;
    }
    const bool past = target_of(step) < input.now;
    const bool catches_up = step.purpose == Purpose::kPreparation || (!still_asks && &step == last_ask);
    if (past && !catches_up) continue;
    Place(input, std::move(message), target_of(step), latest, plan);
  }
}

void PlanDeadlines(const PlanInput& input, Plan& plan) {
  const Appointment& appointment = input.appointment;
  const CadencePolicy& cadence = input.cadence;
  if (cadence.confirm_by_minutes > 0 && !appointment.confirmed) {
    const absl::Time by = appointment.start_at - absl::Minutes(cadence.confirm_by_minutes);
    // Who books within the last day has just said that they come.
    if (by > input.now) plan.confirm_by = by;
  }
  if (cadence.driver_required && cadence.driver_by_minutes > 0) {
    plan.driver_by = std::max(input.now, appointment.start_at - absl::Minutes(cadence.driver_by_minutes));
  }
}

void PlanFollowUp(const PlanInput& input, Plan& plan) {
  for (const CadenceStep& step : input.cadence.steps) {
    if (step.purpose != Purpose::kFollowUp) continue;
    if (step.first_session_only && input.appointment.session_number != 1) continue;
    const absl::Time target = input.appointment.end_at + absl::Minutes(step.offset_minutes);
    Place(input, Draft(input, step), target, target + absl::Hours(24), plan);
  }
}

}  // namespace

Plan PlanMessages(const PlanInput& input) {
  Plan plan;
  const Appointment& appointment = input.appointment;
  if (input.change == Change::kCompleted) {
    PlanFollowUp(input, plan);
    return plan;
  }
  if (appointment.start_at <= input.now) return plan;
  PlanNotice(input, plan);
  if (input.change == Change::kCancelled || appointment.standing != Standing::kUpcoming) return plan;
  PlanAhead(input, plan);
  PlanDeadlines(input, plan);
  return plan;
}

bool SameToPatient(const Appointment& old, const Appointment& now) {
  return old.start_at == now.start_at && old.visit_type == now.visit_type && old.standing == Standing::kUpcoming &&
         now.standing == Standing::kUpcoming;
}

bool NeedsCall(const PatientMessage& message) {
  const bool matters = message.purpose == Purpose::kPreparation || message.purpose == Purpose::kRescheduleNotice ||
                       message.purpose == Purpose::kCancellationNotice;
  if (message.state != MessageState::kSuppressed || !matters) return false;
  switch (message.suppression) {
    case Suppression::kConsentRevoked:
    case Suppression::kConsentMissing:
    case Suppression::kNoChannel:
    case Suppression::kLimitReached:
    case Suppression::kTooLate:
    case Suppression::kNotRenderable:
      return true;
    default:
      return false;
  }
}

}  // namespace kat::messaging
