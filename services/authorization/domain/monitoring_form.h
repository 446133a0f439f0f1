#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_MONITORING_FORM_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_MONITORING_FORM_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/authorization/domain/ids.h"
#include "services/authorization/domain/rems.h"
#include "services/authorization/domain/settings.h"
#include "services/authorization/domain/treatment.h"

// The REMS Patient Monitoring Form of one session.
namespace kat::authorization::domain {

// Numbers of kat.authorization.v1.MonitoringForm.State.
enum class FormState { kUnspecified, kNotDue, kDraft, kReady, kSubmitted, kAccepted, kNeedsCorrection, kNotRequired };
enum class FormEvent { kFieldsMissing, kFieldsComplete, kSubmit, kAccept, kReturn, kNoDose };

absl::string_view Name(FormState state);
FormState Next(FormState state, FormEvent event);  // kUnspecified where it is not allowed

// What the form says.
struct FormContent {
  std::string rems_patient_id;
  bool first_treatment = false;
  std::string rems_setting_id, setting_name;
  Address setting_address;
  std::string monitoring_clinician;
  int dose_mg = 0, devices = 0;
  std::vector<std::string> lots;
  std::optional<absl::Time> first_device_at, monitoring_end_at, discharge_at;
  int monitoring_minutes = 0;
  int ready_to_leave_minutes = 0;  // 0 where two hours were kept
  std::vector<VitalSigns> vitals;
  std::map<std::string, bool> concomitant;
  std::vector<TreatmentEvent> events;
};

struct MonitoringForm {
  FormId id;
  AppointmentId appointment;
  PatientId patient;
  std::string program;
  FormState state = FormState::kNotDue;
  absl::CivilDay session_day;
  absl::Time due_at;
  std::vector<std::string> missing_fields;
  std::optional<FormContent> content;
  Channel channel = Channel::kUnspecified;
  std::string confirmation;
  std::optional<absl::Time> submitted_at;
  std::string submitted_by;
  std::string evidence_document;
  std::string correction_note;
  int escalation_stage = 0;
  int64_t version = 0;
  absl::Time created_at, updated_at;
};

// What a form is filled from, beside the treatment record.
struct FormSources {
  std::optional<RemsSetting> setting;        // the one certified on the session's day
  std::optional<RemsEnrollment> enrollment;  // the one that held on the session's day
  bool first_treatment = false;
  std::string drug;                              // doses of any other are left out; "": none is
  std::vector<std::string> concomitant_classes;  // asked for by the clinic's program rule
  std::optional<std::vector<std::string>>
      medication_classes;  // taken on the session's day; absent where intake could not tell
};

// A form for a session that has begun: NOT_DUE. It is due at the end of the 7th calendar day after the session, in
// `zone` (Spravato REMS, outpatient setting: within 7 days).
MonitoringForm NewForm(FormId id, AppointmentId appointment, PatientId patient, std::string program,
                       absl::CivilDay session_day, absl::TimeZone zone, absl::Time now);

// Fills the form from the record; DRAFT with the missing fields by name, or READY. STATE_FORBIDS where it was sent or
// accepted.
absl::Status PrepareForm(MonitoringForm& form, const TreatmentRecord& record, const FormSources& sources);

// FORM_INCOMPLETE, naming the fields and what to do about each, where some are missing.
absl::Status MarkSubmitted(MonitoringForm& form, Channel channel, const std::string& confirmation, absl::Time at,
                           const std::string& by, const std::string& evidence_document, absl::Time now,
                           absl::TimeZone zone);

// The session ended without a dose of the program's drug. STATE_FORBIDS where the form was filled.
absl::Status MarkNotRequired(MonitoringForm& form);

absl::Status RecordResponse(MonitoringForm& form, bool accepted, const std::string& note);

// How many of the clinic's days after the session have come; 0 for a form that is not to be sent.
int EscalationStage(const MonitoringForm& form, const Settings& settings, absl::Time now);

// When the next of them comes; nullopt where none is left, or the form needs none.
std::optional<absl::Time> NextEscalation(const MonitoringForm& form, const Settings& settings, absl::TimeZone zone,
                                         absl::Time now);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_MONITORING_FORM_H_
