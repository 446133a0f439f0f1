#ifndef KAT_SERVICES_INTAKE_WORKER_JOBS_H_
#define KAT_SERVICES_INTAKE_WORKER_JOBS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/intake/store/store.h"

// What intake does when its time has come. Each job looks at how things stand and does nothing where it is no longer
// called for, so that a job delivered twice does no harm.
namespace kat::intake {

using JobHandler = std::function<absl::Status(Tx&, const tx::Job&)>;

// All jobs by kind:
//   patient.recheck     key `patient`; evidence of a patient has grown too old
//   policy.effective    key: anything; rules or consents come into force: every patient in intake is looked at anew
//   step.overdue        key `patient/case/step`
//   records.follow_up   key `patient/request`; records.expire likewise
//   clearance.late      key `patient/clearance`; clearance.expire likewise
//   consent.expire      key `patient/consent`
std::vector<std::pair<std::string, JobHandler>> Jobs();

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_WORKER_JOBS_H_
