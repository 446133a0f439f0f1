#ifndef KAT_SERVICES_INTAKE_DOMAIN_CLEARANCE_H_
#define KAT_SERVICES_INTAKE_DOMAIN_CLEARANCE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/patient.h"

namespace kat::intake {

enum class ClearanceState {
  kRequested = 1,
  kPendingExternal = 2,
  kReceived = 3,
  kCleared = 4,
  kClearedWithConditions = 5,
  kNotCleared = 6,
  kExpired = 7,
  kWithdrawn = 8,
};

enum class ClearanceEvent {
  kSend,
  kReceive,
  kClear,
  kClearWithConditions,
  kRefuse,
  kExpire,
  kReopen,
  kContraindicationFound,
  kWithdraw,
};

struct Clearance {
  ClearanceId id;
  PatientId patient;
  std::string kind;
  Provider clinician;
  std::string question;
  ClearanceState state = ClearanceState::kRequested;
  absl::Time due_at;
  DocumentId document;
  std::string conditions;
  std::optional<absl::CivilDay> decision_date;
  std::optional<absl::CivilDay> valid_through;
  std::string decided_by;
  std::string state_note;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  bool favorable() const {
    return state == ClearanceState::kCleared || state == ClearanceState::kClearedWithConditions;
  }
  bool waiting() const { return state == ClearanceState::kRequested || state == ClearanceState::kPendingExternal; }
};

// The state after `event`, or nullopt where it is forbidden. Total: every state meets every event.
std::optional<ClearanceState> NextClearanceState(ClearanceState state, ClearanceEvent event);
absl::string_view ClearanceStateName(ClearanceState state);

// INVALID_ARGUMENT: nobody is asked, or the NPI is wrong.
absl::Status ValidateClearance(const Clearance& clearance);

// Applies `event`; FAILED_PRECONDITION, STATE_FORBIDS, naming `action`. A clearance that goes back to REQUESTED loses
// its answer and its decision.
absl::Status AdvanceClearance(Clearance& clearance, ClearanceEvent event, absl::string_view action);

// Decides on a received answer. INVALID_ARGUMENT for another decision than the three, conditions missing or out of
// place, a last day before `today`.
absl::Status DecideClearance(Clearance& clearance, ClearanceState decision, absl::string_view conditions,
                             std::optional<absl::CivilDay> valid_through, absl::string_view by, absl::CivilDay today);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_CLEARANCE_H_
