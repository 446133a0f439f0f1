#ifndef KAT_SERVICES_SCHEDULING_WORKER_COVERAGE_EVENTS_H_
#define KAT_SERVICES_SCHEDULING_WORKER_COVERAGE_EVENTS_H_

#include <string>
#include <vector>

#include "libs/app/app.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Keeps conditional visits true: whenever authorization tells of a visit's coverage, or of a patient who pays, it is
// asked about all that is to come of the course, and what it says is noted. An event that comes twice, or late, changes
// nothing.
class CoverageEvents {
 public:
  CoverageEvents(Store& worker_store, CoverageGate& coverage) : store_(worker_store), coverage_(coverage) {}

  // Types of the events of authorization that Handle takes.
  static std::vector<std::string> Types();
  absl::Status Handle(const common::v1::Event& event, const app::App::Apply<Tx>& apply);

 private:
  Store& store_;
  CoverageGate& coverage_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_COVERAGE_EVENTS_H_
