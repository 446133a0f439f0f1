#ifndef KAT_SERVICES_MESSAGING_API_CARE_HANDLERS_H_
#define KAT_SERVICES_MESSAGING_API_CARE_HANDLERS_H_

#include "kat/messaging/v1/messaging_service.pb.h"
#include "libs/rpc/service.h"
#include "services/messaging/clients/peers.h"
#include "services/messaging/store/store.h"

namespace kat::messaging {

// Serves threads.
class ThreadHandlers {
 public:
  explicit ThreadHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::CareThread> Create(rpc::Call& call, const v1::CreateCareThreadRequest& request);
  absl::StatusOr<v1::CareThread> Get(rpc::Call& call, const v1::GetCareThreadRequest& request);
  absl::StatusOr<v1::ListCareThreadsResponse> List(rpc::Call& call, const v1::ListCareThreadsRequest& request);
  absl::StatusOr<v1::CareThread> Add(rpc::Call& call, const v1::AddThreadParticipantRequest& request);
  absl::StatusOr<v1::CareThread> CloseThread(rpc::Call& call, const v1::CloseCareThreadRequest& request);
  absl::StatusOr<v1::ThreadPost> CreatePost(rpc::Call& call, const v1::CreateThreadPostRequest& request);
  absl::StatusOr<v1::ListThreadPostsResponse> ListPosts(rpc::Call& call, const v1::ListThreadPostsRequest& request);

  Store& store_;
};

// Serves routed documents. A recipient is checked against scheduling's staff: a document for nobody would wait for ever.
class DocumentHandlers {
 public:
  DocumentHandlers(Store& store, const Peers& peers) : store_(store), peers_(peers) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::RoutedDocument> Route(rpc::Call& call, const v1::RouteDocumentRequest& request);
  absl::StatusOr<v1::RoutedDocument> Get(rpc::Call& call, const v1::GetRoutedDocumentRequest& request);
  absl::StatusOr<v1::ListRoutedDocumentsResponse> List(rpc::Call& call, const v1::ListRoutedDocumentsRequest& request);
  absl::StatusOr<v1::RoutedDocument> AcknowledgeDocument(rpc::Call& call, const v1::AcknowledgeDocumentRequest& request);
  absl::StatusOr<v1::RoutedDocument> RerouteDocument(rpc::Call& call, const v1::RerouteDocumentRequest& request);
  absl::Status CheckRecipient(const rpc::Call& call, const char* field, const std::string& subject);

  Store& store_;
  const Peers& peers_;
};

// Serves provider updates.
class UpdateHandlers {
 public:
  explicit UpdateHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::ProviderUpdate> Create(rpc::Call& call, const v1::CreateProviderUpdateRequest& request);
  absl::StatusOr<v1::ProviderUpdate> Get(rpc::Call& call, const v1::GetProviderUpdateRequest& request);
  absl::StatusOr<v1::ListProviderUpdatesResponse> List(rpc::Call& call, const v1::ListProviderUpdatesRequest& request);
  absl::StatusOr<v1::ProviderUpdate> Send(rpc::Call& call, const v1::SendProviderUpdateRequest& request);
  absl::StatusOr<v1::ProviderUpdate> Acknowledge(rpc::Call& call, const v1::AcknowledgeProviderUpdateRequest& request);
  absl::StatusOr<v1::ProviderUpdate> CancelUpdate(rpc::Call& call, const v1::CancelProviderUpdateRequest& request);

  Store& store_;
};

// Serves coordination calls.
class CallHandlers {
 public:
  explicit CallHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::CoordinationCall> Create(rpc::Call& call, const v1::CreateCoordinationCallRequest& request);
  absl::StatusOr<v1::CoordinationCall> Get(rpc::Call& call, const v1::GetCoordinationCallRequest& request);
  absl::StatusOr<v1::ListCoordinationCallsResponse> List(rpc::Call& call, const v1::ListCoordinationCallsRequest& request);
  absl::StatusOr<v1::CoordinationCall> Schedule(rpc::Call& call, const v1::ScheduleCoordinationCallRequest& request);
  absl::StatusOr<v1::CoordinationCall> CompleteCall(rpc::Call& call, const v1::CompleteCoordinationCallRequest& request);
  absl::StatusOr<v1::CoordinationCall> CancelCall(rpc::Call& call, const v1::CancelCoordinationCallRequest& request);

  Store& store_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_API_CARE_HANDLERS_H_
