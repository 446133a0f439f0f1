#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_IDS_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_IDS_H_

#include "libs/base/id.h"

namespace kat::scheduling {

// A room, a person or an equipment pool, with its collection: `rooms/infusion-1`, `staff/ada`, `equipmentPools/pumps`.
using ResourceKey = Id<struct ResourceKeyTag>;
using VisitTypeId = Id<struct VisitTypeTag>;
using ProtocolId = Id<struct ProtocolTag>;
using CourseId = Id<struct CourseTag>;
using AppointmentId = Id<struct AppointmentTag>;
using HoldId = Id<struct HoldTag>;
using WaitListEntryId = Id<struct WaitListEntryTag>;
using WaitListOfferId = Id<struct WaitListOfferTag>;
using DecisionId = Id<struct DecisionTag>;
using RepairId = Id<struct RepairTag>;
using ImprovementId = Id<struct ImprovementTag>;

// The identifier that another system gives to one of ours.
struct ExternalId {
  std::string system;
  std::string value;

  friend bool operator==(const ExternalId&, const ExternalId&) = default;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_IDS_H_
