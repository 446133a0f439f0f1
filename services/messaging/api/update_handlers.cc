#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/care_handlers.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/care_effects.h"

namespace kat::messaging {
namespace {

// Changes the update that a request names, under its etag, and publishes `type`.
template <class Request, class Change>
absl::StatusOr<v1::ProviderUpdate> ChangeUpdate(rpc::Call& call, Store& store, const Request& request, const char* type, Change change) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<v1::ProviderUpdate> {
    ASSIGN_OR_RETURN(ProviderUpdate update, tx.GetUpdate(UpdateId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), update.revision, "provider update"));
    RETURN_IF_ERROR(change(update, tx.now()));
    RETURN_IF_ERROR(tx.UpdateUpdate(update));
    RETURN_IF_ERROR(TellUpdate(tx, type, update));
    return ToProto(tx.clinic(), update);
  });
}

}  // namespace

void UpdateHandlers::Register(rpc::Service& service) {
  service.Unary("CreateProviderUpdate", this, &UpdateHandlers::Create);
  service.Unary("GetProviderUpdate", this, &UpdateHandlers::Get);
  service.Unary("ListProviderUpdates", this, &UpdateHandlers::List);
  service.Unary("SendProviderUpdate", this, &UpdateHandlers::Send);
  service.Unary("AcknowledgeProviderUpdate", this, &UpdateHandlers::Acknowledge);
  service.Unary("CancelProviderUpdate", this, &UpdateHandlers::CancelUpdate);
}

absl::StatusOr<v1::ProviderUpdate> UpdateHandlers::Create(rpc::Call& call, const v1::CreateProviderUpdateRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProviderUpdate> {
    ASSIGN_OR_RETURN(const ProviderUpdate update, NewProviderUpdate(FromProto(request.provider_update()), tx.now()));
    RETURN_IF_ERROR(tx.InsertUpdate(update));
    RETURN_IF_ERROR(TellUpdate(tx, "provider_update.created", update));
    return ToProto(tx.clinic(), update);
  });
}

absl::StatusOr<v1::ProviderUpdate> UpdateHandlers::Get(rpc::Call& call, const v1::GetProviderUpdateRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProviderUpdate> {
    ASSIGN_OR_RETURN(const ProviderUpdate update, tx.GetUpdate(UpdateId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), update);
  });
}

absl::StatusOr<v1::ListProviderUpdatesResponse> UpdateHandlers::List(rpc::Call& call, const v1::ListProviderUpdatesRequest& request) {
  const CareFilter<UpdateState> filter{PatientId(rpc::LastSegment(request.patient())), request.owner(),
                                       static_cast<UpdateState>(request.state())};
  return ServeList<v1::ListProviderUpdatesResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListUpdates(filter, slice); },
      [&](auto& response, const ProviderUpdate& u) { *response.add_provider_updates() = ToProto(call.clinic(), u); },
      [](const ProviderUpdate& u) { return std::vector<std::string>{TimeKey(u.due_at), u.id.str()}; });
}

absl::StatusOr<v1::ProviderUpdate> UpdateHandlers::Send(rpc::Call& call, const v1::SendProviderUpdateRequest& request) {
  return ChangeUpdate(call, store_, request, "provider_update.sent",
                      [&](ProviderUpdate& update, absl::Time now) { return MarkSent(update, request.evidence(), now); });
}

absl::StatusOr<v1::ProviderUpdate> UpdateHandlers::Acknowledge(rpc::Call& call, const v1::AcknowledgeProviderUpdateRequest& request) {
  return ChangeUpdate(call, store_, request, "provider_update.acknowledged",
                      [&](ProviderUpdate& update, absl::Time now) { return MarkAcknowledged(update, now); });
}

absl::StatusOr<v1::ProviderUpdate> UpdateHandlers::CancelUpdate(rpc::Call& call, const v1::CancelProviderUpdateRequest& request) {
  return ChangeUpdate(call, store_, request, "provider_update.cancelled",
                      [&](ProviderUpdate& update, absl::Time now) { return Cancel(update, request.reason(), now); });
}

}  // namespace kat::messaging
