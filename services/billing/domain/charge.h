#ifndef KAT_SERVICES_BILLING_DOMAIN_CHARGE_H_
#define KAT_SERVICES_BILLING_DOMAIN_CHARGE_H_

#include <string>

#include "services/billing/domain/types.h"

namespace kat::billing {

// What a completed visit cost the patient.
struct Charge {
  Id<struct ChargeTag> id;
  PatientId patient;
  AppointmentId appointment;
  CourseId course;
  std::string program;
  std::string visit_type;
  std::string description;
  std::string service_code;
  Minor amount = 0;
  Minor single_price = 0;  // what it costs outside a package
  absl::CivilDay service_date;
  Id<struct LedgerTransactionTag> transaction;
  absl::Time create_time;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_CHARGE_H_
