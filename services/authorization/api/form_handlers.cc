#include <utility>

#include "libs/base/error.h"
#include "services/authorization/api/convert_rems.h"
#include "services/authorization/api/rems_handlers.h"
#include "services/authorization/ops/treatments.h"

namespace kat::authorization::api {

using domain::MonitoringForm;
using store::Lock;
using store::Tx;

void FormHandlers::Register(rpc::Service& service) {
  service.Unary("GetMonitoringForm", this, &FormHandlers::Get);
  service.Unary("ListMonitoringForms", this, &FormHandlers::List);
  service.Unary("PrepareMonitoringForm", this, &FormHandlers::Prepare);
  service.Unary("MarkMonitoringFormSubmitted", this, &FormHandlers::MarkSubmitted);
  service.Unary("RecordMonitoringFormResponse", this, &FormHandlers::RecordResponse);
}

absl::StatusOr<v1::MonitoringForm> FormHandlers::Get(rpc::Call& call, const v1::GetMonitoringFormRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::MonitoringForm> {
    ASSIGN_OR_RETURN(const MonitoringForm form, tx.FindForm(IdOf<domain::FormId>(request.name())));
    return ToProto(call.clinic(), form);
  });
}

absl::StatusOr<v1::ListMonitoringFormsResponse> FormHandlers::List(rpc::Call& call,
                                                                   const v1::ListMonitoringFormsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  store::FormFilter filter{.patient = IdOf<PatientId>(request.patient()),
                           .appointment = IdOf<domain::AppointmentId>(request.appointment())};
  for (int state : request.states()) filter.states.push_back(static_cast<domain::FormState>(state));
  if (request.has_due_before()) filter.due_before = rpc::FromProto(request.due_before());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListMonitoringFormsResponse> {
    ASSIGN_OR_RETURN(std::vector<MonitoringForm> forms, tx.ListForms(filter, ToSlice(page)));
    v1::ListMonitoringFormsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, forms, [](const MonitoringForm& f) {
      return std::vector<std::string>{MicrosKey(f.due_at), f.id.str()};
    }));
    for (const MonitoringForm& form : forms) *response.add_monitoring_forms() = ToProto(call.clinic(), form);
    return response;
  });
}

absl::StatusOr<v1::MonitoringForm> FormHandlers::Prepare(rpc::Call& call,
                                                         const v1::PrepareMonitoringFormRequest& request) {
  ASSIGN_OR_RETURN(std::optional<v1::MonitoringForm> replay, call.Replayed<v1::MonitoringForm>(store_));
  if (replay) return *std::move(replay);
  const auto id = IdOf<domain::FormId>(request.name());
  MonitoringForm asked;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(asked, tx.FindForm(id));
                               return absl::OkStatus();
                             }));
  // As this service: access was checked for this method, and a nurse who prepares forms need not read all of intake's
  // evidence.
  const As as = As::Service(call.clinic());
  ASSIGN_OR_RETURN(const domain::TreatmentRecord record, scheduling_.FindTreatmentRecord(as, asked.appointment));
  ASSIGN_OR_RETURN(const domain::PatientEvidence evidence,
                   intake_.Evidence(as, asked.patient, asked.program, asked.session_day));
  std::vector<std::string> classes;
  for (const domain::Medication& medication : evidence.medications) classes.push_back(medication.drug_class);
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MonitoringForm> {
    ASSIGN_OR_RETURN(const MonitoringForm before, tx.FindForm(id, Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), before.version, "monitoring form"));
    ASSIGN_OR_RETURN(const MonitoringForm form, FillForm(tx, before, before, record, classes));
    return ToProto(call.clinic(), form);
  });
}

absl::StatusOr<v1::MonitoringForm> FormHandlers::MarkSubmitted(rpc::Call& call,
                                                               const v1::MarkMonitoringFormSubmittedRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MonitoringForm> {
    ASSIGN_OR_RETURN(const MonitoringForm before, tx.FindForm(IdOf<domain::FormId>(request.name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), before.version, "monitoring form"));
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    MonitoringForm form = before;
    RETURN_IF_ERROR(domain::MarkSubmitted(form, static_cast<domain::Channel>(request.channel()), request.confirmation(),
                                          rpc::FromProto(request.submit_time()), call.identity().subject,
                                          request.evidence_document(), moment.now, moment.zone));
    RETURN_IF_ERROR(SaveForm(tx, before, form, {"submitted"}));
    return ToProto(call.clinic(), form);
  });
}

absl::StatusOr<v1::MonitoringForm> FormHandlers::RecordResponse(
    rpc::Call& call, const v1::RecordMonitoringFormResponseRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MonitoringForm> {
    ASSIGN_OR_RETURN(const MonitoringForm before, tx.FindForm(IdOf<domain::FormId>(request.name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), before.version, "monitoring form"));
    MonitoringForm form = before;
    RETURN_IF_ERROR(domain::RecordResponse(form, request.accepted(), request.correction_note()));
    RETURN_IF_ERROR(SaveForm(tx, before, form, {request.accepted() ? "accepted" : "needs_correction"}));
    return ToProto(call.clinic(), form);
  });
}

}  // namespace kat::authorization::api
