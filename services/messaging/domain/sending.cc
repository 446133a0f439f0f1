#include "services/messaging/domain/sending.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/messaging/domain/area_codes.h"
#include "services/messaging/domain/disclosure.h"
#include "services/messaging/domain/gsm7.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

SendDecision No(Suppression reason) { return {.kind = SendDecision::Kind::kSuppress, .reason = reason}; }

std::string AddressOf(const Contact& contact, Channel channel) {
  return channel == Channel::kEmail ? contact.email : contact.phone;
}

// Whether the number has opted out of `category` since the consent was given. Whoever sent the STOP held the phone: it
// outweighs an older consent.
bool IsStopped(const std::vector<StoppedNumber>& stopped, Category category,
               const std::optional<absl::Time>& granted_at) {
  return std::any_of(stopped.begin(), stopped.end(), [&](const StoppedNumber& stop) {
    const bool covers = stop.category == Category::kNone || stop.category == category;
    return covers && (!granted_at || *granted_at <= stop.stopped_at);
  });
}

TemplateValues ValuesOf(const SendInput& input) {
  TemplateValues values = input.values;
  values.first_name = input.contact.first_name;
  values.link = input.policy.link;
  if (input.message.appointment_start) {
    values.start_at = input.message.appointment_start;
    values.visits = input.also;
    values.visits.push_back(*values.start_at);
    std::sort(values.visits.begin(), values.visits.end());
  }
  if (input.cadence != nullptr) {
    values.food_minutes = input.cadence->fasting_food_minutes;
    values.liquids_minutes = input.cadence->fasting_liquids_minutes;
  }
  return values;
}

// Fills `decision` for one channel, or says why the message may not go on it.
Suppression TryChannel(const SendInput& input, Channel channel, SendDecision& decision) {
  const PatientMessage& message = input.message;
  const std::string address = AddressOf(input.contact, channel);
  if (address.empty()) return Suppression::kNoChannel;
  const MessageTemplate* words =
      ChooseTemplate(input.templates, message.purpose, channel, message.program, message.visit_type,
                     input.contact.language, message.template_code, input.today);
  if (words == nullptr) return Suppression::kNoChannel;
  const ContactDecision contact = MayContact(input.preferences, channel, words->category);
  const bool stopped = channel == Channel::kSms && IsStopped(input.stopped, words->category, contact.granted_at);
  if (contact.permission == Permission::kRevoked || stopped) return Suppression::kConsentRevoked;
  // The exemption covers appointments, preparation and follow-up, not whatever staff may write.
  const bool not_exempt = contact.basis == Basis::kHealthcareExemption && message.purpose == Purpose::kAdHoc;
  if (contact.permission == Permission::kMissing || not_exempt) return Suppression::kConsentMissing;
  if (channel == Channel::kSms && !WithinLimits(input.policy, contact.basis, input.counts)) {
    return Suppression::kLimitReached;
  }
  const absl::StatusOr<std::string> body = Render(*words, ValuesOf(input), input.policy.restricted_words);
  if (!body.ok()) return Suppression::kNotRenderable;
  decision.kind = SendDecision::Kind::kSend;
  decision.channel = channel;
  decision.basis = contact.basis;
  decision.address = address;
  decision.template_id = words->id;
  decision.body = *body;
  decision.subject_line = words->subject_line;
  decision.lists_visits = ListsVisits(words->body);
  return Suppression::kNone;
}

// Tries the channels in order. Of several reasons, a patient's refusal is the one to tell, and no channel at all the
// last.
SendDecision ChooseChannel(const SendInput& input) {
  Suppression reason = Suppression::kNoChannel;
  for (const Channel channel : input.message.channels) {
    SendDecision decision;
    const Suppression why = TryChannel(input, channel, decision);
    if (why == Suppression::kNone) return decision;
    if (why != Suppression::kNoChannel && reason != Suppression::kConsentRevoked) reason = why;
  }
  return No(reason);
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

Zones SendZones(const Contact& contact, absl::TimeZone clinic_zone) {
  Zones zones = {contact.zone.value_or(clinic_zone)};
  for (const absl::TimeZone zone : ZonesOfNumber(contact.phone)) {
    if (zone != zones.front()) zones.push_back(zone);
  }
  return zones;
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
  if (!InWindow(input.now, input.policy.window, input.zones)) {
    const std::optional<absl::Time> later =
        PlanSendTime(input.now, input.now, latest, input.policy.window, input.zones);
    if (!later) return No(Suppression::kTooLate);
    return {.kind = SendDecision::Kind::kLater, .later = *later};
  }

  return ChooseChannel(input);
}

std::string AnswerText(Answer answer, bool everything, absl::string_view clinic_name, absl::string_view clinic_phone) {
  // Whoever holds the phone reads it: a name that tells of the treatment stays out.
  const bool discloses = !Disclosures(clinic_name, {}).empty();
  const std::string name = discloses ? "Your clinic" : ToGsm7(clinic_name, limits::kClinicNameCharacters);
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
