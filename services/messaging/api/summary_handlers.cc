#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/api/work_handlers.h"
#include "services/messaging/clients/summary_reader.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

constexpr char kService[] = "kat.messaging.v1.MessagingService";

// One more than is shown tells whether there are more.
const Slice kShown{.limit = limits::kSummaryItems + 1};

// A section of messaging's own, under the caller's own access as any other's: `fetch()` gives rows, `item(row)` an
// item.
template <class Fetch, class Item>
absl::StatusOr<SummarySection> OwnSection(const rpc::Call& call, const char* method, const char* title, Fetch fetch,
                                          Item item) {
  SummarySection section{.source = "messaging", .title = title, .availability = Availability::kNotPermitted};
  if (!MayRead(call.identity(), kService, method)) return section;
  section.availability = Availability::kAvailable;
  ASSIGN_OR_RETURN(auto rows, fetch());
  section.truncated = rows.size() > static_cast<size_t>(limits::kSummaryItems);
  if (section.truncated) rows.pop_back();
  for (const auto& row : rows) section.items.push_back(item(row));
  return section;
}

// What messaging itself knows of a patient.
absl::StatusOr<std::vector<SummarySection>> OwnSections(const rpc::Call& call, Tx& tx, const PatientId& patient) {
  const ClinicId& clinic = tx.clinic();
  ASSIGN_OR_RETURN(const SummarySection work,
                   OwnSection(
                       call, "ListWorkItems", "work",
                       [&] { return tx.ListWorkItems({.patient = names::Of(clinic, patient)}, kShown); },
                       [&](const WorkItem& item) -> SummaryItem {
                         return {"WORK_ITEM", names::Of(clinic, item.id), Describe(item.owner, item.kind).title,
                                 StateName(item.state), item.due_at};
                       }));
  ASSIGN_OR_RETURN(const SummarySection threads,
                   OwnSection(
                       call, "ListCareThreads", "threads", [&] { return tx.ListThreads({.patient = patient}, kShown); },
                       [&](const CareThread& thread) -> SummaryItem {
                         return {"THREAD", names::Of(clinic, thread.id),
                                 absl::StrCat(thread.topic, ", ", thread.post_count, " posts"), StateName(thread.state),
                                 thread.created_at};
                       }));
  ASSIGN_OR_RETURN(const SummarySection documents, OwnSection(
                                                       call, "ListRoutedDocuments", "routed documents",
                                                       [&] { return tx.ListDocuments({.patient = patient}, kShown); },
                                                       [&](const RoutedDocument& document) -> SummaryItem {
                                                         return {"ROUTED_DOCUMENT", names::Of(clinic, document.id),
                                                                 document.title, StateName(document.state),
                                                                 document.due_at};
                                                       }));
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
    ASSIGN_OR_RETURN(const std::vector<SummarySection> own, OwnSections(call, tx, patient));
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
