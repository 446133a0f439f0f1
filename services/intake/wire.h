#ifndef KAT_SERVICES_INTAKE_WIRE_H_
#define KAT_SERVICES_INTAKE_WIRE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/app/app.h"

namespace kat::intake {

// Puts intake's parts together: stores, handlers, jobs. Intake asks no other service.
absl::StatusOr<std::shared_ptr<void>> Wire(app::App& app);

// What the process is; main and the rpc tests run it.
app::AppSpec Spec();

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_WIRE_H_
