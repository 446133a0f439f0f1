#include "services/scheduling/api/outlook_handlers.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/ops/outlook.h"

namespace kat::scheduling {
namespace {

// The protocol and version of a checked name.
absl::Status ReadVersion(const std::string& name, ProtocolId* protocol, int* version) {
  *protocol = ProtocolId(rpc::SegmentAfter(name, "protocols"));
  return absl::SimpleAtoi(rpc::LastSegment(name), version) ? absl::OkStatus() : ResourceNotFound("protocol version");
}

ResourceKind KindOf(v1::AddedResource::Kind kind) {
  return kind == v1::AddedResource::STAFF  ? ResourceKind::kStaff
         : kind == v1::AddedResource::ROOM ? ResourceKind::kRoom
                                           : ResourceKind::kEquipment;
}

// A resource that no clinic has: no id of a resource begins with a dash.
absl::StatusOr<Resource> AddedOf(const v1::AddedResource& added, const std::string& id, const std::string& field) {
  const ResourceKind kind = KindOf(added.kind());
  const int fallback = kind == ResourceKind::kStaff ? limits::kDefaultStaffCapacity : 1;
  Resource resource{.key = MakeKey(kind, absl::StrCat("-", id)),
                    .kind = kind,
                    .capacity = added.capacity() == 0 ? fallback : added.capacity()};
  for (const std::string& tag : std::set<std::string>(added.tags().begin(), added.tags().end())) {
    resource.tags.push_back({.tag = tag});
  }
  ASSIGN_OR_RETURN(resource.availability.weekly, FromProto(added.weekly_hours(), absl::StrCat(field, ".weekly_hours")));
  RETURN_IF_ERROR(ValidateWeekly(resource.availability.weekly, absl::StrCat(field, ".weekly_hours")));
  return resource;
}

absl::StatusOr<std::vector<WhatIf>> WhatIfsOf(const v1::ProjectOutlookRequest& request) {
  std::vector<WhatIf> out;
  std::set<std::string> ids;
  for (int i = 0; i < request.what_ifs_size(); ++i) {
    const v1::WhatIf& what_if = request.what_ifs(i);
    if (!ids.insert(what_if.id()).second) return InvalidField(absl::StrCat("what_ifs[", i, "].id"), "is there twice");
    out.push_back({.id = what_if.id()});
    for (int j = 0; j < what_if.resources_size(); ++j) {
      ASSIGN_OR_RETURN(Resource resource, AddedOf(what_if.resources(j), absl::StrCat(i, "-", j),
                                                  absl::StrCat("what_ifs[", i, "].resources[", j, "]")));
      out.back().resources.push_back(std::move(resource));
    }
  }
  return out;
}

absl::StatusOr<OutlookWish> WishOf(const v1::ProjectOutlookRequest& request) {
  OutlookWish wish{.weeks = request.weeks() == 0 ? limits::kDefaultOutlookWeeks : request.weeks()};
  ASSIGN_OR_RETURN(wish.first_day, DayFromProto(request.has_start_date(), request.start_date(), "start_date"));
  for (const v1::ProtocolShare& share : request.protocols()) {
    ProtocolShare& to = wish.protocols.emplace_back();
    RETURN_IF_ERROR(ReadVersion(share.protocol_version(), &to.protocol, &to.version));
    to.share = std::max(share.share(), 1);
  }
  for (int i = 0; i < request.pipeline_size(); ++i) {
    const v1::ExpectedStarts& starts = request.pipeline(i);
    if (starts.week() >= wish.weeks) {
      return InvalidField(absl::StrCat("pipeline[", i, "].week"), absl::StrCat("must be below ", wish.weeks));
    }
    PipelineStarts& to = wish.pipeline.emplace_back();
    to.week = starts.week();
    to.count = starts.count();
    RETURN_IF_ERROR(ReadVersion(starts.protocol_version(), &to.protocol, &to.version));
  }
  ASSIGN_OR_RETURN(wish.what_ifs, WhatIfsOf(request));
  return wish;
}

v1::OutlookWeek WeekOf(const OutlookFacts& facts, const OutlookLedger& ledger, const OutlookAnswer& answer, int week) {
  v1::OutlookWeek out;
  *out.mutable_start_date() = rpc::ToProto(facts.question.weeks.first_day + 7 * week);
  for (const auto& [tag, minutes] : ledger.Week(week)) {
    v1::TagOutlook& to = *out.add_tags();
    to.set_tag(tag);
    to.set_capacity_minutes(minutes.capacity);
    to.set_booked_minutes(minutes.booked);
    to.set_expected_minutes(minutes.expected);
    to.set_pipeline_minutes(minutes.pipeline);
  }
  out.set_starts(answer.starts[week]);
  for (const Reason& reason : answer.limits[week]) *out.add_limits() = ToProto(reason);
  out.set_unplaced_pipeline(answer.unplaced_pipeline[week]);
  return out;
}

int LeastOf(const std::vector<int>& starts) { return *std::min_element(starts.begin(), starts.end()); }
int SumOf(const std::vector<int>& starts) { return std::accumulate(starts.begin(), starts.end(), 0); }

}  // namespace

void OutlookHandlers::Register(rpc::Service& service) {
  service.Unary("ProjectOutlook", this, &OutlookHandlers::ProjectOutlook);
}

absl::StatusOr<std::vector<Prospect>> OutlookHandlers::Prospects(rpc::Call& call, const OutlookWish& wish) {
  std::set<std::string> programs;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(programs, ProgramsOf(tx, wish));
                               return absl::OkStatus();
                             }));
  std::vector<Prospect> out;
  for (const std::string& program : programs) {
    ASSIGN_OR_RETURN(const std::vector<Prospect> of_program,
                     intake_.Prospects(call.clinic(), program, limits::kMaxProspects));
    out.insert(out.end(), of_program.begin(), of_program.end());
  }
  return out;
}

