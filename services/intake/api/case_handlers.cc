#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/patient_converters.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Cases and their steps.
namespace kat::intake {
namespace {

class CaseHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("OpenIntakeCase", this, &CaseHandlers::Open);
    service.Unary("GetIntakeCase", this, &CaseHandlers::Get);
    service.Unary("ListIntakeCases", this, &CaseHandlers::List);
    service.Unary("HoldIntakeCase", this, &CaseHandlers::Hold);
    service.Unary("ResumeIntakeCase", this, &CaseHandlers::Resume);
    service.Unary("CloseIntakeCase", this, &CaseHandlers::Close);
    service.Unary("AssignIntakeStep", this, &CaseHandlers::Assign);
    service.Unary("WaiveIntakeStep", this, &CaseHandlers::Waive);
    service.Unary("UnwaiveIntakeStep", this, &CaseHandlers::Unwaive);
  }

 private:
  absl::StatusOr<v1::IntakeCase> Open(rpc::Call& call, const v1::OpenIntakeCaseRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::IntakeCase> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const IntakeCase opened, OpenCaseFor(tx, patient.id, request.program(), std::nullopt));
      return ToProto(opened, tx.clinic(), tx.now());
    });
  }

  absl::StatusOr<v1::IntakeCase> Get(rpc::Call& call, const v1::GetIntakeCaseRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::IntakeCase> {
      ASSIGN_OR_RETURN(const IntakeCase found,
                       tx.cases().Get(PatientIn(request.name()), CaseId(rpc::LastSegment(request.name()))));
      return ToProto(found, tx.clinic(), tx.now());
    });
  }

  absl::StatusOr<v1::ListIntakeCasesResponse> List(rpc::Call& call, const v1::ListIntakeCasesRequest& request) {
    CaseQuery query{.program = request.program(),
                    .state = static_cast<int>(request.state()),
                    .overdue_only = request.overdue_only()};
    const PatientId patient = PatientIn(request.parent());
    if (!patient.empty()) query.patient = patient;
    return ServePage<v1::ListIntakeCasesResponse>(
        call, request, query, [](Tx& tx, const CaseQuery& q) { return tx.cases().List(q); }, kByAge,
        [](Tx& tx, const IntakeCase& c, auto& response) {
          *response.add_intake_cases() = ToProto(c, tx.clinic(), tx.now());
        });
  }

  // Changes a case of a locked patient with `change(tx, case)`, then announces it with `announce(tx, case, was_ready)`
  // and looks at the patient anew.
  template <class Change, class Announcer>
  absl::StatusOr<v1::IntakeCase> Alter(rpc::Call& call, const std::string& name, const std::string& etag, Change change,
                                       Announcer announce) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::IntakeCase> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(name)));
      ASSIGN_OR_RETURN(IntakeCase changed, tx.cases().Get(patient.id, CaseId(rpc::SegmentAfter(name, "cases"))));
      RETURN_IF_ERROR(rpc::CheckEtag(etag, changed.version, "intake case"));
      const bool was_ready = changed.state == CaseState::kReady;
      RETURN_IF_ERROR(change(tx, changed));
      ++changed.version;
      changed.update_time = tx.now();
      RETURN_IF_ERROR(tx.cases().Update(changed));
      RETURN_IF_ERROR(announce(tx, changed, was_ready));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      ASSIGN_OR_RETURN(const IntakeCase now, tx.cases().Get(patient.id, changed.id));
      return ToProto(now, tx.clinic(), tx.now());
    });
  }

  absl::StatusOr<v1::IntakeCase> Hold(rpc::Call& call, const v1::HoldIntakeCaseRequest& request) {
    return Alter(
        call, request.name(), request.etag(), [&](Tx&, IntakeCase& c) { return HoldCase(c, request.reason()); },
        [](Tx& tx, const IntakeCase& c, bool was_ready) -> absl::Status {
          RETURN_IF_ERROR(AnnounceCase(tx, c, "held"));
          return was_ready ? AnnounceReadiness(tx, c, false) : absl::OkStatus();
        });
  }

  absl::StatusOr<v1::IntakeCase> Resume(rpc::Call& call, const v1::ResumeIntakeCaseRequest& request) {
    return Alter(
        call, request.name(), request.etag(), [](Tx&, IntakeCase& c) { return ResumeCase(c); },
        [](Tx& tx, const IntakeCase& c, bool) { return AnnounceCase(tx, c, "resumed"); });
  }

  absl::StatusOr<v1::IntakeCase> Close(rpc::Call& call, const v1::CloseIntakeCaseRequest& request) {
    return Alter(
        call, request.name(), request.etag(),
        [&](Tx& tx, IntakeCase& c) {
          return CloseCase(c, As<CloseReason>(request.close_reason()), request.note(), tx.now());
        },
        [](Tx& tx, const IntakeCase& c, bool was_ready) { return WindUp(tx, c, was_ready); });
  }

  template <class Change>
  absl::StatusOr<v1::IntakeCase> AlterStep(rpc::Call& call, const std::string& name, absl::string_view verb,
                                           bool closes_work, Change change) {
    const std::string key = rpc::LastSegment(name);
    return Alter(
        call, name, "", [&](Tx& tx, IntakeCase& c) { return change(tx, c, key); },
        [&](Tx& tx, IntakeCase& c, bool) {
          const IntakeStep& step = *c.FindStep(key);
          std::vector<tx::Work> work;
          if (closes_work) {
            work = {CloseWork("INTAKE_STEP_DUE", step.spec.responsible),
                    CloseWork("INTAKE_STEP_OVERDUE", step.spec.responsible)};
          }
          return AnnounceStep(tx, c, step, verb, std::move(work));
        });
  }

  absl::StatusOr<v1::IntakeCase> Assign(rpc::Call& call, const v1::AssignIntakeStepRequest& request) {
    return AlterStep(call, request.name(), "assigned", false, [&](Tx&, IntakeCase& c, const std::string& key) {
      return AssignStep(c, key, request.assignee());
    });
  }

  absl::StatusOr<v1::IntakeCase> Waive(rpc::Call& call, const v1::WaiveIntakeStepRequest& request) {
    return AlterStep(call, request.name(), "waived", true, [&](Tx& tx, IntakeCase& c, const std::string& key) {
      return WaiveStep(c, key, request.reason(), call.identity().subject, tx.now());
    });
  }

  absl::StatusOr<v1::IntakeCase> Unwaive(rpc::Call& call, const v1::UnwaiveIntakeStepRequest& request) {
    const std::string key = rpc::LastSegment(request.name());
    return Alter(
        call, request.name(), "", [&](Tx&, IntakeCase& c) { return UnwaiveStep(c, key); },
        [&](Tx& tx, IntakeCase& c, bool) {
          const IntakeStep& step = *c.FindStep(key);
          return AnnounceStep(tx, c, step, "reopened",
                              {OpenWork("INTAKE_STEP_DUE", step.spec.responsible, step.due_at)});
        });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeCaseHandlers(Store& store) { return std::make_unique<CaseHandlers>(store); }

}  // namespace kat::intake
