#ifndef KAT_SERVICES_BILLING_BOOKS_GOOD_FAITH_H_
#define KAT_SERVICES_BILLING_BOOKS_GOOD_FAITH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Stores a good faith estimate that is due, replacing those that stand for the program, and opens GFE_DUE with its
// clock.
absl::Status OpenGoodFaith(Tx& tx, GoodFaithEstimate& estimate);

// Visits of a self-pay program were booked: a good faith estimate is due where 45 CFR 149.610(b)(1)(vi) asks for one,
// carrying over what the last one said. Without an accepted estimate there is nothing to carry, and nothing happens.
absl::Status RenewGoodFaith(Tx& tx, const PatientId& patient, const std::string& program,
                            const std::vector<Visit>& visits);

// Tells the team once where charges and booked visits together exceed what was given, by the clinic's margin.
absl::Status WatchGoodFaith(Tx& tx, const PatientId& patient, const std::string& program);

// Publishes the estimate's state with GFE_DUE open or closed; urgent once it is late.
absl::Status PublishGoodFaith(Tx& tx, const GoodFaithEstimate& estimate, const char* type);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_GOOD_FAITH_H_
