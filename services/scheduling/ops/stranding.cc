#include "services/scheduling/ops/stranding.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/ops/events.h"

namespace kat::scheduling {
namespace {

constexpr int kPage = 200;

absl::Status Tell(Tx& tx, Appointment appointment, bool sound) {
  ++appointment.version;
  appointment.updated_at = tx.now();
  RETURN_IF_ERROR(tx.appointments().Update(appointment));
  return Publish(tx, appointment, sound ? "restored" : "stranded");
}

}  // namespace

bool IsSound(const ClinicFacts& facts, const Appointment& appointment) {
  const auto type = facts.visit_types.find(appointment.visit_type);
  return type == facts.visit_types.end() ||
         CheckPlacement(facts.clinic, facts.resources, type->second, appointment.visit_id, appointment.time.start,
                        appointment.assignments)
             .empty();
}

absl::StatusOr<std::vector<Appointment>> ListAll(Tx& tx, const AppointmentFilter& filter) {
  std::vector<Appointment> all;
  ListRange range{.limit = kPage};
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<Appointment> page, tx.appointments().List(filter, range));
    all.insert(all.end(), page.begin(), page.end());
    if (static_cast<int>(page.size()) < kPage) return all;
    const Appointment& last = page.back();
    range.after = {absl::StrCat(absl::ToUnixMicros(last.time.start)), last.id.str()};
  }
}

absl::Status TellStranded(Tx& tx, const ClinicFacts& before, const ClinicFacts& after, const ResourceKey& resource) {
  const AppointmentFilter filter{
      .resource = resource, .from = tx.now(), .states = {AppointmentState::kBooked, AppointmentState::kConfirmed}};
  ASSIGN_OR_RETURN(const std::vector<Appointment> coming, ListAll(tx, filter));
  for (const Appointment& appointment : coming) {
    const bool sound = IsSound(after, appointment);
    if (sound != IsSound(before, appointment)) RETURN_IF_ERROR(Tell(tx, appointment, sound));
  }
  return absl::OkStatus();
}

}  // namespace kat::scheduling
