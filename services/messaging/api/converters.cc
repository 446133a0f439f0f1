#include "services/messaging/api/converters.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

static_assert(static_cast<int>(Purpose::kAdHoc) == v1::PURPOSE_AD_HOC);
static_assert(static_cast<int>(Channel::kVoiceTask) == v1::CHANNEL_VOICE_TASK);
static_assert(static_cast<int>(Category::kMarketing) == v1::CATEGORY_MARKETING);
static_assert(static_cast<int>(MessageState::kSuppressed) == v1::PatientMessage::SUPPRESSED);
static_assert(static_cast<int>(Suppression::kAlreadyTold) == v1::PatientMessage::ALREADY_TOLD);
static_assert(static_cast<int>(Basis::kNotRegulated) == v1::PatientMessage::NOT_REGULATED);
static_assert(static_cast<int>(ConsentState::kRevoked) == v1::ContactConsent::REVOKED);
static_assert(static_cast<int>(ConsentSource::kCarrier) == v1::ContactConsent::CARRIER);
static_assert(static_cast<int>(Meaning::kOther) == v1::MessageReply::OTHER);
static_assert(static_cast<int>(StopScope::kEverything) == v1::MessagingPolicy::EVERYTHING);

template <class To, class From>
To Same(From number) {
  return static_cast<To>(static_cast<int>(number));
}

template <class Proto>
void SetDays(const absl::CivilDay& from, const std::optional<absl::CivilDay>& until, Proto& proto) {
  *proto.mutable_effective_from() = rpc::ToProto(from);
  if (until) *proto.mutable_effective_until() = rpc::ToProto(*until);
}

}  // namespace

std::vector<Channel> ChannelsFromProto(const google::protobuf::RepeatedField<int>& channels) {
  std::vector<Channel> out;
  for (const int channel : channels) {
    if (channel != v1::CHANNEL_UNSPECIFIED) out.push_back(static_cast<Channel>(channel));
  }
  return out;
}

absl::StatusOr<MessageTemplate> FromProto(const v1::MessageTemplate& proto) {
  MessageTemplate t;
  t.purpose = Same<Purpose>(proto.purpose());
  t.channel = Same<Channel>(proto.channel());
  t.category = Same<Category>(proto.category());
  t.program = proto.program();
  t.visit_type = proto.visit_type();
  t.language = proto.language();
  t.code = proto.code();
  t.body = proto.body();
  t.subject_line = proto.subject_line();
  ASSIGN_OR_RETURN(t.effective_from, rpc::FromProto(proto.effective_from(), "message_template.effective_from"));
  return t;
}

v1::MessageTemplate ToProto(const ClinicId& clinic, const MessageTemplate& t) {
  v1::MessageTemplate proto;
  proto.set_name(names::Of(clinic, t.id));
  proto.set_purpose(Same<v1::Purpose>(t.purpose));
  proto.set_channel(Same<v1::Channel>(t.channel));
  proto.set_category(Same<v1::Category>(t.category));
  proto.set_program(t.program);
  proto.set_visit_type(t.visit_type);
  proto.set_language(t.language);
  proto.set_code(t.code);
  proto.set_body(t.body);
  proto.set_subject_line(t.subject_line);
  *proto.mutable_effective_from() = rpc::ToProto(t.effective_from);
  proto.set_version(t.version);
  proto.set_longest_characters(t.longest_characters);
  proto.set_state(t.retired ? v1::MessageTemplate::RETIRED : v1::MessageTemplate::ACTIVE);
  proto.set_etag(rpc::Etag(t.revision));
  *proto.mutable_create_time() = rpc::ToProto(t.created_at);
  *proto.mutable_update_time() = rpc::ToProto(t.updated_at);
  return proto;
}

