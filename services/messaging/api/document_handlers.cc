#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/care_handlers.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/care_effects.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {

void DocumentHandlers::Register(rpc::Service& service) {
  service.Unary("RouteDocument", this, &DocumentHandlers::Route);
  service.Unary("GetRoutedDocument", this, &DocumentHandlers::Get);
  service.Unary("ListRoutedDocuments", this, &DocumentHandlers::List);
  service.Unary("AcknowledgeDocument", this, &DocumentHandlers::AcknowledgeDocument);
  service.Unary("RerouteDocument", this, &DocumentHandlers::RerouteDocument);
}

absl::Status DocumentHandlers::CheckRecipient(const rpc::Call& call, const char* field, const std::string& subject) {
  ASSIGN_OR_RETURN(const bool staff, peers_.scheduling->IsStaff(call, subject));
  return staff ? absl::OkStatus() : InvalidField(field, "No member of the clinic's staff has this login.");
}

absl::StatusOr<v1::RoutedDocument> DocumentHandlers::Route(rpc::Call& call, const v1::RouteDocumentRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<v1::RoutedDocument> before, call.Replayed<v1::RoutedDocument>(store_));
  if (before) return *before;
  const RoutedDocument draft = FromProto(request.routed_document());
  if (rpc::SegmentAfter(draft.document, "clinics") != call.clinic().str()) {
    return InvalidField("routed_document.document", "Must be a resource of this clinic.");
  }
  RETURN_IF_ERROR(CheckRecipient(call, "routed_document.recipient", draft.recipient));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::RoutedDocument> {
    ASSIGN_OR_RETURN(const RoutedDocument document, NewRoutedDocument(draft, call.identity().subject, tx.now()));
    RETURN_IF_ERROR(tx.InsertDocument(document));
    RETURN_IF_ERROR(TellDocument(tx, "document.routed", document));
    return ToProto(tx.clinic(), document);
  });
}

absl::StatusOr<v1::RoutedDocument> DocumentHandlers::Get(rpc::Call& call, const v1::GetRoutedDocumentRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::RoutedDocument> {
    ASSIGN_OR_RETURN(const RoutedDocument document, tx.GetDocument(DocumentId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), document);
  });
}

absl::StatusOr<v1::ListRoutedDocumentsResponse> DocumentHandlers::List(rpc::Call& call,
                                                                       const v1::ListRoutedDocumentsRequest& request) {
  const CareFilter<DocumentState> filter{PatientId(rpc::LastSegment(request.patient())), request.recipient(),
                                         static_cast<DocumentState>(request.state())};
  return ServeList<v1::ListRoutedDocumentsResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListDocuments(filter, slice); },
      [&](auto& response, const RoutedDocument& d) { *response.add_routed_documents() = ToProto(call.clinic(), d); },
      [](const RoutedDocument& d) { return std::vector<std::string>{TimeKey(d.due_at), d.id.str()}; });
}

absl::StatusOr<v1::RoutedDocument> DocumentHandlers::AcknowledgeDocument(rpc::Call& call,
                                                                         const v1::AcknowledgeDocumentRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::RoutedDocument> {
    ASSIGN_OR_RETURN(RoutedDocument document, tx.GetDocument(DocumentId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), document.revision, "routed document"));
    RETURN_IF_ERROR(Acknowledge(document, call.identity().subject, request.acknowledgement(), tx.now()));
    RETURN_IF_ERROR(tx.UpdateDocument(document));
    RETURN_IF_ERROR(TellDocument(tx, "document.acknowledged", document));
    return ToProto(tx.clinic(), document);
  });
}

absl::StatusOr<v1::RoutedDocument> DocumentHandlers::RerouteDocument(rpc::Call& call, const v1::RerouteDocumentRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<v1::RoutedDocument> before, call.Replayed<v1::RoutedDocument>(store_));
  if (before) return *before;
  RETURN_IF_ERROR(CheckRecipient(call, "recipient", request.recipient()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::RoutedDocument> {
    ASSIGN_OR_RETURN(RoutedDocument document, tx.GetDocument(DocumentId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), document.revision, "routed document"));
    RETURN_IF_ERROR(Reroute(document, call.identity().subject, request.recipient(), rpc::FromProto(request.due_time()),
                            request.reason(), tx.now()));
    RETURN_IF_ERROR(tx.UpdateDocument(document));
    RETURN_IF_ERROR(TellDocument(tx, "document.rerouted", document));
    return ToProto(tx.clinic(), document);
  });
}

}  // namespace kat::messaging
