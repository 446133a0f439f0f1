#include "services/messaging/api/message_handlers.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/domain/errors.h"
#include "services/messaging/effects/appointment_effects.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {

void MessageHandlers::Register(rpc::Service& service) {
  service.Unary("SendMessage", this, &MessageHandlers::SendMessage);
  service.Unary("GetMessage", this, &MessageHandlers::GetMessage);
  service.Unary("ListMessages", this, &MessageHandlers::ListMessages);
  service.Unary("WithdrawMessage", this, &MessageHandlers::WithdrawMessage);
  service.Unary("GetPreparation", this, &MessageHandlers::GetPreparation);
  service.Unary("RecordDriver", this, &MessageHandlers::RecordDriver);
  service.Unary("RecordContactConsent", this, &MessageHandlers::RecordConsent);
  service.Unary("RevokeContactConsent", this, &MessageHandlers::RevokeConsent);
  service.Unary("GetContactPreferences", this, &MessageHandlers::GetPreferences);
  service.Unary("ListContactConsentEvents", this, &MessageHandlers::ListConsentEvents);
}

absl::StatusOr<v1::PatientMessage> MessageHandlers::SendMessage(rpc::Call& call, const v1::SendMessageRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<v1::PatientMessage> before, call.Replayed<v1::PatientMessage>(store_));
  if (before) return *before;
  const PatientId patient(rpc::LastSegment(request.parent()));
  const std::vector<Channel> channels = ChannelsFromProto(request.channels());
  if (channels.empty()) return InvalidField("channels", "Needs at least one.");
  std::optional<Appointment> appointment;
  if (!request.appointment().empty()) {
    ASSIGN_OR_RETURN(appointment,
                     peers_.scheduling->GetAppointment(call.clinic(), AppointmentId(rpc::LastSegment(request.appointment()))));
    if (appointment->patient != patient) return InvalidField("appointment", "Is another patient's.");
  }
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PatientMessage> {
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    RETURN_IF_ERROR(PolicyToday(tx).status());
    ASSIGN_OR_RETURN(const std::vector<MessageTemplate> templates, tx.TemplatesFor(Purpose::kAdHoc, request.template_code()));
    PatientMessage message;
    const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
    const MessageTemplate* words = nullptr;
    for (const Channel channel : channels) {
      const MessageTemplate* found =
          ChooseTemplate(templates, Purpose::kAdHoc, channel, appointment ? appointment->program : "",
                         appointment ? appointment->visit_type : "", "en", request.template_code(), today);
      if (words == nullptr) words = found;
    }
    if (words == nullptr) return errors::TemplateMissing(request.template_code());
    if (!appointment && NeedsAppointment(words->body)) return errors::AppointmentNeeded();
    message.id = MessageId(NewId());
    message.patient = patient;
    if (appointment) {
      message.appointment = appointment->id;
      message.appointment_version = appointment->version;
      message.appointment_start = appointment->start_at;
      message.course = appointment->course;
      message.program = appointment->program;
      message.visit_type = appointment->visit_type;
      message.latest_at = appointment->start_at;
    }
    message.step_id = kAdHocStep;
    message.purpose = Purpose::kAdHoc;
    message.category = words->category;
    message.channels = channels;
    message.template_code = request.template_code();
    message.plan_at = message.created_at = message.updated_at = tx.now();
    RETURN_IF_ERROR(AddMessage(tx, message).status());
    return ToProto(tx.clinic(), message);
  });
}

absl::StatusOr<v1::PatientMessage> MessageHandlers::GetMessage(rpc::Call& call, const v1::GetMessageRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PatientMessage> {
    ASSIGN_OR_RETURN(const PatientMessage message, tx.GetMessage(MessageId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), message);
  });
}

absl::StatusOr<v1::ListMessagesResponse> MessageHandlers::ListMessages(rpc::Call& call, const v1::ListMessagesRequest& request) {
  const MessageFilter filter{PatientId(rpc::LastSegment(request.patient())), AppointmentId(rpc::LastSegment(request.appointment())),
                             static_cast<MessageState>(request.state())};
  return ServeList<v1::ListMessagesResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListMessages(filter, slice); },
      [&](auto& response, const PatientMessage& m) { *response.add_messages() = ToProto(call.clinic(), m); },
      [](const PatientMessage& m) { return std::vector<std::string>{TimeKey(m.plan_at), m.id.str()}; });
}

absl::StatusOr<v1::PatientMessage> MessageHandlers::WithdrawMessage(rpc::Call& call, const v1::WithdrawMessageRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PatientMessage> {
    ASSIGN_OR_RETURN(PatientMessage message, tx.GetMessage(MessageId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), message.revision, "message"));
    if (message.state != MessageState::kPlanned) return WrongState("message", StateName(message.state), "be withdrawn");
    RETURN_IF_ERROR(KeepSuppressed(tx, message, Suppression::kWithdrawn));
    return ToProto(tx.clinic(), message);
  });
}

