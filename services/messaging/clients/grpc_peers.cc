#include "services/messaging/clients/grpc_peers.h"

#include "absl/strings/str_cat.h"
#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/resource_name.h"

namespace kat::messaging {
namespace {

namespace scheduling_v1 = scheduling::v1;
namespace intake_v1 = intake::v1;

std::string Name(const ClinicId& clinic, const char* collection, const std::string& id) {
  return absl::StrCat("clinics/", clinic.str(), "/", collection, "/", id);
}

Standing StandingOf(scheduling_v1::Appointment::State state) {
  switch (state) {
    case scheduling_v1::Appointment::CHECKED_IN:
      return Standing::kBegun;
    case scheduling_v1::Appointment::COMPLETED:
      return Standing::kCompleted;
    case scheduling_v1::Appointment::CANCELLED:
      return Standing::kCancelled;
    case scheduling_v1::Appointment::NO_SHOW:
      return Standing::kNoShow;
    default:
      return Standing::kUpcoming;
  }
}

Appointment FromProto(const scheduling_v1::Appointment& proto) {
  Appointment a;
  a.id = AppointmentId(rpc::LastSegment(proto.name()));
  if (!proto.patient().empty()) a.patient = PatientId(rpc::LastSegment(proto.patient()));
  if (!proto.course().empty()) a.course = CourseId(rpc::LastSegment(proto.course()));
  a.version = proto.version();
  a.start_at = rpc::FromProto(proto.start_time());
  a.end_at = rpc::FromProto(proto.end_time());
  a.standing = StandingOf(proto.state());
  a.confirmed = proto.state() == scheduling_v1::Appointment::CONFIRMED;
  a.visit_type = rpc::LastSegment(proto.visit_type());
  a.program = proto.program();
  a.session_number = proto.session_number();
  return a;
}

class GrpcSchedulingClient final : public SchedulingClient {
 public:
  explicit GrpcSchedulingClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(scheduling_v1::SchedulingService::NewStub(channel)) {}

  absl::StatusOr<Appointment> GetAppointment(const ClinicId& clinic, const AppointmentId& id) override {
    scheduling_v1::GetAppointmentRequest request;
    request.set_name(Name(clinic, "appointments", id.str()));
    scheduling_v1::Appointment response;
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    const grpc::Status status = stub_->GetAppointment(&context, request, &response);
    if (!status.ok()) return rpc::FromPeer("scheduling", status);
    return FromProto(response);
  }

  absl::Status ConfirmAppointment(const ClinicId& clinic, const AppointmentId& id, int64_t version,
                                  const std::string& request_id) override {
    scheduling_v1::ConfirmAppointmentRequest request;
    request.set_name(Name(clinic, "appointments", id.str()));
    request.set_etag(rpc::Etag(version));
    request.set_request_id(request_id);
    scheduling_v1::Appointment response;
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    const grpc::Status status = stub_->ConfirmAppointment(&context, request, &response);
    return status.ok() ? absl::OkStatus() : rpc::FromPeer("scheduling", status);
  }

  absl::StatusOr<bool> IsStaff(const rpc::Call& call, const std::string& subject) override {
    scheduling_v1::ListStaffRequest request;
    request.set_parent(absl::StrCat("clinics/", call.clinic().str()));
    request.set_login_subject(subject);
    scheduling_v1::ListStaffResponse response;
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    const grpc::Status status = stub_->ListStaff(&context, request, &response);
    if (!status.ok()) return rpc::FromPeer("scheduling", status);
    for (const scheduling_v1::Staff& staff : response.staff()) {
      if (!staff.retired()) return true;
    }
    return false;
  }

 private:
  std::unique_ptr<scheduling_v1::SchedulingService::Stub> stub_;
};

class GrpcIntakeClient final : public IntakeClient {
 public:
  explicit GrpcIntakeClient(std::shared_ptr<grpc::Channel> channel) : stub_(intake_v1::IntakeService::NewStub(channel)) {}

  absl::StatusOr<Contact> GetContact(const ClinicId& clinic, const PatientId& id) override {
    intake_v1::GetPatientRequest request;
    request.set_name(Name(clinic, "patients", id.str()));
    intake_v1::Patient response;
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    const grpc::Status status = stub_->GetPatient(&context, request, &response);
    if (!status.ok()) return rpc::FromPeer("intake", status);
    Contact contact;
    contact.id = id;
    contact.first_name = response.preferred_name().empty() ? response.given_name() : response.preferred_name();
    contact.phone = response.phone();
    contact.email = response.email();
    contact.language = response.language_code().empty() ? "en" : response.language_code().substr(0, 2);
    if (absl::StatusOr<absl::TimeZone> zone = LoadZone(response.time_zone()); !response.time_zone().empty() && zone.ok()) {
      contact.zone = *zone;
    }
    contact.active = response.state() == intake_v1::Patient::ACTIVE;
    return contact;
  }

 private:
  std::unique_ptr<intake_v1::IntakeService::Stub> stub_;
};

}  // namespace

std::unique_ptr<SchedulingClient> MakeSchedulingClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcSchedulingClient>(std::move(channel));
}

std::unique_ptr<IntakeClient> MakeIntakeClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcIntakeClient>(std::move(channel));
}

}  // namespace kat::messaging
