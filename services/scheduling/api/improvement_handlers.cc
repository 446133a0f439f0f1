#include "services/scheduling/api/improvement_handlers.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_improvement.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

absl::StatusOr<Improvement> ReadImprovement(Tx& tx, const v1::ApplyImprovementRequest& request, Lock lock) {
  ASSIGN_OR_RETURN(Improvement improvement,
                   tx.improvements().Get(ImprovementId(rpc::LastSegment(request.name())), lock));
  RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), improvement.version, "improvement"));
  return improvement;
}

std::vector<CourseId> CoursesOf(const v1::ApplyImprovementRequest& request) {
  std::vector<CourseId> courses;
  for (const std::string& course : request.courses()) courses.push_back(CourseId(rpc::LastSegment(course)));
  return courses;
}

}  // namespace

void ImprovementHandlers::Register(rpc::Service& service) {
  service.Unary("StartImprovement", this, &ImprovementHandlers::StartImprovement);
  service.Unary("GetImprovement", this, &ImprovementHandlers::GetImprovement);
  service.Unary("ListImprovements", this, &ImprovementHandlers::ListImprovements);
  service.Unary("CancelImprovement", this, &ImprovementHandlers::CancelImprovement);
  service.Unary("ApplyImprovement", this, &ImprovementHandlers::ApplyImprovement);
}

absl::StatusOr<v1::Improvement> ImprovementHandlers::StartImprovement(rpc::Call& call,
                                                                      const v1::StartImprovementRequest& request) {
  ASSIGN_OR_RETURN(ImprovementOrder order, OrderOf(request.improvement()));
  order.started_by = call.identity().subject;
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Improvement> {
    ASSIGN_OR_RETURN(const Improvement improvement, scheduling::StartImprovement(tx, order));
    return ToProto(tx.clinic(), improvement);
  });
}

absl::StatusOr<v1::Improvement> ImprovementHandlers::GetImprovement(rpc::Call& call,
                                                                    const v1::GetImprovementRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Improvement> {
    ASSIGN_OR_RETURN(const Improvement improvement,
                     tx.improvements().Get(ImprovementId(rpc::LastSegment(request.name()))));
    return ToProto(tx.clinic(), improvement);
  });
}

absl::StatusOr<v1::ListImprovementsResponse> ImprovementHandlers::ListImprovements(
    rpc::Call& call, const v1::ListImprovementsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  std::optional<ImprovementState> state;
  if (request.state() != v1::Improvement::STATE_UNSPECIFIED) state = static_cast<ImprovementState>(request.state());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListImprovementsResponse> {
    ASSIGN_OR_RETURN(std::vector<Improvement> rows,
                     tx.improvements().List(state, {.after = page.after, .limit = page.size + 1}));
    v1::ListImprovementsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, [](const Improvement& last) {
      return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.created_at)), last.id.str()};
    }));
    for (const Improvement& row : rows) *response.add_improvements() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<v1::Improvement> ImprovementHandlers::CancelImprovement(rpc::Call& call,
                                                                       const v1::CancelImprovementRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Improvement> {
    ASSIGN_OR_RETURN(
        const Improvement improvement,
        scheduling::CancelImprovement(tx, ImprovementId(rpc::LastSegment(request.name())), request.keep_best()));
    return ToProto(tx.clinic(), improvement);
  });
}

// An improvement makes no covered visit conditional; one that is already may stay so.
absl::StatusOr<ConditionsOfCourses> ImprovementHandlers::CheckGates(rpc::Call& call,
                                                                    const v1::ApplyImprovementRequest& request) {
  std::vector<GateQuestion> questions;
  std::set<std::string> conditional_now;  // course and visit
  auto key = [](const CourseId& course, const std::string& visit) { return absl::StrCat(course.str(), "/", visit); };
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline()}, [&](Tx& tx) -> absl::Status {
    questions.clear();
    conditional_now.clear();
    ASSIGN_OR_RETURN(const Improvement improvement, ReadImprovement(tx, request, Lock::kNo));
    ASSIGN_OR_RETURN(const std::vector<CheckedImprovementPart> parts,
                     CheckImprovement(tx, improvement, CoursesOf(request), Lock::kNo));
    for (const CheckedImprovementPart& part : parts) {
      questions.push_back(QuestionOfMoves(part.part.facts, part.part.changed));
      for (const Appointment& appointment : part.part.facts.appointments) {
        if (appointment.condition) conditional_now.insert(key(part.course, appointment.visit_id));
      }
    }
    return absl::OkStatus();
  }));
  Unmet unmet;
  ConditionsOfCourses conditional;
  for (GateQuestion& question : questions) {
    ASSIGN_OR_RETURN(GateAnswer answer, gates_.AskForMove(call, question));
    const bool worse = std::any_of(answer.conditional.begin(), answer.conditional.end(), [&](const auto& condition) {
      return !conditional_now.contains(key(question.course, condition.first));
    });
    if (worse) {
      question.allow_conditional = false;
      ASSIGN_OR_RETURN(answer, gates_.AskForMove(call, question));
    }
    unmet.insert(unmet.end(), std::make_move_iterator(answer.unmet.begin()),
                 std::make_move_iterator(answer.unmet.end()));
    conditional[question.course] = std::move(answer.conditional);
  }
  if (!unmet.empty()) return MoveRefused(std::move(unmet));
  return conditional;
}

absl::StatusOr<v1::ApplyImprovementResponse> ImprovementHandlers::ApplyImprovement(
    rpc::Call& call, const v1::ApplyImprovementRequest& request) {
  ASSIGN_OR_RETURN(const auto replayed, call.Replayed<v1::ApplyImprovementResponse>(store_));
  if (replayed) return *replayed;
  ASSIGN_OR_RETURN(const ConditionsOfCourses conditional, CheckGates(call, request));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ApplyImprovementResponse> {
    ASSIGN_OR_RETURN(Improvement improvement, ReadImprovement(tx, request, Lock::kForUpdate));
    ASSIGN_OR_RETURN(const AppliedImprovement applied,
                     scheduling::ApplyImprovement(tx, std::move(improvement), CoursesOf(request), conditional,
                                                  call.identity().subject));
    v1::ApplyImprovementResponse response;
    *response.mutable_improvement() = ToProto(tx.clinic(), applied.improvement);
    for (const Appointment& appointment : applied.appointments) {
      *response.add_appointments() = ToProto(tx.clinic(), appointment);
    }
    return response;
  });
}

}  // namespace kat::scheduling
