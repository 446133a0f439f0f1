#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/request_converters.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Records requests.
namespace kat::intake {
namespace {

using Proto = v1::RecordsRequest;

class RecordsHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("CreateRecordsRequest", this, &RecordsHandlers::Create);
    service.Unary("GetRecordsRequest", this, &RecordsHandlers::Get);
    service.Unary("ListRecordsRequests", this, &RecordsHandlers::List);
    service.Unary("UpdateRecordsRequest", this, &RecordsHandlers::Update);
    service.Unary("RequestRecordsSignature", this, &RecordsHandlers::AskSignature);
    service.Unary("SignRecordsRelease", this, &RecordsHandlers::Sign);
    service.Unary("SendRecordsRequest", this, &RecordsHandlers::Send);
    service.Unary("AcknowledgeRecordsRequest", this, &RecordsHandlers::Acknowledge);
    service.Unary("ReceiveRecords", this, &RecordsHandlers::Receive);
    service.Unary("ReviewRecords", this, &RecordsHandlers::Review);
    service.Unary("RejectRecordsRequest", this, &RecordsHandlers::Reject);
    service.Unary("CloseUnansweredRecordsRequest", this, &RecordsHandlers::GiveUp);
    service.Unary("RevokeRecordsRelease", this, &RecordsHandlers::Revoke);
  }

