#ifndef KAT_SERVICES_BILLING_STORE_CLAIM_TABLES_H_
#define KAT_SERVICES_BILLING_STORE_CLAIM_TABLES_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/domain/claim.h"
#include "services/billing/store/page.h"

namespace kat::billing {

class ClaimTables {
 public:
  virtual ~ClaimTables() = default;

  // One per visit: ALREADY_EXISTS.
  virtual absl::Status Insert(const Claim& claim) = 0;
  virtual absl::Status Update(const Claim& claim, int64_t read_version) = 0;
  virtual absl::StatusOr<Claim> GetClaim(const Id<struct ClaimTag>& id) = 0;
  virtual absl::StatusOr<std::optional<Claim>> ClaimOf(const AppointmentId& appointment) = 0;
  // Whether another claim of the patient and payer, neither voided nor closed, stands for the day.
  virtual absl::StatusOr<bool> HasOtherClaim(const Claim& claim) = 0;
  // Units by code on those of such claims that stand for the days from `from` to the claim's own.
  virtual absl::StatusOr<std::map<std::string, int>> UnitsOfOtherClaims(const Claim& claim, absl::CivilDay from) = 0;
  virtual absl::StatusOr<List<Claim>> ListClaims(const PatientId& patient, int state, const AppointmentId& appointment,
                                                 const Run& run) = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_CLAIM_TABLES_H_
