#include "services/scheduling/optimizer/bound/twins.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace kat::optimizer {
namespace {

using Rows = std::pair<size_t, size_t>;  // [first, second)

bool SameCapacity(const Prices& prices, Rows a, Rows b) {
  if (a.second - a.first != b.second - b.first) return false;
  for (size_t i = 0; i < a.second - a.first; ++i) {
    if (prices.Capacity(a.first + i) != prices.Capacity(b.first + i)) return false;
  }
  return true;
}

}  // namespace

std::vector<size_t> FirstAlike(const Instance& instance, Prices& prices) {
  const Clinic& clinic = instance.clinic;
  StartIndex& index = prices.index();
  std::vector<size_t> first(prices.size());
  std::iota(first.begin(), first.end(), size_t{0});

  std::set<int> kept;  // names of roles that some course keeps in the same hands
  for (const Course& course : instance.courses) kept.insert(course.continuity.begin(), course.continuity.end());
  std::vector<std::set<int>> patterns(clinic.resources.size());
  std::set<int> apart;  // resources that are never like another
  for (size_t t = 0; t < clinic.visit_types.size(); ++t) {
    for (size_t r = 0; r < clinic.visit_types[t].roles.size(); ++r) {
      const int pattern = index.PatternOf(static_cast<int>(t), static_cast<int>(r));
      for (int resource : index.Candidates(pattern)) {
        patterns[resource].insert(pattern);
        if (kept.contains(clinic.visit_types[t].roles[r].name)) apart.insert(resource);
      }
    }
  }
  std::map<std::pair<std::set<int>, int>, std::vector<int>> groups;  // by what they do and how much at a time
  for (int r = 0; r < static_cast<int>(clinic.resources.size()); ++r) {
    const Resource& resource = clinic.resources[r];
    if (resource.day_cost == 0 && !apart.contains(r)) groups[{patterns[r], resource.capacity}].push_back(r);
  }

  auto alike = [&](int a, int b, int day) {
    if (!SameCapacity(prices, prices.SamplesOf(a, day), prices.SamplesOf(b, day)) ||
        !SameCapacity(prices, prices.CountsOf(a, day), prices.CountsOf(b, day))) {
      return false;
    }
    return std::all_of(patterns[a].begin(), patterns[a].end(), [&](int pattern) {
      const StartIndex::Word* starts = index.StartsOf(pattern, static_cast<size_t>(index.PlaceOf(pattern, a)), day);
      return std::equal(starts, starts + index.words(),
                        index.StartsOf(pattern, static_cast<size_t>(index.PlaceOf(pattern, b)), day));
    });
  };
  auto join = [&](Rows to, Rows from) {
    for (size_t i = 0; i < from.second - from.first; ++i) first[from.first + i] = to.first + i;
  };
  std::vector<int> met;  // one of each kind
  for (const auto& [kind, resources] : groups) {
    for (int day = 0; day < clinic.days; ++day) {
      met.clear();
      for (int r : resources) {
        const auto twin = std::find_if(met.begin(), met.end(), [&](int other) { return alike(other, r, day); });
        if (twin == met.end()) {
          met.push_back(r);
          continue;
        }
        join(prices.SamplesOf(*twin, day), prices.SamplesOf(r, day));
        join(prices.CountsOf(*twin, day), prices.CountsOf(r, day));
      }
    }
  }
  return first;
}

}  // namespace kat::optimizer
