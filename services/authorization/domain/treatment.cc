#include "services/authorization/domain/treatment.h"

namespace kat::authorization::domain {

UnitCounts UnitsUsed(const TreatmentRecord& record, const std::string& drug, int mg_per_device) {
  UnitCounts used;
  int64_t micrograms = 0;
  for (const Dose& dose : record.doses) {
    if (!drug.empty() && dose.drug != drug) continue;
    used.visits = 1;
    micrograms += dose.micrograms;
    used.devices += dose.devices > 0 || mg_per_device == 0
                        ? dose.devices
                        : static_cast<int>((dose.micrograms + 1000 * mg_per_device - 1) / (1000 * mg_per_device));
  }
  used.drug_mg = static_cast<int>((micrograms + 999) / 1000);
  return used;
}

}  // namespace kat::authorization::domain
