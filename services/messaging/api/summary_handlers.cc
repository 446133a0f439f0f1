#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/api/work_handlers.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

// What messaging itself knows of a patient.
absl::StatusOr<std::vector<SummarySection>> OwnSections(Tx& tx, const PatientId& patient) {
  const ClinicId& clinic = tx.clinic();
  SummarySection work{.source = "messaging", .title = "work", .availability = Availability::kAvailable};
  ASSIGN_OR_RETURN(const auto items, tx.ListWorkItems({.patient = names::Of(clinic, patient)}, {.limit = limits::kSummaryItems}));
  for (const WorkItem& item : items) {
    work.items.push_back({"WORK_ITEM", names::Of(clinic, item.id), Describe(item.owner, item.kind).title, StateName(item.state), item.due_at});
  }
  SummarySection threads{.source = "messaging", .title = "threads", .availability = Availability::kAvailable};
  ASSIGN_OR_RETURN(const auto open, tx.ListThreads({.patient = patient}, {.limit = limits::kSummaryItems}));
  for (const CareThread& thread : open) {
    threads.items.push_back({"THREAD", names::Of(clinic, thread.id), absl::StrCat(thread.topic, ", ", thread.post_count, " posts"),
                             StateName(thread.state), thread.created_at});
  }
  SummarySection documents{.source = "messaging", .title = "routed documents", .availability = Availability::kAvailable};
  ASSIGN_OR_RETURN(const auto routed, tx.ListDocuments({.patient = patient}, {.limit = limits::kSummaryItems}));
  for (const RoutedDocument& document : routed) {
    documents.items.push_back({"ROUTED_DOCUMENT", names::Of(clinic, document.id), document.title, StateName(document.state), document.due_at});
  }
  return std::vector<SummarySection>{work, threads, documents};
}

}  // namespace

void SummaryHandlers::Register(rpc::Service& service) {
  service.Unary("GetClinicalSummary", this, &SummaryHandlers::Get);
  service.Unary("MarkClinicalSummaryRead", this, &SummaryHandlers::MarkRead);
}

absl::StatusOr<v1::ClinicalSummary> SummaryHandlers::Get(rpc::Call& call, const v1::GetClinicalSummaryRequest& request) {
  const PatientId patient(rpc::SegmentAfter(request.name(), "patients"));
  std::vector<SummarySection> sections;
  for (SummarySource* source : peers_.summary) {
    ASSIGN_OR_RETURN(const std::vector<SummarySection> part, source->Read(call, patient));
    sections.insert(sections.end(), part.begin(), part.end());
  }
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ClinicalSummary> {
    ASSIGN_OR_RETURN(const std::vector<SummarySection> own, OwnSections(tx, patient));
    std::vector<SummarySection> all = sections;
    all.insert(all.end(), own.begin(), own.end());
    ASSIGN_OR_RETURN(SummaryReading reading, tx.LockReading(patient, call.identity().subject));
    if (Show(reading, all)) RETURN_IF_ERROR(tx.PutReading(reading));
    v1::ClinicalSummary summary;
    summary.set_name(request.name());
    summary.set_version(reading.shown_version);
    for (const SummarySection& section : all) *summary.add_sections() = ToProto(section);
    for (const SummaryChange& change : Changes(all, reading.read)) *summary.add_changes() = ToProto(change);
    summary.set_read_version(reading.read_version);
    if (reading.read_at) *summary.mutable_read_time() = rpc::ToProto(*reading.read_at);
    *summary.mutable_assemble_time() = rpc::ToProto(tx.now());
    return summary;
  });
}

absl::StatusOr<v1::MarkClinicalSummaryReadResponse> SummaryHandlers::MarkRead(rpc::Call& call,
                                                                              const v1::MarkClinicalSummaryReadRequest& request) {
  const PatientId patient(rpc::SegmentAfter(request.name(), "patients"));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MarkClinicalSummaryReadResponse> {
    ASSIGN_OR_RETURN(SummaryReading reading, tx.LockReading(patient, call.identity().subject));
    RETURN_IF_ERROR(messaging::MarkRead(reading, request.version(), tx.now()));
    RETURN_IF_ERROR(tx.PutReading(reading));
    v1::MarkClinicalSummaryReadResponse response;
    response.set_read_version(reading.read_version);
    *response.mutable_read_time() = rpc::ToProto(*reading.read_at);
    return response;
  });
}

}  // namespace kat::messaging
