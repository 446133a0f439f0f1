#include "services/scheduling/api/convert_live.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

// What a token must begin with to be of that clinic and those days.
std::string Prefix(const ClinicId& clinic, const DayRange& range) {
  return absl::StrCat("1|", clinic.str(), "|", FormatDay(range.first), "|", range.days, "|");
}

v1::ScheduledResource ToProto(const ClinicId& clinic, const LiveSchedule& schedule, const Resource& resource) {
  v1::ScheduledResource out;
  out.set_name(NameOf(clinic, resource.key));
  out.set_display_name(resource.display_name);
  out.set_capacity(resource.capacity);
  out.set_retired(resource.retired);
  for (const TimeSpan& span : schedule.WorkingTime(resource.key)) *out.add_working() = ToProto(span);
  for (const TimeSpan& span : schedule.OnCallTime(resource.key)) *out.add_on_call() = ToProto(span);
  return out;
}

v1::ScheduledAppointment ToProto(const ClinicId& clinic, const LiveSchedule& schedule, const LiveAppointment& live,
                                 bool with_treatment) {
  v1::ScheduledAppointment out;
  *out.mutable_appointment() = ToProto(clinic, live.appointment);
  for (const Usage& usage : schedule.UsagesOf(OwnerOf(live.appointment.id))) {
    v1::ResourceUse& use = *out.add_uses();
    use.set_resource(NameOf(clinic, usage.resource));
    use.set_role(usage.role);
    *use.mutable_span() = ToProto(usage.time);
    use.set_load(usage.load);
  }
  if (live.treatment && with_treatment) {
    out.set_treatment_state(static_cast<v1::TreatmentRecord::State>(*live.treatment));
  }
  return out;
}

v1::FreeCapacity ToProto(const ClinicId& clinic, const LiveSchedule& schedule, const ResourceDay& day) {
  v1::FreeCapacity out;
  out.set_resource(NameOf(clinic, day.first));
  *out.mutable_date() = rpc::ToProto(day.second);
  for (const FreeSpan& span : schedule.FreeOn(day)) {
    v1::FreeSpan& to = *out.add_spans();
    *to.mutable_start_time() = rpc::ToProto(span.time.start);
    *to.mutable_end_time() = rpc::ToProto(span.time.end);
    to.set_free(span.free);
  }
  return out;
}

}  // namespace

std::string EncodeWatchToken(const WatchToken& token) {
  return absl::WebSafeBase64Escape(absl::StrCat(Prefix(token.clinic, token.range), token.cursor));
}

absl::StatusOr<std::string> CursorOfToken(const std::string& token, const ClinicId& clinic, const DayRange& range) {
  std::string text;
  const std::string prefix = Prefix(clinic, range);
  if (absl::WebSafeBase64Unescape(token, &text) && absl::StartsWith(text, prefix)) return text.substr(prefix.size());
  constexpr char kWhat[] = "is not one that a stream of this clinic and these days gave out";
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat("resume_token: ", kWhat),
                   {.reason = "RESUME_TOKEN_INVALID", .fields = {{"resume_token", kWhat}}});
}

void AddItems(const ClinicId& clinic, const LiveSchedule& schedule, const LiveChange& change, bool with_treatment,
              v1::ScheduleItems* items, google::protobuf::RepeatedPtrField<std::string>* removed) {
  const auto gone = [&](std::string name) {
    if (removed != nullptr) *removed->Add() = std::move(name);
  };
  for (const ResourceKey& key : change.resources) {
    const auto resource = schedule.setup().resources.find(key);
    if (resource == schedule.setup().resources.end()) continue;  // resources retire, and are never gone
    *items->add_resources() = ToProto(clinic, schedule, resource->second);
  }
  for (const AppointmentId& id : change.appointments) {
    const auto live = schedule.appointments().find(id);
    if (live == schedule.appointments().end()) {
      gone(NameOf(clinic, id));
    } else {
      *items->add_appointments() = ToProto(clinic, schedule, live->second, with_treatment);
    }
  }
  for (const HoldId& id : change.holds) {
    const auto hold = schedule.holds().find(id);
    if (hold == schedule.holds().end()) {
      gone(NameOf(clinic, id));
    } else {
      *items->add_holds() = ToProto(clinic, hold->second);
    }
  }
  for (const ResourceDay& day : change.free) *items->add_free_capacity() = ToProto(clinic, schedule, day);
}

std::vector<LiveChange> Split(const LiveChange& change, int size) {
  std::vector<LiveChange> parts(1);
  int count = 0;
  const auto add = [&](auto member, const auto& item) {
    if (count == size) {
      parts.emplace_back();
      count = 0;
    }
    (parts.back().*member).insert(item);
    ++count;
  };
  for (const ResourceKey& key : change.resources) add(&LiveChange::resources, key);
  for (const AppointmentId& id : change.appointments) add(&LiveChange::appointments, id);
  for (const HoldId& id : change.holds) add(&LiveChange::holds, id);
  for (const ResourceDay& day : change.free) add(&LiveChange::free, day);
  return parts;
}

}  // namespace kat::scheduling
