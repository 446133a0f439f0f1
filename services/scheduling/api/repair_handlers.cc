#include "services/scheduling/api/repair_handlers.h"

#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/fingerprint.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_repair.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

absl::StatusOr<std::vector<RepairChoice>> ChoicesOf(const v1::ApplyRepairRequest& request, const Repair& repair) {
  if (request.choices().empty()) return AllChoices(repair);
  std::vector<RepairChoice> choices;
  std::set<std::string> seen;
  for (int i = 0; i < request.choices_size(); ++i) {
    const v1::RepairChoice& choice = request.choices(i);
    if (!seen.insert(choice.part_id()).second) {
      return InvalidField(absl::StrCat("choices[", i, "].part_id"), "is chosen twice");
    }
    choices.push_back({choice.part_id(), choice.option(), OverridesOf(choice.overrides())});
  }
  return choices;
}

absl::StatusOr<Repair> ReadRepair(Tx& tx, const v1::ApplyRepairRequest& request, Lock lock) {
  ASSIGN_OR_RETURN(Repair repair, tx.repairs().Get(RepairId(rpc::LastSegment(request.name())), lock));
  RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), repair.version, "repair"));
  return repair;
}

void Append(Unmet more, Unmet& unmet) {
  unmet.insert(unmet.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void RepairHandlers::Register(rpc::Service& service) {
  service.Unary("ProposeRepair", this, &RepairHandlers::ProposeRepair);
  service.Unary("GetRepair", this, &RepairHandlers::GetRepair);
  service.Unary("ListRepairs", this, &RepairHandlers::ListRepairs);
  service.Unary("ApplyRepair", this, &RepairHandlers::ApplyRepair);
}

absl::StatusOr<v1::Repair> RepairHandlers::ProposeRepair(rpc::Call& call, const v1::ProposeRepairRequest& request) {
  RepairWish wish{.allow_others = request.allow_others(),
                  .allow_deviations = request.allow_deviations(),
                  .max_options = request.max_options() == 0 ? limits::kMaxProposals : request.max_options(),
                  .asked_by = call.identity().subject};
  ASSIGN_OR_RETURN(wish.trigger, FromProto(request.trigger()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Repair> {
    ASSIGN_OR_RETURN(const Repair repair, scheduling::ProposeRepair(tx, repairer_, wish));
    return ToProto(tx.clinic(), repair);
  });
}

absl::StatusOr<v1::Repair> RepairHandlers::GetRepair(rpc::Call& call, const v1::GetRepairRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Repair> {
    ASSIGN_OR_RETURN(const Repair repair, tx.repairs().Get(RepairId(rpc::LastSegment(request.name())), Lock::kNo));
    return ToProto(tx.clinic(), repair);
  });
}

absl::StatusOr<v1::ListRepairsResponse> RepairHandlers::ListRepairs(rpc::Call& call,
                                                                    const v1::ListRepairsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  std::optional<RepairState> state;
  if (request.state() != v1::Repair::STATE_UNSPECIFIED) state = static_cast<RepairState>(request.state());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListRepairsResponse> {
    ASSIGN_OR_RETURN(std::vector<Repair> rows, tx.repairs().List(state, {.after = page.after, .limit = page.size + 1}));
    v1::ListRepairsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, [](const Repair& last) {
      return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.created_at)), last.id.str()};
    }));
    for (const Repair& row : rows) *response.add_repairs() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<std::vector<RepairHandlers::Passage>> RepairHandlers::Prepare(rpc::Call& call,
                                                                             const v1::ApplyRepairRequest& request) {
  const std::string key =
      absl::StrCat(call.identity().subject, "/", request.request_id(), "/", rpc::Fingerprint(request), "/");
  std::vector<Passage> passages;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline()}, [&](Tx& tx) -> absl::Status {
    passages.clear();
    ASSIGN_OR_RETURN(const Repair repair, ReadRepair(tx, request, Lock::kNo));
    ASSIGN_OR_RETURN(const std::vector<RepairChoice> choices, ChoicesOf(request, repair));
    for (const RepairChoice& choice : choices) {
      ASSIGN_OR_RETURN(const CheckedPart part, CheckPart(tx, repair, choice, Lock::kNo));
      Passage passage{.choice = choice, .attempt_key = absl::StrCat(key, choice.part)};
      std::vector<Appointment> anew;
      for (const Appointment& appointment : part.changed) {
        if (appointment.id.empty()) anew.push_back(appointment);
      }
      passage.moved = QuestionOfMoves(part.facts, part.changed);
      if (!anew.empty()) passage.booked_anew = QuestionOf(part.facts, anew);
      passage.moved.allow_conditional = passage.booked_anew.allow_conditional = !request.require_coverage();
      if (!anew.empty() && !call.validate_only()) {
        ASSIGN_OR_RETURN(passage.attempt,
                         tx.gate_attempts().Open(passage.attempt_key, tx.now(), tx.now() + limits::kGateMargin,
                                                 tx.now() + limits::kGateReservation));
      }
      passages.push_back(std::move(passage));
    }
    return absl::OkStatus();
  }));
  return passages;
}

