#include "services/messaging/api/work_handlers.h"

#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

// Changes the item that a request names, under its etag, and publishes `type`.
template <class Request, class Change>
absl::StatusOr<v1::WorkItem> ChangeItem(rpc::Call& call, Store& store, const Request& request, const char* type, Change change) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<v1::WorkItem> {
    ASSIGN_OR_RETURN(WorkItem item, tx.GetWorkItem(WorkItemId(rpc::LastSegment(request.name())), true));
    if (!item.patient.empty()) call.Touch(item.patient);
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), item.revision, "work item"));
    const int64_t before = item.revision;
    RETURN_IF_ERROR(change(tx, item));
    if (item.revision == before) return ToProto(tx.clinic(), item);
    RETURN_IF_ERROR(tx.PutWorkItem(item));
    if (item.state == WorkState::kSnoozed) {
      RETURN_IF_ERROR(tx.Schedule({.kind = kWakeJob, .key = item.id.str(), .due_at = *item.snoozed_until, .payload = "{}"}));
    } else {
      RETURN_IF_ERROR(tx.CancelJob(kWakeJob, item.id.str()));
    }
    RETURN_IF_ERROR(tx.Publish({.type = type,
                                .subject = names::Of(tx.clinic(), item.id),
                                .subject_version = item.revision,
                                .state = StateName(item.state),
                                .related = item.related}));
    return ToProto(tx.clinic(), item);
  });
}

// A call that was made is a message that arrived.
absl::Status SettleCall(Tx& tx, const WorkItem& item) {
  if (item.kind != kCallPatient) return absl::OkStatus();
  ASSIGN_OR_RETURN(PatientMessage message, tx.GetMessage(MessageId(rpc::LastSegment(item.subject)), true));
  return message.state == MessageState::kSent ? KeepDelivered(tx, message) : absl::OkStatus();
}

}  // namespace

void WorkHandlers::Register(rpc::Service& service) {
  service.Unary("ListWorkItems", this, &WorkHandlers::List);
  service.Unary("GetWorkItem", this, &WorkHandlers::Get);
  service.Unary("ClaimWorkItem", this, &WorkHandlers::ClaimItem);
  service.Unary("ReleaseWorkItem", this, &WorkHandlers::ReleaseItem);
  service.Unary("SnoozeWorkItem", this, &WorkHandlers::SnoozeItem);
  service.Unary("ResolveWorkItem", this, &WorkHandlers::ResolveItem);
}

absl::StatusOr<v1::ListWorkItemsResponse> WorkHandlers::List(rpc::Call& call, const v1::ListWorkItemsRequest& request) {
  WorkFilter filter;
  filter.role = request.role();
  filter.patient = request.patient();
  filter.kind = request.kind();
  if (request.has_due_before()) filter.due_before = rpc::FromProto(request.due_before());
  filter.state = static_cast<WorkState>(request.state());
  filter.assignee = request.assignee();
  return ServeList<v1::ListWorkItemsResponse>(
      call, store_, request,
      [&](Tx& tx, const Slice& slice) -> absl::StatusOr<std::vector<WorkItem>> {
        RETURN_IF_ERROR(FollowParked(tx));
        return tx.ListWorkItems(filter, slice);
      },
      [&](auto& response, const WorkItem& w) { *response.add_work_items() = ToProto(call.clinic(), w); }, WorkKeys);
}

absl::StatusOr<v1::WorkItem> WorkHandlers::Get(rpc::Call& call, const v1::GetWorkItemRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::WorkItem> {
    ASSIGN_OR_RETURN(const WorkItem item, tx.GetWorkItem(WorkItemId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), item);
  });
}

absl::StatusOr<v1::WorkItem> WorkHandlers::ClaimItem(rpc::Call& call, const v1::ClaimWorkItemRequest& request) {
  return ChangeItem(call, store_, request, "work_item.claimed",
                    [&](Tx& tx, WorkItem& item) { return Claim(item, call.identity().subject, tx.now()); });
}

absl::StatusOr<v1::WorkItem> WorkHandlers::ReleaseItem(rpc::Call& call, const v1::ReleaseWorkItemRequest& request) {
  return ChangeItem(call, store_, request, "work_item.released", [](Tx& tx, WorkItem& item) { return Release(item, tx.now()); });
}

absl::StatusOr<v1::WorkItem> WorkHandlers::SnoozeItem(rpc::Call& call, const v1::SnoozeWorkItemRequest& request) {
  return ChangeItem(call, store_, request, "work_item.snoozed", [&](Tx& tx, WorkItem& item) {
    return Snooze(item, rpc::FromProto(request.snooze_time()), request.reason(), tx.now());
  });
}

absl::StatusOr<v1::WorkItem> WorkHandlers::ResolveItem(rpc::Call& call, const v1::ResolveWorkItemRequest& request) {
  return ChangeItem(call, store_, request, "work_item.resolved", [&](Tx& tx, WorkItem& item) -> absl::Status {
    RETURN_IF_ERROR(Resolve(item, request.resolution(), tx.now()));
    return SettleCall(tx, item);
  });
}

}  // namespace kat::messaging
