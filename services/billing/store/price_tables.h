#ifndef KAT_SERVICES_BILLING_STORE_PRICE_TABLES_H_
#define KAT_SERVICES_BILLING_STORE_PRICE_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/domain/cancellation.h"
#include "services/billing/domain/code_set.h"
#include "services/billing/domain/price.h"
#include "services/billing/store/page.h"

namespace kat::billing {

// Which versions of dated data are wanted: of one key (empty: all), in force on a day (absent: all).
struct DatedFilter {
  std::string key;
  std::optional<absl::CivilDay> as_of;
};

// Dated data. An insert ends an open-ended predecessor of the same key on its first day; any other overlap is
// ALREADY_EXISTS, EFFECTIVE_DATES_OVERLAP.
class PriceTables {
 public:
  virtual ~PriceTables() = default;

  virtual absl::Status Insert(const PriceList& list) = 0;
  virtual absl::StatusOr<PriceList> GetPriceList(const PriceListId& id) = 0;
  virtual absl::StatusOr<std::optional<PriceList>> PriceListInForce(absl::string_view program, absl::CivilDay day) = 0;
  virtual absl::StatusOr<List<PriceList>> ListPriceLists(const DatedFilter& filter, const Run& run) = 0;

  virtual absl::Status Insert(const CancellationPolicy& policy) = 0;
  // The program's own, or the one for every program.
  virtual absl::StatusOr<std::optional<CancellationPolicy>> CancellationPolicyInForce(absl::string_view program,
                                                                                      absl::CivilDay day) = 0;
  virtual absl::StatusOr<List<CancellationPolicy>> ListCancellationPolicies(const DatedFilter& filter,
                                                                            const Run& run) = 0;

  virtual absl::Status Insert(const DepositPolicy& policy) = 0;
  virtual absl::StatusOr<std::optional<DepositPolicy>> DepositPolicyInForce(absl::string_view program,
                                                                            absl::CivilDay day) = 0;
  virtual absl::StatusOr<List<DepositPolicy>> ListDepositPolicies(const DatedFilter& filter, const Run& run) = 0;

  virtual absl::Status Insert(const ServiceCode& code) = 0;
  virtual absl::StatusOr<std::vector<std::string>> CodesInForce(absl::CivilDay day) = 0;
  virtual absl::StatusOr<List<ServiceCode>> ListServiceCodes(const DatedFilter& filter, const Run& run) = 0;

  virtual absl::Status Insert(const PayerCodeSet& set) = 0;
  // The payer's own, or the one for every payer.
  virtual absl::StatusOr<std::optional<PayerCodeSet>> CodeSetInForce(const PayerId& payer, absl::string_view program,
                                                                     absl::CivilDay day) = 0;
  virtual absl::StatusOr<List<PayerCodeSet>> ListPayerCodeSets(const DatedFilter& filter, const Run& run) = 0;

  virtual absl::Status Insert(const LenderPolicy& policy) = 0;
  virtual absl::StatusOr<std::optional<LenderPolicy>> LenderPolicyInForce(Tender lender, absl::CivilDay day) = 0;
  // The filter's key is the lender's number.
  virtual absl::StatusOr<List<LenderPolicy>> ListLenderPolicies(const DatedFilter& filter, const Run& run) = 0;

  // The clinic's settings; defaults, with version 0, while there are none.
  virtual absl::StatusOr<BillingSettings> Settings() = 0;
  // `settings.version` is the new one; the stored one must be the one before.
  virtual absl::Status SaveSettings(const BillingSettings& settings) = 0;
  // Whether money in the clinic's currency is on record: prices or books.
  virtual absl::StatusOr<bool> CurrencyInUse() = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_PRICE_TABLES_H_
