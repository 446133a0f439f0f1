#ifndef KAT_SERVICES_AUTHORIZATION_OPS_TREATMENTS_H_
#define KAT_SERVICES_AUTHORIZATION_OPS_TREATMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "services/authorization/domain/monitoring_form.h"
#include "services/authorization/domain/treatment.h"
#include "services/authorization/ops/authorizations.h"

// What a treatment brings: units used, drug taken from the cabinet, a monitoring form.
namespace kat::authorization {

inline constexpr char kEscalateJob[] = "monitoring_form.escalate";

// Takes a completed treatment into account, once. `medication_classes` is what the patient takes, for the form.
absl::Status TakeTreatment(store::Tx& tx, const domain::Appointment& appointment, const domain::TreatmentRecord& record,
                           const std::optional<std::vector<std::string>>& medication_classes);

// Opens the form of a session that has begun, where the REMS wants one.
absl::Status OpenForm(store::Tx& tx, const domain::Appointment& appointment);

// Closes the form of a session that ended without the drug; nothing to do where there is none, or it was filled.
absl::Status WithdrawForm(store::Tx& tx, const domain::AppointmentId& appointment);

// Fills a form from the record and saves it. `before` is the stored form; absent for a new one.
absl::StatusOr<domain::MonitoringForm> FillForm(store::Tx& tx, const std::optional<domain::MonitoringForm>& before,
                                                domain::MonitoringForm form, const domain::TreatmentRecord& record,
                                                const std::optional<std::vector<std::string>>& medication_classes);

// Saves a changed form, tells what happened and which work changed, sets the job for the next escalation.
absl::Status SaveForm(store::Tx& tx, const std::optional<domain::MonitoringForm>& before, domain::MonitoringForm& after,
                      const std::vector<std::string>& types);

// Raises the work of a form whose next day has come.
absl::Status Escalate(store::Tx& tx, const domain::FormId& id);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_OPS_TREATMENTS_H_