absl::StatusOr<v1::Outlook> OutlookHandlers::ProjectOutlook(rpc::Call& call, const v1::ProjectOutlookRequest& request) {
  ASSIGN_OR_RETURN(OutlookWish wish, WishOf(request));
  // Nobody waits for intake with a transaction open.
  if (request.include_intake()) {
    ASSIGN_OR_RETURN(wish.prospects, Prospects(call, wish));
  }
  OutlookFacts facts;
  // Placing takes longer than reading: no transaction waits for it.
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(facts, LoadOutlook(tx, wish));
                               return absl::OkStatus();
                             }));
  const PlanningPicture picture = facts.Picture();
  ASSIGN_OR_RETURN(const OutlookAnswer answer, planner_.Project(picture, facts.question));
  OutlookLedger ledger(facts.setup.clinic, facts.setup.resources, facts.question.weeks);
  for (const Commitment& commitment : facts.commitments) ledger.Take(commitment.usage, TakenFor::kBooked);
  for (const Usage& usage : answer.expected) ledger.Take(usage, TakenFor::kExpected);
  for (const Usage& usage : answer.pipeline) ledger.Take(usage, TakenFor::kPipeline);
  v1::Outlook out;
  for (int week = 0; week < facts.question.weeks.count; ++week) *out.add_weeks() = WeekOf(facts, ledger, answer, week);
  out.set_starts_per_week(LeastOf(answer.starts));
  for (size_t i = 0; i < answer.what_ifs.size(); ++i) {
    v1::WhatIfOutlook& to = *out.add_what_ifs();
    to.set_id(facts.question.what_ifs[i].id);
    to.mutable_starts()->Add(answer.what_ifs[i].begin(), answer.what_ifs[i].end());
    to.set_starts_per_week(LeastOf(answer.what_ifs[i]));
    to.set_more_starts(SumOf(answer.what_ifs[i]) - SumOf(answer.starts));
  }
  out.set_expected_courses(static_cast<int>(facts.question.expected.size()) - answer.unplaced_courses);
  out.set_unplaced_courses(answer.unplaced_courses);
  out.set_undecided_courses(facts.undecided_courses);
  out.set_intake_patients(facts.intake_patients);
  out.set_later_intake_patients(facts.later_intake_patients);
  return out;
}

}  // namespace kat::scheduling
