#include "services/messaging/clients/summary_reader.h"

#include <cstdlib>

#include "absl/strings/str_format.h"
#include "google/protobuf/descriptor.h"
#include "kat/common/v1/options.pb.h"

namespace kat::messaging {

bool MayRead(const rpc::Identity& identity, const std::string& service, const std::string& method) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(absl::StrCat(service, ".", method));
  if (descriptor == nullptr) return false;
  for (const int role : descriptor->options().GetExtension(common::v1::policy).roles()) {
    if (identity.Has(static_cast<common::v1::Role>(role))) return true;
  }
  return false;
}

SectionRead Judge(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return {};
    case grpc::StatusCode::PERMISSION_DENIED:
      return {Availability::kNotPermitted};
    case grpc::StatusCode::NOT_FOUND:
      return {Availability::kAvailable, true};
    default:
      return {Availability::kUnavailable};
  }
}

std::string Dollars(const common::v1::Money& money) {
  const int64_t units = std::llabs(money.minor_units());
  const std::string amount = absl::StrFormat("%d.%02d", units / 100, units % 100);
  return absl::StrCat(money.minor_units() < 0 ? "-" : "", money.currency_code() == "USD" ? "$" : money.currency_code() + " ", amount);
}

}  // namespace kat::messaging
