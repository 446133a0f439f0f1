#ifndef KAT_SERVICES_MESSAGING_API_WORK_HANDLERS_H_
#define KAT_SERVICES_MESSAGING_API_WORK_HANDLERS_H_

#include "kat/messaging/v1/messaging_service.pb.h"
#include "libs/rpc/service.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Serves the work queue.
class WorkHandlers {
 public:
  explicit WorkHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::ListWorkItemsResponse> List(rpc::Call& call, const v1::ListWorkItemsRequest& request);
  absl::StatusOr<v1::WorkItem> Get(rpc::Call& call, const v1::GetWorkItemRequest& request);
  absl::StatusOr<v1::WorkItem> ClaimItem(rpc::Call& call, const v1::ClaimWorkItemRequest& request);
  absl::StatusOr<v1::WorkItem> ReleaseItem(rpc::Call& call, const v1::ReleaseWorkItemRequest& request);
  absl::StatusOr<v1::WorkItem> SnoozeItem(rpc::Call& call, const v1::SnoozeWorkItemRequest& request);
  absl::StatusOr<v1::WorkItem> ResolveItem(rpc::Call& call, const v1::ResolveWorkItemRequest& request);

  Store& store_;
};

// Serves clinical summaries: each service's part read as the caller.
class SummaryHandlers {
 public:
  SummaryHandlers(Store& store, const Peers& peers) : store_(store), peers_(peers) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::ClinicalSummary> Get(rpc::Call& call, const v1::GetClinicalSummaryRequest& request);
  absl::StatusOr<v1::MarkClinicalSummaryReadResponse> MarkRead(rpc::Call& call, const v1::MarkClinicalSummaryReadRequest& request);

  Store& store_;
  const Peers& peers_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_WORK_HANDLERS_H_
