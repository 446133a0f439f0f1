#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/converters.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

static_assert(static_cast<int>(ThreadState::kClosed) == v1::CareThread::CLOSED);
static_assert(static_cast<int>(DocumentState::kAcknowledged) == v1::RoutedDocument::ACKNOWLEDGED);
static_assert(static_cast<int>(UpdateKind::kOther) == v1::ProviderUpdate::OTHER);
static_assert(static_cast<int>(UpdateState::kCancelled) == v1::ProviderUpdate::CANCELLED);
static_assert(static_cast<int>(CallState::kCancelled) == v1::CoordinationCall::CANCELLED);
static_assert(static_cast<int>(WorkState::kResolved) == v1::WorkItem::RESOLVED);
static_assert(static_cast<int>(Urgency::kUrgent) == common::v1::WorkSignal::URGENT);
static_assert(static_cast<int>(Availability::kUnavailable) == v1::SummarySection::UNAVAILABLE);
static_assert(static_cast<int>(ChangeKind::kRemoved) == v1::SummaryChange::REMOVED);
static_assert(kClinicAdminRole == common::v1::ROLE_CLINIC_ADMIN && kAssistantRole == common::v1::ROLE_ASSISTANT);
static_assert(kPsychiatristRole == common::v1::ROLE_PSYCHIATRIST && kNurseRole == common::v1::ROLE_NURSE);

template <class To, class From>
To Same(From number) {
  return static_cast<To>(static_cast<int>(number));
}

v1::SummaryItem ToProto(const SummaryItem& item) {
  v1::SummaryItem proto;
  proto.set_kind(item.kind);
  proto.set_resource(item.resource);
  proto.set_text(item.text);
  proto.set_state(item.state);
  if (item.time) *proto.mutable_time() = rpc::ToProto(*item.time);
  return proto;
}

template <class Resource, class Proto>
void SetHistory(const Resource& resource, Proto& proto) {
  proto.set_etag(rpc::Etag(resource.revision));
  *proto.mutable_create_time() = rpc::ToProto(resource.created_at);
  *proto.mutable_update_time() = rpc::ToProto(resource.updated_at);
}

}  // namespace

RoutedDocument FromProto(const v1::RoutedDocument& proto) {
  RoutedDocument d;
  d.patient = PatientId(rpc::LastSegment(proto.patient()));
  d.document = proto.document();
  d.title = proto.title();
  d.recipient = proto.recipient();
  d.due_at = rpc::FromProto(proto.due_time());
  d.note = proto.note();
  return d;
}

ProviderUpdate FromProto(const v1::ProviderUpdate& proto) {
  ProviderUpdate u;
  u.patient = PatientId(rpc::LastSegment(proto.patient()));
  u.kind = Same<UpdateKind>(proto.kind());
  u.provider = proto.provider();
  u.address = proto.address();
  u.owner = proto.owner();
  u.due_at = rpc::FromProto(proto.due_time());
  u.note = proto.note();
  return u;
}

CoordinationCall FromProto(const v1::CoordinationCall& proto) {
  CoordinationCall c;
  c.patient = PatientId(rpc::LastSegment(proto.patient()));
  c.agenda = proto.agenda();
  c.owner = proto.owner();
  c.participants = {proto.participants().begin(), proto.participants().end()};
  c.due_at = rpc::FromProto(proto.due_time());
  return c;
}

v1::CareThread ToProto(const ClinicId& clinic, const CareThread& t) {
  v1::CareThread proto;
  proto.set_name(names::Of(clinic, t.id));
  proto.set_patient(names::Of(clinic, t.patient));
  proto.set_topic(t.topic);
  for (const std::string& participant : t.participants) proto.add_participants(participant);
  proto.set_state(Same<v1::CareThread::State>(t.state));
  proto.set_post_count(t.post_count);
  SetHistory(t, proto);
  return proto;
}

v1::ThreadPost ToProto(const ClinicId& clinic, const ThreadPost& p) {
  v1::ThreadPost proto;
  proto.set_name(absl::StrCat(names::Of(clinic, p.thread), "/posts/", p.id.str()));
  proto.set_author(p.author);
  proto.set_body(p.body);
  *proto.mutable_create_time() = rpc::ToProto(p.created_at);
  return proto;
}

