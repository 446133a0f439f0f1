#include "services/scheduling/api/visit_type_handlers.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_protocol.h"
#include "services/scheduling/api/convert_resource.h"
#include "services/scheduling/api/merge.h"
#include "services/scheduling/domain/protocol_check.h"
#include "services/scheduling/ops/events.h"

namespace kat::scheduling {

void VisitTypeHandlers::Register(rpc::Service& service) {
  service.Unary("CreateVisitType", this, &VisitTypeHandlers::CreateVisitType);
  service.Unary("GetVisitType", this, &VisitTypeHandlers::GetVisitType);
  service.Unary("ListVisitTypes", this, &VisitTypeHandlers::ListVisitTypes);
  service.Unary("UpdateVisitType", this, &VisitTypeHandlers::UpdateVisitType);
  service.Unary("CreateProtocolVersion", this, &VisitTypeHandlers::CreateProtocolVersion);
  service.Unary("GetProtocolVersion", this, &VisitTypeHandlers::GetProtocolVersion);
  service.Unary("ListProtocolVersions", this, &VisitTypeHandlers::ListProtocolVersions);
}

absl::StatusOr<v1::VisitType> VisitTypeHandlers::CreateVisitType(rpc::Call& call,
                                                                 const v1::CreateVisitTypeRequest& request) {
  const VisitType draft = FromProto(request.visit_type());
  RETURN_IF_ERROR(ValidateVisitType(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::VisitType> {
    VisitType type = draft;
    type.id = VisitTypeId(request.visit_type_id());
    type.created_at = type.updated_at = tx.now();
    RETURN_IF_ERROR(tx.visit_types().Insert(type));
    return ToProto(tx.clinic(), type);
  });
}

absl::StatusOr<v1::VisitType> VisitTypeHandlers::GetVisitType(rpc::Call& call, const v1::GetVisitTypeRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::VisitType> {
    ASSIGN_OR_RETURN(const VisitType type, tx.visit_types().Get(VisitTypeId(rpc::LastSegment(request.name()))));
    return ToProto(tx.clinic(), type);
  });
}

absl::StatusOr<v1::ListVisitTypesResponse> VisitTypeHandlers::ListVisitTypes(rpc::Call& call,
                                                                             const v1::ListVisitTypesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListVisitTypesResponse> {
    ASSIGN_OR_RETURN(std::vector<VisitType> rows, tx.visit_types().List({.after = page.after, .limit = page.size + 1}));
    v1::ListVisitTypesResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, rows, [](const VisitType& last) { return std::vector<std::string>{last.id.str()}; }));
    for (const VisitType& row : rows) *response.add_visit_types() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<v1::VisitType> VisitTypeHandlers::UpdateVisitType(rpc::Call& call,
                                                                 const v1::UpdateVisitTypeRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::VisitType> {
    const VisitTypeId id(rpc::LastSegment(request.visit_type().name()));
    ASSIGN_OR_RETURN(const VisitType before, tx.visit_types().Get(id));
    RETURN_IF_ERROR(rpc::CheckEtag(request.visit_type().etag(), before.version, "visit type"));
    ASSIGN_OR_RETURN(const v1::VisitType merged,
                     Merge(request.update_mask(), request.visit_type(), ToProto(tx.clinic(), before), "visit_type"));
    VisitType after = FromProto(merged);
    RETURN_IF_ERROR(ValidateVisitType(after));
    after.id = id;
    after.version = before.version + 1;
    after.created_at = before.created_at;
    after.updated_at = tx.now();
    RETURN_IF_ERROR(tx.visit_types().Update(after));
    return ToProto(tx.clinic(), after);
  });
}

absl::StatusOr<v1::ProtocolVersion> VisitTypeHandlers::CreateProtocolVersion(
    rpc::Call& call, const v1::CreateProtocolVersionRequest& request) {
  ASSIGN_OR_RETURN(const ProtocolVersion draft, FromProto(request.protocol_version()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProtocolVersion> {
    ASSIGN_OR_RETURN(const std::vector<VisitType> types, tx.visit_types().All());
    VisitDurations in_use;
    for (const VisitType& type : types) {
      if (!type.retired) in_use[type.id] = type.duration_minutes;
    }
    RETURN_IF_ERROR(ValidateProtocol(draft, in_use));
    ProtocolVersion protocol = draft;
    protocol.protocol = ProtocolId(request.protocol_id());
    protocol.created_at = tx.now();
    ASSIGN_OR_RETURN(protocol, tx.protocols().Insert(std::move(protocol)));
    RETURN_IF_ERROR(Publish(tx, protocol, "created"));
    return ToProto(tx.clinic(), protocol);
  });
}

absl::StatusOr<v1::ProtocolVersion> VisitTypeHandlers::GetProtocolVersion(
    rpc::Call& call, const v1::GetProtocolVersionRequest& request) {
  int version = 0;
  if (!absl::SimpleAtoi(rpc::LastSegment(request.name()), &version)) return ResourceNotFound("protocol version");
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProtocolVersion> {
    ASSIGN_OR_RETURN(const ProtocolVersion protocol,
                     tx.protocols().Get(ProtocolId(rpc::SegmentAfter(request.name(), "protocols")), version));
    return ToProto(tx.clinic(), protocol);
  });
}

absl::StatusOr<v1::ListProtocolVersionsResponse> VisitTypeHandlers::ListProtocolVersions(
    rpc::Call& call, const v1::ListProtocolVersionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListProtocolVersionsResponse> {
    ASSIGN_OR_RETURN(std::vector<ProtocolVersion> rows,
                     tx.protocols().List(request.program(), {.after = page.after, .limit = page.size + 1}));
    v1::ListProtocolVersionsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, [](const ProtocolVersion& last) {
      return std::vector<std::string>{last.protocol.str(), absl::StrCat(last.version)};
    }));
    for (const ProtocolVersion& row : rows) *response.add_protocol_versions() = ToProto(tx.clinic(), row);
    return response;
  });
}

}  // namespace kat::scheduling
