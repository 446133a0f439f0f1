#include "services/scheduling/api/convert_resource.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

// What the three kinds have in common.
template <class Message>
absl::StatusOr<Resource> CommonFromProto(const Message& message, ResourceKind kind, const std::string& field) {
  Resource out{.kind = kind,
               .display_name = message.display_name(),
               .capacity = message.capacity(),
               .retired = message.retired()};
  for (int i = 0; i < message.tags_size(); ++i) {
    const v1::Tag& from = message.tags(i);
    const std::string at = absl::StrCat(field, ".tags[", i, "]");
    Tag tag{.tag = from.tag(), .reference = from.reference()};
    ASSIGN_OR_RETURN(tag.valid_from,
                     DayFromProto(from.has_valid_from(), from.valid_from(), absl::StrCat(at, ".valid_from")));
    ASSIGN_OR_RETURN(tag.valid_until,
                     DayFromProto(from.has_valid_until(), from.valid_until(), absl::StrCat(at, ".valid_until")));
    out.tags.push_back(std::move(tag));
  }
  ASSIGN_OR_RETURN(out.availability, FromProto(message.availability(), absl::StrCat(field, ".availability")));
  return out;
}

template <class Message>
void CommonToProto(const ClinicId& clinic, const Resource& resource, Message* out) {
  out->set_name(NameOf(clinic, resource.key));
  out->set_display_name(resource.display_name);
  for (const Tag& tag : resource.tags) {
    v1::Tag& to = *out->add_tags();
    to.set_tag(tag.tag);
    if (tag.valid_from) *to.mutable_valid_from() = rpc::ToProto(*tag.valid_from);
    if (tag.valid_until) *to.mutable_valid_until() = rpc::ToProto(*tag.valid_until);
    to.set_reference(tag.reference);
  }
  out->set_capacity(resource.capacity);
  *out->mutable_availability() = ToProto(resource.availability);
  out->set_retired(resource.retired);
  out->set_etag(rpc::Etag(resource.version));
  *out->mutable_create_time() = rpc::ToProto(resource.created_at);
  *out->mutable_update_time() = rpc::ToProto(resource.updated_at);
}

}  // namespace

absl::StatusOr<Resource> FromProto(const v1::Staff& staff) {
  ASSIGN_OR_RETURN(Resource out, CommonFromProto(staff, ResourceKind::kStaff, "staff"));
  for (int role : staff.roles()) out.roles.push_back(role);
  out.login_subject = staff.login_subject();
  out.external_ids = FromProto(staff.external_ids());
  return out;
}

absl::StatusOr<Resource> FromProto(const v1::Room& room) { return CommonFromProto(room, ResourceKind::kRoom, "room"); }

absl::StatusOr<Resource> FromProto(const v1::EquipmentPool& pool) {
  return CommonFromProto(pool, ResourceKind::kEquipment, "equipment_pool");
}

void ToProto(const ClinicId& clinic, const Resource& resource, v1::Staff* out) {
  CommonToProto(clinic, resource, out);
  for (int role : resource.roles) out->add_roles(static_cast<common::v1::Role>(role));
  out->set_login_subject(resource.login_subject);
  ToProto(resource.external_ids, out->mutable_external_ids());
}

void ToProto(const ClinicId& clinic, const Resource& resource, v1::Room* out) { CommonToProto(clinic, resource, out); }

void ToProto(const ClinicId& clinic, const Resource& resource, v1::EquipmentPool* out) {
  CommonToProto(clinic, resource, out);
}

VisitType FromProto(const v1::VisitType& type) {
  VisitType out{.display_name = type.display_name(),
                .patient_display_name = type.patient_display_name(),
                .duration_minutes = type.duration_minutes(),
                .dosing = type.dosing(),
                .preparation = {.fasting_solids_minutes = type.preparation().fasting_solids_minutes(),
                                .fasting_liquids_minutes = type.preparation().fasting_liquids_minutes(),
                                .driver_required = type.preparation().driver_required(),
                                .instructions = type.preparation().instructions()},
                .monitoring = {.observation_minutes = type.monitoring().observation_minutes(),
                               .baseline_systolic_max = type.monitoring().baseline_systolic_max(),
                               .baseline_diastolic_max = type.monitoring().baseline_diastolic_max(),
                               .post_dose_vitals_required = type.monitoring().post_dose_vitals_required(),
                               .observation_from_last_dose = type.monitoring().observation_from_last_dose()},
                .retired = type.retired()};
  for (const v1::VisitRole& role : type.roles()) {
    VisitRole& to = out.roles.emplace_back(VisitRole{.role = role.role(), .tag = role.tag()});
    for (const v1::UsageSegment& segment : role.segments()) {
      to.segments.push_back({segment.from_minute(), segment.to_minute(), segment.load()});
    }
  }
  return out;
}

v1::VisitType ToProto(const ClinicId& clinic, const VisitType& type) {
  v1::VisitType out;
  out.set_name(NameOf(clinic, type.id));
  out.set_display_name(type.display_name);
  out.set_patient_display_name(type.patient_display_name);
  out.set_duration_minutes(type.duration_minutes);
  out.set_dosing(type.dosing);
  for (const VisitRole& role : type.roles) {
    v1::VisitRole& to = *out.add_roles();
    to.set_role(role.role);
    to.set_tag(role.tag);
    for (const UsageSegment& segment : role.segments) {
      v1::UsageSegment& usage = *to.add_segments();
      usage.set_from_minute(segment.from_minute);
      usage.set_to_minute(segment.to_minute);
      usage.set_load(segment.load);
    }
  }
  v1::Preparation& preparation = *out.mutable_preparation();
  preparation.set_fasting_solids_minutes(type.preparation.fasting_solids_minutes);
  preparation.set_fasting_liquids_minutes(type.preparation.fasting_liquids_minutes);
  preparation.set_driver_required(type.preparation.driver_required);
  preparation.set_instructions(type.preparation.instructions);
  v1::Monitoring& monitoring = *out.mutable_monitoring();
  monitoring.set_observation_minutes(type.monitoring.observation_minutes);
  monitoring.set_baseline_systolic_max(type.monitoring.baseline_systolic_max);
  monitoring.set_baseline_diastolic_max(type.monitoring.baseline_diastolic_max);
  monitoring.set_post_dose_vitals_required(type.monitoring.post_dose_vitals_required);
  monitoring.set_observation_from_last_dose(type.monitoring.observation_from_last_dose);
  out.set_retired(type.retired);
  out.set_etag(rpc::Etag(type.version));
  *out.mutable_create_time() = rpc::ToProto(type.created_at);
  *out.mutable_update_time() = rpc::ToProto(type.updated_at);
  return out;
}

}  // namespace kat::scheduling
