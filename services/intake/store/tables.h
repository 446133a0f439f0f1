#ifndef KAT_SERVICES_INTAKE_STORE_TABLES_H_
#define KAT_SERVICES_INTAKE_STORE_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/intake/domain/ids.h"

// The two shapes that most of intake's tables have.
namespace kat::intake {

// At most `limit` rows after the one with these sort keys; from the first where there are none.
struct PageQuery {
  int limit = 1'000'000;
  std::vector<std::string> after;
};

struct PolicyQuery {
  std::string key;                      // program or consent key; empty: all
  std::optional<absl::CivilDay> as_of;  // only versions in force on this day
  PageQuery page;                       // keys: key, first day, id
};

// Versions of a clinic's dated decisions of one kind.
template <class Policy>
class PolicyTable {
 public:
  virtual ~PolicyTable() = default;
  // Ends the open-ended version of the same key that began earlier on the day this begins. ALREADY_EXISTS:
  // EFFECTIVE_DATES_OVERLAP, CONSENT_CONTENT_UNCHANGED.
  virtual absl::Status Insert(const Policy& policy) = 0;
  virtual absl::StatusOr<Policy> Get(absl::string_view id) = 0;
  virtual absl::StatusOr<std::vector<Policy>> List(const PolicyQuery& query) = 0;
  // The version of `key` in force on `day`.
  virtual absl::StatusOr<std::optional<Policy>> InForce(absl::string_view key, absl::CivilDay day) = 0;
};

struct RecordQuery {
  std::optional<PatientId> patient;
  int state = 0;                        // only this state; 0: all
  std::string key;                      // only this tool number, consent key or document type; empty: all
  std::optional<absl::CivilDay> since;  // only of this day or later
  PageQuery page;                       // keys: create_time in microseconds, id; the latest first
};

// Records of one kind, each belonging to a patient.
template <class Record>
class RecordTable {
 public:
  virtual ~RecordTable() = default;
  virtual absl::Status Insert(const Record& record) = 0;
  virtual absl::Status Update(const Record& record) = 0;
  virtual absl::StatusOr<Record> Get(const PatientId& patient, absl::string_view id) = 0;
  virtual absl::StatusOr<std::vector<Record>> List(const RecordQuery& query) = 0;
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_TABLES_H_
