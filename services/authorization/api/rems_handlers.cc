#include "services/authorization/api/rems_handlers.h"

#include <utility>

#include "libs/base/error.h"
#include "services/authorization/api/convert_rems.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/ops/authorizations.h"
#include "services/authorization/ops/publish.h"

namespace kat::authorization::api {
namespace {

using domain::RemsEnrollment;
using domain::RemsSetting;
using store::Lock;
using store::Tx;

// Tells what happened to a setting; its re-enrollment work opens or closes where `was_due` differs from what is due
// now.
absl::Status Tell(Tx& tx, const RemsSetting& setting, const char* type, bool was_due) {
  tx::Event event{.type = type,
                  .subject = ResourceName(tx.clinic(), kSettings, setting.id),
                  .subject_version = setting.version,
                  .state = std::string(Name(setting.state))};
  if (was_due != setting.reenrollment_due) {
    domain::WorkItem item{"REMS_SETTING_REENROLLMENT", domain::Role::kClinicAdmin, std::nullopt,
                          domain::Urgency::kSoon};
    item.closed = !setting.reenrollment_due;
    event.work = ToWork(item);
  }
  return tx.Publish(event);
}

absl::Status Tell(Tx& tx, const RemsEnrollment& enrollment, const char* type) {
  return tx.Publish({.type = type,
                     .subject = ResourceName(tx.clinic(), kEnrollments, enrollment.id),
                     .subject_version = enrollment.version,
                     .state = std::string(Name(enrollment.state)),
                     .related = {{"patient", ResourceName(tx.clinic(), kPatients, enrollment.patient)}}});
}

// Locks a setting, checks the etag, applies `change`, saves, tells.
template <class Change>
absl::StatusOr<v1::RemsSetting> ChangeSetting(rpc::Call& call, store::Store& store, const std::string& name,
                                              const std::string& etag, const char* type, Change change) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<v1::RemsSetting> {
    ASSIGN_OR_RETURN(RemsSetting setting, tx.FindSetting(IdOf<domain::SettingId>(name), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(etag, setting.version, "REMS setting"));
    const bool was_due = setting.reenrollment_due;
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    RETURN_IF_ERROR(change(setting, moment));
    ++setting.version;
    setting.updated_at = tx.now();
    RETURN_IF_ERROR(tx.UpdateSetting(setting));
    RETURN_IF_ERROR(Tell(tx, setting, type, was_due));
    return ToProto(call.clinic(), setting);
  });
}

template <class Change>
absl::StatusOr<v1::RemsEnrollment> ChangeEnrollment(rpc::Call& call, store::Store& store, const std::string& name,
                                                    const std::string& etag, const char* type, Change change) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<v1::RemsEnrollment> {
    ASSIGN_OR_RETURN(RemsEnrollment enrollment, tx.FindEnrollment(IdOf<domain::EnrollmentId>(name), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(etag, enrollment.version, "REMS enrollment"));
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    RETURN_IF_ERROR(change(enrollment, moment));
    ++enrollment.version;
    enrollment.updated_at = tx.now();
    RETURN_IF_ERROR(tx.UpdateEnrollment(enrollment));
    RETURN_IF_ERROR(Tell(tx, enrollment, type));
    return ToProto(call.clinic(), enrollment);
  });
}

}  // namespace

void RemsHandlers::Register(rpc::Service& service) {
  service.Unary("CreateRemsSetting", this, &RemsHandlers::CreateSetting);
  service.Unary("GetRemsSetting", this, &RemsHandlers::GetSetting);
  service.Unary("ListRemsSettings", this, &RemsHandlers::ListSettings);
  service.Unary("UpdateRemsSetting", this, &RemsHandlers::UpdateSetting);
  service.Unary("CertifyRemsSetting", this, &RemsHandlers::Certify);
  service.Unary("SuspendRemsSetting", this, &RemsHandlers::Suspend);
  service.Unary("CreateRemsEnrollment", this, &RemsHandlers::CreateEnrollment);
  service.Unary("GetRemsEnrollment", this, &RemsHandlers::GetEnrollment);
  service.Unary("ListRemsEnrollments", this, &RemsHandlers::ListEnrollments);
  service.Unary("SubmitRemsEnrollment", this, &RemsHandlers::SubmitEnrollment);
  service.Unary("ConfirmRemsEnrollment", this, &RemsHandlers::ConfirmEnrollment);
  service.Unary("EndRemsEnrollment", this, &RemsHandlers::EndEnrollment);
}

