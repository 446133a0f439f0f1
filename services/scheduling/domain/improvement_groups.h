#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_IMPROVEMENT_GROUPS_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_IMPROVEMENT_GROUPS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "services/scheduling/domain/placement.h"

// Which parts of an improvement can be applied without which others.
namespace kat::scheduling {

// What one part takes before and after it is applied, of what it changes. A patient's time is a load on a resource of
// their own, of capacity 1.
struct PartLoads {
  std::vector<Usage> before;
  std::vector<Usage> after;
  int64_t gain = 0;
};

// What the parts are put into: capacities, and the loads of everything that none of them changes.
struct Ground {
  std::map<ResourceKey, int> capacity;  // one that is not here carries anything
  std::vector<Usage> loads;
};

// A part's place among the others.
struct Grouping {
  bool kept = false;   // else it is better left as it is
  int group = 0;       // from 0, the one that gains most first
  bool alone = false;  // may be applied without the others of its group
};

// Parts, which fit the ground all before and all after, by what needs each other. A part that gains nothing is left
// out where the others can do without it; so is a group that gains less than `min_gain`. For the rest: each part that
// is `alone`, and the others of a group once all that are alone in it are applied, can be applied or not, in any order,
// and no resource ever carries more than it can, or, where it did before, than it did.
std::vector<Grouping> GroupParts(Ground ground, const std::vector<PartLoads>& parts, int64_t min_gain);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_IMPROVEMENT_GROUPS_H_