absl::StatusOr<v1::Preparation> MessageHandlers::PreparationOf(Tx& tx, const TrackedAppointment& tracked) {
  const Appointment& appointment = tracked.known;
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const std::vector<CadencePolicy> cadences, tx.AllCadences());
  ASSIGN_OR_RETURN(const std::vector<PatientMessage> messages, tx.LockMessagesOf(appointment.id));
  const CadencePolicy* cadence = CadenceFor(cadences, appointment, clinic.zone);
  v1::Preparation out;
  out.set_appointment(names::Of(tx.clinic(), appointment.id));
  out.set_patient(names::Of(tx.clinic(), appointment.patient));
  out.set_confirmed(appointment.confirmed);
  out.set_instructions_sent(std::any_of(messages.begin(), messages.end(), [&](const PatientMessage& m) {
    return m.purpose == Purpose::kPreparation && IsTold(m) && m.appointment_start == appointment.start_at;
  }));
  out.set_driver_required(cadence != nullptr && cadence->driver_required);
  out.set_driver_name(tracked.driver_name);
  out.set_driver_phone(tracked.driver_phone);
  out.set_planned_messages(static_cast<int>(std::count_if(
      messages.begin(), messages.end(), [](const PatientMessage& m) { return m.state == MessageState::kPlanned; })));
  out.set_appointment_version(appointment.version);
  return out;
}

absl::StatusOr<v1::Preparation> MessageHandlers::GetPreparation(rpc::Call& call, const v1::GetPreparationRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Preparation> {
    ASSIGN_OR_RETURN(const auto tracked, tx.FindAppointment(AppointmentId(rpc::LastSegment(request.name()))));
    if (!tracked) return ResourceNotFound("appointment");
    return PreparationOf(tx, *tracked);
  });
}

absl::StatusOr<v1::Preparation> MessageHandlers::RecordDriver(rpc::Call& call, const v1::RecordDriverRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Preparation> {
    ASSIGN_OR_RETURN(std::optional<TrackedAppointment> tracked, tx.LockAppointment(AppointmentId(rpc::LastSegment(request.name()))));
    if (!tracked) return ResourceNotFound("appointment");
    const Standing standing = tracked->known.standing;
    if (standing != Standing::kUpcoming && standing != Standing::kBegun) {
      return WrongState("appointment", "over", "be given a driver");
    }
    RETURN_IF_ERROR(KeepDriver(tx, *tracked, request.driver_name(), request.driver_phone()));
    return PreparationOf(tx, *tracked);
  });
}

absl::StatusOr<v1::ContactPreferences> MessageHandlers::RecordConsent(rpc::Call& call,
                                                                      const v1::RecordContactConsentRequest& request) {
  RETURN_IF_ERROR(CheckGrant(static_cast<Category>(request.category()), static_cast<ConsentSource>(request.source())));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ContactPreferences> {
    const Consent said{static_cast<Channel>(request.channel()),      static_cast<Category>(request.category()), ConsentState::kGranted,
                       static_cast<ConsentSource>(request.source()), tx.now(),                                  call.identity().subject};
    ASSIGN_OR_RETURN(const ContactPreferences preferences,
                     KeepConsent(tx, PatientId(rpc::LastSegment(request.parent())), said, request.evidence()));
    return ToProto(tx.clinic(), preferences);
  });
}

absl::StatusOr<v1::ContactPreferences> MessageHandlers::RevokeConsent(rpc::Call& call,
                                                                      const v1::RevokeContactConsentRequest& request) {
  if ((request.channel() == v1::CHANNEL_UNSPECIFIED) != (request.category() == v1::CATEGORY_UNSPECIFIED)) {
    return InvalidField("category", "Give both channel and category, or neither to revoke everything.");
  }
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ContactPreferences> {
    const Consent said{static_cast<Channel>(request.channel()),      static_cast<Category>(request.category()), ConsentState::kRevoked,
                       static_cast<ConsentSource>(request.source()), tx.now(),                                  call.identity().subject};
    ASSIGN_OR_RETURN(const ContactPreferences preferences,
                     KeepConsent(tx, PatientId(rpc::LastSegment(request.parent())), said, request.evidence()));
    return ToProto(tx.clinic(), preferences);
  });
}

absl::StatusOr<v1::ContactPreferences> MessageHandlers::GetPreferences(rpc::Call& call,
                                                                       const v1::GetContactPreferencesRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ContactPreferences> {
    ASSIGN_OR_RETURN(const ContactPreferences preferences, tx.GetPreferences(PatientId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), preferences);
  });
}

absl::StatusOr<v1::ListContactConsentEventsResponse> MessageHandlers::ListConsentEvents(
    rpc::Call& call, const v1::ListContactConsentEventsRequest& request) {
  const PatientId patient(rpc::LastSegment(request.parent()));
  return ServeList<v1::ListContactConsentEventsResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListConsentEvents(patient, slice); },
      [&](auto& response, const ConsentEvent& e) { *response.add_contact_consent_events() = ToProto(call.clinic(), e); },
      [](const ConsentEvent& e) { return std::vector<std::string>{TimeKey(e.consent.changed_at), e.id.str()}; });
}

}  // namespace kat::messaging
