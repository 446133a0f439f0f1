#include "services/messaging/worker/feeds.h"

#include "absl/strings/match.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/effects/appointment_effects.h"
#include "services/messaging/effects/offer_effects.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

WorkSignal SignalOf(const std::string& owner, const common::v1::Event& event) {
  WorkSignal signal;
  signal.owner = owner;
  signal.kind = event.work().kind();
  signal.subject = event.subject();
  signal.subject_version = event.subject_version();
  signal.related = {event.related().begin(), event.related().end()};
  const auto patient = signal.related.find("patient");
  if (patient != signal.related.end()) {
    signal.patient = patient->second;
  } else if (absl::StrContains(event.subject(), "/patients/")) {
    const std::string id = rpc::SegmentAfter(event.subject(), "patients");
    signal.patient = absl::StrCat(event.clinic(), "/patients/", id);
  }
  signal.closed = event.work().closed();
  signal.role = event.work().role();
  if (event.work().has_due_time()) signal.due_at = rpc::FromProto(event.work().due_time());
  signal.urgency = event.work().urgency() == common::v1::WorkSignal::URGENCY_UNSPECIFIED
                       ? Urgency::kRoutine
                       : static_cast<Urgency>(event.work().urgency());
  return signal;
}

absl::Status ApplyWorkOf(Tx& tx, const std::string& owner, const common::v1::Event& event) {
  return event.has_work() ? ApplyWork(tx, SignalOf(owner, event)) : absl::OkStatus();
}

// An offer of the wait list stands as long as the work that it is.
absl::Status FollowOffer(Tx& tx, const common::v1::Event& event) {
  const std::string id = rpc::LastSegment(event.subject());
  if (event.type() != "wait_list_offer.made") return WithdrawOffer(tx, id);
  const auto patient = event.related().find("patient");
  if (patient == event.related().end()) return absl::OkStatus();
  return TellOffer(tx, {.id = id,
                        .patient = PatientId(rpc::LastSegment(patient->second)),
                        .expires_at = rpc::FromProto(event.work().due_time())});
}

}  // namespace

void Feeds::Register(app::App& app, Store& worker_store) {
  for (const std::string owner : {"intake", "billing", "authorization"}) {
    app.OnEvents<Tx>(worker_store, owner, {}, [owner](const common::v1::Event& event, const app::App::Apply<Tx>& apply) {
      if (!event.has_work()) return absl::OkStatus();
      return apply([&](Tx& tx) { return ApplyWorkOf(tx, owner, event); });
    });
  }
  app.OnEvents<Tx>(worker_store, "scheduling", {},
                   [this](const common::v1::Event& event, const app::App::Apply<Tx>& apply) {
                     return OnSchedulingEvent(event, apply);
                   });
}

absl::Status Feeds::OnSchedulingEvent(const common::v1::Event& event, const app::App::Apply<Tx>& apply) {
  if (absl::StartsWith(event.type(), "wait_list_offer.")) {
    return apply([&](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(FollowOffer(tx, event));
      return ApplyWorkOf(tx, "scheduling", event);
    });
  }
  std::optional<Appointment> appointment;
  Contact contact;
  if (absl::StartsWith(event.type(), "appointment.") && event.related().count("patient") > 0) {
    const ClinicId clinic(rpc::LastSegment(event.clinic()));
    absl::StatusOr<Appointment> found =
        peers_.scheduling->GetAppointment(clinic, AppointmentId(rpc::LastSegment(event.subject())));
    if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    if (found.ok() && !found->patient.empty()) {
      ASSIGN_OR_RETURN(contact, peers_.intake->GetContact(clinic, found->patient));
      appointment = *std::move(found);
    }
  }
  if (!appointment && !event.has_work()) return absl::OkStatus();
  return apply([&](Tx& tx) -> absl::Status {
    if (appointment) RETURN_IF_ERROR(FollowAppointment(tx, *appointment, contact));
    return ApplyWorkOf(tx, "scheduling", event);
  });
}

}  // namespace kat::messaging