absl::StatusOr<v1::RemsSetting> RemsHandlers::CreateSetting(rpc::Call& call,
                                                            const v1::CreateRemsSettingRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::RemsSetting> {
    RemsSetting setting = FromProto(request.rems_setting());
    RETURN_IF_ERROR(ValidateSetting(setting));
    setting.id = ChosenId<domain::SettingId>(request.rems_setting_id());
    setting.version = 1;
    setting.created_at = setting.updated_at = tx.now();
    RETURN_IF_ERROR(tx.InsertSetting(setting));
    RETURN_IF_ERROR(Tell(tx, setting, "rems_setting.created", false));
    return ToProto(call.clinic(), setting);
  });
}

absl::StatusOr<v1::RemsSetting> RemsHandlers::GetSetting(rpc::Call& call, const v1::GetRemsSettingRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::RemsSetting> {
    ASSIGN_OR_RETURN(const RemsSetting setting, tx.FindSetting(IdOf<domain::SettingId>(request.name())));
    return ToProto(call.clinic(), setting);
  });
}

absl::StatusOr<v1::ListRemsSettingsResponse> RemsHandlers::ListSettings(rpc::Call& call,
                                                                        const v1::ListRemsSettingsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListRemsSettingsResponse> {
    ASSIGN_OR_RETURN(std::vector<RemsSetting> settings, tx.ListSettings(ToSlice(page)));
    v1::ListRemsSettingsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, settings, [](const RemsSetting& s) {
      return std::vector<std::string>{s.display_name, s.id.str()};
    }));
    for (const RemsSetting& setting : settings) *response.add_rems_settings() = ToProto(call.clinic(), setting);
    return response;
  });
}

absl::StatusOr<v1::RemsSetting> RemsHandlers::UpdateSetting(rpc::Call& call,
                                                            const v1::UpdateRemsSettingRequest& request) {
  const v1::RemsSetting& asked = request.rems_setting();
  return ChangeSetting(call, store_, asked.name(), asked.etag(), "rems_setting.updated",
                       [&](RemsSetting& setting, const domain::Moment&) -> absl::Status {
                         v1::RemsSetting merged = ToProto(call.clinic(), setting);
                         RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), asked, &merged));
                         RemsSetting changed = FromProto(merged);
                         RETURN_IF_ERROR(ValidateSetting(changed));
                         // Another authorized representative needs a new enrollment form (REMS document 12/2024).
                         changed.reenrollment_due =
                             setting.reenrollment_due || (setting.state != RemsSetting::State::kPending &&
                                                          changed.representative_name != setting.representative_name);
                         changed.state = setting.state;
                         changed.rems_id = setting.rems_id;
                         changed.certified_from = setting.certified_from;
                         changed.suspended_from = setting.suspended_from;
                         changed.version = setting.version;
                         changed.created_at = setting.created_at;
                         setting = std::move(changed);
                         return absl::OkStatus();
                       });
}

absl::StatusOr<v1::RemsSetting> RemsHandlers::Certify(rpc::Call& call, const v1::CertifyRemsSettingRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay from, rpc::FromProto(request.certified_from(), "certified_from"));
  return ChangeSetting(call, store_, request.name(), request.etag(), "rems_setting.certified",
                       [&](RemsSetting& setting, const domain::Moment& moment) {
                         return domain::Certify(setting, request.rems_id(), from, moment.today());
                       });
}

absl::StatusOr<v1::RemsSetting> RemsHandlers::Suspend(rpc::Call& call, const v1::SuspendRemsSettingRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay from, rpc::FromProto(request.suspended_from(), "suspended_from"));
  return ChangeSetting(call, store_, request.name(), request.etag(), "rems_setting.suspended",
                       [&](RemsSetting& setting, const domain::Moment&) { return domain::Suspend(setting, from); });
}

