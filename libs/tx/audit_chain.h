#ifndef KAT_LIBS_TX_AUDIT_CHAIN_H_
#define KAT_LIBS_TX_AUDIT_CHAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"

namespace kat::tx {

// The end of a clinic's chain. Kept outside the database (a log, a ticket), it lets a verifier see that the end was cut
// off.
struct AuditAnchor {
  int64_t position = 0;  // how many rows are sealed
  std::string hash;      // SHA-256, 64 hexadecimal digits
};

// One thing wrong with a clinic's audit log.
struct AuditFinding {
  enum class Kind {
    kRowChanged,   // a sealed row, or its seal, is not what it was
    kRowMissing,   // a sealed row is gone
    kSealMissing,  // a seal in the middle is gone
    kRowInserted,  // a row without a seal stands among sealed ones
    kCutOff,       // the chain does not hold the anchor: its end is gone, or it was rebuilt
  };
  Kind kind;
  int64_t position;  // in the chain; for kRowInserted, id of the row
};

struct AuditReport {
  AuditAnchor head;
  int64_t unsealed = 0;                // rows after the head, to be sealed soon
  std::vector<AuditFinding> findings;  // the first 100; empty where all is well
};

// Makes audit_log evident of tampering: each row's seal is SHA-256 over the seal before it and every field of the row,
// per clinic, in commit order. Sealing runs behind the requests, so that no request waits for the head of a chain.
// Thread-safe.
class AuditChain {
 public:
  explicit AuditChain(pg::Database& worker_database) : database_(worker_database) {}

  // Seals, for each clinic, up to `limit` rows whose predecessors have all committed. Run it at least once a minute;
  // replicas may run it at once. Returns how many rows it sealed.
  absl::StatusOr<int> SealAll(int limit);
  absl::StatusOr<int> Seal(const ClinicId& clinic, int limit);

  // Reads the clinic's whole chain and recomputes it.
  absl::StatusOr<AuditReport> Verify(const ClinicId& clinic, const std::optional<AuditAnchor>& anchor = std::nullopt);

 private:
  pg::Database& database_;
};

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_AUDIT_CHAIN_H_