 private:
  absl::StatusOr<Proto> Create(rpc::Call& call, const v1::CreateRecordsRequestRequest& request) {
    ASSIGN_OR_RETURN(const RecordsRequest draft, FromProto(request.records_request()));
    RETURN_IF_ERROR(ValidateDraft(draft));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<Proto> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      RecordsRequest drafted = draft;
      drafted.id = RecordsRequestId(NewId());
      drafted.patient = patient.id;
      drafted.create_time = tx.now();
      drafted.update_time = tx.now();
      RETURN_IF_ERROR(tx.records_requests().Insert(drafted));
      RETURN_IF_ERROR(AnnounceRecords(tx, drafted));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(drafted, tx.clinic(), today);
    });
  }

  absl::StatusOr<Proto> Get(rpc::Call& call, const v1::GetRecordsRequestRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<Proto> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.records_requests().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      return ToProto(found, tx.clinic(), today);
    });
  }

  absl::StatusOr<v1::ListRecordsRequestsResponse> List(rpc::Call& call, const v1::ListRecordsRequestsRequest& request) {
    RecordQuery query{.state = static_cast<int>(request.state())};
    if (!PatientIn(request.parent()).empty()) query.patient = PatientIn(request.parent());
    absl::CivilDay today;
    return ServePage<v1::ListRecordsRequestsResponse>(
        call, request, query,
        [&](Tx& tx, const RecordQuery& q) -> absl::StatusOr<std::vector<RecordsRequest>> {
          ASSIGN_OR_RETURN(today, Today(tx));
          return tx.records_requests().List(q);
        },
        kByAge,
        [&](Tx& tx, const auto& row, auto& out) { *out.add_records_requests() = ToProto(row, tx.clinic(), today); });
  }

  // Changes a request of a locked patient with `change(tx, request, today)`, and says so.
  template <class Change>
  absl::StatusOr<Proto> Alter(rpc::Call& call, const std::string& name, const std::string& etag, Change change) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<Proto> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(name)));
      ASSIGN_OR_RETURN(RecordsRequest changed, tx.records_requests().Get(patient.id, rpc::LastSegment(name)));
      RETURN_IF_ERROR(rpc::CheckEtag(etag, changed.version, "records request"));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      RETURN_IF_ERROR(change(tx, changed, today));
      ++changed.version;
      changed.update_time = tx.now();
      RETURN_IF_ERROR(tx.records_requests().Update(changed));
      RETURN_IF_ERROR(AnnounceRecords(tx, changed));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(changed, tx.clinic(), today);
    });
  }

  // The many changes that only say what was said.
  absl::StatusOr<Proto> Advance(rpc::Call& call, const std::string& name, RecordsEvent event, const char* action,
                                const std::string& note) {
    return Alter(call, name, "", [&](Tx&, RecordsRequest& r, absl::CivilDay) -> absl::Status {
      RETURN_IF_ERROR(AdvanceRecords(r, event, action));
      r.state_note = note;
      return absl::OkStatus();
    });
  }

  absl::StatusOr<Proto> Update(rpc::Call& call, const v1::UpdateRecordsRequestRequest& request) {
    const Proto& wanted = request.records_request();
    if (wanted.name().empty()) return InvalidField("records_request.name", "is required");
    if (wanted.etag().empty()) return InvalidField("records_request.etag", "is required");
    return Alter(call, wanted.name(), wanted.etag(),
                 [&](Tx& tx, RecordsRequest& r, absl::CivilDay today) -> absl::Status {
                   if (r.state != RecordsState::kDrafted)
                     return WrongState("records request", RecordsStateName(r.state), "be changed");
                   Proto merged = ToProto(r, tx.clinic(), today);
                   RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), wanted, &merged));
                   ASSIGN_OR_RETURN(RecordsRequest after, FromProto(merged));
                   RETURN_IF_ERROR(ValidateDraft(after));
                   r.provider = std::move(after.provider);
                   r.basis = after.basis;
                   r.part2_program = after.part2_program;
                   r.record_types = std::move(after.record_types);
                   r.release = std::move(after.release);
                   return absl::OkStatus();
                 });
  }

  absl::StatusOr<Proto> AskSignature(rpc::Call& call, const v1::RequestRecordsSignatureRequest& request) {
    return Alter(call, request.name(), request.etag(),
                 [](Tx&, RecordsRequest& r, absl::CivilDay today) { return RequestSignature(r, today); });
  }

  absl::StatusOr<Proto> Sign(rpc::Call& call, const v1::SignRecordsReleaseRequest& request) {
    return Alter(call, request.name(), "", [&](Tx& tx, RecordsRequest& r, absl::CivilDay today) -> absl::Status {
      const Signature signature = FromProto(request.signature(), tx.now());
      if (!signature.document.empty()) {
        RETURN_IF_ERROR(RequireDocument(tx, r.patient, signature.document.str()));
      }
      return SignRelease(r, signature, request.copy_given(), today, tx.now());
    });
  }

  absl::StatusOr<Proto> Send(rpc::Call& call, const v1::SendRecordsRequestRequest& request) {
    return Alter(call, request.name(), "", [&](Tx& tx, RecordsRequest& r, absl::CivilDay today) -> absl::Status {
      ASSIGN_OR_RETURN(const auto policy, tx.intake_policies().InForce("", today));
      if (!policy) return NoIntakePolicy();
      ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
      return SendRequest(r, As<RecordsChannel>(request.channel()), request.send_reference(),
                         policy->records_follow_up_days, clinic.zone, tx.now());
    });
  }

  absl::StatusOr<Proto> Acknowledge(rpc::Call& call, const v1::AcknowledgeRecordsRequestRequest& request) {
    return Advance(call, request.name(), RecordsEvent::kAcknowledge, "be acknowledged", request.note());
  }

  absl::StatusOr<Proto> Receive(rpc::Call& call, const v1::ReceiveRecordsRequest& request) {
    return Alter(call, request.name(), "", [&](Tx& tx, RecordsRequest& r, absl::CivilDay today) -> absl::Status {
      std::vector<DocumentId> documents;
      for (const std::string& name : request.documents()) {
        if (PatientIn(name) != r.patient) return InvalidField("documents", "belong to another patient");
        documents.push_back(DocumentId(rpc::LastSegment(name)));
        RETURN_IF_ERROR(RequireDocument(tx, r.patient, documents.back().str()));
      }
      return ReceiveRecords(r, documents, request.complete(), today);
    });
  }

  absl::StatusOr<Proto> Review(rpc::Call& call, const v1::ReviewRecordsRequest& request) {
    return Advance(call, request.name(), RecordsEvent::kReview, "be reviewed", request.note());
  }

  absl::StatusOr<Proto> Reject(rpc::Call& call, const v1::RejectRecordsRequestRequest& request) {
    return Advance(call, request.name(), RecordsEvent::kReject, "be rejected", request.reason());
  }

  absl::StatusOr<Proto> GiveUp(rpc::Call& call, const v1::CloseUnansweredRecordsRequestRequest& request) {
    return Advance(call, request.name(), RecordsEvent::kGiveUp, "be given up", request.note());
  }

  absl::StatusOr<Proto> Revoke(rpc::Call& call, const v1::RevokeRecordsReleaseRequest& request) {
    return Advance(call, request.name(), RecordsEvent::kRevoke, "be revoked", request.note());
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeRecordsHandlers(Store& store) { return std::make_unique<RecordsHandlers>(store); }

}  // namespace kat::intake