v1::RoutedDocument ToProto(const ClinicId& clinic, const RoutedDocument& d) {
  v1::RoutedDocument proto;
  proto.set_name(names::Of(clinic, d.id));
  proto.set_patient(names::Of(clinic, d.patient));
  proto.set_document(d.document);
  proto.set_title(d.title);
  proto.set_recipient(d.recipient);
  *proto.mutable_due_time() = rpc::ToProto(d.due_at);
  proto.set_note(d.note);
  proto.set_state(Same<v1::RoutedDocument::State>(d.state));
  for (const DocumentHop& hop : d.hops) {
    v1::RoutedDocument::Hop* out = proto.add_hops();
    out->set_from(hop.from);
    out->set_to(hop.to);
    out->set_reason(hop.reason);
    *out->mutable_route_time() = rpc::ToProto(hop.routed_at);
  }
  if (d.acknowledged_at) *proto.mutable_acknowledge_time() = rpc::ToProto(*d.acknowledged_at);
  proto.set_acknowledgement(d.acknowledgement);
  SetHistory(d, proto);
  return proto;
}

v1::ProviderUpdate ToProto(const ClinicId& clinic, const ProviderUpdate& u) {
  v1::ProviderUpdate proto;
  proto.set_name(names::Of(clinic, u.id));
  proto.set_patient(names::Of(clinic, u.patient));
  proto.set_kind(Same<v1::ProviderUpdate::Kind>(u.kind));
  proto.set_provider(u.provider);
  proto.set_address(u.address);
  proto.set_owner(u.owner);
  *proto.mutable_due_time() = rpc::ToProto(u.due_at);
  proto.set_note(u.note);
  proto.set_state(Same<v1::ProviderUpdate::State>(u.state));
  if (u.sent_at) *proto.mutable_send_time() = rpc::ToProto(*u.sent_at);
  proto.set_evidence(u.evidence);
  SetHistory(u, proto);
  return proto;
}

v1::CoordinationCall ToProto(const ClinicId& clinic, const CoordinationCall& c) {
  v1::CoordinationCall proto;
  proto.set_name(names::Of(clinic, c.id));
  proto.set_patient(names::Of(clinic, c.patient));
  proto.set_agenda(c.agenda);
  proto.set_owner(c.owner);
  for (const std::string& participant : c.participants) proto.add_participants(participant);
  *proto.mutable_due_time() = rpc::ToProto(c.due_at);
  if (c.start_at) *proto.mutable_start_time() = rpc::ToProto(*c.start_at);
  proto.set_appointment(names::Of(clinic, c.appointment));
  proto.set_state(Same<v1::CoordinationCall::State>(c.state));
  proto.set_outcome(c.outcome);
  SetHistory(c, proto);
  return proto;
}

v1::WorkItem ToProto(const ClinicId& clinic, const WorkItem& w) {
  const WorkKind kind = Describe(w.owner, w.kind);
  v1::WorkItem proto;
  proto.set_name(names::Of(clinic, w.id));
  proto.set_kind(w.kind);
  proto.set_title(kind.title);
  proto.set_explanation(kind.explanation);
  proto.set_owner(w.owner);
  proto.set_subject(w.subject);
  proto.set_patient(w.patient);
  for (const auto& [key, value] : w.related) (*proto.mutable_related())[key] = value;
  proto.set_role(Same<common::v1::Role>(w.role));
  proto.set_urgency(Same<common::v1::WorkSignal::Urgency>(w.urgency));
  if (w.due_at) *proto.mutable_due_time() = rpc::ToProto(*w.due_at);
  proto.set_state(Same<v1::WorkItem::State>(w.state));
  proto.set_assignee(w.assignee);
  if (w.snoozed_until) *proto.mutable_snooze_time() = rpc::ToProto(*w.snoozed_until);
  proto.set_snooze_reason(w.snooze_reason);
  proto.set_resolution(w.resolution);
  proto.set_resolvable(kind.by_hand);
  proto.set_etag(rpc::Etag(w.revision));
  *proto.mutable_open_time() = rpc::ToProto(w.opened_at);
  if (w.resolved_at) *proto.mutable_resolve_time() = rpc::ToProto(*w.resolved_at);
  return proto;
}

v1::SummarySection ToProto(const SummarySection& section) {
  v1::SummarySection proto;
  proto.set_source(section.source);
  proto.set_title(section.title);
  proto.set_availability(Same<v1::SummarySection::Availability>(section.availability));
  for (const SummaryItem& item : section.items) *proto.add_items() = ToProto(item);
  proto.set_truncated(section.truncated);
  return proto;
}

v1::SummaryChange ToProto(const SummaryChange& change) {
  v1::SummaryChange proto;
  proto.set_kind(Same<v1::SummaryChange::Kind>(change.kind));
  proto.set_source(change.source);
  *proto.mutable_item() = ToProto(change.item);
  return proto;
}

}  // namespace kat::messaging
