#include "services/billing/books/reservations.h"

#include "libs/base/status_macros.h"
#include "services/billing/books/names.h"

namespace kat::billing {

absl::Status PublishReservation(Tx& tx, const FinancialReservation& reservation, const char* type) {
  static constexpr const char* kStates[] = {"STATE_UNSPECIFIED", "RESERVED", "CONFIRMED", "RELEASED", "EXPIRED"};
  return Publish(tx, {.type = type,
                      .collection = "financialReservations",
                      .id = reservation.id.str(),
                      .version = reservation.version,
                      .state = kStates[static_cast<int>(reservation.state)],
                      .patient = reservation.patient,
                      .course = reservation.course});
}

absl::Status MoveReservation(Tx& tx, FinancialReservation& reservation, FinancialReservation::Event event) {
  static constexpr const char* kTypes[] = {"financial_reservation.confirmed", "financial_reservation.released",
                                           "financial_reservation.expired"};
  const auto next = Next(reservation.state, event);
  if (!next) return absl::OkStatus();
  reservation.state = *next;
  reservation.update_time = tx.now();
  const int64_t read = reservation.version++;
  RETURN_IF_ERROR(tx.Update(reservation, read));
  RETURN_IF_ERROR(tx.CancelJob("reservation.expire", reservation.id.str()));
  return PublishReservation(tx, reservation, kTypes[static_cast<int>(event)]);
}

absl::Status ReleaseReservations(Tx& tx, const PatientId& patient, const std::string& program) {
  ASSIGN_OR_RETURN(std::vector<FinancialReservation> standing, tx.StandingReservations(patient, program));
  for (FinancialReservation& reservation : standing) {
    RETURN_IF_ERROR(MoveReservation(tx, reservation, FinancialReservation::Event::kRelease));
  }
  return absl::OkStatus();
}

}  // namespace kat::billing
