#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/request_converters.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Clearances.
namespace kat::intake {
namespace {

// When an answer to a request made now is late. FAILED_PRECONDITION, NO_INTAKE_POLICY.
absl::StatusOr<absl::Time> DueByPolicy(Tx& tx) {
  ASSIGN_OR_RETURN(const std::optional<absl::Time> due, ClearanceDue(tx));
  if (!due) return NoIntakePolicy();
  return *due;
}

class ClearanceHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("CreateClearance", this, &ClearanceHandlers::Create);
    service.Unary("GetClearance", this, &ClearanceHandlers::Get);
    service.Unary("ListClearances", this, &ClearanceHandlers::List);
    service.Unary("SendClearance", this, &ClearanceHandlers::Send);
    service.Unary("ReceiveClearance", this, &ClearanceHandlers::Receive);
    service.Unary("DecideClearance", this, &ClearanceHandlers::Decide);
    service.Unary("ReopenClearance", this, &ClearanceHandlers::Reopen);
    service.Unary("WithdrawClearance", this, &ClearanceHandlers::Withdraw);
  }

 private:
  absl::StatusOr<v1::Clearance> Create(rpc::Call& call, const v1::CreateClearanceRequest& request) {
    const Clearance draft{.kind = request.clearance().kind(),
                          .clinician = FromProto(request.clearance().clinician()),
                          .question = request.clearance().question()};
    RETURN_IF_ERROR(ValidateClearance(draft));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clearance> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      Clearance clearance = draft;
      clearance.id = ClearanceId(NewId());
      clearance.patient = patient.id;
      clearance.create_time = tx.now();
      clearance.update_time = tx.now();
      ASSIGN_OR_RETURN(clearance.due_at, DueByPolicy(tx));
      RETURN_IF_ERROR(tx.clearances().Insert(clearance));
      RETURN_IF_ERROR(AnnounceClearance(tx, clearance));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(clearance, tx.clinic());
    });
  }

  absl::StatusOr<v1::Clearance> Get(rpc::Call& call, const v1::GetClearanceRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clearance> {
      ASSIGN_OR_RETURN(const auto found,
                       tx.clearances().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return ToProto(found, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListClearancesResponse> List(rpc::Call& call, const v1::ListClearancesRequest& request) {
    RecordQuery query{.state = static_cast<int>(request.state())};
    if (!PatientIn(request.parent()).empty()) query.patient = PatientIn(request.parent());
    return ServePage<v1::ListClearancesResponse>(
        call, request, query, [](Tx& tx, const RecordQuery& q) { return tx.clearances().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_clearances() = ToProto(row, tx.clinic()); });
  }

  // Changes a clearance of a locked patient with `change(tx, clearance)`, and says so under `verb`, by default its new
  // state.
  template <class Change>
  absl::StatusOr<v1::Clearance> Alter(rpc::Call& call, const std::string& name, const char* verb, Change change) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clearance> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(name)));
      ASSIGN_OR_RETURN(Clearance changed, tx.clearances().Get(patient.id, rpc::LastSegment(name)));
      RETURN_IF_ERROR(change(tx, changed));
      ++changed.version;
      changed.update_time = tx.now();
      RETURN_IF_ERROR(tx.clearances().Update(changed));
      RETURN_IF_ERROR(AnnounceClearance(tx, changed, verb));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(changed, tx.clinic());
    });
  }

  absl::StatusOr<v1::Clearance> Send(rpc::Call& call, const v1::SendClearanceRequest& request) {
    return Alter(call, request.name(), "", [&](Tx&, Clearance& c) -> absl::Status {
      RETURN_IF_ERROR(AdvanceClearance(c, ClearanceEvent::kSend, "be sent"));
      c.state_note = request.note();
      return absl::OkStatus();
    });
  }

  absl::StatusOr<v1::Clearance> Receive(rpc::Call& call, const v1::ReceiveClearanceRequest& request) {
    return Alter(call, request.name(), "", [&](Tx& tx, Clearance& c) -> absl::Status {
      RETURN_IF_ERROR(AdvanceClearance(c, ClearanceEvent::kReceive, "be received"));
      if (!request.document().empty()) {
        if (PatientIn(request.document()) != c.patient) return InvalidField("document", "belongs to another patient");
        c.document = DocumentId(rpc::LastSegment(request.document()));
        RETURN_IF_ERROR(RequireDocument(tx, c.patient, c.document.str()));
      }
      c.state_note = request.note();
      return absl::OkStatus();
    });
  }

  absl::StatusOr<v1::Clearance> Decide(rpc::Call& call, const v1::DecideClearanceRequest& request) {
    ASSIGN_OR_RETURN(const auto valid_through,
                     OptionalDay(request.has_valid_through_date(), request.valid_through_date(), "valid_through_date"));
    return Alter(call, request.name(), "", [&](Tx& tx, Clearance& c) -> absl::Status {
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      RETURN_IF_ERROR(DecideClearance(c, As<ClearanceState>(request.decision()), request.conditions(), valid_through,
                                      call.identity().subject, today));
      c.state_note = request.note();
      return absl::OkStatus();
    });
  }

  absl::StatusOr<v1::Clearance> Reopen(rpc::Call& call, const v1::ReopenClearanceRequest& request) {
    return Alter(call, request.name(), "reopened", [&](Tx& tx, Clearance& c) -> absl::Status {
      RETURN_IF_ERROR(AdvanceClearance(c, ClearanceEvent::kReopen, "be reopened"));
      c.state_note = request.reason();
      ASSIGN_OR_RETURN(c.due_at, DueByPolicy(tx));
      return absl::OkStatus();
    });
  }

  absl::StatusOr<v1::Clearance> Withdraw(rpc::Call& call, const v1::WithdrawClearanceRequest& request) {
    return Alter(call, request.name(), "", [&](Tx&, Clearance& c) -> absl::Status {
      RETURN_IF_ERROR(AdvanceClearance(c, ClearanceEvent::kWithdraw, "be withdrawn"));
      c.state_note = request.reason();
      return absl::OkStatus();
    });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeClearanceHandlers(Store& store) { return std::make_unique<ClearanceHandlers>(store); }

}  // namespace kat::intake
