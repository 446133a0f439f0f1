#ifndef KAT_SERVICES_BILLING_STORE_ESTIMATE_TABLES_H_
#define KAT_SERVICES_BILLING_STORE_ESTIMATE_TABLES_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/domain/estimate.h"
#include "services/billing/domain/good_faith.h"
#include "services/billing/store/page.h"

namespace kat::billing {

class EstimateTables {
 public:
  virtual ~EstimateTables() = default;

  // ALREADY_EXISTS, ARRANGEMENT_EXISTS: one per patient and program.
  virtual absl::Status Insert(const BillingArrangement& arrangement) = 0;
  virtual absl::Status Update(const BillingArrangement& arrangement, int64_t read_version) = 0;
  virtual absl::StatusOr<BillingArrangement> GetArrangement(const Id<struct BillingArrangementTag>& id) = 0;
  virtual absl::StatusOr<std::optional<BillingArrangement>> FindArrangement(const PatientId& patient,
                                                                            absl::string_view program) = 0;
  virtual absl::StatusOr<List<BillingArrangement>> ListArrangements(const PatientId& patient, const Run& run) = 0;

  virtual absl::Status Insert(const Estimate& estimate) = 0;
  virtual absl::Status Update(const Estimate& estimate, int64_t read_version) = 0;
  virtual absl::StatusOr<Estimate> GetEstimate(const EstimateId& id) = 0;
  // The accepted one, of which there is one at most.
  virtual absl::StatusOr<std::optional<Estimate>> AcceptedEstimate(const PatientId& patient,
                                                                   absl::string_view program) = 0;
  virtual absl::StatusOr<List<Estimate>> ListEstimates(const PatientId& patient, absl::string_view program,
                                                       const Run& run) = 0;

  virtual absl::Status Insert(const GoodFaithEstimate& estimate) = 0;
  virtual absl::Status Update(const GoodFaithEstimate& estimate, int64_t read_version) = 0;
  virtual absl::StatusOr<GoodFaithEstimate> GetGoodFaith(const Id<struct GoodFaithEstimateTag>& id) = 0;
  // Those not superseded, the latest first.
  virtual absl::StatusOr<std::vector<GoodFaithEstimate>> StandingGoodFaith(const PatientId& patient,
                                                                           absl::string_view program) = 0;
  virtual absl::StatusOr<List<GoodFaithEstimate>> ListGoodFaith(const PatientId& patient, int state,
                                                                const Run& run) = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_ESTIMATE_TABLES_H_
