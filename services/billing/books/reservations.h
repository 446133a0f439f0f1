#ifndef KAT_SERVICES_BILLING_BOOKS_RESERVATIONS_H_
#define KAT_SERVICES_BILLING_BOOKS_RESERVATIONS_H_

#include "absl/status/status.h"
#include "services/billing/store/store.h"

namespace kat::billing {

absl::Status PublishReservation(Tx& tx, const FinancialReservation& reservation, const char* type);

// Moves a reservation on, where the event does anything to it.
absl::Status MoveReservation(Tx& tx, FinancialReservation& reservation, FinancialReservation::Event event);

// Releases all reservations of a program that ends.
absl::Status ReleaseReservations(Tx& tx, const PatientId& patient, const std::string& program);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_RESERVATIONS_H_
