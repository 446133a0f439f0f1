#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/content_hash.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/request_converters.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Documents.
namespace kat::intake {
namespace {

class DocumentHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("CreateDocument", this, &DocumentHandlers::Create);
    service.Unary("GetDocument", this, &DocumentHandlers::Get);
    service.Unary("GetDocumentContent", this, &DocumentHandlers::GetContent);
    service.Unary("ListDocuments", this, &DocumentHandlers::List);
    service.Unary("RetractDocument", this, &DocumentHandlers::Retract);
  }

 private:
  absl::StatusOr<v1::Document> Create(rpc::Call& call, const v1::CreateDocumentRequest& request) {
    const v1::Document& in = request.document();
    Document draft{.type = in.type(),
                   .loinc_code = in.loinc_code(),
                   .title = in.title(),
                   .media_type = in.media_type(),
                   .author = in.author(),
                   .external_reference = in.external_reference(),
                   .size_bytes = static_cast<int64_t>(request.content().size()),
                   .sha256 = Sha256Hex(request.content()),
                   .recorded_by = call.identity().subject};
    if (!request.expected_sha256().empty() && request.expected_sha256() != draft.sha256) {
      return InvalidField("expected_sha256", "is not the hash of the content that arrived");
    }
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Document> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      Document document = draft;
      ASSIGN_OR_RETURN(document.document_date,
                       DayOr(in.has_document_date(), in.document_date(), "document.document_date", today));
      RETURN_IF_ERROR(ValidateDocument(document, today));
      document.id = DocumentId(NewId());
      document.patient = patient.id;
      document.create_time = tx.now();
      RETURN_IF_ERROR(tx.documents().Insert(document));
      RETURN_IF_ERROR(tx.contents().Insert(document, request.content()));
      v1::Document response = ToProto(document, tx.clinic());
      RETURN_IF_ERROR(
          Announce(tx, patient.id, {.type = "document.filed", .subject = response.name(), .state = "CURRENT"}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return response;
    });
  }

  absl::StatusOr<v1::Document> Get(rpc::Call& call, const v1::GetDocumentRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Document> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.documents().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return ToProto(found, tx.clinic());
    });
  }

  absl::StatusOr<v1::DocumentContent> GetContent(rpc::Call& call, const v1::GetDocumentContentRequest& request) {
    call.Touch(request.name());
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::DocumentContent> {
      const PatientId patient = PatientIn(request.name());
      ASSIGN_OR_RETURN(const Document document, tx.documents().Get(patient, rpc::LastSegment(request.name())));
      ASSIGN_OR_RETURN(std::string bytes, tx.contents().Get(patient, document.id));
      v1::DocumentContent content;
      content.set_name(request.name());
      content.set_media_type(document.media_type);
      content.set_content(std::move(bytes));
      content.set_sha256(document.sha256);
      return content;
    });
  }

  absl::StatusOr<v1::ListDocumentsResponse> List(rpc::Call& call, const v1::ListDocumentsRequest& request) {
    RecordQuery query{.patient = PatientIn(request.parent()), .key = request.type()};
    if (!request.include_retracted()) query.state = static_cast<int>(DocumentState::kCurrent);
    return ServePage<v1::ListDocumentsResponse>(
        call, request, query, [](Tx& tx, const RecordQuery& q) { return tx.documents().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_documents() = ToProto(row, tx.clinic()); });
  }

  absl::StatusOr<v1::Document> Retract(rpc::Call& call, const v1::RetractDocumentRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Document> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.name())));
      ASSIGN_OR_RETURN(Document document, tx.documents().Get(patient.id, rpc::LastSegment(request.name())));
      RETURN_IF_ERROR(RetractDocument(document, request.reason()));
      RETURN_IF_ERROR(tx.documents().Update(document));
      RETURN_IF_ERROR(Announce(
          tx, patient.id,
          {.type = "document.retracted", .subject = request.name(), .version = 2, .state = "ENTERED_IN_ERROR"}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(document, tx.clinic());
    });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeDocumentHandlers(Store& store) { return std::make_unique<DocumentHandlers>(store); }

}  // namespace kat::intake
