#ifndef KAT_SERVICES_SCHEDULING_API_RESOURCE_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_RESOURCE_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Rooms, staff and equipment pools, and their calendars.
class ResourceHandlers {
 public:
  explicit ResourceHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Staff> CreateStaff(rpc::Call& call, const v1::CreateStaffRequest& request);
  absl::StatusOr<v1::Staff> GetStaff(rpc::Call& call, const v1::GetStaffRequest& request);
  absl::StatusOr<v1::ListStaffResponse> ListStaff(rpc::Call& call, const v1::ListStaffRequest& request);
  absl::StatusOr<v1::Staff> UpdateStaff(rpc::Call& call, const v1::UpdateStaffRequest& request);

  absl::StatusOr<v1::Room> CreateRoom(rpc::Call& call, const v1::CreateRoomRequest& request);
  absl::StatusOr<v1::Room> GetRoom(rpc::Call& call, const v1::GetRoomRequest& request);
  absl::StatusOr<v1::ListRoomsResponse> ListRooms(rpc::Call& call, const v1::ListRoomsRequest& request);
  absl::StatusOr<v1::Room> UpdateRoom(rpc::Call& call, const v1::UpdateRoomRequest& request);

  absl::StatusOr<v1::EquipmentPool> CreateEquipmentPool(rpc::Call& call, const v1::CreateEquipmentPoolRequest& request);
  absl::StatusOr<v1::EquipmentPool> GetEquipmentPool(rpc::Call& call, const v1::GetEquipmentPoolRequest& request);
  absl::StatusOr<v1::ListEquipmentPoolsResponse> ListEquipmentPools(rpc::Call& call,
                                                                    const v1::ListEquipmentPoolsRequest& request);
  absl::StatusOr<v1::EquipmentPool> UpdateEquipmentPool(rpc::Call& call, const v1::UpdateEquipmentPoolRequest& request);

  absl::StatusOr<v1::Calendar> GetCalendar(rpc::Call& call, const v1::GetCalendarRequest& request);

  // What the three kinds have in common.
  template <class Message>
  absl::StatusOr<Message> Create(rpc::Call& call, const Message& message, const std::string& id,
                                 const std::string& field);
  template <class Message>
  absl::StatusOr<Message> Get(rpc::Call& call, const std::string& name);
  template <class Message>
  absl::StatusOr<Message> Update(rpc::Call& call, const Message& message, const google::protobuf::FieldMask& mask,
                                 const std::string& field);
  template <class Response, class Request, class Add>
  absl::StatusOr<Response> List(rpc::Call& call, const Request& request, const ResourceFilter& filter, Add add);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_RESOURCE_HANDLERS_H_
