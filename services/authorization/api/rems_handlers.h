#ifndef KAT_SERVICES_AUTHORIZATION_API_REMS_HANDLERS_H_
#define KAT_SERVICES_AUTHORIZATION_API_REMS_HANDLERS_H_

#include "kat/authorization/v1/rems_requests.pb.h"
#include "kat/authorization/v1/stock_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/authorization/clients/peers.h"
#include "services/authorization/store/store.h"

namespace kat::authorization::api {

// REMS settings and enrollments. Thread-safe.
class RemsHandlers {
 public:
  explicit RemsHandlers(store::Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::RemsSetting> CreateSetting(rpc::Call&, const v1::CreateRemsSettingRequest&);
  absl::StatusOr<v1::RemsSetting> GetSetting(rpc::Call&, const v1::GetRemsSettingRequest&);
  absl::StatusOr<v1::ListRemsSettingsResponse> ListSettings(rpc::Call&, const v1::ListRemsSettingsRequest&);
  absl::StatusOr<v1::RemsSetting> UpdateSetting(rpc::Call&, const v1::UpdateRemsSettingRequest&);
  absl::StatusOr<v1::RemsSetting> Certify(rpc::Call&, const v1::CertifyRemsSettingRequest&);
  absl::StatusOr<v1::RemsSetting> Suspend(rpc::Call&, const v1::SuspendRemsSettingRequest&);
  absl::StatusOr<v1::RemsEnrollment> CreateEnrollment(rpc::Call&, const v1::CreateRemsEnrollmentRequest&);
  absl::StatusOr<v1::RemsEnrollment> GetEnrollment(rpc::Call&, const v1::GetRemsEnrollmentRequest&);
  absl::StatusOr<v1::ListRemsEnrollmentsResponse> ListEnrollments(rpc::Call&, const v1::ListRemsEnrollmentsRequest&);
  absl::StatusOr<v1::RemsEnrollment> SubmitEnrollment(rpc::Call&, const v1::SubmitRemsEnrollmentRequest&);
  absl::StatusOr<v1::RemsEnrollment> ConfirmEnrollment(rpc::Call&, const v1::ConfirmRemsEnrollmentRequest&);
  absl::StatusOr<v1::RemsEnrollment> EndEnrollment(rpc::Call&, const v1::EndRemsEnrollmentRequest&);

  store::Store& store_;
};

// Monitoring forms. Thread-safe.
class FormHandlers {
 public:
  FormHandlers(store::Store& store, SchedulingClient& scheduling, IntakeClient& intake)
      : store_(store), scheduling_(scheduling), intake_(intake) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::MonitoringForm> Get(rpc::Call&, const v1::GetMonitoringFormRequest&);
  absl::StatusOr<v1::ListMonitoringFormsResponse> List(rpc::Call&, const v1::ListMonitoringFormsRequest&);
  absl::StatusOr<v1::MonitoringForm> Prepare(rpc::Call&, const v1::PrepareMonitoringFormRequest&);
  absl::StatusOr<v1::MonitoringForm> MarkSubmitted(rpc::Call&, const v1::MarkMonitoringFormSubmittedRequest&);
  absl::StatusOr<v1::MonitoringForm> RecordResponse(rpc::Call&, const v1::RecordMonitoringFormResponseRequest&);

  store::Store& store_;
  SchedulingClient& scheduling_;
  IntakeClient& intake_;
};

// Drug stock. Thread-safe.
class StockHandlers {
 public:
  explicit StockHandlers(store::Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::StockLot> Receive(rpc::Call&, const v1::ReceiveStockRequest&);
  absl::StatusOr<v1::StockLot> GetLot(rpc::Call&, const v1::GetStockLotRequest&);
  absl::StatusOr<v1::ListStockResponse> List(rpc::Call&, const v1::ListStockRequest&);
  absl::StatusOr<v1::StockEvent> Record(rpc::Call&, const v1::RecordStockEventRequest&);
  absl::StatusOr<v1::ListStockEventsResponse> ListEvents(rpc::Call&, const v1::ListStockEventsRequest&);
  absl::StatusOr<v1::StockCount> Count(rpc::Call&, const v1::CountStockRequest&);
  absl::StatusOr<v1::ListStockCountsResponse> ListCounts(rpc::Call&, const v1::ListStockCountsRequest&);
  absl::StatusOr<v1::ListStockMismatchesResponse> ListMismatches(rpc::Call&, const v1::ListStockMismatchesRequest&);
  absl::StatusOr<v1::StockMismatch> Resolve(rpc::Call&, const v1::ResolveStockMismatchRequest&);

  store::Store& store_;
};

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_REMS_HANDLERS_H_
