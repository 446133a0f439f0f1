#include "services/scheduling/api/clinic_handlers.h"

#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/merge.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/retention.h"
#include "services/scheduling/ops/setup_lock.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {
namespace {

// What the transactions of every service know of a clinic.
tx::ClinicInfo InfoOf(const Clinic& clinic) {
  tx::ClinicInfo info{.display_name = clinic.display_name,
                      .phone = clinic.phone,
                      .time_zone = clinic.time_zone,
                      .zone = clinic.Zone(),
                      .disabled = clinic.state == ClinicState::kDisabled};
  for (const auto& [day, name] : clinic.holidays) info.holidays.insert(day);
  return info;
}

absl::StatusOr<v1::Clinic> Save(Tx& tx, Clinic clinic, absl::string_view what) {
  ++clinic.version;
  clinic.updated_at = tx.now();
  RETURN_IF_ERROR(tx.clinics().Update(clinic));
  RETURN_IF_ERROR(tx.SaveClinic(InfoOf(clinic)));
  RETURN_IF_ERROR(Publish(tx, clinic, what));
  return ToProto(clinic);
}

}  // namespace

void ClinicHandlers::Register(rpc::Service& service) {
  service.Unary("CreateClinic", this, &ClinicHandlers::CreateClinic);
  service.Unary("GetClinic", this, &ClinicHandlers::GetClinic);
  service.Unary("UpdateClinic", this, &ClinicHandlers::UpdateClinic);
  service.Unary("DisableClinic", this, &ClinicHandlers::DisableClinic);
}

absl::StatusOr<v1::Clinic> ClinicHandlers::CreateClinic(rpc::Call& call, const v1::CreateClinicRequest& request) {
  ASSIGN_OR_RETURN(const Clinic draft, FromProto(request.clinic()));
  RETURN_IF_ERROR(ValidateClinic(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clinic> {
    Clinic clinic = draft;
    clinic.created_at = clinic.updated_at = tx.now();
    RETURN_IF_ERROR(tx.clinics().Insert(clinic));
    RETURN_IF_ERROR(tx.SaveClinic(InfoOf(clinic)));
    RETURN_IF_ERROR(BeginPruning(tx));
    RETURN_IF_ERROR(Publish(tx, clinic, "created"));
    return ToProto(clinic);
  });
}

absl::StatusOr<v1::Clinic> ClinicHandlers::GetClinic(rpc::Call& call, const v1::GetClinicRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clinic> {
    ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
    return ToProto(clinic);
  });
}

absl::StatusOr<v1::Clinic> ClinicHandlers::UpdateClinic(rpc::Call& call, const v1::UpdateClinicRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clinic> {
    // Bookings under way end before, and are seen, or wait and are checked against the new setup.
    RETURN_IF_ERROR(LockSetup(tx));
    ASSIGN_OR_RETURN(const Clinic before, tx.clinics().Get());
    RETURN_IF_ERROR(rpc::CheckEtag(request.clinic().etag(), before.version, "clinic"));
    ASSIGN_OR_RETURN(const v1::Clinic merged,
                     Merge(request.update_mask(), request.clinic(), ToProto(before), "clinic"));
    ASSIGN_OR_RETURN(Clinic after, FromProto(merged));
    RETURN_IF_ERROR(ValidateClinic(after));
    after.state = before.state;
    after.version = before.version;
    after.created_at = before.created_at;
    ASSIGN_OR_RETURN(const ClinicFacts facts_before, LoadClinicFacts(tx));
    ClinicFacts facts_after = facts_before;
    facts_after.clinic = after;
    ASSIGN_OR_RETURN(v1::Clinic saved, Save(tx, after, "updated"));
    if (after.time_zone != before.time_zone) {
      ASSIGN_OR_RETURN(const bool booked, tx.clinics().HasBookings());
      if (booked) return TimeZoneInUse();
    }
    RETURN_IF_ERROR(TellStranded(tx, facts_before, facts_after, ResourceKey()));
    return saved;
  });
}

absl::StatusOr<v1::Clinic> ClinicHandlers::DisableClinic(rpc::Call& call, const v1::DisableClinicRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Clinic> {
    ASSIGN_OR_RETURN(Clinic clinic, tx.clinics().Get());
    if (clinic.state == ClinicState::kDisabled) return WrongState("clinic", "DISABLED", "disabled");
    clinic.state = ClinicState::kDisabled;
    return Save(tx, std::move(clinic), "disabled");
  });
}

}  // namespace kat::scheduling
