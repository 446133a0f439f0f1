#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_DAY_PRICES_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_DAY_PRICES_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// What a visit of a type pays for the day that it stands on, 0 or more: beside its cost, for the sake of others who
// need the day more. All are 0 at first.
class DayPrices {
 public:
  explicit DayPrices(const Clinic& clinic)
      : days_(clinic.days), prices_(clinic.visit_types.size() * static_cast<size_t>(clinic.days)) {}

  // 0 outside the horizon.
  Cost Of(int type, int day) const { return day < 0 || day >= days_ ? 0 : prices_[Index(type, day)]; }
  // `day` in [0, clinic.days).
  void Set(int type, int day, Cost price) { prices_[Index(type, day)] = price; }

 private:
  size_t Index(int type, int day) const { return static_cast<size_t>(type) * days_ + day; }

  int days_;
  std::vector<Cost> prices_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_DAY_PRICES_H_
