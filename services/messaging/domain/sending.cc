#include "services/messaging/domain/sending.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/messaging/domain/gsm7.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

SendDecision No(Suppression reason) { return {.kind = SendDecision::Kind::kSuppress, .reason = reason}; }

std::string AddressOf(const Contact& contact, Channel channel) {
  return channel == Channel::kEmail ? contact.email : contact.phone;
}

// Whether the number has opted out of `category` since the consent was given. Whoever sent the STOP held the phone: it outweighs an older consent.
bool IsStopped(const std::vector<StoppedNumber>& stopped, Category category, const std::optional<absl::Time>& granted_at) {
  return std::any_of(stopped.begin(), stopped.end(), [&](const StoppedNumber& stop) {
    const bool covers = stop.category == Category::kNone || stop.category == category;
    return covers && (!granted_at || *granted_at <= stop.stopped_at);
  });
}

// Chooses the first channel that may be used; fills channel, basis, address and template, or returns the reason why
// none may.
Suppression ChooseChannel(const SendInput& input, SendDecision& decision, const MessageTemplate** chosen) {
  const PatientMessage& message = input.message;
  Suppression reason = Suppression::kNoChannel;
  for (const Channel channel : message.channels) {
    const std::string address = AddressOf(input.contact, channel);
    if (address.empty()) continue;
    const MessageTemplate* found =
        ChooseTemplate(input.templates, message.purpose, channel, message.program, message.visit_type,
                       input.contact.language, message.template_code, input.today);
    if (found == nullptr) continue;
    const ContactDecision contact = MayContact(input.preferences, channel, found->category);
    const bool stopped = channel == Channel::kSms && IsStopped(input.stopped, found->category, contact.granted_at);
    if (contact.permission == Permission::kRevoked || stopped) {
      reason = Suppression::kConsentRevoked;
      continue;
    }
    if (contact.permission == Permission::kMissing) {
      if (reason != Suppression::kConsentRevoked) reason = Suppression::kConsentMissing;
      continue;
    }
    // The exemption covers appointments, preparation and follow-up, not whatever staff may write.
    if (contact.basis == Basis::kHealthcareExemption && message.purpose == Purpose::kAdHoc) {
      if (reason != Suppression::kConsentRevoked) reason = Suppression::kConsentMissing;
      continue;
    }
    if (channel == Channel::kSms && !WithinLimits(input.policy, contact.basis, input.counts)) {
      reason = Suppression::kLimitReached;
      continue;
    }
    decision.channel = channel;
    decision.basis = contact.basis;
    decision.address = address;
    *chosen = found;
    return Suppression::kNone;
  }
  return reason;
}

}  // namespace

Suppression Stale(const PatientMessage& message, const Appointment& appointment, absl::Time now) {
  if (message.purpose == Purpose::kFollowUp) {
    return appointment.standing == Standing::kCompleted ? Suppression::kNone : Suppression::kAppointmentChanged;
  }
  if (message.appointment_start != appointment.start_at) return Suppression::kAppointmentChanged;
  if (message.purpose == Purpose::kCancellationNotice) {
    return appointment.standing == Standing::kCancelled ? Suppression::kNone : Suppression::kAppointmentChanged;
  }
  if (appointment.standing != Standing::kUpcoming || appointment.start_at <= now) return Suppression::kAppointmentOver;
  if (message.visit_type != appointment.visit_type) return Suppression::kAppointmentChanged;
  return Suppression::kNone;
}

SendDecision Decide(const SendInput& input) {
  const PatientMessage& message = input.message;
  if (input.appointment) {
    const Suppression stale = Stale(message, *input.appointment, input.now);
    if (stale != Suppression::kNone) return No(stale);
  }
  if (!input.contact.active) return No(Suppression::kPatientInactive);

  const absl::Time latest = message.latest_at.value_or(absl::InfiniteFuture());
  if (input.now > latest) return No(Suppression::kTooLate);
  if (!InWindow(input.now, input.policy.window, input.contact.zone)) {
    const std::optional<absl::Time> later =
        PlanSendTime(input.now, input.now, latest, input.policy.window, input.contact.zone);
    if (!later) return No(Suppression::kTooLate);
    return {.kind = SendDecision::Kind::kLater, .later = *later};
  }

  SendDecision decision;
  const MessageTemplate* words = nullptr;
  const Suppression none = ChooseChannel(input, decision, &words);
  if (none != Suppression::kNone) return No(none);

  TemplateValues values = input.values;
  values.first_name = input.contact.first_name;
  values.link = input.policy.link;
  if (message.appointment_start) values.start_at = message.appointment_start;
  if (input.cadence != nullptr) {
    values.food_minutes = input.cadence->fasting_food_minutes;
    values.liquids_minutes = input.cadence->fasting_liquids_minutes;
  }
  const absl::StatusOr<std::string> body = Render(*words, values);
  if (!body.ok()) return No(Suppression::kNotRenderable);
  decision.kind = SendDecision::Kind::kSend;
  decision.template_id = words->id;
  decision.body = *body;
  decision.subject_line = words->subject_line;
  return decision;
}

std::string AnswerText(Answer answer, bool everything, absl::string_view clinic_name, absl::string_view clinic_phone) {
  const std::string name = ToGsm7(clinic_name, limits::kClinicNameCharacters);
  const std::string phone = ToGsm7(FormatPhone(clinic_phone), limits::kPhoneCharacters);
  switch (answer) {
    case Answer::kStopped:
      return absl::StrCat(name, ": You are unsubscribed and will get no more texts", everything ? "" : " of this kind",
                          ". To get them again reply START. Questions: ", phone);
    case Answer::kHelp:
      return absl::StrCat(name, ": appointment messages. For help call ", phone,
                          ". Msg rates may apply. Reply STOP to end.");
    case Answer::kStarted:
      return absl::StrCat(name, ": You will get our texts again. Help: ", phone, ". Reply STOP to end.");
  }
  return "";
}

}  // namespace kat::messaging
