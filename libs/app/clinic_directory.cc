#include "libs/app/clinic_directory.h"

#include "absl/strings/str_cat.h"
#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"

namespace kat::app {
namespace {

absl::StatusOr<tx::ClinicInfo> FromProto(const scheduling::v1::Clinic& clinic) {
  tx::ClinicInfo info{.display_name = clinic.display_name(),
                      .phone = clinic.phone(),
                      .time_zone = clinic.time_zone(),
                      .disabled = clinic.state() == scheduling::v1::Clinic::DISABLED};
  ASSIGN_OR_RETURN(info.zone, LoadZone(clinic.time_zone()));
  for (const auto& holiday : clinic.holidays()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, rpc::FromProto(holiday.date(), "holidays.date"));
    info.holidays.insert(day);
  }
  return info;
}

}  // namespace

std::vector<std::string> ClinicEventTypes() { return {"clinic.created", "clinic.updated", "clinic.disabled"}; }

FeedClient::Handler MakeClinicHandler(tx::Store<tx::Transaction>& worker_store,
                                      std::function<std::shared_ptr<grpc::Channel>()> scheduling) {
  return [&worker_store, scheduling = std::move(scheduling)](const ClinicId& clinic, const common::v1::Event& event,
                                                             const FeedClient::Settle& settle) -> absl::Status {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    scheduling::v1::GetClinicRequest request;
    request.set_name(event.subject());
    scheduling::v1::Clinic answer;
    const grpc::Status status =
        scheduling::v1::SchedulingService::NewStub(scheduling())->GetClinic(&context, request, &answer);
    if (!status.ok()) return rpc::FromPeer("scheduling", status);
    ASSIGN_OR_RETURN(const tx::ClinicInfo info, FromProto(answer));
    return worker_store.Run({.clinic = clinic}, [&](tx::Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(settle(tx));
      return tx.SaveClinic(info);
    });
  };
}

}  // namespace kat::app
