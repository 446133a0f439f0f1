#include "services/scheduling/api/convert_improvement.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/convert_repair.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

v1::ImprovementProgress ToProto(const ImprovementProgress& progress) {
  v1::ImprovementProgress out;
  out.set_initial_cost(progress.initial_cost);
  out.set_cost(progress.cost);
  out.set_lower_bound(progress.lower_bound);
  out.set_courses(progress.courses);
  out.set_patients_moved(progress.patients_moved);
  out.set_search_steps(progress.search_steps);
  out.set_elapsed_ms(absl::ToInt64Milliseconds(progress.elapsed));
  return out;
}

v1::ImprovementPart ToProto(const ClinicId& clinic, const ImprovementPart& part) {
  v1::ImprovementPart out;
  out.set_course(NameOf(clinic, part.part.course));
  out.set_patient(NameOf(clinic, part.part.patient));
  out.set_group_id(absl::StrCat(part.group));
  out.set_alone(part.alone);
  for (const RepairMove& move : part.option().moves) *out.add_moves() = ToProto(clinic, move);
  out.set_cost_before(part.cost_before);
  for (const CostTerm& term : part.terms_before) *out.add_cost_terms_before() = ToProto(term);
  out.set_cost(part.option().cost);
  for (const CostTerm& term : part.option().terms) *out.add_cost_terms() = ToProto(term);
  out.set_gain(part.Gain());
  for (const ResourceKey& staff : StaffToTell(part.option())) out.add_notify_staff(NameOf(clinic, staff));
  if (part.part.applied_at) *out.mutable_apply_time() = rpc::ToProto(*part.part.applied_at);
  return out;
}

std::string Describe(ImprovementFailure failure) {
  switch (failure) {
    case ImprovementFailure::kInterrupted:
      return "the service stopped again and again while it ran; start it anew, over fewer days";
    case ImprovementFailure::kSetupInvalid:
      return "the clinic's setup cannot be searched";
    case ImprovementFailure::kInternal:
      break;
  }
  return "a fault of the service; tell its operators";
}

void AddParts(const ClinicId& clinic, const Improvement& improvement, v1::Improvement& out) {
  std::map<int, v1::ImprovementGroup> groups;
  std::set<PatientId> patients;
  std::set<ResourceKey> staff;
  std::vector<RepairPart> before, after;
  for (const ImprovementPart& part : improvement.parts) {
    *out.add_parts() = ToProto(clinic, part);
    v1::ImprovementGroup& group = groups[part.group];
    group.set_group_id(absl::StrCat(part.group));
    group.add_courses(NameOf(clinic, part.part.course));
    group.set_gain(group.gain() + part.Gain());
    out.set_gain(out.gain() + part.Gain());
    after.push_back(part.part);
    before.push_back(part.part);
    before.back().options[0].terms = part.terms_before;
    if (part.part.applied_at) continue;
    patients.insert(part.part.patient);
    staff.merge(StaffToTell(part.option()));
  }
  for (auto& [id, group] : groups) *out.add_groups() = std::move(group);
  for (const CostTerm& term : SumTerms(before)) *out.add_cost_terms_before() = ToProto(term);
  for (const CostTerm& term : SumTerms(after)) *out.add_cost_terms() = ToProto(term);
  for (const PatientId& patient : patients) out.add_notify_patients(NameOf(clinic, patient));
  for (const ResourceKey& key : staff) out.add_notify_staff(NameOf(clinic, key));
}

}  // namespace

v1::Improvement ToProto(const ClinicId& clinic, const Improvement& improvement) {
  v1::Improvement out;
  out.set_name(NameOf(clinic, improvement.id));
  const ImprovementWish& wish = improvement.wish;
  *out.mutable_start_date() = rpc::ToProto(wish.first_day);
  *out.mutable_end_date() = rpc::ToProto(wish.end_day);
  out.set_notice_days(wish.notice_days);
  out.set_move_cost(wish.move_cost);
  out.set_min_gain(wish.min_gain);
  for (const CourseId& course : wish.keep) out.add_keep_courses(NameOf(clinic, course));
  out.set_time_limit_seconds(static_cast<int32_t>(absl::ToInt64Seconds(wish.time_limit)));
  out.set_state(static_cast<v1::Improvement::State>(improvement.state));
  *out.mutable_progress() = ToProto(improvement.progress);
  AddParts(clinic, improvement, out);
  if (improvement.basis.picture_time > absl::UnixEpoch()) ToProto(improvement.basis, out.mutable_basis());
  if (improvement.failure) {
    out.mutable_failure()->set_reason(FailureName(*improvement.failure));
    out.mutable_failure()->set_description(absl::StrCat(Describe(*improvement.failure),
                                                        improvement.failure_description.empty() ? "" : ": ",
                                                        improvement.failure_description));
  }
  out.set_ended_early(improvement.stop_early && HasResult(improvement.state));
  out.set_attempts(improvement.attempts);
  out.set_started_by(improvement.started_by);
  out.set_applied_by(improvement.applied_by);
  out.set_etag(rpc::Etag(improvement.version));
  *out.mutable_create_time() = rpc::ToProto(improvement.created_at);
  *out.mutable_update_time() = rpc::ToProto(improvement.updated_at);
  return out;
}

absl::StatusOr<ImprovementOrder> OrderOf(const v1::Improvement& improvement) {
  ImprovementOrder order;
  ASSIGN_OR_RETURN(order.first_day,
                   DayFromProto(improvement.has_start_date(), improvement.start_date(), "improvement.start_date"));
  ASSIGN_OR_RETURN(order.end_day,
                   DayFromProto(improvement.has_end_date(), improvement.end_date(), "improvement.end_date"));
  if (improvement.notice_days() > 0) order.wish.notice_days = improvement.notice_days();
  if (improvement.move_cost() > 0) order.wish.move_cost = improvement.move_cost();
  if (improvement.min_gain() > 0) order.wish.min_gain = improvement.min_gain();
  for (const std::string& course : improvement.keep_courses()) {
    order.wish.keep.insert(CourseId(rpc::LastSegment(course)));
  }
  if (improvement.time_limit_seconds() > 0) order.wish.time_limit = absl::Seconds(improvement.time_limit_seconds());
  return order;
}

}  // namespace kat::scheduling
