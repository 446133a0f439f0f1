#include "services/scheduling/api/resource_handlers.h"

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/convert_resource.h"
#include "services/scheduling/api/merge.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/resource_change.h"

namespace kat::scheduling {

void ResourceHandlers::Register(rpc::Service& service) {
  service.Unary("CreateStaff", this, &ResourceHandlers::CreateStaff);
  service.Unary("GetStaff", this, &ResourceHandlers::GetStaff);
  service.Unary("ListStaff", this, &ResourceHandlers::ListStaff);
  service.Unary("UpdateStaff", this, &ResourceHandlers::UpdateStaff);
  service.Unary("CreateRoom", this, &ResourceHandlers::CreateRoom);
  service.Unary("GetRoom", this, &ResourceHandlers::GetRoom);
  service.Unary("ListRooms", this, &ResourceHandlers::ListRooms);
  service.Unary("UpdateRoom", this, &ResourceHandlers::UpdateRoom);
  service.Unary("CreateEquipmentPool", this, &ResourceHandlers::CreateEquipmentPool);
  service.Unary("GetEquipmentPool", this, &ResourceHandlers::GetEquipmentPool);
  service.Unary("ListEquipmentPools", this, &ResourceHandlers::ListEquipmentPools);
  service.Unary("UpdateEquipmentPool", this, &ResourceHandlers::UpdateEquipmentPool);
  service.Unary("GetCalendar", this, &ResourceHandlers::GetCalendar);
}

template <class Message>
absl::StatusOr<Message> ResourceHandlers::Create(rpc::Call& call, const Message& message, const std::string& id,
                                                 const std::string& field) {
  ASSIGN_OR_RETURN(Resource draft, FromProto(message));
  RETURN_IF_ERROR(CompleteResource(draft, field));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<Message> {
    Resource resource = draft;
    resource.key = MakeKey(resource.kind, id.empty() ? NewId() : id);
    resource.created_at = resource.updated_at = tx.now();
    RETURN_IF_ERROR(tx.resources().Insert(resource));
    RETURN_IF_ERROR(Publish(tx, resource, "created"));
    Message out;
    ToProto(tx.clinic(), resource, &out);
    return out;
  });
}

template <class Message>
absl::StatusOr<Message> ResourceHandlers::Get(rpc::Call& call, const std::string& name) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<Message> {
    ASSIGN_OR_RETURN(const Resource resource, tx.resources().Get(KeyOf(name)));
    Message out;
    ToProto(tx.clinic(), resource, &out);
    return out;
  });
}

template <class Message>
absl::StatusOr<Message> ResourceHandlers::Update(rpc::Call& call, const Message& message,
                                                 const google::protobuf::FieldMask& mask, const std::string& field) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<Message> {
    ASSIGN_OR_RETURN(const Resource before, tx.resources().Get(KeyOf(message.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(message.etag(), before.version, field));
    Message current;
    ToProto(tx.clinic(), before, &current);
    ASSIGN_OR_RETURN(const Message merged, Merge(mask, message, std::move(current), field));
    ASSIGN_OR_RETURN(Resource after, FromProto(merged));
    RETURN_IF_ERROR(CompleteResource(after, field));
    RETURN_IF_ERROR(ChangeResource(tx, before, after));
    Message out;
    ToProto(tx.clinic(), after, &out);
    return out;
  });
}

template <class Response, class Request, class Add>
absl::StatusOr<Response> ResourceHandlers::List(rpc::Call& call, const Request& request, const ResourceFilter& filter,
                                                Add add) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(std::vector<Resource> rows,
                     tx.resources().List(filter, {.after = page.after, .limit = page.size + 1}));
    Response response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, rows, [](const Resource& last) { return std::vector<std::string>{last.key.str()}; }));
    for (const Resource& row : rows) ToProto(tx.clinic(), row, add(response));
    return response;
  });
}

absl::StatusOr<v1::Staff> ResourceHandlers::CreateStaff(rpc::Call& call, const v1::CreateStaffRequest& request) {
  return Create(call, request.staff(), request.staff_id(), "staff");
}
absl::StatusOr<v1::Staff> ResourceHandlers::GetStaff(rpc::Call& call, const v1::GetStaffRequest& request) {
  return Get<v1::Staff>(call, request.name());
}
absl::StatusOr<v1::Staff> ResourceHandlers::UpdateStaff(rpc::Call& call, const v1::UpdateStaffRequest& request) {
  return Update(call, request.staff(), request.update_mask(), "staff");
}
absl::StatusOr<v1::ListStaffResponse> ResourceHandlers::ListStaff(rpc::Call& call,
                                                                  const v1::ListStaffRequest& request) {
  return List<v1::ListStaffResponse>(call, request,
                                     {.kind = ResourceKind::kStaff,
                                      .tag = request.tag(),
                                      .login_subject = request.login_subject(),
                                      .external_id = FilterId(request.has_external_id(), request.external_id())},
                                     [](v1::ListStaffResponse& response) { return response.add_staff(); });
}