absl::StatusOr<CadencePolicy> FromProto(const v1::CadencePolicy& proto) {
  CadencePolicy c;
  c.program = proto.program();
  c.visit_type = proto.visit_type();
  ASSIGN_OR_RETURN(c.effective_from, rpc::FromProto(proto.effective_from(), "cadence_policy.effective_from"));
  if (proto.has_effective_until()) {
    ASSIGN_OR_RETURN(c.effective_until, rpc::FromProto(proto.effective_until(), "cadence_policy.effective_until"));
  }
  for (const v1::CadencePolicy::Step& step : proto.steps()) {
    c.steps.push_back({step.step_id(), Same<Purpose>(step.purpose()), step.offset_minutes(), ChannelsFromProto(step.channels()),
                       step.asks_confirmation(), step.first_session_only()});
  }
  c.confirm_by_minutes = proto.confirm_by_minutes();
  c.driver_required = proto.driver_required();
  c.driver_by_minutes = proto.driver_by_minutes();
  c.fasting_food_minutes = proto.fasting_food_minutes();
  c.fasting_liquids_minutes = proto.fasting_liquids_minutes();
  c.least_lead_minutes = proto.least_lead_minutes();
  return c;
}

v1::CadencePolicy ToProto(const ClinicId& clinic, const CadencePolicy& c) {
  v1::CadencePolicy proto;
  proto.set_name(names::Of(clinic, c.id));
  proto.set_program(c.program);
  proto.set_visit_type(c.visit_type);
  SetDays(c.effective_from, c.effective_until, proto);
  for (const CadenceStep& step : c.steps) {
    v1::CadencePolicy::Step* out = proto.add_steps();
    out->set_step_id(step.step_id);
    out->set_purpose(Same<v1::Purpose>(step.purpose));
    out->set_offset_minutes(step.offset_minutes);
    for (const Channel channel : step.channels) out->add_channels(Same<v1::Channel>(channel));
    out->set_asks_confirmation(step.asks_confirmation);
    out->set_first_session_only(step.first_session_only);
  }
  proto.set_confirm_by_minutes(c.confirm_by_minutes);
  proto.set_driver_required(c.driver_required);
  proto.set_driver_by_minutes(c.driver_by_minutes);
  proto.set_fasting_food_minutes(c.fasting_food_minutes);
  proto.set_fasting_liquids_minutes(c.fasting_liquids_minutes);
  proto.set_least_lead_minutes(c.least_lead_minutes);
  *proto.mutable_create_time() = rpc::ToProto(c.created_at);
  return proto;
}

absl::StatusOr<MessagingPolicy> FromProto(const v1::MessagingPolicy& proto) {
  MessagingPolicy p;
  ASSIGN_OR_RETURN(p.effective_from, rpc::FromProto(proto.effective_from(), "messaging_policy.effective_from"));
  if (proto.has_effective_until()) {
    ASSIGN_OR_RETURN(p.effective_until, rpc::FromProto(proto.effective_until(), "messaging_policy.effective_until"));
  }
  ASSIGN_OR_RETURN(p.window.from_minute, rpc::MinuteFromProto(proto.send_from(), "messaging_policy.send_from"));
  ASSIGN_OR_RETURN(p.window.until_minute, rpc::MinuteFromProto(proto.send_until(), "messaging_policy.send_until"));
  p.consented_per_day = proto.consented_per_day();
  p.consented_per_week = proto.consented_per_week();
  p.exempt_per_day = proto.exempt_per_day();
  p.exempt_per_week = proto.exempt_per_week();
  p.restricted_words = {proto.restricted_words().begin(), proto.restricted_words().end()};
  p.stop_scope = Same<StopScope>(proto.stop_scope());
  p.link = proto.link();
  return p;
}

v1::MessagingPolicy ToProto(const ClinicId& clinic, const MessagingPolicy& p) {
  v1::MessagingPolicy proto;
  proto.set_name(names::Of(clinic, p.id));
  SetDays(p.effective_from, p.effective_until, proto);
  *proto.mutable_send_from() = rpc::MinuteToProto(p.window.from_minute);
  *proto.mutable_send_until() = rpc::MinuteToProto(p.window.until_minute);
  proto.set_consented_per_day(p.consented_per_day);
  proto.set_consented_per_week(p.consented_per_week);
  proto.set_exempt_per_day(p.exempt_per_day);
  proto.set_exempt_per_week(p.exempt_per_week);
  for (const std::string& word : p.restricted_words) proto.add_restricted_words(word);
  proto.set_stop_scope(Same<v1::MessagingPolicy::StopScope>(p.stop_scope));
  proto.set_link(p.link);
  *proto.mutable_create_time() = rpc::ToProto(p.created_at);
  return proto;
}

