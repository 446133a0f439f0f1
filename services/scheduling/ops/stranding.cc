#include "services/scheduling/ops/stranding.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/ops/events.h"

namespace kat::scheduling {
namespace {

constexpr int kPage = 200;

bool IsSound(const ClinicFacts& facts, const Appointment& appointment) {
  const auto type = facts.visit_types.find(appointment.visit_type);
  return type == facts.visit_types.end() ||
         CheckPlacement(facts.clinic, facts.resources, type->second, appointment.visit_id, appointment.time.start,
                        appointment.assignments)
             .empty();
}

absl::Status Tell(Tx& tx, Appointment appointment, bool sound) {
  ++appointment.version;
  appointment.updated_at = tx.now();
  RETURN_IF_ERROR(tx.appointments().Update(appointment));
  return Publish(tx, appointment, sound ? "restored" : "stranded");
}

}  // namespace

absl::Status TellStranded(Tx& tx, const ClinicFacts& before, const ClinicFacts& after, const ResourceKey& resource) {
  const AppointmentFilter filter{
      .resource = resource, .from = tx.now(), .states = {AppointmentState::kBooked, AppointmentState::kConfirmed}};
  ListRange range{.limit = kPage};
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<Appointment> page, tx.appointments().List(filter, range));
    for (const Appointment& appointment : page) {
      const bool sound = IsSound(after, appointment);
      if (sound != IsSound(before, appointment)) RETURN_IF_ERROR(Tell(tx, appointment, sound));
    }
    if (static_cast<int>(page.size()) < kPage) return absl::OkStatus();
    const Appointment& last = page.back();
    range.after = {absl::StrCat(absl::ToUnixMicros(last.time.start)), last.id.str()};
  }
}

}  // namespace kat::scheduling
