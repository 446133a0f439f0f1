#ifndef KAT_SERVICES_MESSAGING_API_CONVERTERS_H_
#define KAT_SERVICES_MESSAGING_API_CONVERTERS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "kat/messaging/v1/messaging_service.pb.h"
#include "services/messaging/domain/care.h"
#include "services/messaging/domain/contact.h"
#include "services/messaging/domain/message.h"
#include "services/messaging/domain/policy.h"
#include "services/messaging/domain/reply.h"
#include "services/messaging/domain/summary.h"
#include "services/messaging/domain/template.h"
#include "services/messaging/domain/work.h"

// Between the contract and the domain. Enums have the same numbers in both.
namespace kat::messaging {

absl::StatusOr<MessageTemplate> FromProto(const v1::MessageTemplate& proto);
absl::StatusOr<CadencePolicy> FromProto(const v1::CadencePolicy& proto);
absl::StatusOr<MessagingPolicy> FromProto(const v1::MessagingPolicy& proto);
std::vector<Channel> ChannelsFromProto(const google::protobuf::RepeatedField<int>& channels);

v1::MessageTemplate ToProto(const ClinicId& clinic, const MessageTemplate& message_template);
v1::CadencePolicy ToProto(const ClinicId& clinic, const CadencePolicy& cadence);
v1::MessagingPolicy ToProto(const ClinicId& clinic, const MessagingPolicy& policy);
v1::ContactPreferences ToProto(const ClinicId& clinic, const ContactPreferences& preferences);
v1::ContactConsentEvent ToProto(const ClinicId& clinic, const ConsentEvent& event);
v1::PatientMessage ToProto(const ClinicId& clinic, const PatientMessage& message);
v1::MessageReply ToProto(const ClinicId& clinic, const Reply& reply);

RoutedDocument FromProto(const v1::RoutedDocument& proto);
ProviderUpdate FromProto(const v1::ProviderUpdate& proto);
CoordinationCall FromProto(const v1::CoordinationCall& proto);
v1::CareThread ToProto(const ClinicId& clinic, const CareThread& thread);
v1::ThreadPost ToProto(const ClinicId& clinic, const ThreadPost& post);
v1::RoutedDocument ToProto(const ClinicId& clinic, const RoutedDocument& document);
v1::ProviderUpdate ToProto(const ClinicId& clinic, const ProviderUpdate& update);
v1::CoordinationCall ToProto(const ClinicId& clinic, const CoordinationCall& call);
v1::WorkItem ToProto(const ClinicId& clinic, const WorkItem& item);
v1::SummarySection ToProto(const SummarySection& section);
v1::SummaryChange ToProto(const SummaryChange& change);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_CONVERTERS_H_
