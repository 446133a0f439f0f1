#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_CLINIC_SETUP_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_CLINIC_SETUP_H_

#include "services/scheduling/domain/booking.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/placement.h"

namespace kat::scheduling {

// What a clinic works with, protocols apart.
struct ClinicSetup {
  Clinic clinic;
  ResourceMap resources;
  VisitTypeMap visit_types;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_CLINIC_SETUP_H_