absl::Status RepairHandlers::Pass(rpc::Call& call, std::vector<Passage>& passages) {
  Unmet unmet;
  for (Passage& passage : passages) {
    ASSIGN_OR_RETURN(GateAnswer more, gates_.AskForMove(call, passage.moved));
    Append(std::move(more.unmet), unmet);
    passage.conditional = std::move(more.conditional);
  }
  if (!unmet.empty()) return MoveRefused(std::move(unmet));
  for (Passage& passage : passages) {
    if (passage.booked_anew.visits.empty()) continue;
    if (call.validate_only()) {
      ASSIGN_OR_RETURN(passage.reservations.conditional, gates_.Check(call, passage.booked_anew));
      continue;
    }
    RETURN_IF_ERROR(gates_.Reserve(call, passage.booked_anew, passage.attempt.reserve_id, passage.attempt.expires_at,
                                   &passage.reservations));
  }
  return absl::OkStatus();
}

void RepairHandlers::GiveUpAll(rpc::Call& call, const std::vector<Passage>& passages) {
  if (call.validate_only()) return;
  for (const Passage& passage : passages) {
    if (passage.booked_anew.visits.empty()) continue;
    GiveUp(store_, gates_, call, passage.attempt_key, passage.attempt.reserve_id, passage.reservations);
  }
}

absl::StatusOr<v1::ApplyRepairResponse> RepairHandlers::ApplyRepair(rpc::Call& call,
                                                                    const v1::ApplyRepairRequest& request) {
  ASSIGN_OR_RETURN(const auto replayed, call.Replayed<v1::ApplyRepairResponse>(store_));
  if (replayed) return *replayed;
  ASSIGN_OR_RETURN(std::vector<Passage> passages, Prepare(call, request));
  if (const absl::Status passed = Pass(call, passages); !passed.ok()) {
    GiveUpAll(call, passages);
    return passed;
  }
  absl::StatusOr<v1::ApplyRepairResponse> response =
      call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ApplyRepairResponse> {
        std::vector<RepairChoice> choices;
        std::map<std::string, PartReservations> reserved;
        for (const Passage& passage : passages) {
          choices.push_back(passage.choice);
          PartReservations& part = reserved[passage.choice.part];
          part = {passage.reservations.financial, passage.reservations.coverage, passage.reservations.conditional};
          part.conditional.insert(passage.conditional.begin(), passage.conditional.end());
          if (passage.booked_anew.visits.empty() || call.validate_only()) continue;
          RETURN_IF_ERROR(tx.gate_attempts().Close(passage.attempt_key, passage.attempt.reserve_id));
        }
        ASSIGN_OR_RETURN(Repair repair, ReadRepair(tx, request, Lock::kForUpdate));
        ASSIGN_OR_RETURN(const AppliedRepair applied, scheduling::ApplyRepair(tx, std::move(repair), std::move(choices),
                                                                              reserved, call.identity().subject));
        v1::ApplyRepairResponse out;
        *out.mutable_repair() = ToProto(tx.clinic(), applied.repair);
        for (const Appointment& appointment : applied.appointments) {
          *out.add_appointments() = ToProto(tx.clinic(), appointment);
        }
        return out;
      });
  // Where the outcome is in doubt the reservations stay until they expire: the booking may stand.
  if (!response.ok() && ErrorReason(response.status()) != "COMMIT_IN_DOUBT") GiveUpAll(call, passages);
  return response;
}

}  // namespace kat::scheduling