absl::StatusOr<v1::RemsEnrollment> RemsHandlers::CreateEnrollment(rpc::Call& call,
                                                                  const v1::CreateRemsEnrollmentRequest& request) {
  ASSIGN_OR_RETURN(const RemsEnrollment draft, FromProto(request.rems_enrollment()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::RemsEnrollment> {
    RETURN_IF_ERROR(tx.FindSetting(draft.setting).status());
    RemsEnrollment enrollment = draft;
    enrollment.id = domain::EnrollmentId(NewId());
    enrollment.version = 1;
    enrollment.created_at = enrollment.updated_at = tx.now();
    RETURN_IF_ERROR(tx.InsertEnrollment(enrollment));
    RETURN_IF_ERROR(Tell(tx, enrollment, "rems_enrollment.created"));
    return ToProto(call.clinic(), enrollment);
  });
}

absl::StatusOr<v1::RemsEnrollment> RemsHandlers::GetEnrollment(rpc::Call& call,
                                                               const v1::GetRemsEnrollmentRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::RemsEnrollment> {
    ASSIGN_OR_RETURN(const RemsEnrollment enrollment, tx.FindEnrollment(IdOf<domain::EnrollmentId>(request.name())));
    return ToProto(call.clinic(), enrollment);
  });
}

absl::StatusOr<v1::ListRemsEnrollmentsResponse> RemsHandlers::ListEnrollments(
    rpc::Call& call, const v1::ListRemsEnrollmentsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListRemsEnrollmentsResponse> {
    ASSIGN_OR_RETURN(std::vector<RemsEnrollment> enrollments,
                     tx.ListEnrollments(IdOf<PatientId>(request.patient()), ToSlice(page)));
    v1::ListRemsEnrollmentsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, enrollments, [](const RemsEnrollment& e) {
      return std::vector<std::string>{MicrosKey(e.created_at), e.id.str()};
    }));
    for (const RemsEnrollment& e : enrollments) *response.add_rems_enrollments() = ToProto(call.clinic(), e);
    return response;
  });
}

absl::StatusOr<v1::RemsEnrollment> RemsHandlers::SubmitEnrollment(rpc::Call& call,
                                                                  const v1::SubmitRemsEnrollmentRequest& request) {
  ASSIGN_OR_RETURN(const auto patient, OptionalDay(request.has_patient_signed_date(), request.patient_signed_date(),
                                                   "patient_signed_date"));
  ASSIGN_OR_RETURN(const auto prescriber, OptionalDay(request.has_prescriber_signed_date(),
                                                      request.prescriber_signed_date(), "prescriber_signed_date"));
  return ChangeEnrollment(call, store_, request.name(), request.etag(), "rems_enrollment.submitted",
                          [&](RemsEnrollment& enrollment, const domain::Moment& moment) {
                            return domain::SubmitEnrollment(
                                enrollment, static_cast<domain::Channel>(request.channel()), request.confirmation(),
                                rpc::FromProto(request.submit_time()), patient, prescriber, moment.now);
                          });
}

absl::StatusOr<v1::RemsEnrollment> RemsHandlers::ConfirmEnrollment(rpc::Call& call,
                                                                   const v1::ConfirmRemsEnrollmentRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay from, rpc::FromProto(request.enrolled_from(), "enrolled_from"));
  return ChangeEnrollment(call, store_, request.name(), request.etag(), "rems_enrollment.enrolled",
                          [&](RemsEnrollment& enrollment, const domain::Moment& moment) {
                            return domain::ConfirmEnrollment(enrollment, request.rems_patient_id(), from,
                                                             moment.today());
                          });
}

absl::StatusOr<v1::RemsEnrollment> RemsHandlers::EndEnrollment(rpc::Call& call,
                                                               const v1::EndRemsEnrollmentRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay from, rpc::FromProto(request.ended_from(), "ended_from"));
  return ChangeEnrollment(call, store_, request.name(), request.etag(), "rems_enrollment.ended",
                          [&](RemsEnrollment& enrollment, const domain::Moment&) {
                            return domain::EndEnrollment(enrollment, from, request.reason());
                          });
}

}  // namespace kat::authorization::api
