#ifndef KAT_SERVICES_INTAKE_FLOW_ANNOUNCE_H_
#define KAT_SERVICES_INTAKE_FLOW_ANNOUNCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/intake/store/store.h"

// What intake tells the other services: events and the work that people have to do.
namespace kat::intake {

// Numbers of kat.common.v1.Role.
inline constexpr int kRoleAssistant = 3;
inline constexpr int kRolePsychiatrist = 4;

tx::Work OpenWork(absl::string_view kind, int role, std::optional<absl::Time> due_at,
                  tx::Work::Urgency urgency = tx::Work::Urgency::kRoutine);
tx::Work CloseWork(absl::string_view kind, int role);

// An event about a resource of a patient. An event carries one work signal; each further one goes out as `work.updated`
// of the same subject, so that what happened is told once.
struct Announcement {
  std::string type;
  std::string subject;
  int64_t version = 1;
  std::string state;
  std::vector<tx::Work> work = {};
  std::string related_case = "";
};
absl::Status Announce(Tx& tx, const PatientId& patient, const Announcement& announcement);

absl::Status AnnounceCase(Tx& tx, const IntakeCase& intake_case, absl::string_view verb);
// `work` that opens counts for a required step alone.
absl::Status AnnounceStep(Tx& tx, const IntakeCase& intake_case, const IntakeStep& step, absl::string_view verb,
                          std::vector<tx::Work> work);
absl::Status AnnounceReadiness(Tx& tx, const IntakeCase& intake_case, bool ready);

// Ends the review of a hard contraindication that the latest screening found: nobody is about to treat the patient.
absl::Status DropContraindication(Tx& tx, const PatientId& patient);

// Says where a records request stands now, opens and closes the work that goes with it, and arranges its follow-ups and
// its end. `verb` is the state's name unless given.
absl::Status AnnounceRecords(Tx& tx, const RecordsRequest& request, absl::string_view verb = "");
absl::Status AnnounceClearance(Tx& tx, const Clearance& clearance, absl::string_view verb = "");

// Arranges the job `kind` about a resource of a patient; its key is `patient/id`.
absl::Status ScheduleFor(Tx& tx, absl::string_view kind, const PatientId& patient, absl::string_view id,
                         absl::Time due_at);
absl::Status CancelFor(Tx& tx, absl::string_view kind, const PatientId& patient, absl::string_view id);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_FLOW_ANNOUNCE_H_
