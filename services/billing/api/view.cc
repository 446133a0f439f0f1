#include "services/billing/api/view.h"

#include "libs/rpc/convert.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {

absl::StatusOr<View> ViewOf(Tx& tx) {
  ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
  return View{tx.clinic(), settings.currency_code};
}

absl::StatusOr<Minor> MinorOf(const View& view, const common::v1::Money& money, absl::string_view field) {
  if (money.currency_code() != view.currency) return errors::CurrencyMismatch(field);
  return money.minor_units();
}

absl::StatusOr<std::optional<absl::CivilDay>> DayOf(bool present, const google::type::Date& date,
                                                    absl::string_view field) {
  if (!present) return std::optional<absl::CivilDay>();
  ASSIGN_OR_RETURN(const absl::CivilDay day, rpc::FromProto(date, field));
  return std::optional<absl::CivilDay>(day);
}

void SetDay(const std::optional<absl::CivilDay>& day, google::type::Date* date) {
  if (day) *date = rpc::ToProto(*day);
}

}  // namespace kat::billing
