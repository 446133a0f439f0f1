#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/resource_name.h"
#include "services/billing/clients/grpc_peers.h"

namespace kat::billing {
namespace {

namespace v1 = scheduling::v1;

constexpr char kPeer[] = "scheduling";
constexpr int kPageSize = 200;

Visit::State StateOf(v1::Appointment::State state) {
  switch (state) {
    case v1::Appointment::COMPLETED:
      return Visit::State::kCompleted;
    case v1::Appointment::CANCELLED:
      return Visit::State::kCancelled;
    case v1::Appointment::NO_SHOW:
      return Visit::State::kNoShow;
    default:
      return Visit::State::kBooked;
  }
}

Visit FromProto(const v1::Appointment& appointment) {
  Visit visit;
  visit.id = AppointmentId(rpc::LastSegment(appointment.name()));
  visit.patient = PatientId(rpc::LastSegment(appointment.patient()));
  visit.course = CourseId(rpc::LastSegment(appointment.course()));
  visit.program = appointment.program();
  visit.visit_id = appointment.visit_id();
  visit.visit_type = rpc::LastSegment(appointment.visit_type());
  visit.session_number = appointment.session_number();
  visit.start_time = rpc::FromProto(appointment.start_time());
  visit.book_time = rpc::FromProto(appointment.create_time());
  visit.state = StateOf(appointment.state());
  visit.cancelled_by_clinic = appointment.cancelled_by_clinic();
  visit.version = appointment.version();
  return visit;
}

// The NDC in 11 digits: hyphens taken out, the short segment of a 10-digit code padded (5-4-2).
std::string ElevenDigits(const std::string& ndc) {
  std::vector<std::string> parts(1);
  for (const char c : ndc) {
    if (c == '-') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 3) return parts.size() == 1 ? ndc : "";
  constexpr size_t kWidths[] = {5, 4, 2};
  std::string digits;
  for (int i = 0; i < 3; ++i) {
    if (parts[i].size() > kWidths[i]) return "";
    digits += std::string(kWidths[i] - parts[i].size(), '0') + parts[i];
  }
  return digits;
}

void Read(const v1::TreatmentRecord& record, SessionFacts& facts) {
  facts.completed = record.state() == v1::TreatmentRecord::COMPLETED;
  facts.blood_pressures = record.vital_signs_size();
  std::vector<GivenDose> doses;
  for (const v1::Dose& dose : record.doses()) {
    doses.push_back({dose.drug(), dose.amount_micrograms(), dose.units(), ElevenDigits(dose.ndc()),
                     rpc::FromProto(dose.give_time())});
  }
  std::optional<absl::Time> monitoring_end;
  if (record.has_discharge()) monitoring_end = rpc::FromProto(record.discharge().monitoring_end_time());
  TakeDoses(doses, monitoring_end, facts);
}

class GrpcScheduling final : public SchedulingClient {
 public:
  explicit GrpcScheduling(std::shared_ptr<grpc::Channel> channel)
      : stub_(v1::SchedulingService::NewStub(std::move(channel))) {}

  absl::StatusOr<Visit> GetVisit(const ClinicId& clinic, const AppointmentId& appointment) override {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    v1::GetAppointmentRequest request;
    request.set_name(absl::StrCat("clinics/", clinic.str(), "/appointments/", appointment.str()));
    v1::Appointment response;
    RETURN_IF_ERROR(rpc::FromPeer(kPeer, stub_->GetAppointment(&context, request, &response)));
    return FromProto(response);
  }

  absl::StatusOr<std::vector<Visit>> ListVisits(const ClinicId& clinic, const CourseId& course) override {
    std::vector<Visit> visits;
    v1::ListAppointmentsRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic.str()));
    request.set_course(absl::StrCat("clinics/", clinic.str(), "/courses/", course.str()));
    request.set_page_size(kPageSize);
    do {
      grpc::ClientContext context;
      rpc::PreparePeerCall(context, clinic);
      v1::ListAppointmentsResponse response;
      RETURN_IF_ERROR(rpc::FromPeer(kPeer, stub_->ListAppointments(&context, request, &response)));
      for (const v1::Appointment& appointment : response.appointments()) visits.push_back(FromProto(appointment));
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return visits;
  }

  absl::Status ReadTreatment(const ClinicId& clinic, const AppointmentId& appointment, SessionFacts& facts) override {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    v1::GetTreatmentRecordRequest request;
    request.set_name(absl::StrCat("clinics/", clinic.str(), "/appointments/", appointment.str(), "/treatmentRecord"));
    v1::TreatmentRecord response;
    RETURN_IF_ERROR(rpc::FromPeer(kPeer, stub_->GetTreatmentRecord(&context, request, &response)));
    Read(response, facts);
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<v1::SchedulingService::Stub> stub_;
};

}  // namespace

std::shared_ptr<SchedulingClient> MakeSchedulingClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_shared<GrpcScheduling>(std::move(channel));
}

}  // namespace kat::billing
