#include <utility>

#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/resource_name.h"
#include "services/authorization/clients/peers.h"
#include "services/authorization/ops/names.h"

namespace kat::authorization {
namespace {

namespace sv1 = scheduling::v1;

domain::Appointment FromProto(const sv1::Appointment& proto) {
  return {.id = domain::AppointmentId(rpc::LastSegment(proto.name())),
          .patient = PatientId(rpc::LastSegment(proto.patient())),
          .course = domain::CourseId(rpc::LastSegment(proto.course())),
          .program = proto.program(),
          .visit_id = proto.visit_id(),
          .session_number = proto.session_number(),
          .start_at = rpc::FromProto(proto.start_time()),
          .state = static_cast<domain::Appointment::State>(proto.state()),  // same numbers
          .version = proto.version()};
}

domain::VitalSigns::Point PointOf(sv1::VitalSigns::Point point) {
  using Point = domain::VitalSigns::Point;
  switch (point) {
    case sv1::VitalSigns::BASELINE:
      return Point::kBaseline;
    case sv1::VitalSigns::POST_DOSE:
      return Point::kPostDose;
    case sv1::VitalSigns::BEFORE_DISCHARGE:
      return Point::kBeforeDischarge;
    default:
      return Point::kOther;
  }
}

domain::TreatmentRecord FromProto(const sv1::TreatmentRecord& proto) {
  domain::TreatmentRecord record{.appointment = domain::AppointmentId(rpc::LastSegment(proto.appointment())),
                                 .patient = PatientId(rpc::LastSegment(proto.patient())),
                                 .course = domain::CourseId(rpc::LastSegment(proto.course())),
                                 .program = proto.program(),
                                 .session_number = proto.session_number(),
                                 .completed = proto.state() == sv1::TreatmentRecord::COMPLETED,
                                 .monitored_by = proto.monitored_by()};
  for (const sv1::Dose& d : proto.doses()) {
    record.doses.push_back({d.drug(), d.lot_number(), d.amount_micrograms(), d.units(), rpc::FromProto(d.give_time())});
  }
  for (const sv1::VitalSigns& v : proto.vital_signs()) {
    record.vitals.push_back(
        {PointOf(v.point()), v.systolic(), v.diastolic(), v.oxygen_saturation(), rpc::FromProto(v.measure_time())});
  }
  for (const sv1::AdverseEvent& e : proto.adverse_events()) {
    domain::TreatmentEvent event{.kind = e.serious() && e.kind() == sv1::AdverseEvent::OTHER
                                             ? "SERIOUS_ADVERSE_EVENT"
                                             : sv1::AdverseEvent::Kind_Name(e.kind()),
                                 .serious = e.serious(),
                                 .description = e.description()};
    if (e.has_onset_time()) event.start_at = rpc::FromProto(e.onset_time());
    if (e.has_resolve_time()) event.end_at = rpc::FromProto(e.resolve_time());
    record.events.push_back(std::move(event));
  }
  if (proto.has_discharge()) {
    const sv1::Discharge& d = proto.discharge();
    if (d.has_monitoring_end_time()) record.monitoring_end_at = rpc::FromProto(d.monitoring_end_time());
    if (d.has_discharge_time()) record.discharge_at = rpc::FromProto(d.discharge_time());
    record.decided_by = d.decided_by();
    record.short_observation_reason = d.short_observation_reason();
  }
  return record;
}

class GrpcScheduling final : public SchedulingClient {
 public:
  explicit GrpcScheduling(std::shared_ptr<grpc::Channel> channel) : stub_(sv1::SchedulingService::NewStub(channel)) {}

  absl::StatusOr<domain::Appointment> FindAppointment(const As& as, const domain::AppointmentId& id) override {
    grpc::ClientContext context;
    Prepare(context, as);
    sv1::GetAppointmentRequest request;
    request.set_name(ResourceName(as.clinic, kAppointments, id));
    sv1::Appointment response;
    const grpc::Status status = stub_->GetAppointment(&context, request, &response);
    if (!status.ok()) return rpc::FromPeer("scheduling", status);
    return FromProto(response);
  }

  absl::StatusOr<std::map<std::string, domain::Appointment>> AppointmentsOf(const As& as,
                                                                            const domain::CourseId& course) override {
    std::map<std::string, domain::Appointment> found;
    sv1::ListAppointmentsRequest request;
    request.set_parent("clinics/" + as.clinic.str());
    request.set_course(ResourceName(as.clinic, kCourses, course));
    request.set_page_size(200);
    for (sv1::Appointment::State state : {sv1::Appointment::BOOKED, sv1::Appointment::CONFIRMED,
                                          sv1::Appointment::CHECKED_IN, sv1::Appointment::COMPLETED}) {
      request.add_states(state);
    }
    do {
      grpc::ClientContext context;
      Prepare(context, as);
      sv1::ListAppointmentsResponse response;
      const grpc::Status status = stub_->ListAppointments(&context, request, &response);
      if (!status.ok()) return rpc::FromPeer("scheduling", status);
      for (const sv1::Appointment& a : response.appointments()) found[a.visit_id()] = FromProto(a);
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return found;
  }

  absl::StatusOr<domain::TreatmentRecord> FindTreatmentRecord(const As& as, const domain::AppointmentId& id) override {
    grpc::ClientContext context;
    Prepare(context, as);
    sv1::GetTreatmentRecordRequest request;
    request.set_name(ResourceName(as.clinic, kAppointments, id) + "/treatmentRecord");
    sv1::TreatmentRecord response;
    const grpc::Status status = stub_->GetTreatmentRecord(&context, request, &response);
    if (!status.ok()) return rpc::FromPeer("scheduling", status);
    return FromProto(response);
  }

 private:
  static void Prepare(grpc::ClientContext& context, const As& as) {
    as.call ? rpc::PreparePeerCall(context, *as.call) : rpc::PreparePeerCall(context, as.clinic);
  }

  std::unique_ptr<sv1::SchedulingService::Stub> stub_;
};

}  // namespace

std::shared_ptr<SchedulingClient> MakeSchedulingClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_shared<GrpcScheduling>(std::move(channel));
}

}  // namespace kat::authorization
