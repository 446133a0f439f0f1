#include "services/messaging/effects/appointment_effects.h"

#include <optional>

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/planning.h"
#include "services/messaging/domain/sending.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

// What the patient needs to hear of, from what was known to what is.
std::optional<Change> ChangeOf(const std::optional<TrackedAppointment>& before, const Appointment& now) {
  const bool was_upcoming = before && before->known.standing == Standing::kUpcoming;
  const bool was_over = before && (before->known.standing == Standing::kCancelled || before->known.standing == Standing::kNoShow);
  switch (now.standing) {
    case Standing::kUpcoming:
      if (!before || was_over) return Change::kBooked;
      return Change::kMoved;
    case Standing::kCancelled:
      return was_upcoming ? std::optional(Change::kCancelled) : std::nullopt;
    case Standing::kCompleted:
      return before && before->known.standing != Standing::kCompleted ? std::optional(Change::kCompleted) : std::nullopt;
    case Standing::kBegun:
    case Standing::kNoShow:
      return std::nullopt;
  }
  return std::nullopt;
}

absl::Status CloseWorkOf(Tx& tx, const Appointment& appointment, const char* kind) {
  return CloseOwnWork(tx, kind, "preparation.settled", names::Of(tx.clinic(), appointment.id), appointment.version,
                      RelatedTo(tx.clinic(), appointment));
}

absl::Status DropPlans(Tx& tx, const Appointment& appointment, std::vector<PatientMessage>& earlier) {
  const Suppression reason =
      appointment.standing == Standing::kUpcoming ? Suppression::kAppointmentChanged : Suppression::kAppointmentOver;
  for (PatientMessage& message : earlier) {
    if (message.state == MessageState::kPlanned && message.step_id != kAdHocStep) {
      RETURN_IF_ERROR(KeepSuppressed(tx, message, reason));
    }
  }
  RETURN_IF_ERROR(tx.CancelJob(kConfirmByJob, appointment.id.str()));
  RETURN_IF_ERROR(tx.CancelJob(kDriverByJob, appointment.id.str()));
  RETURN_IF_ERROR(CloseWorkOf(tx, appointment, kCallToConfirm));
  return CloseWorkOf(tx, appointment, kDriverNotNamed);
}

absl::Status KeepPlan(Tx& tx, const Appointment& appointment, const Plan& plan) {
  for (const PatientMessage& message : plan.messages) RETURN_IF_ERROR(AddMessage(tx, message).status());
  const auto schedule = [&](const char* kind, const std::optional<absl::Time>& at) -> absl::Status {
    if (!at) return absl::OkStatus();
    return tx.Schedule({.kind = kind, .key = appointment.id.str(), .due_at = *at, .payload = "{}"});
  };
  RETURN_IF_ERROR(schedule(kConfirmByJob, plan.confirm_by));
  return schedule(kDriverByJob, plan.driver_by);
}

// An appointment for which the clinic has said nothing: somebody must know, since its patient will be told nothing.
absl::Status TellNotConfigured(Tx& tx, const Appointment& appointment) {
  return Tell(
      tx, {.type = "messaging.not_configured",
           .subject = names::Clinic(tx.clinic()),
           .subject_version = absl::ToUnixMicros(tx.now()),
           .related = {{"appointment", names::Of(tx.clinic(), appointment.id)}},
           .work = tx::Work{.kind = kNotConfigured, .role = kClinicAdminRole, .urgency = tx::Work::Urgency::kSoon}});
}

}  // namespace

const CadencePolicy* CadenceFor(const std::vector<CadencePolicy>& cadences, const Appointment& appointment, absl::TimeZone clinic_zone) {
  return ChooseCadence(cadences, appointment.program, appointment.visit_type, DayAt(appointment.start_at, clinic_zone));
}

absl::Status FollowAppointment(Tx& tx, const Appointment& appointment, const Contact& contact) {
  ASSIGN_OR_RETURN(const std::optional<TrackedAppointment> before, tx.LockAppointment(appointment.id));
  if (before && before->known.version >= appointment.version) return absl::OkStatus();

  TrackedAppointment tracked = before.value_or(TrackedAppointment{});
  tracked.known = appointment;
  const bool same = before && SameToPatient(before->known, appointment);
  if (!same && before && before->known.start_at != appointment.start_at) {
    tracked.driver_name.clear();  // who could drive then was asked about another time
    tracked.driver_phone.clear();
  }
  RETURN_IF_ERROR(tx.PutAppointment(tracked));
  if (same) {
    if (!appointment.confirmed) return absl::OkStatus();
    RETURN_IF_ERROR(tx.CancelJob(kConfirmByJob, appointment.id.str()));
    return CloseWorkOf(tx, appointment, kCallToConfirm);
  }

  ASSIGN_OR_RETURN(std::vector<PatientMessage> earlier, tx.LockMessagesOf(appointment.id));
  RETURN_IF_ERROR(DropPlans(tx, appointment, earlier));
  const std::optional<Change> change = ChangeOf(before, appointment);
  if (!change) return absl::OkStatus();

  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const std::vector<CadencePolicy> cadences, tx.AllCadences());
  ASSIGN_OR_RETURN(const std::vector<MessagingPolicy> policies, tx.AllPolicies());
  const CadencePolicy* cadence = CadenceFor(cadences, appointment, clinic.zone);
  const MessagingPolicy* policy = ChoosePolicy(policies, DayAt(tx.now(), clinic.zone));
  if (cadence == nullptr || policy == nullptr) {
    if (appointment.standing == Standing::kUpcoming) RETURN_IF_ERROR(TellNotConfigured(tx, appointment));
    if (cadence == nullptr) return absl::OkStatus();
  }
  const Zones zones = SendZones(contact, clinic.zone);
  const Plan plan = PlanMessages({.appointment = appointment,
                                  .cadence = *cadence,
                                  .window = policy == nullptr ? SendWindow{} : policy->window,
                                  .zones = zones,
                                  .now = tx.now(),
                                  .change = *change,
                                  .earlier = earlier});
  return KeepPlan(tx, appointment, plan);
}

absl::Status KeepDriver(Tx& tx, TrackedAppointment& tracked, const std::string& name, const std::string& phone) {
  tracked.driver_name = name;
  tracked.driver_phone = phone;
  RETURN_IF_ERROR(tx.PutAppointment(tracked));
  const Appointment& appointment = tracked.known;
  RETURN_IF_ERROR(tx.CancelJob(kDriverByJob, appointment.id.str()));
  RETURN_IF_ERROR(Tell(tx, {.type = "driver.recorded",
                            .subject = names::Of(tx.clinic(), appointment.id),
                            .subject_version = appointment.version,
                            .related = RelatedTo(tx.clinic(), appointment)}));
  return CloseWorkOf(tx, appointment, kDriverNotNamed);
}

}  // namespace kat::messaging
