#include "services/scheduling/api/hold_handlers.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/ops/holding.h"

namespace kat::scheduling {

void HoldHandlers::Register(rpc::Service& service) {
  service.Unary("HoldProposal", this, &HoldHandlers::HoldProposal);
  service.Unary("GetHold", this, &HoldHandlers::GetHold);
  service.Unary("ListHolds", this, &HoldHandlers::ListHolds);
  service.Unary("ReleaseHold", this, &HoldHandlers::ReleaseHold);
}

absl::StatusOr<v1::Hold> HoldHandlers::HoldProposal(rpc::Call& call, const v1::HoldProposalRequest& request) {
  ASSIGN_OR_RETURN(const BlockPlan plan, FromProto(request.plan()));
  const int minutes = request.hold_minutes() == 0 ? limits::kDefaultHoldMinutes : request.hold_minutes();
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Hold> {
    ASSIGN_OR_RETURN(const Hold hold, TakeHold(tx, plan, tx.now() + absl::Minutes(minutes)));
    return ToProto(tx.clinic(), hold);
  });
}

absl::StatusOr<v1::Hold> HoldHandlers::GetHold(rpc::Call& call, const v1::GetHoldRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Hold> {
    ASSIGN_OR_RETURN(const Hold hold, tx.holds().Get(HoldId(rpc::LastSegment(request.name())), Lock::kNo));
    return ToProto(tx.clinic(), hold);
  });
}

absl::StatusOr<v1::ListHoldsResponse> HoldHandlers::ListHolds(rpc::Call& call, const v1::ListHoldsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  std::optional<HoldState> state;
  if (request.state() != v1::Hold::STATE_UNSPECIFIED) state = static_cast<HoldState>(request.state());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListHoldsResponse> {
    ASSIGN_OR_RETURN(std::vector<Hold> rows, tx.holds().List(CourseId(rpc::LastSegment(request.course())), state,
                                                             {.after = page.after, .limit = page.size + 1}));
    v1::ListHoldsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, [](const Hold& last) {
      return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.created_at)), last.id.str()};
    }));
    for (const Hold& row : rows) *response.add_holds() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<v1::Hold> HoldHandlers::ReleaseHold(rpc::Call& call, const v1::ReleaseHoldRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Hold> {
    ASSIGN_OR_RETURN(const Hold hold, EndHold(tx, HoldId(rpc::LastSegment(request.name())), HoldState::kReleased));
    return ToProto(tx.clinic(), hold);
  });
}

}  // namespace kat::scheduling