absl::StatusOr<v1::Room> ResourceHandlers::CreateRoom(rpc::Call& call, const v1::CreateRoomRequest& request) {
  return Create(call, request.room(), request.room_id(), "room");
}
absl::StatusOr<v1::Room> ResourceHandlers::GetRoom(rpc::Call& call, const v1::GetRoomRequest& request) {
  return Get<v1::Room>(call, request.name());
}
absl::StatusOr<v1::Room> ResourceHandlers::UpdateRoom(rpc::Call& call, const v1::UpdateRoomRequest& request) {
  return Update(call, request.room(), request.update_mask(), "room");
}
absl::StatusOr<v1::ListRoomsResponse> ResourceHandlers::ListRooms(rpc::Call& call,
                                                                  const v1::ListRoomsRequest& request) {
  return List<v1::ListRoomsResponse>(call, request, {.kind = ResourceKind::kRoom, .tag = request.tag()},
                                     [](v1::ListRoomsResponse& response) { return response.add_rooms(); });
}

absl::StatusOr<v1::EquipmentPool> ResourceHandlers::CreateEquipmentPool(rpc::Call& call,
                                                                        const v1::CreateEquipmentPoolRequest& request) {
  return Create(call, request.equipment_pool(), request.equipment_pool_id(), "equipment_pool");
}
absl::StatusOr<v1::EquipmentPool> ResourceHandlers::GetEquipmentPool(rpc::Call& call,
                                                                     const v1::GetEquipmentPoolRequest& request) {
  return Get<v1::EquipmentPool>(call, request.name());
}
absl::StatusOr<v1::EquipmentPool> ResourceHandlers::UpdateEquipmentPool(rpc::Call& call,
                                                                        const v1::UpdateEquipmentPoolRequest& request) {
  return Update(call, request.equipment_pool(), request.update_mask(), "equipment_pool");
}
absl::StatusOr<v1::ListEquipmentPoolsResponse> ResourceHandlers::ListEquipmentPools(
    rpc::Call& call, const v1::ListEquipmentPoolsRequest& request) {
  return List<v1::ListEquipmentPoolsResponse>(
      call, request, {.kind = ResourceKind::kEquipment, .tag = request.tag()},
      [](v1::ListEquipmentPoolsResponse& response) { return response.add_equipment_pools(); });
}

absl::StatusOr<v1::Calendar> ResourceHandlers::GetCalendar(rpc::Call& call, const v1::GetCalendarRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay first_day, rpc::FromProto(request.start_date(), "start_date"));
  const int days = request.days() == 0 ? limits::kDefaultCalendarDays : request.days();
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Calendar> {
    RETURN_IF_ERROR(CheckDayInReach(first_day, tx.now(), "start_date"));
    ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
    ASSIGN_OR_RETURN(const Resource resource, tx.resources().Get(KeyOf(request.name())));
    const Line line{first_day, clinic.Zone()};
    const TimeSpan whole{line.TimeOf(0), line.TimeOf(days * limits::kMinutesPerDay)};
    ASSIGN_OR_RETURN(const std::vector<Commitment> commitments, tx.occupancy().Commitments(whole, resource.key));
    v1::Calendar out;
    out.set_name(request.name());
    out.set_capacity(resource.capacity);
    for (const Span& span : WorkingLine(resource.availability, clinic, first_day, days)) {
      *out.add_working() = ToProto(TimeSpan{line.TimeOf(span.from), line.TimeOf(span.to)});
    }
    for (const Span& span : OnCallLine(resource.availability, clinic, first_day, days)) {
      *out.add_on_call() = ToProto(TimeSpan{line.TimeOf(span.from), line.TimeOf(span.to)});
    }
    for (const Commitment& commitment : commitments) {
      v1::Commitment& to = *out.add_commitments();
      *to.mutable_span() = ToProto(commitment.usage.time);
      to.set_load(commitment.usage.load);
      to.set_owner(absl::StrCat(NameOf(tx.clinic()), "/", commitment.owner));
      to.set_role(commitment.usage.role);
    }
    return out;
  });
}

}  // namespace kat::scheduling
