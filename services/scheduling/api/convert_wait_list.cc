#include "services/scheduling/api/convert_wait_list.h"

#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {

absl::StatusOr<WaitListEntry> FromProto(const v1::WaitListEntry& entry) {
  WaitListEntry out{.patient = PatientId(rpc::LastSegment(entry.patient())),
                    .course = CourseId(rpc::LastSegment(entry.course())),
                    .visit_type = VisitTypeId(rpc::LastSegment(entry.visit_type())),
                    .appointment = AppointmentId(rpc::LastSegment(entry.appointment())),
                    .notice_minutes = entry.notice_minutes(),
                    .offer_minutes = entry.offer_minutes()};
  ASSIGN_OR_RETURN(out.earliest_day, rpc::FromProto(entry.earliest_date(), "wait_list_entry.earliest_date"));
  ASSIGN_OR_RETURN(out.latest_day, rpc::FromProto(entry.latest_date(), "wait_list_entry.latest_date"));
  ASSIGN_OR_RETURN(out.available, FromProto(entry.available_hours(), "wait_list_entry.available_hours"));
  ASSIGN_OR_RETURN(out.authorization_end,
                   DayFromProto(entry.has_authorization_end_date(), entry.authorization_end_date(),
                                "wait_list_entry.authorization_end_date"));
  if (entry.priority() != v1::WaitListEntry::PRIORITY_UNSPECIFIED) {
    out.priority = static_cast<WaitPriority>(entry.priority());
  }
  return out;
}

v1::WaitListEntry ToProto(const ClinicId& clinic, const WaitListEntry& entry) {
  v1::WaitListEntry out;
  out.set_name(NameOf(clinic, entry.id));
  out.set_patient(NameOf(clinic, entry.patient));
  out.set_course(NameOf(clinic, entry.course));
  out.set_visit_type(NameOf(clinic, entry.visit_type));
  out.set_appointment(NameOf(clinic, entry.appointment));
  *out.mutable_earliest_date() = rpc::ToProto(entry.earliest_day);
  *out.mutable_latest_date() = rpc::ToProto(entry.latest_day);
  ToProto(entry.available, out.mutable_available_hours());
  out.set_priority(static_cast<v1::WaitListEntry::Priority>(entry.priority));
  if (entry.authorization_end) *out.mutable_authorization_end_date() = rpc::ToProto(*entry.authorization_end);
  out.set_notice_minutes(entry.notice_minutes);
  out.set_offer_minutes(entry.offer_minutes);
  out.set_state(static_cast<v1::WaitListEntry::State>(entry.state));
  out.set_end_reason(static_cast<v1::WaitListEntry::EndReason>(entry.end_reason));
  out.set_version(entry.version);
  out.set_etag(rpc::Etag(entry.version));
  *out.mutable_create_time() = rpc::ToProto(entry.created_at);
  *out.mutable_update_time() = rpc::ToProto(entry.updated_at);
  return out;
}

v1::WaitListOffer ToProto(const ClinicId& clinic, const WaitListOffer& offer) {
  v1::WaitListOffer out;
  out.set_name(NameOf(clinic, offer.id));
  out.set_entry(NameOf(clinic, offer.entry));
  out.set_patient(NameOf(clinic, offer.patient));
  out.set_hold(NameOf(clinic, offer.hold));
  out.set_visit_type(NameOf(clinic, offer.visit_type));
  *out.mutable_start_time() = rpc::ToProto(offer.time.start);
  *out.mutable_end_time() = rpc::ToProto(offer.time.end);
  ToProto(clinic, offer.assignments, out.mutable_assignments());
  out.set_repair(static_cast<v1::WaitListOffer::Repair>(offer.repair));
  out.set_state(static_cast<v1::WaitListOffer::State>(offer.state));
  *out.mutable_expire_time() = rpc::ToProto(offer.expires_at);
  *out.mutable_create_time() = rpc::ToProto(offer.created_at);
  out.set_appointment(NameOf(clinic, offer.appointment));
  out.set_moves(NameOf(clinic, offer.moves));
  return out;
}

}  // namespace kat::scheduling
