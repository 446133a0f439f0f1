#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/clients/grpc_peers.h"
#include "services/messaging/clients/summary_reader.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

namespace v1 = scheduling::v1;
using Stub = v1::SchedulingService::Stub;
constexpr char kService[] = "kat.scheduling.v1.SchedulingService";
constexpr char kSource[] = "scheduling";

// Departures from the protocol that somebody answered for: one item for each appointment, since an item is known by its resource.
void AddOverrides(const v1::Appointment& appointment, SummarySection& section) {
  std::vector<std::string> texts;
  for (const v1::ProtocolOverride& o : appointment.overrides()) {
    texts.push_back(absl::StrCat(o.from_visit(), " to ", o.to_visit(), ": ", o.rule(), " ", o.allowed(), ", was put at ", o.asked(), " by ",
                                 rpc::LastSegment(o.decided_by()), ": ", o.reason()));
  }
  if (texts.empty()) return;
  const v1::ProtocolOverride& last = appointment.overrides(appointment.overrides_size() - 1);
  section.items.push_back({"PROTOCOL_OVERRIDE", appointment.name(), absl::StrJoin(texts, "; "),
                           v1::Appointment::State_Name(appointment.state()), rpc::FromProto(last.decide_time())});
}

class SchedulingSummary final : public SummarySource {
 public:
  explicit SchedulingSummary(std::shared_ptr<grpc::Channel> channel) : stub_(v1::SchedulingService::NewStub(channel)) {}

  absl::StatusOr<std::vector<SummarySection>> Read(const rpc::Call& caller, const PatientId& patient) override {
    const SourceRead call(caller);
    return std::vector<SummarySection>{Courses(call, patient), Appointments(call, patient)};
  }

 private:
  SummarySection Courses(const SourceRead& call, const PatientId& patient) {
    v1::ListCoursesRequest request;
    request.set_parent(names::Clinic(call.clinic()));
    request.set_patient(names::Of(call.clinic(), patient));
    return ReadSection(call, kService, "ListCourses", kSource, "courses", *stub_, &Stub::ListCourses, request,
                       [](const v1::ListCoursesResponse& response, SummarySection& section) {
                         for (const v1::Course& c : response.courses()) {
                           section.items.push_back({"COURSE", c.name(), absl::StrCat(c.program(), ", ", c.blocks_size(), " blocks"),
                                                    v1::Course::State_Name(c.state()), rpc::FromProto(c.create_time())});
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  SummarySection Appointments(const SourceRead& call, const PatientId& patient) {
    v1::ListAppointmentsRequest request;
    request.set_parent(names::Clinic(call.clinic()));
    request.set_patient(names::Of(call.clinic(), patient));
    request.set_page_size(limits::kSummaryItems);
    return ReadSection(call, kService, "ListAppointments", kSource, "appointments", *stub_, &Stub::ListAppointments, request,
                       [](const v1::ListAppointmentsResponse& response, SummarySection& section) {
                         for (const v1::Appointment& a : response.appointments()) {
                           const std::string type = rpc::LastSegment(a.visit_type());
                           section.items.push_back({"APPOINTMENT", a.name(),
                                                    a.visit_id().empty() ? type : absl::StrCat(a.visit_id(), " (", type, ")"),
                                                    v1::Appointment::State_Name(a.state()), rpc::FromProto(a.start_time())});
                           AddOverrides(a, section);
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<SummarySource> MakeSchedulingSummary(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<SchedulingSummary>(std::move(channel));
}

}  // namespace kat::messaging