namespace {

v1::ContactConsent ToProto(const Consent& consent) {
  v1::ContactConsent proto;
  proto.set_channel(Same<v1::Channel>(consent.channel));
  proto.set_category(Same<v1::Category>(consent.category));
  proto.set_state(Same<v1::ContactConsent::State>(consent.state));
  proto.set_source(Same<v1::ContactConsent::Source>(consent.source));
  *proto.mutable_change_time() = rpc::ToProto(consent.changed_at);
  proto.set_recorded_by(consent.recorded_by);
  return proto;
}

}  // namespace

v1::ContactPreferences ToProto(const ClinicId& clinic, const ContactPreferences& preferences) {
  v1::ContactPreferences proto;
  proto.set_patient(names::Of(clinic, preferences.patient));
  for (const Consent& consent : preferences.consents) *proto.add_consents() = ToProto(consent);
  proto.set_all_revoked(preferences.all_revoked);
  return proto;
}

v1::ContactConsentEvent ToProto(const ClinicId& clinic, const ConsentEvent& event) {
  v1::ContactConsentEvent proto;
  proto.set_name(absl::StrCat(names::Of(clinic, event.patient), "/contactConsentEvents/", event.id.str()));
  *proto.mutable_consent() = ToProto(event.consent);
  proto.set_evidence(event.evidence);
  return proto;
}

v1::PatientMessage ToProto(const ClinicId& clinic, const PatientMessage& m) {
  v1::PatientMessage proto;
  proto.set_name(names::Of(clinic, m.id));
  proto.set_patient(names::Of(clinic, m.patient));
  proto.set_appointment(names::Of(clinic, m.appointment));
  proto.set_appointment_version(m.appointment_version);
  if (m.appointment_start) *proto.mutable_appointment_start_time() = rpc::ToProto(*m.appointment_start);
  proto.set_step_id(m.step_id);
  proto.set_purpose(Same<v1::Purpose>(m.purpose));
  proto.set_category(Same<v1::Category>(m.category));
  proto.set_channel(Same<v1::Channel>(m.channel != Channel::kNone || m.channels.empty() ? m.channel : m.channels.front()));
  proto.set_template_(names::Of(clinic, m.template_id));
  proto.set_asks_confirmation(m.asks_confirmation);
  proto.set_state(Same<v1::PatientMessage::State>(m.state));
  proto.set_suppression_reason(Same<v1::PatientMessage::SuppressionReason>(m.suppression));
  proto.set_basis(Same<v1::PatientMessage::Basis>(m.basis));
  *proto.mutable_plan_time() = rpc::ToProto(m.plan_at);
  if (m.sent_at) *proto.mutable_send_time() = rpc::ToProto(*m.sent_at);
  if (m.settled_at) *proto.mutable_settle_time() = rpc::ToProto(*m.settled_at);
  proto.set_carrier_message_id(m.carrier_message_id);
  proto.set_failure(m.failure);
  proto.set_attempts(m.attempts);
  proto.set_body(m.body);
  proto.set_address(m.address);
  proto.set_etag(rpc::Etag(m.revision));
  *proto.mutable_create_time() = rpc::ToProto(m.created_at);
  *proto.mutable_update_time() = rpc::ToProto(m.updated_at);
  // While it waits it may yet be told by itself.
  if (m.state == MessageState::kSuppressed) proto.set_told_by(names::Of(clinic, m.told_by));
  return proto;
}

v1::MessageReply ToProto(const ClinicId& clinic, const Reply& r) {
  v1::MessageReply proto;
  proto.set_name(names::Of(clinic, r.id));
  proto.set_from_address(r.from_address);
  proto.set_body(r.body);
  proto.set_meaning(Same<v1::MessageReply::Meaning>(r.meaning));
  proto.set_patient(names::Of(clinic, r.patient));
  proto.set_message(names::Of(clinic, r.message));
  proto.set_confirmed_appointment(names::Of(clinic, r.confirmed_appointment));
  proto.set_needs_person(r.needs_person);
  *proto.mutable_receive_time() = rpc::ToProto(r.received_at);
  proto.set_carrier_message_id(r.carrier_message_id);
  return proto;
}

}  // namespace kat::messaging
