#ifndef KAT_SERVICES_AUTHORIZATION_API_CONVERT_REMS_H_
#define KAT_SERVICES_AUTHORIZATION_API_CONVERT_REMS_H_

#include "kat/authorization/v1/rems.pb.h"
#include "kat/authorization/v1/stock.pb.h"
#include "services/authorization/api/convert_common.h"
#include "services/authorization/domain/monitoring_form.h"
#include "services/authorization/domain/stock.h"

namespace kat::authorization::api {

domain::RemsSetting FromProto(const v1::RemsSetting& proto);
v1::RemsSetting ToProto(const ClinicId& clinic, const domain::RemsSetting& setting);

absl::StatusOr<domain::RemsEnrollment> FromProto(const v1::RemsEnrollment& proto);
v1::RemsEnrollment ToProto(const ClinicId& clinic, const domain::RemsEnrollment& enrollment);

v1::MonitoringForm ToProto(const ClinicId& clinic, const domain::MonitoringForm& form);

absl::StatusOr<domain::StockLot> FromProto(const v1::StockLot& proto);
v1::StockLot ToProto(const ClinicId& clinic, const domain::StockLot& lot);

domain::StockEvent FromProto(const v1::StockEvent& proto);
v1::StockEvent ToProto(const ClinicId& clinic, const domain::StockEvent& event);

domain::StockCount FromProto(const v1::StockCount& proto);
v1::StockCount ToProto(const ClinicId& clinic, const domain::StockCount& count);

v1::StockMismatch ToProto(const ClinicId& clinic, const domain::StockMismatch& mismatch);

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_CONVERT_REMS_H_
