#include "services/intake/api/handlers.h"

namespace kat::intake {

std::vector<std::unique_ptr<Handlers>> MakeHandlers(Store& store) {
  std::vector<std::unique_ptr<Handlers>> handlers;
  for (auto* make : {MakePolicyHandlers, MakePatientHandlers, MakeCaseHandlers, MakeClinicalHandlers,
                     MakeMeasureHandlers, MakeMedicationHandlers, MakeRecordsHandlers, MakeClearanceHandlers,
                     MakeConsentHandlers, MakeDocumentHandlers, MakeReadinessHandlers}) {
    handlers.push_back(make(store));
  }
  return handlers;
}

}  // namespace kat::intake
